package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/rules"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
)

// This file opens what a command works in: the root, the configuration, and names relative to both. Names are relative to the root, with
// slashes.

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
	setAside  []discover.SetAside // files like zones that were not read as such
	secondary map[string]int      // zones of a name server's configuration that it is not primary for, by type
	unread    []string            // configurations of name servers that were found in a folder and not asked for
	confFiles []string            // files of those that were read as such
	confSizes map[string]int64    // of the files of all configurations of name servers
	repeated  int64               // bytes of configurations that were read beyond these
	ignored   int                 // files and folders that a .gitignore keeps from being found
	folder    string              // that is searched where nothing else says what to lint
	confName  string              // of the configuration file; empty where there is none
	clock     clock
}

// open finds the root and the configuration. Paths are as given on the command line.
func (f *loadFlags) open(paths []string) (*workspace, []string, error) {
	rootPath, err := f.rootFolder(paths)
	if err != nil {
		return nil, nil, err
	}
	root, err := disk.OpenRoot(rootPath)
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
