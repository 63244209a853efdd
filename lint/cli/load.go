package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/rules"
	"mx46/zonefiles"
)

// This file finds the zones that a command is about and reads them. Every name in it is relative to the root, with slashes.

// loadFlags are the flags of every command that reads zones.
type loadFlags struct {
	root       string
	configFile string
	noConfig   bool
	origin     string
	jobs       int
}

func (f *loadFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.root, "root", "", "folder that no file is read or written outside of (default: the repository, or the working folder)")
	flags.StringVar(&f.configFile, "config", "", "configuration file (default: .mx46.yaml here or above, up to the root)")
	flags.BoolVar(&f.noConfig, "no-config", false, "use no configuration file")
	flags.StringVar(&f.origin, "origin", "", "origin of the zone, where the file does not tell")
	flags.IntVar(&f.jobs, "jobs", 0, "files read and zones linted at a time (default: one for each CPU)")
	cmd.MarkFlagsMutuallyExclusive("config", "no-config")
}

// workspace is the zones of one command, read.
type workspace struct {
	rootPath  string // absolute
	config    *config.Config
	loader    *zonefiles.Loader
	views     [][]*zonefiles.Zone
	sources   []source            // of the zones
	zones     []*zonefiles.Zone   // those of sources, in their order
	confs     [][]*zonefiles.Zone // views that stand for configurations of name servers with faults
	catalog   []*lint.Rule
	setAside  []zonefiles.SetAside // files like zones that were not read as such
	secondary map[string]int       // zones of a name server's configuration that it is not primary for, by type
	unread    []string             // configurations of name servers that were found in a folder and not asked for
	confFiles []string             // files of those that were read as such
	confSizes map[string]int64     // of the files of all configurations of name servers
	repeated  int64                // bytes of configurations that were read beyond these
	ignored   int                  // files and folders that a .gitignore keeps from being found
	folder    string               // that is searched where nothing else says what to lint
	confName  string               // of the configuration file; empty where there is none
	clock     clock
}

// source is one zone to be read.
type source struct {
	path   string
	origin *zonefiles.Name // stated, or nil
	view   string
	at     zonefiles.Span  // where a name server's configuration names the file; empty otherwise
	asked  bool            // named on the command line: it must be there
	file   *zonefiles.File // read already; nil otherwise
}

// open finds the root and the configuration. Paths are as given on the command line.
func (f *loadFlags) open(paths []string) (*workspace, []string, error) {
	rootPath, err := f.rootFolder(paths)
	if err != nil {
		return nil, nil, err
	}
	root, err := zonefiles.OpenRoot(rootPath)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the root folder: %w", err)
	}
	w := &workspace{
		rootPath: rootPath, loader: zonefiles.NewLoader(root), catalog: rules.All(), secondary: map[string]int{}, clock: startClock(),
	}
	if here, err := os.Getwd(); err == nil && isWithin(rootPath, here) {
		w.folder, _ = w.name(here)
	} else {
		w.folder = "."
	}
	names := make([]string, len(paths))
	for i, p := range paths {
		if names[i], err = w.name(p); err != nil {
			return nil, nil, err
		}
	}
	if err := f.readConfig(w, names); err != nil {
		return nil, nil, err
	}
	w.loader.Jobs = f.jobs
	w.config.SetPath(filepath.ToSlash(rootPath), ".")
	w.loader.Paths = w.config.Paths()
	return w, names, nil
}

// stdinName stands for standard input among paths.
const stdinName = "-"

// rootFolder is the folder of --root; else the repository around the working folder, or that folder itself; and where a path lies
// outside of that, the folder that holds all paths.
func (f *loadFlags) rootFolder(paths []string) (string, error) {
	if f.root != "" {
		return filepath.Abs(f.root)
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root := repositoryOf(here)
	common := ""
	for _, p := range paths {
		if p == stdinName {
			continue
		}
		p, err := filepath.Abs(p)
		if err != nil {
			return "", err
		}
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			p = filepath.Dir(p)
		}
		if common == "" {
			common = p
		}
		for !isWithin(common, p) {
			common = filepath.Dir(common)
		}
	}
	if common == "" || isWithin(root, common) {
		return root, nil
	}
	return repositoryOf(common), nil
}

