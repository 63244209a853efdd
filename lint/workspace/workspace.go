// Package workspace is a repository of zones: its root folder, its configuration, its zones, and what the rules find in
// them. Commands, editors and other programs work with it.
//
//	workspace.go    opening: the configuration, and names of files
//	root.go         the root folder, and who is trusted above the working folder
//	lock.go         what is known of hosts outside the zones
//	sources.go      which zones there are
//	read.go         reading them, and reading some of them again
//	origins.go      why the origin of a zone is not known
//	copies.go       which of several files is a zone
//	servers.go      which files name servers write themselves
//	lint.go         what the rules find
//	stream.go       what they find while zones are read, and let go
//	touching.go     which findings have to do with some files
//	baseline.go     which findings are known already
//	uncovered.go    which zone files nothing leads to
//	survey.go       what a first configuration is made from
//
// Names of files are relative to the root, with slashes. Name makes them from paths that people write, and Shown makes
// such paths.
package workspace

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/lock"
	"mx46/lint/mtasts"
	"mx46/lint/observed"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// Options say what is opened, in paths of the operating system.
type Options struct {
	// Root is the folder outside of which no file is read or written. "" is the repository around the working folder,
	// or that folder; or, where Paths lie outside, the repository or the folder around all of them.
	Root  string
	Paths []string
	// Config is the configuration file. "" is .mx46.yaml in the working folder or above, up to the root.
	Config   string
	NoConfig bool // use no configuration file
	// Lock is the file with what DNS said of hosts outside the zones. "" is .mx46.hosts next to the configuration, or else
	// in the root.
	Lock   string
	NoLock bool // use no such file
	// NewLock says that a file which Lock names need not be there.
	NewLock bool
	Catalog []*lint.Rule // all rules that there are
	Jobs    int          // files read and zones linted at a time; 0: one for each CPU
}

// Workspace is an open repository. Its methods must not be called at the same time.
type Workspace struct {
	rootPath  string // absolute
	rootGiven bool   // by the command line
	here      string // the working folder, absolute; empty where the system does not say
	folder    string // the name of the working folder, or of the root where it lies outside
	confName  string // of the configuration file; empty where there is none
	config    *config.Config
	lockName  string     // of the lock, whether it is there or not
	lock      *lock.Lock // nil where it is not there
	policies  map[zonefiles.Name]*mtasts.Policy
	catalog   []*lint.Rule
	jobs      int
	loader    *zonefiles.Loader

	sources  []Source
	zones    []*zonefiles.Zone // those of sources, in their order
	views    [][]*zonefiles.Zone
	copies   []Copies
	beside   []string // zone files that are read only because they were named, or are open
	excluded []string // files, by the configuration, as often as they were met
	snippets int      // files that others include, and that are no zones of their own
	// What was seen beside the records of zones that were made of answers, by origin:
	observed map[zonefiles.Name]*observed.Zone
	// What was found on the way to the zones:
	problems  []zonefiles.Problem // of name servers' configurations and the lock
	unchecked Unchecked
	elsewhere []string         // what configurations of name servers include and only the server has
	found     []foundConf      // configurations of name servers that nobody asked for
	unread    []string         // and why others of these could not be read
	confFiles []string         // files of the configurations that were asked for
	confSizes map[string]int64 // of the files of all configurations of name servers
	repeated  int64            // bytes of configurations that were read beyond these
	servers   []server
	keepers   map[string]Keeper  // by file; see the method
	journals  map[string]journal // that are there, by the file of the zone

	journalNames map[string]string // where a configuration says so, by the file of the zone
}

