package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
)

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// contents are the files of a folder tree by slash path, links as "-> target".
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			files[filepath.ToSlash(rel)] = "-> " + target
			return err
		}
		text, err := os.ReadFile(name)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// holds checks that a tree holds these files and no others: no temporary one is left behind either.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := contents(t, dir)
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s holds %q, want %q", name, got[name], text)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left behind", name)
		}
	}
}

func TestWriteFileMakesAFileOrReplacesItWithItsMode(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"zones/old": "old"})
	if err := os.Chmod(filepath.Join(dir, "zones/old"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"zones/old", "zones/new", "new"} {
		if err := r.WriteFile(name, writeText("text")); err != nil {
			t.Error(err)
		}
	}
	holds(t, dir, map[string]string{"zones/old": "text", "zones/new": "text", "new": "text"})
	for name, want := range map[string]fs.FileMode{"zones/old": 0o640, "new": newFileMode} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v (%v), want %v", name, info.Mode(), err, want)
		}
	}
}

func TestWriteFileThatFailsLeavesTheFileAsItIs(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"old": "old"})
	errFull := errors.New("no space left")
	err := r.WriteFile("old", func(w io.Writer) error {
		io.WriteString(w, "half of the te")
		return errFull
	})
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "old") {
		t.Errorf("the error is %v", err)
	}
	holds(t, dir, map[string]string{"old": "old"})
}

func TestReplaceFileRefusesAFileThatHasChanged(t *testing.T) {
	for _, test := range []struct {
		name, now string
		want      error
		holds     string
	}{
		{"as it was read", "before", nil, "after!"},
		{"changed", "befor3", ErrChanged, "befor3"},
		{"shorter", "b", ErrChanged, "b"},
		{"longer", "before and after", ErrChanged, "before and after"},
		{"written already", "after!", nil, "after!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, dir := newRoot(t, map[string]string{"zone": test.now})
			if err := r.ReplaceFile("zone", []byte("before"), []byte("after!")); !errors.Is(err, test.want) {
				t.Errorf("the error is %v, want %v", err, test.want)
			}
			holds(t, dir, map[string]string{"zone": test.holds})
		})
	}
	r, dir := newRoot(t, nil)
	if err := r.ReplaceFile("gone", []byte("before"), []byte("after")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("for a file that is gone the error is %v", err)
	}
	holds(t, dir, nil)
}

func TestWritingFollowsLinksWithinTheRootAlone(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"real/zone": "old", "real/sub/x": "x"})
	outside := filepath.Join(filepath.Dir(dir), "outside")
	if err := os.WriteFile(outside, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{
		"to-file": "real/zone", "to-link": "to-file", "to-folder": "real/sub", "real/sub/up": "../zone",
		"away": "../outside", "absolute": outside, "loop": "loop", "dangling": "real/new", "away-folder": "..",
	}
	for at, target := range links {
		folder.Symlink(t, target, filepath.Join(dir, filepath.FromSlash(at)))
	}
	want := map[string]string{"real/zone": "old", "real/sub/x": "x"}
	for at, target := range links {
		want[at] = "-> " + target
	}
	for _, test := range []struct {
		name, written string // the file that is written in the end, if any
	}{
		{"to-file", "real/zone"},
		{"to-link", "real/zone"},
		{"to-folder/up", "real/zone"},
		{"dangling", "real/new"},
		{"away", ""},
		{"absolute", ""},
		{"loop", ""},
		{"away-folder/outside", ""},
		{"away-folder/new", ""},
		{"../outside", ""},
		{"real", ""},
		{"to-folder", ""},
		{"", ""},
		{".", ""},
		{"gone/new", ""},
	} {
		err := r.write(test.name, writeText("text of "+test.name), func(*os.Root, string) error { return nil })
		if (err == nil) != (test.written != "") {
			t.Errorf("%q: the error is %v", test.name, err)
		}
		if test.written != "" {
			want[test.written] = "text of " + test.name
		}
		holds(t, dir, want)
	}
	for at := range links {
		if err := r.WriteFile(at, writeText("by WriteFile")); err == nil {
			t.Errorf("%q: WriteFile writes by a link", at)
		}
	}
	holds(t, dir, want)
	if text, err := os.ReadFile(outside); string(text) != "old" || err != nil {
		t.Errorf("the file outside holds %q (%v)", text, err)
	}
}