// repositoryOf is the closest folder, dir or above it, that holds a git repository, or else dir.
func repositoryOf(dir string) string {
	for at := dir; ; {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		up := filepath.Dir(at)
		if up == at {
			return dir
		}
		at = up
	}
}

// isWithin reports whether an absolute path is a folder or lies below it.
func isWithin(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// name is a path of the command line as a name below the root.
func (w *workspace) name(p string) (string, error) {
	if p == stdinName {
		return p, nil
	}
	abs, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(w.rootPath, abs)
	if err == nil && !filepath.IsLocal(rel) {
		// The root or the path may be given through a symbolic link.
		rel = w.throughLinks(abs)
	}
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s lies outside the root folder %s; give --root for another", p, w.rootPath)
	}
	return filepath.ToSlash(rel), nil
}

func (w *workspace) throughLinks(abs string) string {
	root, err1 := filepath.EvalSymlinks(w.rootPath)
	target, err2 := filepath.EvalSymlinks(abs)
	rel, err3 := filepath.Rel(root, target)
	if errors.Join(err1, err2, err3) != nil {
		return ".."
	}
	return rel
}

func (f *loadFlags) readConfig(w *workspace, names []string) error {
	w.config = config.New()
	if f.noConfig {
		return nil
	}
	fsys := os.DirFS(w.rootPath)
	if r, err := os.OpenRoot(w.rootPath); err == nil {
		defer r.Close()
		fsys = r.FS()
	}
	var name string
	var err error
	if f.configFile != "" {
		name, err = w.name(f.configFile)
	} else {
		name, err = config.Find(fsys, w.folder)
	}
	if err != nil || name == "" {
		return err
	}
	w.confName = name
	w.config, err = config.LoadFile(fsys, name, w.ruleNames())
	return err
}

func (w *workspace) ruleNames() []string { return namesOf(w.catalog) }

func namesOf(catalog []*lint.Rule) []string {
	names := make([]string, len(catalog))
	for i, r := range catalog {
		names[i] = r.Name
	}
	return names
}

// load finds and reads the zones of a command.
func (f *loadFlags) load(cmd *cobra.Command, paths []string) (*workspace, error) {
	w, names, err := f.open(paths)
	if err != nil {
		return nil, err
	}
	return w, f.read(w, cmd, names)
}

// read finds and reads zones: those of the names, or else of the configuration, or else of the working folder.
func (f *loadFlags) read(w *workspace, cmd *cobra.Command, names []string) error {
	sources, err := f.find(w, cmd, names)
	if err != nil {
		return err
	}
	return w.read(sources, f.jobs)
}

func (f *loadFlags) find(w *workspace, cmd *cobra.Command, names []string) (sources []source, err error) {
	var origin *zonefiles.Name
	if f.origin != "" {
		name, err := zonefiles.ParseName([]byte(f.origin), zonefiles.Root)
		if err != nil {
			return nil, fmt.Errorf("--origin %s cannot be a domain name: %w", f.origin, err)
		}
		origin = &name
	}
	switch {
	case len(names) > 0:
		for _, name := range names {
			found, err := w.sourcesOf(cmd, name, origin)
			if err != nil {
				return nil, err
			}
			sources = append(sources, found...)
		}
	case len(w.config.Zones) > 0:
		sources, err = w.configured()
	default:
		sources, err = w.discovered(w.folder)
	}
	if err != nil {
		return nil, err
	}
	if origin != nil && len(sources) > 1 {
		return nil, fmt.Errorf("--origin is for one zone, and there are %d; name the others in %s", len(sources), config.FileName)
	}
	return sources, nil
}

