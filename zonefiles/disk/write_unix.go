//go:build unix

package disk

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the user and group of another.
func keepOwner(file *os.File, old fs.FileInfo) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	want, ok1 := old.Sys().(*syscall.Stat_t)
	have, ok2 := info.Sys().(*syscall.Stat_t)
	if !ok1 || !ok2 || want.Uid == have.Uid && want.Gid == have.Gid {
		return nil
	}
	return file.Chown(int(want.Uid), int(want.Gid))
}

// syncDir makes a new name in a folder last.
func syncDir(dir *os.Root) error {
	d, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Trusts reports whether a file or folder belongs to root or to the owner of another one.
func Trusts(owner, file fs.FileInfo) bool {
	by, ok1 := owner.Sys().(*syscall.Stat_t)
	of, ok2 := file.Sys().(*syscall.Stat_t)
	return !ok1 || !ok2 || of.Uid == 0 || of.Uid == by.Uid
}

func identityOf(file fs.FileInfo) (Identity, bool) {
	info, ok := file.Sys().(*syscall.Stat_t)
	if !ok {
		return Identity{}, false
	}
	return Identity{uint64(info.Dev), uint64(info.Ino)}, true
}
