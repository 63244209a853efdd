package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint/config"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// This file finds the zones that a command is about: by paths, in folders, and in configurations of mx46 and of name servers.

// source is one zone to be read.
type source struct {
	path   string
	origin *zonefiles.Name // stated, or nil
	view   string
	at     zonefiles.Span  // where a name server's configuration names the file; empty otherwise
	asked  bool            // named on the command line: it must be there
	file   *zonefiles.File // read already; nil otherwise
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
		return nil, fmt.Errorf("%s: %w", name, disk.Reason(err))
	case info.IsDir():
		before := len(w.setAside)
		sources, err := w.discovered(name)
		if err == nil && len(sources) == 0 && len(w.setAside) == before {
			err = fmt.Errorf("there is no zone in %s", w.shown(name))
		}
		return sources, err
	}
	if read := serverconf.Reader(name); read != nil && origin == nil {
		return w.served(name, read)
	}
	s := source{path: name, origin: origin, asked: true}
	w.fromConfig(&s)
	return []source{s}, nil
}

// discovered are the zones of a folder.
func (w *workspace) discovered(dir string) ([]source, error) {
	found, err := discover.Search(w.loader.Root, dir, discover.Options{})
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
	stated := map[string][]serverconf.ServedZone{}
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
	serverconf.ServerConf
	name string
}

// readConfs reads configurations of name servers for what they say of files found beside them, and for nothing else: nobody has asked
// for them, so what cannot be read in them is no finding. One that another includes is not counted by itself, and not read by itself
// where that other one, such as named.conf beside named.conf.local, comes first.
func (w *workspace) readConfs(names []string) ([]foundConf, error) {
	var confs []foundConf
	included := map[string]bool{}
	for _, name := range names {
		if included[name] {
			continue
		}
		files := &zonefiles.FileSet{}
		conf, _, err := w.readConf(serverconf.Reader(name), files, name)
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
func (w *workspace) readConf(read serverconf.ReadFunc, files *zonefiles.FileSet, name string) (serverconf.ServerConf, []zonefiles.Problem, error) {
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
	globber := disk.NewGlobber(w.loader.Root)
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
			found, err = w.served(entry.Path, serverconf.ReadNamedConf)
		case config.NSDConf:
			found, err = w.served(entry.Path, serverconf.ReadNSDConf)
		case config.KnotConf:
			found, err = w.served(entry.Path, serverconf.ReadKnotConf)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.From, err)
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

// matching are the files that a pattern of the configuration matches.
func (w *workspace) matching(globber *disk.Globber, pattern string, listed map[string]bool) ([]source, error) {
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
func (w *workspace) served(name string, read serverconf.ReadFunc) ([]source, error) {
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
