package workspace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
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

	asked bool // by name: it must be there
}

// Unchecked is what Find came across that is not checked.
type Unchecked struct {
	SetAside  []discover.SetAside // files that resemble zones
	Secondary map[string]int      // zones that name servers are not primary for, by type
	Configs   []string            // configurations of name servers that were not named
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
}

// Find finds the zones of a selection.
func (w *Workspace) Find(s Selection) (sources []Source, err error) {
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
		sources, err = w.discovered(cmp.Or(s.Folder, w.folder))
	}
	if err != nil {
		return nil, err
	}
	if s.Origin != nil && len(sources) > 1 {
		return nil, fmt.Errorf("--origin is for one zone, and there are %d; name the others in %s", len(sources),
			config.FileName)
	}
	return sources, nil
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
		return own, nil
	}
	return all, nil
}

// sourcesOf are the zones that one name of a selection means.
func (w *Workspace) sourcesOf(name string, sel Selection) ([]Source, error) {
	if name == Stdin {
		data, err := io.ReadAll(io.LimitReader(sel.Stdin, w.loader.Limits.MaxFileSize+1))
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		if int64(len(data)) > w.loader.Limits.MaxFileSize {
			return nil, fmt.Errorf("standard input is larger than %d bytes", w.loader.Limits.MaxFileSize)
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
		before := len(w.unchecked.SetAside)
		sources, err := w.discovered(name)
		if err == nil && len(sources) == 0 && len(w.unchecked.SetAside) == before {
			err = fmt.Errorf("there is no zone in %s", w.Shown(name))
		}
		return sources, err
	}
	if server := serverconf.ServerOf(name); server != 0 && sel.Origin == nil {
		return w.served(name, server)
	}
	s := Source{Path: name, Origin: sel.Origin, asked: true}
	w.fromConfig(&s)
	return []Source{s}, nil
}

// discovered are the zones of a folder.
func (w *Workspace) discovered(dir string) ([]Source, error) {
	found, err := discover.Search(w.loader.Root, dir)
	if err != nil {
		return nil, err
	}
	w.unchecked.SetAside = append(w.unchecked.SetAside, found.SetAside...)
	w.unchecked.Configs = append(w.unchecked.Configs, found.Configs...)
	w.unchecked.Ignored += found.Ignored
	confs, err := w.readConfs(found.Configs)
	if err != nil {
		return nil, err
	}
	stated := map[string][]serverconf.ServedZone{}
	for _, c := range confs {
		w.meet(c.ServerConf, c.files)
		for _, z := range c.Zones {
			file := cmp.Or(found.Links[z.File], z.File)
			stated[file] = append(stated[file], z)
		}
	}
	var sources []Source
	for _, name := range found.Zones {
		if w.config.Excludes(name) {
			continue
		}
		s := Source{Path: name}
		w.fromConfig(&s)
		if served := stated[name]; len(served) > 0 && s.Origin == nil && s.View == "" {
			for _, as := range served {
				sources = append(sources, Source{Path: name, Origin: &as.Name, View: as.View})
			}
			continue
		}
		sources = append(sources, s)
	}
	return sources, nil
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
		conf, _, err := w.readConf(serverconf.ServerOf(name), files, name)
		switch {
		case errors.Is(err, errRepeatedConfs):
			return nil, err
		case err != nil:
			continue
		}
		confs = append(confs, foundConf{server{conf, files}, name})
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
	globber := disk.NewGlobber(w.loader.Root)
	listed := map[string]bool{} // what several patterns match is one file
	type key struct {
		server serverconf.Server
		path   string
	}
	read := map[key]bool{}
	for _, entry := range w.config.Zones {
		this := key{entry.Server, entry.Path}
		if read[this] {
			continue
		}
		read[this] = true
		var found []Source
		var err error
		if entry.Server == 0 {
			found, err = w.matching(globber, entry.Path, listed)
		} else {
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
func (w *Workspace) matching(globber *disk.Globber, pattern string, listed map[string]bool) ([]Source, error) {
	files, err := globber.Glob(pattern)
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
		if w.config.Excludes(name) || name == w.confName || slices.Contains(strings.Split(name, "/"), ".git") {
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
		if z := &conf.Zones[i]; !w.config.Excludes(z.File) {
			sources = append(sources, Source{Path: z.File, Origin: &z.Name, View: z.View, At: z.FileAt})
		}
	}
	return sources, nil
}
