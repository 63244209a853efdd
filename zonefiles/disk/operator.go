package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The files that the operator names on the command line, in paths of the operating system. As after a shell's >, they
// may lie anywhere. No name out of a zone or a configuration may come here.

// StatPath is what a path means, links followed.
func StatPath(path string) (fs.FileInfo, error) { return os.Stat(path) }

// RealPath is a path without its symbolic links. One that leads nowhere stays as it is.
func RealPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// MakeFolder makes a folder, and those above it, unless they exist.
func MakeFolder(path string) error { return os.MkdirAll(path, 0o755) }

// ReadPath reads a regular file of at most limit bytes.
func ReadPath(path string, limit int64) ([]byte, error) {
	folder, name, err := folderOf(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.ReadFile(name, limit)
}

// WritePath is Root.WriteFile for regular files. Anything else, such as /dev/stderr or a pipe, is written to as it is.
func WritePath(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(file), file.Close())
	}
	folder, name, err := folderOf(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.WriteFile(name, write)
}

// folderOf opens the folder that a file lies in.
func folderOf(path string) (folder *Root, name string, err error) {
	path = RealPath(path)
	folder, err = OpenRoot(filepath.Dir(path))
	return folder, filepath.Base(path), err
}
