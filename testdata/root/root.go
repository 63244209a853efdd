// Package root opens folders of files for tests as the program does.
package root

import (
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles/disk"
)

// New writes files, by slash path, into a new folder and opens it until the test ends.
func New(t testing.TB, files map[string]string) (opened *disk.Root, dir string) {
	t.Helper()
	dir = folder.New(t, files)
	return Open(t, dir), dir
}

// Open opens a folder until the test ends.
func Open(t testing.TB, dir string) *disk.Root {
	t.Helper()
	opened, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}
