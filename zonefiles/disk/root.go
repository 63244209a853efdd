package disk

// The one door to the disk. Zone files, what they include and name server configurations are named by strangers, so all
// of them are read through a Root: never outside its folder, never a device, never more than a limit.

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// The ways in which a Root refuses a file that exists. Like fs.ErrNotExist and fs.ErrPermission they arrive in an
// *fs.PathError.
var (
	ErrOutsideRoot = errors.New("it lies outside the root folder")
	ErrNotRegular  = errors.New("it is not a regular file")
	ErrTooLarge    = errors.New("it is larger than the limit")
)

// Root reads the files below one folder. Names are relative to that folder and separated by slashes; they need not be
// UTF-8. Symbolic links are followed as long as they stay below the folder. A Root is safe for concurrent use.
type Root struct {
	dir *os.Root

	mu      sync.Mutex
	folders map[string]*os.Root // some of those below, opened; see Root.within
}

// OpenRoot opens the folder dir, which may be a symbolic link to one.
func OpenRoot(dir string) (*Root, error) {
	info, err := os.Stat(dir) // first, because opening a FIFO waits for its writer
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Root{dir: r, folders: map[string]*os.Root{}}, nil
}

// Close gives the folder back. What was read stays valid.
func (r *Root) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, folder := range r.folders {
		folder.Close()
	}
	clear(r.folders)
	return r.dir.Close()
}

// within gives the folder that a file lies in, and the file's name there. Folders stay open, since a folder holds many
// zones: a file is opened with half the system calls, which are most of what ten thousand small zones cost.
func (r *Root) within(name string) (folder *os.Root, base string) {
	dir, base := path.Split(name)
	if dir == "" || base == "" {
		return r.dir, name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if folder := r.folders[dir]; folder != nil {
		return folder, base
	}
	if len(r.folders) < maxFolders {
		if folder, err := r.dir.OpenRoot(dir); err == nil {
			r.folders[dir] = folder
			return folder, base
		}
	}
	return r.dir, name
}

// ReadFile reads the whole of a regular file of at most limit bytes, and of at most maxSize. Its error is an
// *fs.PathError that holds name as it was given.
func (r *Root) ReadFile(name string, limit int64) ([]byte, error) {
	f, size, err := r.open(name)
	if err != nil {
		return nil, readError(name, err)
	}
	defer f.Close()
	if size > limit {
		return nil, readError(name, ErrTooLarge)
	}
	data, complete, err := readFrom(f, size, limit)
	if err == nil && !complete {
		err = ErrTooLarge // it has grown
	}
	if err != nil {
		return nil, readError(name, err)
	}
	return data, nil
}

// ReadStart reads up to limit bytes from the start of a regular file and reports whether that is all of it.
func (r *Root) ReadStart(name string, limit int64) (data []byte, complete bool, err error) {
	f, size, err := r.open(name)
	if err != nil {
		return nil, false, readError(name, err)
	}
	defer f.Close()
	if data, complete, err = readFrom(f, size, limit); err != nil {
		return nil, false, readError(name, err)
	}
	return data, complete, nil
}

// readFrom reads up to limit bytes of a file that should have a size, and reports whether that is all of it. The file
// may grow meanwhile, or be one that claims a size of 0: only what is read counts.
func readFrom(f *os.File, size, limit int64) (data []byte, complete bool, err error) {
	limit = max(0, min(limit, maxSize))
	data = make([]byte, int(min(size, limit)+1))
	n := readBlocks(f, data)
	if n > 0 {
		if _, err := f.Seek(int64(n), io.SeekStart); err != nil {
			return nil, false, err
		}
	}
	for {
		m, err := f.Read(data[n:])
		n += m
		switch {
		case int64(n) > limit:
			return data[:limit:limit], false, nil
		case errors.Is(err, io.EOF), err == nil && int64(n) == size && n < len(data):
			return data[:n:n], true, nil
		case err != nil:
			return nil, false, err
		case n == len(data):
			data = slices.Grow(data, 1)
			data = data[:min(int64(cap(data)), limit+1)]
		}
	}
}

// blockOfFile is the length in bytes of what one CPU reads of a large file at a time.
const blockOfFile = 4 << 20

// readBlocks reads a large file on several CPUs, and gives the length of what has been read without a gap from its
// start: all of it, or less where the file is small, ends early or cannot be read. Copying from the system's memory
// into new memory is a tenth of the time of a large zone on one CPU.
func readBlocks(f io.ReaderAt, data []byte) (length int) {
	blocks := len(data) / blockOfFile
	if blocks < 2 {
		return 0
	}
	read := make([]int, blocks)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= blocks {
					return
				}
				read[i], _ = f.ReadAt(data[i*blockOfFile:(i+1)*blockOfFile], int64(i)*blockOfFile)
			}
		})
	}
	wait.Wait()
	for _, n := range read {
		if length += n; n < blockOfFile {
			break
		}
	}
	return length
}

// open opens a regular file. It asks before opening, because opening a device can do something, and again afterwards,
// because the name may mean another file by then; O_NONBLOCK keeps a FIFO that slipped in between from waiting for its
// writer.
func (r *Root) open(name string) (f *os.File, size int64, err error) {
	folder, base := r.within(name)
	f, size, err = open(folder, base)
	if err != nil && folder != r.dir && !errors.Is(err, fs.ErrNotExist) {
		return open(r.dir, name) // a symbolic link may lead out of the folder and stay below the root
	}
	return f, size, err
}

func open(folder *os.Root, name string) (_ *os.File, size int64, err error) {
	info, err := folder.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, ErrNotRegular
	}
	f, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// ReadDir lists a folder, sorted by name in byte order. Beyond limit entries, which is not negative, it fails with
// ErrTooLarge.
func (r *Root) ReadDir(name string, limit int) ([]fs.DirEntry, error) {
	info, err := r.dir.Stat(name)
	if err != nil {
		return nil, readError(name, err)
	}
	if !info.IsDir() {
		return nil, readError(name, syscall.ENOTDIR)
	}
	f, err := r.dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, readError(name, err)
	}
	defer f.Close()
	entries, err := f.ReadDir(limit + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(name, err)
	}
	if len(entries) > limit {
		return nil, readError(name, ErrTooLarge)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// readError gives every failure one shape, with the name that was asked for.
func readError(name string, err error) error { return pathError("read", name, err) }

func pathError(op, name string, err error) error {
	err = Reason(err)
	// Package os does not export its error for a path that leaves an os.Root; its text is all there is.
	if err.Error() == "path escapes from parent" {
		err = ErrOutsideRoot
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Stat is what a name means, links followed. Its error is an *fs.PathError that holds name as it was given.
func (r *Root) Stat(name string) (fs.FileInfo, error) {
	info, err := r.dir.Stat(name)
	if err != nil {
		return nil, pathError("read", name, err)
	}
	return info, nil
}

// Reason is an error of the file system without the operation and the path, which the message around it names.
func Reason(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
