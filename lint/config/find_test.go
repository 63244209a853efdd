package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func TestFindWalksUpToTheRepository(t *testing.T) {
	root := openRoot(t, folder.New(t, map[string]string{
		".mx46.yaml":          "",
		"repo/.git/HEAD":      "",
		"repo/dns/.mx46.yaml": "",
		"repo/dns/zones/db.a": "",
		"repo/other/db.a":     "",
		"worktree/.git":       "",
		"worktree/a/db.a":     "",
		"plain/a/db.a":        "",
		"both/.git/HEAD":      "",
		"both/.mx46.yaml":     "",
	}))
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
			got, err := Find(root, test.dir, always)
			if got != test.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func always(string) bool { return true }

func TestFindObeysOnlyWhatItMay(t *testing.T) {
	root := openRoot(t, folder.New(t, map[string]string{".mx46.yaml": "", "a/.mx46.yaml": "", "a/b/db": ""}))
	for not, want := range map[string]string{"a/.mx46.yaml": ".mx46.yaml", "a": "", ".": "a/.mx46.yaml", "a/b": "", ".mx46.yaml": "a/.mx46.yaml"} {
		if got, err := Find(root, "a/b", func(name string) bool { return name != not }); got != want || err != nil {
			t.Errorf("%s is not obeyed: got %q, %v; want %q", not, got, err, want)
		}
	}
}

func TestFindTellsAMistakenName(t *testing.T) {
	_, err := Find(openRoot(t, folder.New(t, map[string]string{"a/.mx46.yml": ""})), "a/b", always)
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
	root := openRoot(t, filepath.Join(dir, "root"))
	if name, err := Find(root, "a", always); name != "" || err != nil {
		t.Errorf("above the root: %q, %v", name, err)
	}
	if name, err := Find(root, "link", always); err == nil || !strings.HasPrefix(err.Error(), "looking for the configuration: ") {
		t.Errorf("a link that leads out: %q, %v", name, err)
	}
	if _, err := LoadFile(root, &zonefiles.FileSet{}, "link/.mx46.yaml", nil); err == nil || !strings.HasPrefix(err.Error(), "reading the configuration: ") {
		t.Errorf("loading a link that leads out: %v", err)
	}
}

func TestLoadFile(t *testing.T) {
	dir := folder.New(t, map[string]string{
		"good":     "stack: ipv4\n",
		"bad":      "stack: ipv5\n",
		"large":    strings.Repeat("#", 2*maxSize),
		"folder/a": "",
	})
	if err := folder.Mkfifo(filepath.Join(dir, "pipe")); err != nil {
		t.Skip("this system makes no named pipe: ", err)
	}
	root := openRoot(t, dir)
	c, err := LoadFile(root, &zonefiles.FileSet{}, "good", nil)
	if err != nil || c.top.Stack.text() != "IPv4 good:1:8" {
		t.Errorf("%v %v", c, err)
	}
	for name, want := range map[string]string{
		"bad":    `bad:1:8: stack is "ipv5"; did you mean ipv4?`,
		"large":  "large:1:1: a configuration has at most 1048576 bytes, and the file has more",
		"folder": "reading the configuration: read folder: it is not a regular file",
		"pipe":   "reading the configuration: read pipe: it is not a regular file",
		"none":   "reading the configuration: read none: no such file or directory",
	} {
		if _, err := LoadFile(root, &zonefiles.FileSet{}, name, nil); err == nil || err.Error() != want {
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

func openRoot(t *testing.T, dir string) *disk.Root {
	t.Helper()
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}
