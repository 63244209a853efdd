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
	"time"
)

// The ways in which a Root refuses a file that exists. Like fs.ErrNotExist and fs.ErrPermission they arrive in an
// *fs.PathError.
var (
	ErrOutsideRoot = errors.New("it lies outside the root folder")
	ErrNotRegular  = errors.New("it is not a regular file")
	ErrTooLarge    = errors.New("it is larger than the limit")
	ErrLink        = errors.New("it is a symbolic link: name the file that it leads to")
)

// Root reads the files below one folder. Names are relative to that folder and separated by slashes; they need not be
// UTF-8. Symbolic links are followed as long as they stay below the folder. A Root is safe for concurrent use.
type Root struct {
	dir *os.Root
	own door // of dir

	mu      sync.Mutex
	folders map[string]*openFolder // some of those below, opened; see Root.within
	deep    []deepFolder           // the last of those that lie deep; see Root.openDeep
}

type openFolder struct {
	*os.Root
	door
}

type deepFolder struct {
	name string
	*os.Root
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
	return &Root{dir: r, folders: map[string]*openFolder{}}, nil
}

// Close gives the folder back. What was read stays valid.
func (r *Root) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own.close()
	for _, folder := range r.folders {
		folder.door.close()
		folder.Close()
	}
	clear(r.folders)
	for _, folder := range r.deep {
		folder.Close()
	}
	r.deep = nil
	return r.dir.Close()
}

// within gives the folder that a file lies in, its door if it has one, and the file's name there. Folders stay open,
// since a folder holds many zones: a file is opened with half the system calls, which are most of what ten thousand
// small zones cost. Whoever gets an error from it, unless there is no such file, asks Root.dir for the whole name: a
// link may lead out of the folder and stay below the root.
func (r *Root) within(name string) (in *os.Root, files *door, base string) {
	dir, base := path.Split(name)
	if dir == "" || base == "" {
		return r.dir, &r.own, name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.folders[dir]; known != nil {
		return known.Root, &known.door, base
	}
	if len(r.folders) < maxFolders {
		if opened, err := r.dir.OpenRoot(dir); err == nil {
			known := &openFolder{Root: opened}
			r.folders[dir] = known
			return known.Root, &known.door, base
		}
	}
	in, base = r.near(name)
	return in, nil, base
}

// near is within for folders that lie deep.
func (r *Root) near(name string) (folder *os.Root, base string) {
	dir, base := path.Split(name)
	if strings.Count(dir, "/") > maxSteps && path.Clean(name) == name { // a ".." may lead up from where a link leads
		if folder := r.openDeep(path.Clean(dir)); folder != nil {
			return folder, base
		}
	}
	return r.dir, name
}

// openDeep opens a folder that lies so deep that the way there costs more than what is done in it, or gives nil. Those
// that were opened last stay open, so that a file or folder beside or below costs one step and not the whole way.
func (r *Root) openDeep(name string) *os.Root {
	if strings.Count(name, "/") < maxSteps {
		return nil
	}
	for i := len(r.deep) - 1; i >= 0; i-- {
		if r.deep[i].name == name {
			return r.deep[i].Root
		}
	}
	above, rest := r.openDeep(path.Dir(name)), path.Base(name)
	if above == nil {
		above, rest = r.dir, name
	}
	folder, err := above.OpenRoot(rest)
	if err != nil {
		return nil
	}
	if len(r.deep) == maxFolders {
		r.deep[0].Close() // who is about to use it gets an error
		r.deep = slices.Delete(r.deep, 0, 1)
	}
	r.deep = append(r.deep, deepFolder{name, folder})
	return folder
}

// try does something with a name in the folder that it lies in, if that lies deep, or else in the root.
func try[T any](r *Root, name string, do func(folder *os.Root, name string) (T, error)) (T, error) {
	r.mu.Lock()
	folder, base := r.near(name)
	r.mu.Unlock()
	result, err := do(folder, base)
	if err != nil && folder != r.dir && !errors.Is(err, fs.ErrNotExist) {
		return do(r.dir, name)
	}
	return result, err
}

// ReadFile reads the whole of a regular file of at most limit bytes, and of at most maxSize. Its error is an
// *fs.PathError that holds name as it was given.
func (r *Root) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Read(limit)
}

// OpenFile is a regular file that is open for reading.
type OpenFile struct {
	name string
	file interface {
		io.Reader
		io.ReaderAt
		io.Closer
	}
	size         int64
	identity     Identity
	isIdentified bool
}

// Open opens a regular file. Its errors, and those of Read, are as ReadFile's.
func (r *Root) Open(name string) (*OpenFile, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, readError(name, err)
	}
	f.name = name
	return f, nil
}

