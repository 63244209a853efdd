package disk

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// door opens the regular files that lie in one folder itself. It asks the system what os.Root asks, and follows no
// link; what is no such file, or cannot be opened, it leaves to os.Root. It spares what os.File is more than a number:
// a place in the poller, which takes no regular files, and a finalizer. Of ten thousand small zones that is a tenth.
// The zero door is ready.
type door struct {
	asked atomic.Bool // once: who opens one file in a folder need not open the folder
	once  sync.Once
	mu    sync.RWMutex // held for writing while the folder is closed
	self  *os.File     // the folder; nil where it is not open
}

// open opens a file. It gives nil without an error for what is left to os.Root.
func (d *door) open(folder *os.Root, name string) (*OpenFile, error) {
	if d == nil || strings.Contains(name, "/") {
		return nil, nil
	}
	if !d.asked.Load() {
		d.asked.Store(true)
		return nil, nil
	}
	d.once.Do(func() { d.self, _ = folder.Open(".") })
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.self == nil {
		return nil, nil
	}
	self := int(d.self.Fd())
	var info unix.Stat_t
	err := again(func() error { return unix.Fstatat(self, name, &info, unix.AT_SYMLINK_NOFOLLOW) })
	switch {
	case errors.Is(err, unix.ENOENT):
		return nil, err
	case err != nil || info.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, nil
	}
	file := -1
	err = again(func() (err error) {
		file, err = unix.Openat(self, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, nil
	}
	err = again(func() error { return unix.Fstat(file, &info) })
	if err != nil || info.Mode&unix.S_IFMT != unix.S_IFREG {
		_ = unix.Close(file) // nothing was written
		return nil, nil
	}
	return &OpenFile{
		file: descriptor(file), size: info.Size,
		identity: Identity{uint64(info.Dev), uint64(info.Ino)}, isIdentified: true, //nolint:unconvert // not on all systems
	}, nil
}

func (d *door) close() {
	d.once.Do(func() {})
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.self != nil {
		d.self.Close()
		d.self = nil
	}
}

// descriptor is the number of a regular file that is open.
type descriptor int

func (d descriptor) Read(data []byte) (n int, err error) {
	return read(data, func() (int, error) { return unix.Read(int(d), data) })
}

func (d descriptor) ReadAt(data []byte, offset int64) (n int, err error) {
	for n < len(data) && err == nil {
		rest, at := data[n:], offset+int64(n)
		var m int
		m, err = read(rest, func() (int, error) { return unix.Pread(int(d), rest, at) })
		n += m
	}
	return n, err
}

func (d descriptor) Close() error { return unix.Close(int(d)) }

// read calls a function that reads into data.
func read(data []byte, do func() (int, error)) (n int, err error) {
	err = again(func() error {
		n, err = do()
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case n == 0 && len(data) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// again does something until no signal interrupts it.
func again(do func() error) (err error) {
	for err = do(); errors.Is(err, unix.EINTR); {
		err = do()
	}
	return err
}
