package lsp

import (
	"path/filepath"
	"runtime"
	"testing"

	"mx46/zonefiles"
)

func TestPositionsAreWhatTheyCameFrom(t *testing.T) {
	const text = "a\té\U0001f4e7x\r\n\nend"
	var files zonefiles.FileSet
	file, err := files.Add("z", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []encoding{utf8Units, utf16Units} {
		for at := range text {
			if text[at] == '\n' && at > 0 && text[at-1] == '\r' {
				continue // no place between the two
			}
			p := unit.position(&files, file.ID, uint32(at))
			if got := unit.offset(file.Data, p); got != at {
				t.Errorf("%s: byte %d is %v, which is byte %d", unit, at, p, got)
			}
		}
	}
	if p := utf16Units.position(&files, file.ID, 8); p != (position{0, 5}) {
		t.Errorf("%v", p)
	}
	for p, want := range map[position]int{{0, 99}: 9, {9, 0}: len(text), {1, 5}: 11, {-1, -1}: 0} {
		if got := utf16Units.offset(file.Data, p); got != want {
			t.Errorf("%v is byte %d, want %d", p, got, want)
		}
	}
}

func TestURIsAndPaths(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	for uri, want := range map[string]string{
		"file:///a/b%20c%23.zone":   "/a/b c#.zone",
		"file://localhost/a":        "/a",
		"file:///a/../b":            "/b",
		"file://elsewhere/a":        "",
		"untitled:Untitled-1":       "",
		"git:/a/b.zone":             "",
		"file:relative":             "",
		"%zz":                       "",
		"file:///%ff":               "/\xff",
		"http://example.org/b.zone": "",
	} {
		got, ok := pathOf(uri)
		if got != filepath.FromSlash(want) || ok != (want != "") {
			t.Errorf("%s: %q, %t", uri, got, ok)
		}
	}
	for _, path := range []string{"/a/b c#?.zone", "/ü/%41"} {
		if got, _ := pathOf(uriOf(path)); got != path {
			t.Errorf("%s: %s: %s", path, uriOf(path), got)
		}
	}
}
