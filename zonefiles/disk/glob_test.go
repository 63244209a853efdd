package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func globberOf(t *testing.T, files ...string) *Globber {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"linked": "zones", "zones/up": "..", "zones/db.link": "db.a"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil && len(files) > 1 {
			t.Fatal(err)
		}
	}
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return NewGlobber(root)
}

func TestGlob(t *testing.T) {
	g := globberOf(t, "db.x", "zones/db.a", "zones/in/db.b", "zones/in/deep/db.c", "zones/.hidden/db.d", "zones/other")
	for pattern, want := range map[string]string{
		"db.x":              "db.x",
		"zones/db.*":        "zones/db.a zones/db.link",
		"zones/db.[!l]":     "zones/db.a",
		"zones/*/db.?":      "zones/.hidden/db.d zones/in/db.b zones/up/db.x",
		"linked/db.a":       "linked/db.a",
		"l*/db.a":           "linked/db.a",
		"*/*/db.x":          "zones/up/db.x",
		"**/db.[b-d]":       "zones/.hidden/db.d zones/in/db.b zones/in/deep/db.c",
		"zones/in/**":       "zones/in/db.b zones/in/deep/db.c",
		"zones/**/in/**/db": "",
		"**/in/**/**/db.*":  "zones/in/db.b zones/in/deep/db.c",
		"**/db.x":           "db.x",
		"zones":             "",
		"gone/*":            "",
	} {
		if got, err := g.Glob(pattern, false); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, %v; want %q", pattern, got, err, want)
		}
	}
}

func TestGlobListsNoMoreFoldersThanFilesMayBeFound(t *testing.T) {
	files := make([]string, 1000)
	for i := range files {
		files[i] = fmt.Sprint("db.", i)
	}
	g := globberOf(t, append(files, "zones/db.a")...)
	g.listed = MaxFiles - 3000
	if got, err := g.Glob("db.*", false); err != nil || len(got) != len(files) {
		t.Errorf("%d files, %v", len(got), err)
	}
	if _, err := g.Glob("zones/up/zones/up/db.*", false); err != nil {
		t.Error(err)
	}
	if _, err := g.Glob("zones/up/zones/up/zones/up/db.*", false); err == nil {
		t.Error("a folder is listed by any number of paths")
	}
}

func TestGlobCostsNoMoreThanThereAreNames(t *testing.T) {
	deep := strings.Repeat("a/", 150)
	g := globberOf(t, deep+"db.x")
	start := time.Now()
	got, err := g.Glob(strings.Repeat("**/a/", 140)+"db.*", false)
	if err != nil || !slices.Equal(got, []string{deep + "db.x"}) {
		t.Errorf("%q, %v", got, err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
