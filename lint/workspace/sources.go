package workspace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"mx46/lint/config"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// This file finds zones: by name, in folders, and in configurations of mx46 and of name servers.

// Source is one zone to be read.
type Source struct {
	Path   string
	Origin *zonefiles.Name // stated, or nil
	View   string          // of a name server's configuration; empty where there are no views
	At     zonefiles.Span  // where a name server's configuration names the file; empty otherwise
	// Dialect is what a name server's configuration says; "": that of the configuration.
	Dialect zonefiles.Dialect

	asked bool // by name: it must be there
}

// Unchecked is what Find came across that is not checked.
type Unchecked struct {
	SetAside  []discover.SetAside // files that resemble zones
	Secondary map[string]int      // zones that name servers are not primary for, by type
	Configs   []string            // configurations of name servers that were not named
	Outside   []string            // those found that speak of files outside the root
	Ignored   int                 // files and folders that a .gitignore names
}

// Unchecked is what Find came across that is not checked.
func (w *Workspace) Unchecked() Unchecked { return w.unchecked }

// Stdin is standard input among names.
const Stdin = "-"

// Selection says which zones are meant.
type Selection struct {
	// Names are zone files, folders, configurations of name servers, and Stdin. None: the zones of the configuration,
	// or else those that are found in Folder.
	Names  []string
	Folder string          // "": the working folder
	Origin *zonefiles.Name // of the only zone; nil: as the configuration, the file or its name says
	Stdin  io.Reader
	// Texts take the place of files, by name, as those that are open in an editor. They are zones, or parts of zones,
	// and are read even where nothing else leads to them.
	Texts map[string][]byte
	// Beside are zone files that are read even where nothing else leads to them, unless the configuration excludes them.
	Beside []string
	// AllowEmpty says that a folder which is named need not hold a zone.
	AllowEmpty bool
}

// ReadsAll reports whether a selection is every zone there is: those that the configuration lists, or else all that are
// found in the root.
func (s *Selection) ReadsAll(w *Workspace) bool {
	if len(w.config.Zones) > 0 {
		return len(s.Names) == 0
	}
	return slices.Equal(s.Names, []string{"."}) || len(s.Names) == 0 && cmp.Or(s.Folder, w.folder) == "."
}

// Find finds the zones of a selection.
func (w *Workspace) Find(s Selection) (sources []Source, err error) {
	if err := w.put(s.Texts); err != nil {
		return nil, err
	}
	switch {
	case len(s.Names) > 0:
		for _, name := range s.Names {
			found, err := w.sourcesOf(name, s)
			if err != nil {
				return nil, err
			}
			sources = append(sources, found...)
		}
	case len(w.config.Zones) > 0:
		sources, err = w.configured()
	default:
		sources, err = w.discovered(cmp.Or(s.Folder, w.folder), discover.NewSearches(w.loader.Root))
	}
	if err = cmp.Or(err, w.config.Exhausted()); err != nil {
		return nil, err
	}
	sources = w.with(sources, slices.AppendSeq(slices.Clone(s.Beside), maps.Keys(s.Texts)))
	if s.Origin != nil && len(sources) > 1 {
		return nil, fmt.Errorf("--origin is for one zone, and there are %d; name the others in %s", len(sources),
			config.FileName)
	}
	return sources, nil
}

// with adds the zone files of these names that are not among the sources.
func (w *Workspace) with(sources []Source, names []string) []Source {
	found := map[string]bool{}
	for _, s := range sources {
		found[s.Path] = true
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !found[name] && !w.excludes(name) {
			w.beside = append(w.beside, name)
			s := Source{Path: name}
			w.fromConfig(&s)
			sources = append(sources, s)
			w.forgetUnread(name)
		}
	}
	return sources
}

