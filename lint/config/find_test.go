package config

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFindWalksUpToTheRepository(t *testing.T) {
	fsys := fstest.MapFS{
		".mx46.yaml":          {},
		"repo/.git/HEAD":      {},
		"repo/dns/.mx46.yaml": {},
		"repo/dns/zones/db.a": {},
		"repo/other/db.a":     {},
		"worktree/.git":       {},
		"worktree/a/db.a":     {},
		"plain/a/db.a":        {},
		"both/.git/HEAD":      {},
		"both/.mx46.yaml":     {},
	}
	for _, test := range []struct{ name, dir, want string }{
		{"in the folder itself", "repo/dns", "repo/dns/.mx46.yaml"},
		{"in a folder above", "repo/dns/zones", "repo/dns/.mx46.yaml"},
		{"not above the repository", "repo/other", ""},
		{"not above a worktree, whose .git is a file", "worktree/a", ""},
		{"beside .git", "both", "both/.mx46.yaml"},
		{"at the root, where no folder is a repository", "plain/a", ".mx46.yaml"},
		{"from a folder that does not exist", "plain/none/at/all", ".mx46.yaml"},
		{"at the root itself", ".", ".mx46.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Find(fsys, test.dir)
			if got != test.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestFindTellsAMistakenName(t *testing.T) {
	_, err := Find(fstest.MapFS{"a/.mx46.yml": {}}, "a/b")
	const want = "looking for the configuration: a/.mx46.yml must be named .mx46.yaml"
	if err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
}

func TestFindAndLoadStayBelowTheRoot(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".mx46.yaml"), "stack: ipv4\n")
	for _, sub := range []string{"root/a", "root/link"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../.mx46.yaml", filepath.Join(dir, "root/link/.mx46.yaml")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "root"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if name, err := Find(root.FS(), "a"); name != "" || err != nil {
		t.Errorf("above the root: %q, %v", name, err)
	}
	if name, err := Find(root.FS(), "link"); err == nil || !strings.HasPrefix(err.Error(), "looking for the configuration: ") {
		t.Errorf("a link that leads out: %q, %v", name, err)
	}
	if _, err := LoadFile(root.FS(), "link/.mx46.yaml", nil); err == nil || !strings.HasPrefix(err.Error(), "reading the configuration: ") {
		t.Errorf("loading a link that leads out: %v", err)
	}
}

func TestLoadFile(t *testing.T) {
	fsys := fstest.MapFS{
		"good":   {Data: []byte("stack: ipv4\n")},
		"bad":    {Data: []byte("stack: ipv5\n")},
		"large":  {Data: bytes.Repeat([]byte("#"), 2*MaxSize)},
		"folder": {Mode: fs.ModeDir},
		"pipe":   {Mode: fs.ModeNamedPipe},
	}
	c, err := LoadFile(fsys, "good", nil)
	if err != nil || c.Stack.text() != "ipv4 good:1:8" {
		t.Errorf("%v %v", c, err)
	}
	for name, want := range map[string]string{
		"bad":    `bad:1:8: stack is "ipv5"; did you mean ipv4?`,
		"large":  "large:1:1: the file has 1048577 bytes; a configuration has at most 1048576",
		"folder": "reading the configuration: folder is not a regular file",
		"pipe":   "reading the configuration: pipe is not a regular file",
		"none":   "reading the configuration: open none: file does not exist",
	} {
		if _, err := LoadFile(fsys, name, nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v; want %s", name, err, want)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
