package zonefiles_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// TestAFileThatWasLetGoAnswersForTheLinesOfItsSpans asks for all places of some lines, before and after.
func TestAFileThatWasLetGoAnswersForTheLinesOfItsSpans(t *testing.T) {
	const text = "\ufeff; café\r\n@ SOA ns h 1 2 3 4 5\n\n\tTXT \"é𝄞\" ; x\r\nlast A 192.0.2.1"
	for name, span := range map[string][2]int{
		"a line": {10, 12}, "two lines": {12, 44}, "up to a line's start": {11, strings.Index(text, "\n\n") + 2},
		"the last": {len(text) - 3, len(text)}, "the end": {len(text), len(text)}, "all": {0, len(text)},
	} {
		_, whole, loader, zone := loadOne(t, text)
		files := loader.Files
		sp := zonefiles.Span{File: zone.File, Start: uint32(span[0]), End: uint32(span[1])}
		loader.LetGo(zone, []zonefiles.Span{sp, {File: zone.File + 1}}, func(*zonefiles.File) bool { return false })
		if file := files.File(zone.File); file.Data != nil || file.Size() != len(text) {
			t.Fatalf("%s: %d of %d bytes are there", name, len(file.Data), file.Size())
		}
		for _, at := range []uint32{sp.Start, sp.End} {
			for kind, position := range map[string]func(*zonefiles.FileSet) zonefiles.Position{
				"runes":  func(s *zonefiles.FileSet) zonefiles.Position { return s.Position(zone.File, at) },
				"UTF-16": func(s *zonefiles.FileSet) zonefiles.Position { return s.PositionUTF16(zone.File, at) },
				"bytes":  func(s *zonefiles.FileSet) zonefiles.Position { return s.PositionBytes(zone.File, at) },
			} {
				if got, want := position(files), position(whole); got != want {
					t.Errorf("%s: offset %d in %s is at %s, and was at %s", name, at, kind, got, want)
				}
			}
			line := whole.Position(zone.File, at).Line
			if got, want := string(files.Line(zone.File, line)), string(whole.Line(zone.File, line)); got != want {
				t.Errorf("%s: line %d is %q, and was %q", name, line, got, want)
			}
		}
	}
}

// loadOne loads a zone, and gives its file once more in a set that nothing is let go of.
func loadOne(
	t *testing.T, text string,
) (dir string, whole *zonefiles.FileSet, l *zonefiles.Loader, z *zonefiles.Zone) {
	dir = folder.New(t, map[string]string{"db.example": text})
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	l = zonefiles.NewLoader(root)
	z = l.Load("db.example", nil, zonefiles.Served{})
	whole = &zonefiles.FileSet{}
	if _, err := whole.Add("db.example", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return dir, whole, l, z
}

// TestATextThatWasLetGoIsReadAgain opens files that were let go: one as it was, and one that has changed meanwhile.
func TestATextThatWasLetGoIsReadAgain(t *testing.T) {
	const text, changed = "@ SOA ns h 1 2 3 4 5\nmx A 192.0.2.1\n", "; new\n@ SOA ns h 2 2 3 4 5\nmx A 192.0.2.2\n"
	for _, now := range []string{text, changed} {
		dir, _, l, z := loadOne(t, text)
		files := l.Files
		l.LetGo(z, nil, func(*zonefiles.File) bool { return false })
		if err := os.WriteFile(filepath.Join(dir, "db.example"), []byte(now), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := l.Open("db.example")
		if err != nil {
			t.Fatal(err)
		}
		if string(file.Data) != now || files.File(file.ID) != file || (file.ID == z.File) != (now == text) {
			t.Errorf("file %d, %d before, is %q", file.ID, z.File, file.Data)
		}
		l.LetGo(z, nil, func(*zonefiles.File) bool { return false })
		if file := files.File(file.ID); string(file.Data) != now {
			t.Error("a file that was opened twice is let go, though somebody may read it")
		}
	}
	_, _, l, z := loadOne(t, text)
	l.LetGo(z, nil, func(f *zonefiles.File) bool { return strings.Contains(string(f.Data), "mx A") })
	if string(l.Files.File(z.File).Data) != text {
		t.Error("a text is let go that somebody wants")
	}
}