// forgetUnread drops what a search said of a file that is read after all: its zone says it.
func (w *Workspace) forgetUnread(name string) {
	w.problems = slices.DeleteFunc(w.problems, func(p zonefiles.Problem) bool {
		isUnread := p.Kind == zonefiles.UnreadProblem || p.Kind == zonefiles.OtherFormatProblem
		return isUnread && w.loader.Files.File(p.Span.File).Name == name
	})
}

// FindFile finds all zones that are read from the one zone file that a selection names.
func (w *Workspace) FindFile(s Selection) ([]Source, error) {
	name := s.Names[0]
	own, err := w.sourcesOf(name, Selection{Stdin: s.Stdin})
	if err != nil {
		return nil, err
	}
	if len(own) != 1 || own[0].Path != name {
		return nil, fmt.Errorf("%s is not a zone file", name)
	}
	if s.Origin != nil || len(w.config.Zones) == 0 {
		return w.Find(s)
	}
	all, err := w.configured()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s Source) bool { return s.Path != name })
	if slices.ContainsFunc(all, func(s Source) bool { return s.Origin != nil }) {
		all = slices.DeleteFunc(all, func(s Source) bool { return s.Origin == nil })
	}
	if len(all) == 0 {
		w.beside = append(w.beside, name)
		return own, nil
	}
	return all, nil
}

// ReadStdin reads standard input, up to the size of a file.
func (w *Workspace) ReadStdin(in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, w.loader.Limits.MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	if int64(len(data)) > w.loader.Limits.MaxFileSize {
		return nil, fmt.Errorf("standard input is larger than %d bytes", w.loader.Limits.MaxFileSize)
	}
	return data, nil
}

// sourcesOf are the zones that one name of a selection means.
func (w *Workspace) sourcesOf(name string, sel Selection) ([]Source, error) {
	if name == Stdin {
		data, err := w.ReadStdin(sel.Stdin)
		if err != nil {
			return nil, err
		}
		file, err := w.loader.Files.Add("<stdin>", data)
		if err != nil {
			return nil, err
		}
		w.loader.Put(file)
		return []Source{{Path: file.Name, Origin: sel.Origin, asked: true}}, nil
	}
	info, err := w.loader.Root.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, disk.Reason(err))
	case info.IsDir():
		return w.inFolder(name, sel.AllowEmpty, discover.NewSearches(w.loader.Root))
	}
	if server := serverconf.ServerOf(name); server != 0 && sel.Origin == nil {
		return w.served(name, server)
	}
	s := Source{Path: name, Origin: sel.Origin, asked: true}
	w.fromConfig(&s)
	return []Source{s}, nil
}

// inFolder are the zones of a folder that was named, which has to hold some.
func (w *Workspace) inFolder(name string, allowEmpty bool, searches *discover.Searches) ([]Source, error) {
	before := len(w.unchecked.SetAside) + len(w.problems)
	sources, err := w.discovered(name, searches)
	isEmpty := len(sources) == 0 && len(w.unchecked.SetAside)+len(w.problems) == before
	if err == nil && isEmpty && !allowEmpty {
		err = fmt.Errorf("there is no zone in %s", w.Shown(name))
	}
	return sources, err
}