// Open opens the root and reads the configuration.
func Open(o Options) (*Workspace, error) {
	w := &Workspace{
		catalog: o.Catalog, jobs: o.Jobs, config: config.New(), folder: ".", journalNames: map[string]string{},
		confSizes: map[string]int64{}, unchecked: Unchecked{Secondary: map[string]int{}},
	}
	w.here, _ = os.Getwd()
	var err error
	w.rootGiven = o.Root != ""
	if w.rootPath, err = w.rootFolder(o); err != nil {
		return nil, err
	}
	root, err := disk.OpenRoot(w.rootPath)
	if err != nil {
		return nil, fmt.Errorf("opening the root folder: %w", err)
	}
	w.loader = zonefiles.NewLoader(root)
	w.loader.Jobs = o.Jobs
	if w.here != "" && IsWithin(w.rootPath, w.here) {
		w.folder, _ = w.Name(w.here)
	}
	if !o.NoConfig {
		if err := w.readConfig(o.Config); err != nil {
			root.Close()
			return nil, err
		}
	}
	if err := cmp.Or(w.readLock(o), w.readPolicies()); err != nil {
		root.Close()
		return nil, err
	}
	w.loader.Dialect = w.config.Dialect.Value
	w.config.SetPath(filepath.ToSlash(w.rootPath), ".")
	w.loader.Finder = disk.NewFinder(root, w.config.Paths())
	return w, nil
}

// Close closes the root. What was read stays valid, but for lines of files of which Stream has let the texts go.
func (w *Workspace) Close() error {
	w.loader.Files.Close()
	return w.loader.Root.Close()
}

func (w *Workspace) readConfig(path string) (err error) {
	if path != "" {
		w.confName, err = w.Name(path)
	} else {
		w.confName, err = w.FindConfig()
	}
	if err != nil || w.confName == "" {
		return err
	}
	w.config, err = config.LoadFile(w.loader.Root, w.loader.Files, w.confName, lint.Names(w.catalog))
	return err
}

// Config is the configuration. A caller may change it before the zones are read.
func (w *Workspace) Config() *config.Config { return w.config }

// ConfigName is the name of the configuration file, empty where there is none.
func (w *Workspace) ConfigName() string { return w.confName }

// Catalog is all rules that there are.
func (w *Workspace) Catalog() []*lint.Rule { return w.catalog }

// RootPath is the absolute path of the root.
func (w *Workspace) RootPath() string { return w.rootPath }

// Root is the door to the files below the root.
func (w *Workspace) Root() *disk.Root { return w.loader.Root }

// Files is the files that spans lie in.
func (w *Workspace) Files() *zonefiles.FileSet { return w.loader.Files }

// Folder is the name of the working folder.
func (w *Workspace) Folder() string { return w.folder }

// Name is the name of a file by its path in the operating system. Stdin stays as it is.
func (w *Workspace) Name(path string) (string, error) {
	if path == Stdin {
		return path, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(w.rootPath, abs)
	if err == nil && !filepath.IsLocal(rel) { // the root or the path may be given through a symbolic link
		rel, err = filepath.Rel(disk.RealPath(w.rootPath), disk.RealPath(abs))
	}
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s lies outside the root folder %s; give --root for another", path, w.rootPath)
	}
	return filepath.ToSlash(rel), nil
}

// Names are the names of several files.
func (w *Workspace) Names(paths []string) ([]string, error) {
	names := make([]string, len(paths))
	for i, p := range paths {
		var err error
		if names[i], err = w.Name(p); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// Shown is a file's path from the working folder. What is no file's name stays as it is.
func (w *Workspace) Shown(name string) string {
	if w.here == "" || strings.HasPrefix(name, "<") || strings.Contains(name, "://") {
		return name
	}
	full := filepath.Join(w.rootPath, filepath.FromSlash(name))
	rel, err := filepath.Rel(w.here, full)
	if err != nil || len(rel) > len(full) {
		return full
	}
	return filepath.ToSlash(rel)
}

// Position is where on the disk a span begins. Its file's name is relative to the root.
func (w *Workspace) Position(span zonefiles.Span) zonefiles.Position {
	at := w.loader.Files.OnDisk(span)
	return w.loader.Files.Position(at.File, at.Start)
}
