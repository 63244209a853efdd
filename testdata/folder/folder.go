// Package folder makes folders of files for tests.
package folder

import (
	"os"
	"path/filepath"
	"testing"
)

// New writes files, by slash path, into a new folder.
func New(t testing.TB, files map[string]string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Symlink makes a symbolic link, or skips the test on a system that makes none.
func Symlink(t testing.TB, target, at string) {
	t.Helper()
	if err := os.Symlink(target, at); err != nil {
		t.Skip("this system makes no symbolic links: ", err)
	}
}
