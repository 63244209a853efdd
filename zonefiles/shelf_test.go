package zonefiles_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// TestLinesOfManyFilesAreKept lets go of more than fits into memory, where a temporary file can be made and where none
// can, and changes the files before it asks for the lines.
func TestLinesOfManyFilesAreKept(t *testing.T) {
	const zones, lines = 100, 40
	files := map[string]string{}
	line := func(zone, n int) string {
		return fmt.Sprintf("h%d-%d TXT \"é %s\"", zone, n, strings.Repeat("x", 10*(zone+n)%250))
	}
	for zone := range zones {
		var text strings.Builder
		for n := range lines {
			text.WriteString(line(zone, n) + "\r\n")
		}
		files[fmt.Sprintf("db.z%d.example", zone)] = text.String()
	}
	for _, temporary := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		t.Setenv("TMPDIR", temporary)
		t.Setenv("TMP", temporary)
		dir := folder.New(t, files)
		root, err := disk.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		l := zonefiles.NewLoader(root)
		defer l.Files.Close()
		var loaded []*zonefiles.Zone
		var spans [][]zonefiles.Span
		for zone := range zones {
			z := l.Load(fmt.Sprintf("db.z%d.example", zone), nil, zonefiles.Served{})
			var shown []zonefiles.Span
			for i := zone % 2; i < z.Len(); i += 2 {
				shown = append(shown, z.Record(i).Span())
			}
			if zone%10 == 9 {
				shown = nil
			}
			l.LetGo(z, shown, func(*zonefiles.File) bool { return false })
			if l.Files.File(z.File).Data != nil {
				t.Fatal("the text is still there")
			}
			loaded, spans = append(loaded, z), append(spans, shown)
		}
		for name := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("; changed\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			for zone, z := range loaded {
				for i, sp := range spans[zone] {
					at := l.Files.Position(z.File, sp.End)
					number := 2*i + zone%2
					want := line(zone, number)
					if got := string(l.Files.Line(z.File, at.Line)); got != want || at.Line != number+1 || at.Column != len(want) {
						t.Fatalf("line %d of zone %d is %q, want %q; it ends at %v", number, zone, got, want, at)
					}
				}
			}
		}
		if err := l.Files.Err(); err != nil {
			t.Error(err)
		}
	}
}
