package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The files that the operator names on the command line, in paths of the operating system. As after a shell's >, they
// may lie anywhere; but below a root, whose links strangers make, they are the Root's. No name out of a zone or a
// configuration may come here.

// StatPath is what a path means, links followed.
func StatPath(path string) (fs.FileInfo, error) { return os.Stat(path) }

// LstatPath is what a path is, without following a link at its end.
func LstatPath(path string) (fs.FileInfo, error) { return os.Lstat(path) }

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

// WritePath is Root.WriteFile for regular files, links followed. Anything else, such as /dev/stderr or a pipe, is
// written to as it is.
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

// OpenPath opens a file to be read from its start, whatever its size.
func OpenPath(path string) (io.ReadCloser, error) { return os.Open(path) }

// ResumePath opens a file, which it makes unless it is there, to be read and then gone on with. Cut ends it after so
// many bytes, and has what is written follow them.
func ResumePath(path string) (file io.ReadWriteCloser, cut func(size int64) error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	return f, func(size int64) error {
		if err := f.Truncate(size); err != nil {
			return err
		}
		_, err := f.Seek(size, io.SeekStart)
		return err
	}, nil
}

// folderOf opens the folder that a file lies in.
func folderOf(path string) (folder *Root, name string, err error) {
	path = RealPath(path)
	folder, err = OpenRoot(filepath.Dir(path))
	return folder, filepath.Base(path), err
}