// Close closes the file, once.
func (f *OpenFile) Close() error { return f.file.Close() }

// Read reads all of the file, once.
func (f *OpenFile) Read(limit int64) ([]byte, error) {
	if f.size > limit {
		return nil, readError(f.name, ErrTooLarge)
	}
	data, complete, err := f.read(limit)
	if err == nil && !complete {
		err = ErrTooLarge // it has grown
	}
	if err != nil {
		return nil, readError(f.name, err)
	}
	return data, nil
}

// Identity tells whether two names are one file: the numbers of its device and its inode.
type Identity struct{ device, inode uint64 }

// Identity is the file's own; false where the system does not say.
func (f *OpenFile) Identity() (Identity, bool) { return f.identity, f.isIdentified }

// Identity is that of the file or folder that a name leads to; false where there is none, or the system does not say.
func (r *Root) Identity(name string) (Identity, bool) {
	info, err := r.Stat(name)
	if err != nil {
		return Identity{}, false
	}
	return identityOf(info)
}

// Look is what two names of one file have in common, whatever the system: os.SameFile then tells whether they are one.
type Look struct {
	size    int64
	changed time.Time
}

// LookOf is the look of a file.
func LookOf(file fs.FileInfo) Look { return Look{file.Size(), file.ModTime()} }

// ReadStart reads up to limit bytes from the start of a regular file and reports whether that is all of it.
func (r *Root) ReadStart(name string, limit int64) (data []byte, complete bool, err error) {
	f, err := r.open(name)
	if err != nil {
		return nil, false, readError(name, err)
	}
	defer f.Close()
	if data, complete, err = f.read(limit); err != nil {
		return nil, false, readError(name, err)
	}
	return data, complete, nil
}

// read reads up to limit bytes of a file, and reports whether that is all of it. The file may grow meanwhile, or be one
// that claims a size of 0: only what is read counts.
func (f *OpenFile) read(limit int64) (data []byte, complete bool, err error) {
	limit = max(0, min(limit, maxSize))
	data = make([]byte, int(min(f.size, limit)+1))
	n, rest := readBlocks(f.file, data), io.Reader(f.file)
	if n > 0 {
		rest = io.NewSectionReader(f.file, int64(n), maxSize)
	}
	for {
		m, err := rest.Read(data[n:])
		n += m
		switch {
		case int64(n) > limit:
			return data[:limit:limit], false, nil
		case errors.Is(err, io.EOF), err == nil && int64(n) == f.size && n < len(data):
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
func (r *Root) open(name string) (*OpenFile, error) {
	folder, files, base := r.within(name)
	if f, err := files.open(folder, base); f != nil || err != nil {
		return f, err
	}
	f, err := open(folder, base)
	if err != nil && folder != r.dir && !errors.Is(err, fs.ErrNotExist) {
		return open(r.dir, name) // a symbolic link may lead out of the folder and stay below the root
	}
	return f, err
}

func open(folder *os.Root, name string) (*OpenFile, error) {
	info, err := folder.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	identity, isIdentified := identityOf(info)
	return &OpenFile{file: f, size: info.Size(), identity: identity, isIdentified: isIdentified}, nil
}

// ReadDir lists a folder, sorted by name in byte order. Beyond limit entries, which is not negative, it fails with
// ErrTooLarge.
func (r *Root) ReadDir(name string, limit int) ([]fs.DirEntry, error) {
	entries, err := list(r, name, limit, (*os.File).ReadDir)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// Names are the names in a folder, in no order, where ReadDir asks the system about each.
func (r *Root) Names(folder string, limit int) ([]string, error) {
	return list(r, folder, limit, (*os.File).Readdirnames)
}

func list[T any](r *Root, name string, limit int, read func(*os.File, int) ([]T, error)) ([]T, error) {
	info, err := try(r, name, (*os.Root).Stat)
	if err != nil {
		return nil, readError(name, err)
	}
	if !info.IsDir() {
		return nil, readError(name, syscall.ENOTDIR)
	}
	f, err := try(r, name, func(folder *os.Root, name string) (*os.File, error) {
		return folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	})
	if err != nil {
		return nil, readError(name, err)
	}
	defer f.Close()
	entries, err := read(f, limit+1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(name, err)
	}
	if len(entries) > limit {
		return nil, readError(name, ErrTooLarge)
	}
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
	info, err := try(r, name, (*os.Root).Stat)
	if err != nil {
		return nil, pathError("read", name, err)
	}
	return info, nil
}

// Lstat is what a name is, without following a link at its end.
func (r *Root) Lstat(name string) (fs.FileInfo, error) {
	info, err := try(r, name, (*os.Root).Lstat)
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
