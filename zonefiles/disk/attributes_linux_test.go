package disk

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// acl is an access control list as Linux stores it: version 2, then tag, permissions and ID of each entry.
func acl(group, mask uint16) []byte {
	list := binary.LittleEndian.AppendUint32(nil, 2)
	for _, entry := range []struct {
		tag, perm uint16
		id        uint32
	}{{0x01, 6, 1<<32 - 1}, {0x02, 6, 65534}, {0x04, group, 1<<32 - 1}, {0x10, mask, 1<<32 - 1}, {0x20, 0, 1<<32 - 1}} {
		list = binary.LittleEndian.AppendUint16(list, entry.tag)
		list = binary.LittleEndian.AppendUint16(list, entry.perm)
		list = binary.LittleEndian.AppendUint32(list, entry.id)
	}
	return list
}

func TestAWrittenFileKeepsItsAccessControlListAndAttributes(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"zone": "old", "other": "old"})
	const access, inherited = "system.posix_acl_access", "system.posix_acl_default"
	zone := filepath.Join(dir, "zone")
	for name, value := range map[string][]byte{access: acl(0, 6), "user.origin": []byte("registry")} {
		if err := unix.Setxattr(zone, name, value, 0); errors.Is(err, unix.ENOTSUP) {
			t.Skip("this file system has no extended attributes")
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for name, write := range map[string]func() error{
		"zone":  func() error { return r.ReplaceFile("zone", []byte("old"), []byte("new")) },
		"other": func() error { return r.WriteFile("other", writeText("new")) },
	} {
		// What the folder gives to new files must not get into old ones.
		if err := unix.Setxattr(dir, inherited, acl(6, 6), 0); err != nil {
			t.Fatal(err)
		}
		if err := write(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		room := make([]byte, 1024)
		n, err := unix.Getxattr(filepath.Join(dir, name), access, room)
		if name == "other" {
			if !errors.Is(err, unix.ENODATA) {
				t.Errorf("%s has an access control list that it did not have: %x", name, room[:max(n, 0)])
			}
			continue
		}
		if err != nil || string(room[:n]) != string(acl(0, 6)) || info.Mode().Perm() != 0o660 {
			t.Errorf("the access control list is %x and the mode %v (%v)", room[:max(n, 0)], info.Mode(), err)
		}
		if n, err = unix.Getxattr(zone, "user.origin", room); err != nil || string(room[:n]) != "registry" {
			t.Errorf("the attribute is %q (%v)", room[:max(n, 0)], err)
		}
	}
}
