package disk

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// The one way back to the disk. A file is written as a whole or not at all: to a temporary file in its folder, which
// then takes its place. Hard links to the old file keep the old text.

// ErrChanged is why ReplaceFile leaves a file as it is.
var ErrChanged = errors.New("it has changed since it was read")

// newFileMode is the mode of a file that was not there.
const newFileMode = 0o644

// WriteFile writes a file below the root. One that is there has to be a regular file, and keeps its mode, owner and
// extended attributes. Links of folders are followed as long as they stay below the root; a link of that name is
// refused, since who wrote it decided what else would be written over. Its error is an *fs.PathError that holds name as
// it was given.
func (r *Root) WriteFile(name string, write func(io.Writer) error) error {
	if info, err := r.dir.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return writeError(name, ErrLink)
	}
	return r.write(name, write, func(*os.Root, string) error { return nil })
}

// ReplaceFile is WriteFile of a text over another one, which a link below the root may lead to: it fails with
// ErrChanged where the file holds anything else, and does nothing where it holds the new text already.
func (r *Root) ReplaceFile(name string, before, after []byte) error {
	limit := int64(max(len(before), len(after)))
	if now, err := r.ReadFile(name, limit); err == nil && bytes.Equal(now, after) {
		return nil
	}
	write := func(w io.Writer) error {
		_, err := w.Write(after)
		return err
	}
	return r.write(name, write, func(dir *os.Root, base string) error {
		now, err := (&Root{dir: dir}).ReadFile(base, limit)
		if errors.Is(err, ErrTooLarge) || err == nil && !bytes.Equal(now, before) {
			return ErrChanged
		}
		return err
	})
}

// CreateFile writes a new file below the root. It fails with fs.ErrExist where there is anything of that name.
func (r *Root) CreateFile(name string, text []byte) error {
	if _, err := r.dir.Lstat(name); err == nil {
		return writeError(name, fs.ErrExist)
	}
	write := func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
	return r.write(name, write, func(dir *os.Root, base string) error {
		if _, err := dir.Lstat(base); err == nil {
			return fs.ErrExist
		}
		return nil
	})
}

// write writes a temporary file and, where check of the folder and the name in it has nothing against it, puts it in
// place.
func (r *Root) write(name string, write func(io.Writer) error, check func(dir *os.Root, base string) error) error {
	folder, base, err := r.follow(name)
	if err != nil {
		return writeError(name, err)
	}
	// From here on the folder is held open: whoever moves it meanwhile moves what is written along.
	dir, err := r.dir.OpenRoot(folder)
	if err != nil {
		return writeError(name, err)
	}
	defer dir.Close()
	old, err := dir.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return writeError(name, err)
	case !old.Mode().IsRegular():
		return writeError(name, ErrNotRegular)
	}
	temporary := ".mx46-" + rand.Text()
	file, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return writeError(name, err)
	}
	err = fill(file, old, write, func() error { return keepAttributes(dir, base, file) })
	if err == nil {
		err = check(dir, base)
	}
	if err == nil {
		err = dir.Rename(temporary, base)
	}
	if err != nil {
		dir.Remove(temporary) // the first failure is the one to report
		return writeError(name, err)
	}
	if err := syncDir(dir); err != nil {
		return writeError(name, fmt.Errorf("it is written, but perhaps not for good: %w", err))
	}
	return nil
}

// writeError is readError of writing.
func writeError(name string, err error) error { return pathError("write", name, err) }

// fill writes a temporary file to the end, and closes it. Old is the file whose place it takes, nil where there is
// none.
func fill(file *os.File, old fs.FileInfo, write func(io.Writer) error, keepAttributes func() error) error {
	err := write(file)
	if err == nil {
		err = keepOwnerAndMode(file, old)
	}
	if err == nil && old != nil {
		if err = keepAttributes(); err != nil { // after the mode, which an access control list takes the place of
			err = fmt.Errorf("its extended attributes cannot be kept: %w", err)
		}
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// keepOwnerAndMode gives a file the owner and the mode of the one whose place it takes, which is nil where there is
// none.
func keepOwnerAndMode(file *os.File, old fs.FileInfo) error {
	if old == nil {
		return file.Chmod(newFileMode)
	}
	if err := keepOwner(file, old); err != nil {
		return fmt.Errorf("its owner cannot be kept: %w", err)
	}
	return file.Chmod(old.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
}

// follow is the folder and the name in it that a name leads to through symbolic links.
func (r *Root) follow(name string) (folder, base string, err error) {
	for range maxLinks {
		folder, base = path.Split(name)
		if folder == "" {
			folder = "."
		}
		info, err := r.dir.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return folder, base, nil
		}
		if err != nil {
			return "", "", err
		}
		target, err := r.dir.Readlink(name)
		if err != nil {
			return "", "", err
		}
		if path.IsAbs(target) {
			return "", "", ErrOutsideRoot
		}
		name = folder + "/" + target // not cleaned: ".." is above the folder, wherever links have led to it
	}
	return "", "", syscall.ELOOP
}

// Temporary is a file of the program's own, which nothing names any more where the system allows that.
type Temporary struct{ *os.File }

// NewTemporary makes one where the system keeps such files.
func NewTemporary() (*Temporary, error) {
	file, err := os.CreateTemp("", "mx46-")
	if err != nil {
		return nil, err
	}
	os.Remove(file.Name()) // nothing is left behind, whatever ends the program
	return &Temporary{file}, nil
}

// Close closes and removes it.
func (t *Temporary) Close() error {
	err := t.File.Close()
	os.Remove(t.Name()) // where the system lets no open file be removed
	return err
}
