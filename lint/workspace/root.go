package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"mx46/lint/config"
	"mx46/zonefiles/disk"
)

// This file finds the root folder, says what is trusted above the working folder, and writes what the command line
// names.

// rootFolder is the folder that Options.Root describes.
func (w *Workspace) rootFolder(o Options) (string, error) {
	if o.Root != "" {
		return filepath.Abs(o.Root)
	}
	if w.here == "" {
		return "", errors.New("the working folder is not known: name the root folder")
	}
	root := repositoryOf(w.here, w.trusts)
	common := ""
	for _, p := range o.Paths {
		if p == Stdin {
			continue
		}
		p, err := filepath.Abs(p)
		if err != nil {
			return "", err
		}
		if info, err := disk.StatPath(p); err != nil || !info.IsDir() {
			p = filepath.Dir(p)
		}
		if common == "" {
			common = p
		}
		for !IsWithin(common, p) {
			common = filepath.Dir(common)
		}
	}
	if common != "" && (!IsWithin(root, common) || isWide(root)) {
		root = repositoryOf(common, w.trusts)
	}
	if isWide(root) {
		return "", fmt.Errorf("the root folder would be %s, and zones could include any file in it; name one with --root",
			root)
	}
	return root, nil
}

// isWide reports whether a folder is the whole disk, or holds a person's files.
func isWide(folder string) bool {
	home, err := os.UserHomeDir()
	return filepath.Dir(folder) == folder || err == nil && IsWithin(folder, home)
}

// RepositoryOf is the closest folder, dir or above it, that holds a git repository, or else dir. The search ends at
// what belongs neither to root nor to the owner of dir: anybody may put a .git into /tmp.
func RepositoryOf(dir string) string {
	own, err := disk.StatPath(dir)
	return repositoryOf(dir, func(file fs.FileInfo) bool { return err == nil && disk.Trusts(own, file) })
}

func repositoryOf(dir string, trusts func(fs.FileInfo) bool) string {
	for at := dir; ; {
		mark, err := disk.LstatPath(filepath.Join(at, ".git"))
		if err == nil && (at == dir || trusts(mark)) && !isWide(at) {
			return at
		}
		up := filepath.Dir(at)
		if folder, err := disk.StatPath(up); up == at || err == nil && !trusts(folder) {
			return dir
		}
		at = up
	}
}

// FindConfig looks for the configuration file in the working folder and above. It is empty where there is none.
func (w *Workspace) FindConfig() (name string, err error) {
	return config.Find(w.loader.Root, w.folder, w.obeys)
}

// trusts reports whether a file or folder belongs to root or to the owner of the working folder.
func (w *Workspace) trusts(file fs.FileInfo) bool {
	here, err := disk.StatPath(w.here)
	return err == nil && disk.Trusts(here, file)
}

// obeys reports whether a configuration, or the folder that holds it, may say what is done. The working folder is
// trusted with all in it, and so is a root elsewhere that the command line names.
func (w *Workspace) obeys(name string) bool {
	isHere := w.rootGiven || IsWithin(w.rootPath, w.here)
	if isHere && (name == w.folder || path.Dir(name) == w.folder) {
		return true
	}
	info, err := w.loader.Root.Lstat(name)
	return errors.Is(err, fs.ErrNotExist) || err == nil && w.trusts(info)
}

// IsWithin reports whether an absolute path is a folder or lies below it.
func IsWithin(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// inside is the name of a file that the command line names, if it lies below the root by its path or by that of its
// folder.
func (w *Workspace) inside(path string) (name string, ok bool) {
	abs, err := filepath.Abs(path)
	if err != nil || strings.HasSuffix(filepath.ToSlash(path), "/") { // a folder, which is no file
		return "", false
	}
	rel, err := filepath.Rel(w.rootPath, abs)
	if err != nil || !filepath.IsLocal(rel) {
		abs = filepath.Join(disk.RealPath(filepath.Dir(abs)), filepath.Base(abs))
		rel, err = filepath.Rel(disk.RealPath(w.rootPath), abs)
	}
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// WritePath writes a file that the command line names. Below the root, where strangers make links, it is that file and
// no other; elsewhere it is what the path leads to, as after a shell's >.
func (w *Workspace) WritePath(path string, write func(io.Writer) error) error {
	if name, ok := w.inside(path); ok {
		return w.loader.Root.WriteFile(name, write)
	}
	return disk.WritePath(path, write)
}

// ReadPath reads a file of at most limit bytes that WritePath would write over.
func (w *Workspace) ReadPath(path string, limit int64) ([]byte, error) {
	if name, ok := w.inside(path); ok {
		return w.loader.Root.ReadFile(name, limit)
	}
	return disk.ReadPath(path, limit)
}
