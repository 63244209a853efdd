package disk

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepAttributes gives a file the extended attributes of the one named base in a folder, and no others. Access control
// lists are among them: without them, the mode gives the file's group what the list gives to others at most.
func keepAttributes(dir *os.Root, base string, file *os.File) error {
	old, err := dir.OpenFile(base, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer old.Close()
	from, to := int(old.Fd()), int(file.Fd())
	want, err := attributes(from)
	if err != nil {
		return err
	}
	have, err := attributes(to) // those that a folder gives to its files, and the system's own
	if err != nil {
		return err
	}
	for _, name := range have {
		if !slices.Contains(want, name) && !strings.HasPrefix(name, "security.") {
			if err := unix.Fremovexattr(to, name); err != nil {
				return err
			}
		}
	}
	for _, name := range want {
		value, err := attribute(from, name)
		if err != nil {
			return err
		}
		if has, err := attribute(to, name); err == nil && bytes.Equal(has, value) {
			continue
		}
		if err := unix.Fsetxattr(to, name, value, 0); err != nil {
			return err
		}
	}
	return nil
}

// attributes are the names of a file's extended attributes. File systems without any have none.
func attributes(file int) ([]string, error) {
	list, err := whole(func(room []byte) (int, error) { return unix.Flistxattr(file, room) })
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 }), err
}

// attribute is the value of an extended attribute.
func attribute(file int, name string) ([]byte, error) {
	return whole(func(room []byte) (int, error) { return unix.Fgetxattr(file, name, room) })
}

// whole calls a function that fills a buffer, with one that is large enough.
func whole(fill func(room []byte) (int, error)) ([]byte, error) {
	room := make([]byte, maxAttributes)
	n, err := fill(room)
	return room[:max(n, 0)], err
}