// discovered are the zones of a folder.
func (w *Workspace) discovered(dir string, searches *discover.Searches) ([]Source, error) {
	found, err := searches.Search(dir)
	if err != nil {
		return nil, err
	}
	w.unchecked.SetAside = append(w.unchecked.SetAside, found.SetAside...)
	for _, s := range found.SetAside {
		w.config.Excludes(s.Path) // what names them matches something
	}
	for _, name := range found.Configs {
		if !w.isListed(name) {
			w.unchecked.Configs = append(w.unchecked.Configs, name)
		}
	}
	w.unchecked.Ignored += found.Ignored
	if err := w.reportUnread(found); err != nil {
		return nil, err
	}
	confs, err := w.readConfs(found.Configs)
	if err != nil {
		return nil, err
	}
	stated, dialects := map[string][]serverconf.ServedZone{}, map[string]zonefiles.Dialect{}
	for _, c := range confs {
		if w.isListed(c.name) {
			continue
		}
		w.meet(c.ServerConf, c.files)
		for _, z := range slices.Concat(c.Zones, c.Copies) {
			file := cmp.Or(found.Links[z.File], z.File)
			stated[file] = append(stated[file], z)
			dialects[file] = cmp.Or(dialects[file], c.Dialect)
			if why := found.Locked[file]; why != "" && !w.config.Excludes(file) {
				return nil, fmt.Errorf("%s, which %s names, cannot be read: %s", w.Shown(file), w.Shown(c.name), why)
			}
		}
		w.found = append(w.found, c)
	}
	var sources []Source
	for _, name := range found.Zones {
		if w.excludes(name) {
			continue
		}
		s := Source{Path: name, Dialect: dialects[name]}
		w.fromConfig(&s)
		if served := stated[name]; len(served) > 0 && s.Origin == nil && s.View == "" {
			for _, as := range served {
				sources = append(sources, Source{Path: name, Origin: &as.Name, View: as.View, Dialect: dialects[name]})
			}
			continue
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// isListed reports whether an entry of zones is this configuration of a name server, which then says what it serves.
func (w *Workspace) isListed(name string) bool {
	return slices.ContainsFunc(w.config.Zones, func(z config.ZoneSource) bool { return z.Server != 0 && z.Path == name })
}

// reportUnread reports the files that were found and hold a zone in another form than that of a zone file. Its error is
// for those that nobody can read.
func (w *Workspace) reportUnread(found discover.Found) error {
	for _, f := range found.Unreadable {
		if !w.excludes(f.Path) {
			return fmt.Errorf("%s cannot be read: %s", w.Shown(f.Path), f.Reason)
		}
	}
	for _, u := range found.Unread {
		if w.excludes(u.Path) {
			continue
		}
		file, err := w.loader.Files.Add(u.Path, nil)
		if err != nil {
			return err
		}
		u.Span.File = file.ID
		w.problems = append(w.problems, u.Problem)
	}
	return nil
}

// foundConf is the configuration of a name server that was found in a folder.
type foundConf struct {
	server
	name string
}

// readConfs reads configurations of name servers only for what they say of files found: nobody asked for them, so what
// cannot be read in them is no finding. One that another includes, as named.conf includes named.conf.local, does not
// count by itself.
func (w *Workspace) readConfs(names []string) ([]foundConf, error) {
	var confs []foundConf
	included := map[string]bool{}
	for _, name := range names {
		if included[name] {
			continue
		}
		files := &zonefiles.FileSet{}
		conf, problems, err := w.readConf(serverconf.ServerOf(name), files, name)
		switch {
		case errors.Is(err, errRepeatedConfs):
			return nil, err
		case err != nil:
			w.unread = append(w.unread, fmt.Sprintf("%s cannot be read: %v", w.Shown(name), disk.Reason(err)))
			continue
		}
		confs = append(confs, foundConf{server{conf, files}, name})
		if slices.ContainsFunc(problems, func(p zonefiles.Problem) bool { return p.Help != "" }) {
			w.unchecked.Outside = append(w.unchecked.Outside, name)
		}
		for _, id := range conf.Files {
			if file := files.File(id).Name; file != name {
				included[file] = true
			}
		}
	}
	return slices.DeleteFunc(confs, func(c foundConf) bool { return included[c.name] }), nil
}

// errRepeatedConfs is why configurations of name servers that include the same large files are not read.
var errRepeatedConfs = fmt.Errorf("the configurations of name servers repeat more than %d bytes: lint fewer at a time",
	zonefiles.DefaultLimits.MaxRepeated)

// readConf reads the configuration of a name server. Repeated readings of a file count, as for zones.
func (w *Workspace) readConf(
	server serverconf.Server, files *zonefiles.FileSet, name string,
) (serverconf.ServerConf, []zonefiles.Problem, error) {
	conf, problems, err := server.Read(w.loader.Root, files, name, w.loader.Finder)
	if err != nil {
		return conf, nil, err
	}
	w.repeated += conf.Bytes
	for _, id := range conf.Files {
		if f := files.File(id); w.confSizes[f.Name] == 0 {
			w.confSizes[f.Name] = int64(len(f.Data))
			w.repeated -= w.confSizes[f.Name]
		}
	}
	if w.repeated > zonefiles.DefaultLimits.MaxRepeated {
		return conf, nil, errRepeatedConfs
	}
	return conf, problems, nil
}

// Excluded are the files like zones that the configuration excludes, sorted.
func (w *Workspace) Excluded() []string {
	return slices.Compact(slices.Sorted(slices.Values(w.excluded)))
}

// excludes reports whether the configuration excludes a file, and notes it.
func (w *Workspace) excludes(name string) bool {
	if !w.config.Excludes(name) {
		return false
	}
	w.excluded = append(w.excluded, name)
	return true
}

// fromConfig fills in the settings of a file.
func (w *Workspace) fromConfig(s *Source) {
	settings := w.config.For(s.Path)
	if s.Origin == nil && settings.Origin.IsSet() {
		s.Origin = &settings.Origin.Value
	}
	s.View = settings.View.Value
}

// configured are the zones that the configuration lists.
func (w *Workspace) configured() ([]Source, error) {
	var sources []Source
	listed := map[string]bool{} // what several patterns match is one file
	type key struct {
		server   serverconf.Server
		path     string
		isFolder bool
	}
	read, searches := map[key]bool{}, discover.NewSearches(w.loader.Root)
	for _, entry := range w.config.Zones {
		this := key{entry.Server, entry.Path, entry.IsFolder}
		if read[this] {
			continue
		}
		read[this] = true
		var found []Source
		var err error
		switch {
		case entry.IsFolder:
			found, err = w.inFolder(entry.Path, false, searches)
		case entry.Server == 0:
			found, err = w.matching(entry.Path, listed)
		default:
			found, err = w.served(entry.Path, entry.Server)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.From, err)
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

// matching are the files that a pattern of the configuration matches.
func (w *Workspace) matching(pattern string, listed map[string]bool) ([]Source, error) {
	files, err := w.loader.Finder.Glob(pattern, false)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s below %s", pattern, w.rootPath)
	}
	var sources []Source
	for _, name := range files {
		if listed[name] {
			continue
		}
		listed[name] = true
		if w.excludes(name) || name == w.confName || slices.Contains(strings.Split(name, "/"), ".git") {
			continue
		}
		s := Source{Path: name}
		w.fromConfig(&s)
		sources = append(sources, s)
	}
	return sources, nil
}

// served are the zones that a name server's configuration lists.
func (w *Workspace) served(name string, server serverconf.Server) ([]Source, error) {
	conf, problems, err := w.readConf(server, w.loader.Files, name)
	if err != nil {
		return nil, err
	}
	w.elsewhere = append(w.elsewhere, conf.Elsewhere...)
	for kind, n := range conf.SetAside {
		w.unchecked.Secondary[kind] += n
	}
	if folders := &w.loader.IncludeFolders; conf.Folder != "" && !slices.Contains(*folders, conf.Folder) {
		*folders = append(*folders, conf.Folder)
	}
	for _, id := range conf.Files {
		w.confFiles = append(w.confFiles, w.loader.Files.File(id).Name)
	}
	w.problems = append(w.problems, problems...)
	w.meet(conf, w.loader.Files)
	sources := make([]Source, 0, len(conf.Zones))
	for i := range conf.Zones {
		if z := &conf.Zones[i]; !w.excludes(z.File) {
			sources = append(sources, Source{Path: z.File, Origin: &z.Name, View: z.View, At: z.FileAt, Dialect: conf.Dialect})
		}
	}
	return sources, nil
}