// sourcesOf are the zones that a path of the command line stands for.
func (w *workspace) sourcesOf(cmd *cobra.Command, name string, origin *zonefiles.Name) ([]source, error) {
	if name == stdinName {
		data, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), w.loader.Limits.FileSize+1))
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		if int64(len(data)) > w.loader.Limits.FileSize {
			return nil, fmt.Errorf("standard input is larger than %d bytes", w.loader.Limits.FileSize)
		}
		file, err := w.loader.Files.Add("<stdin>", data)
		return []source{{path: "<stdin>", file: file, origin: origin, asked: true}}, err
	}
	info, err := os.Stat(filepath.Join(w.rootPath, filepath.FromSlash(name)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, pathError(err))
	case info.IsDir():
		before := len(w.setAside)
		sources, err := w.discovered(name)
		if err == nil && len(sources) == 0 && len(w.setAside) == before {
			err = fmt.Errorf("there is no zone in %s", w.shown(name))
		}
		return sources, err
	}
	if read := zonefiles.ConfReader(name); read != nil && origin == nil {
		return w.served(name, read)
	}
	s := source{path: name, origin: origin, asked: true}
	w.fromConfig(&s)
	return []source{s}, nil
}

// discovered are the zones of a folder.
func (w *workspace) discovered(dir string) ([]source, error) {
	found, err := zonefiles.Discover(w.loader.Root, dir, zonefiles.DiscoverOptions{})
	if err != nil {
		return nil, err
	}
	w.setAside = append(w.setAside, found.SetAside...)
	w.unread = append(w.unread, found.Configs...)
	w.ignored += found.Ignored
	confs, err := w.readConfs(found.Configs)
	if err != nil {
		return nil, err
	}
	stated := map[string][]zonefiles.ServedZone{}
	for _, c := range confs {
		for _, z := range c.Zones {
			stated[z.File] = append(stated[z.File], z)
		}
	}
	var sources []source
	for _, z := range found.Zones {
		if w.config.Excludes(z.Path) {
			continue
		}
		s := source{path: z.Path}
		w.fromConfig(&s)
		if served := stated[z.Path]; len(served) > 0 && s.origin == nil && s.view == "" {
			for _, as := range served {
				sources = append(sources, source{path: z.Path, origin: &as.Name, view: as.View})
			}
			continue
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// foundConf is the configuration of a name server that was found in a folder.
type foundConf struct {
	zonefiles.ServerConf
	name string
}

// readConfs reads configurations of name servers for what they say of files found beside them, and for nothing else: nobody has asked
// for them, so what cannot be read in them is no finding. One that another includes is not counted by itself.
func (w *workspace) readConfs(names []string) ([]foundConf, error) {
	var confs []foundConf
	included := map[string]bool{}
	for _, name := range names {
		files := &zonefiles.FileSet{}
		conf, _, err := w.readConf(zonefiles.ConfReader(name), files, name)
		switch {
		case errors.Is(err, errRepeatedConfs):
			return nil, err
		case err != nil:
			continue
		}
		confs = append(confs, foundConf{conf, name})
		for _, id := range conf.Files {
			if file := files.File(id).Name; file != name {
				included[file] = true
			}
		}
	}
	return slices.DeleteFunc(confs, func(c foundConf) bool { return included[c.name] }), nil
}

// errRepeatedConfs is why a run is given up in which configurations of name servers include the same large files.
var errRepeatedConfs = fmt.Errorf("the configurations of name servers include more than %d bytes beyond what their files hold: lint fewer at a time",
	zonefiles.DefaultLimits.Repeated)

// readConf reads the configuration of a name server. A file that several of them include counts from its second reading on, as for zones.
func (w *workspace) readConf(read zonefiles.ReadConf, files *zonefiles.FileSet, name string) (zonefiles.ServerConf, []zonefiles.ConfProblem, error) {
	conf, problems, err := read(w.loader.Root, files, name, w.config.Paths())
	if err != nil {
		return conf, nil, err
	}
	if w.confSizes == nil {
		w.confSizes = map[string]int64{}
	}
	w.repeated += conf.Bytes
	for _, id := range conf.Files {
		if f := files.File(id); w.confSizes[f.Name] == 0 {
			w.confSizes[f.Name] = int64(len(f.Data))
			w.repeated -= w.confSizes[f.Name]
		}
	}
	if w.repeated > zonefiles.DefaultLimits.Repeated {
		return conf, nil, errRepeatedConfs
	}
	return conf, problems, nil
}

// fromConfig fills in what the configuration says of a file.
func (w *workspace) fromConfig(s *source) {
	settings := w.config.For(s.path)
	if s.origin == nil && settings.Origin.IsSet() {
		s.origin = &settings.Origin.Value
	}
	s.view = settings.View.Value
}

// configured are the zones that the configuration lists.
func (w *workspace) configured() ([]source, error) {
	var sources []source
	globber := zonefiles.NewGlobber(w.loader.Root)
	listed := map[string]bool{} // what several patterns match is one file
	type key struct {
		kind config.SourceKind
		path string
	}
	read := map[key]bool{}
	for _, entry := range w.config.Zones {
		this := key{entry.Kind, entry.Path}
		if read[this] {
			continue
		}
		read[this] = true
		var found []source
		var err error
		switch entry.Kind {
		case config.Files:
			found, err = w.matching(globber, entry.Path, listed)
		case config.NamedConf:
			found, err = w.served(entry.Path, zonefiles.ReadNamedConf)
		case config.NSDConf:
			found, err = w.served(entry.Path, zonefiles.ReadNSDConf)
		case config.KnotConf:
			found, err = w.served(entry.Path, zonefiles.ReadKnotConf)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.From, err)
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

// matching are the files that a pattern of the configuration matches.
func (w *workspace) matching(globber *zonefiles.Globber, pattern string, listed map[string]bool) ([]source, error) {
	files, err := globber.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s below %s", pattern, w.rootPath)
	}
	var sources []source
	for _, name := range files {
		if listed[name] {
			continue
		}
		listed[name] = true
		if w.config.Excludes(name) || name == w.confName || slices.Contains(strings.Split(name, "/"), ".git") {
			continue
		}
		s := source{path: name}
		w.fromConfig(&s)
		sources = append(sources, s)
	}
	return sources, nil
}

// served are the zones that a name server's configuration lists.
func (w *workspace) served(name string, read zonefiles.ReadConf) ([]source, error) {
	conf, problems, err := w.readConf(read, w.loader.Files, name)
	if err != nil {
		return nil, err
	}
	for kind, n := range conf.SetAside {
		w.secondary[kind] += n
	}
	if folders := &w.loader.IncludeFolders; conf.Folder != "" && !slices.Contains(*folders, conf.Folder) {
		*folders = append(*folders, conf.Folder)
	}
	for _, id := range conf.Files {
		w.confFiles = append(w.confFiles, w.loader.Files.File(id).Name)
	}
	var sources []source
	if len(problems) > 0 {
		z := zonefiles.NewConfZone(w.loader.Files, name, problems)
		w.views = append(w.views, []*zonefiles.Zone{z})
	}
	sources = slices.Grow(sources, len(conf.Zones))
	for i := range conf.Zones {
		if z := &conf.Zones[i]; !w.config.Excludes(z.File) {
			sources = append(sources, source{path: z.File, origin: &z.Name, view: z.View, at: z.FileAt})
		}
	}
	return sources, nil
}

// read reads the zones, several at a time, and sorts them into views.
func (w *workspace) read(sources []source, jobs int) error {
	type key struct {
		path, view string
		origin     zonefiles.Name
		isStated   bool
	}
	seen, stated := make(map[key]bool, len(sources)), make(map[string]bool, len(sources))
	for _, s := range sources {
		stated[s.path] = stated[s.path] || s.origin != nil
	}
	sources = slices.DeleteFunc(sources, func(s source) bool {
		if s.origin == nil && stated[s.path] {
			return true // what is said of a file stands above what it says itself
		}
		k := key{path: s.path, view: s.view, isStated: s.origin != nil}
		if s.origin != nil {
			k.origin = *s.origin
		}
		again := seen[k]
		seen[k] = true
		return again
	})
	slices.SortStableFunc(sources, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	zones := make([]*zonefiles.Zone, len(sources))
	forEach(len(sources), jobs, func(i int) { zones[i] = w.readOne(&sources[i]) })
	if w.loader.Exhausted() {
		return fmt.Errorf("the zones include, generate and share more than %d bytes beyond what their files hold: lint fewer at a time",
			w.loader.Limits.Repeated)
	}
	for i, z := range zones {
		if sources[i].asked && z.Missing && !errors.Is(z.Err, zonefiles.ErrTooLarge) {
			return fmt.Errorf("%s: %w", sources[i].path, pathError(z.Err))
		}
	}
	w.sources, w.zones, w.confs = sources, zones, w.views
	w.arrange()
	return nil
}

// arrange sorts the zones into views.
func (w *workspace) arrange() {
	w.views = slices.Clone(w.confs)
	views := map[string]int{}
	for _, z := range zonefiles.Roots(w.zones) {
		at, ok := views[z.View]
		if !ok {
			at = len(w.views)
			views[z.View] = at
			w.views = append(w.views, nil)
		}
		w.views[at] = append(w.views[at], z)
	}
}

func (w *workspace) readOne(s *source) *zonefiles.Zone {
	var z *zonefiles.Zone
	if s.file != nil {
		z = w.loader.Parse(s.file, s.origin)
	} else {
		z = w.loader.Load(s.path, s.origin)
	}
	z.View = s.view
	if z.Missing && !s.at.IsEmpty() {
		z.Problems[0].Span = s.at
	}
	return z
}

// templates are notes on files that were named on the command line and are read as zones, though a tool has to make zones of them first.
func (w *workspace) templates() (notes []string) {
	for i, z := range w.zones {
		if !w.sources[i].asked || z.Missing {
			continue
		}
		if why := zonefiles.Template(w.loader.Files.File(z.File).Data); why != "" {
			notes = append(notes, fmt.Sprintf("%s is read as a zone since it was named, but %s: lint what is made of it.", w.shown(z.Path), why))
		}
	}
	return notes
}

// forEach calls do for 0 to n-1, jobs at a time; 0 jobs are one for each CPU.
func forEach(n, jobs int, do func(int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(jobs, n) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
}

// pathError is an error without the path that the message around it names.
func pathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// facts are what the configuration knows of hosts.
func (w *workspace) facts() lint.Facts {
	facts := lint.Facts{Hosts: map[zonefiles.Name]lint.HostFacts{}, Final: map[zonefiles.Name]bool{}, NAT64: w.config.NAT64Prefixes}
	for name, h := range w.config.Hosts {
		facts.Hosts[name] = lint.HostFacts{
			Families: delivery.Families(h.Families), HasFamilies: h.Families != 0,
			Outbound: delivery.Families(h.Outbound), HasOutbound: h.Outbound != 0,
			SameHost: h.SameHost, HasSameHost: !h.SameHost.IsRoot(),
		}
	}
	for _, l := range w.config.Links {
		facts.Links = append(facts.Links, lint.Link{From: l.Sender, To: l.Receiver, Via: l.Via})
	}
	for _, name := range w.config.Final {
		facts.Final[name] = true
	}
	return facts
}

// settings are what the configuration says of one zone.
func (w *workspace) settings(z *zonefiles.Zone) *lint.Settings {
	zone := w.config.For(z.Path).At(z.Origin)
	out := w.lintSettings(zone)
	if w.config.DiffersWithin(z.Origin) {
		out.Domain = func(name zonefiles.Name) *lint.Settings {
			if !w.config.Names(name) {
				return nil
			}
			return w.lintSettings(zone.At(name))
		}
	}
	return out
}

func (w *workspace) lintSettings(s config.Settings) *lint.Settings {
	out := &lint.Settings{Stack: delivery.Families(s.Stack.Value), Scope: s.Scope.Value, Severities: map[string]lint.Severity{}}
	for _, r := range w.catalog {
		if severity := s.Severity(r).Value; severity != r.Severity {
			out.Severities[r.Name] = severity
		}
	}
	return out
}

// shown is a name below the root as people in the working folder call it.
func (w *workspace) shown(name string) string {
	here, err := os.Getwd()
	if err != nil || strings.HasPrefix(name, "<") {
		return name
	}
	full := filepath.Join(w.rootPath, filepath.FromSlash(name))
	rel, err := filepath.Rel(here, full)
	if err != nil || len(rel) > len(full) {
		return full
	}
	return filepath.ToSlash(rel)
}
