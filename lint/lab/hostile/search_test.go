//go:build linux

package hostile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// TestHostileRepositoriesAreSearchedInProportion has zones looked for where there are very many files, or where
// somebody lies about them, and templates read that are as large as they may be, and larger.
func TestHostileRepositoriesAreSearchedInProportion(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	healthy := func(t *testing.T) { write(t, "db.ok.example", lit(head+"@ MX 10 ns\n")) }
	template := func(parts ...text) func(*testing.T) {
		return func(t *testing.T) {
			write(t, "db.evil.example", append([]text{lit(head + "@ MX 10 mx\nmx A {{ a }}\n")}, parts...)...)
		}
	}
	index := func(entries uint32, version byte, body []byte) func(*testing.T) {
		return func(t *testing.T) {
			healthy(t)
			write(t, ".gitignore", lit("*\n!db.ok.example\n"))
			header := binary.BigEndian.AppendUint32([]byte{'D', 'I', 'R', 'C', 0, 0, 0, version}, entries)
			must(t, os.WriteFile(".git/index", append(header, body...), 0o600))
		}
	}
	entry := func(name string) []byte { // of version 2
		e := append(make([]byte, 60), byte(len(name)>>8), byte(len(name)))
		e = append(e, name...)
		return append(e, make([]byte, 8-len(e)%8)...)
	}
	for _, tt := range []struct {
		name  string
		setup func(*testing.T) // in an empty folder
		code  int
		want  string // in what is said
	}{
		{"a configuration whose paths lead to a hundred thousand files", func(t *testing.T) {
			for i := range 100_000 {
				write(t, fmt.Sprintf("zones/%03d/z%d", i%100, i), lit("; a\n"))
			}
			healthy(t)
			write(t, "named.conf", each(100_000, func(i int) string {
				return fmt.Sprintf("zone z%d.example { type primary; file \"/srv/dns/zones/%03d/z%d\"; };\n", i, i%100, i)
			}))
		}, 0, "Nothing found"},
		{"a configuration whose paths end as a hundred deep files do", func(t *testing.T) {
			for i := range 100 {
				write(t, fmt.Sprintf("%d/%sz", i, strings.Repeat("a/", 40)), lit("; a\n"))
			}
			healthy(t)
			write(t, "named.conf", each(100_000, func(i int) string {
				return fmt.Sprintf("zone z%d.example { type primary; file \"/%d/%sz\"; };\n", i, i, strings.Repeat("a/", 40))
			}))
		}, 0, "Nothing found"},
		{"includes whose paths end as a hundred deep files do", func(t *testing.T) {
			for i := range 100 {
				write(t, fmt.Sprintf("%d/%sz", i, strings.Repeat("a/", 40)), lit("; a\n"))
			}
			for i := range 20 {
				write(t, fmt.Sprintf("db.evil%d.example", i), lit(head), each(9000, func(n int) string {
					return fmt.Sprintf("$INCLUDE /%d/%sz\n", n, strings.Repeat("a/", 40))
				}))
			}
		}, 1, "zone-include"},
		{"a template of addresses to be filled in that is nearly too large", template(each(2_150_000, func(i int) string {
			return fmt.Sprintf("h%d A {{ hosts.h%d }}\n", i, i)
		})), 0, "Nothing found"},
		{"a template that is too large", template(each(4_000_000, func(i int) string {
			return fmt.Sprintf("h%d A {{ hosts.h%d }}\n", i, i)
		})), 1, "zone-limit"},
		{"a zone of templates that are too large together", template(func(w *bufio.Writer) {
			for i := range 2 {
				name := fmt.Sprintf("part%d", i)
				write(t, name, each(1_400_000, func(n int) string { return fmt.Sprintf("h%d A {{ hosts.h%d }}\n", n, i) }))
				fmt.Fprintln(w, "$INCLUDE", name)
			}
		}), 1, "zone-limit"},
		{"owners to be filled in", template(times(2_900_000, "{{ x }} A 198.41.0.4\n")), 0, "Nothing found"},
		{"tags that never end", template(times(33_000_000, "{{")), 0, "Nothing found"},
		{"lines of tags that never end", template(times(650_000, strings.Repeat("{%", 50)+"\n")), 0, "Nothing found"},
		{"blocks within blocks", template(times(6_000_000, "{% if x %}\n")), 0, "Nothing found"},
		{"blocks in lines", template(times(1_800_000, "x A 198.41.0.4{% if x %}{% endif %}\n")), 0, "Nothing found"},
		{"a template for m4", func(t *testing.T) {
			write(t, "db.evil.example", lit("define(`x', y)\n"+head), times(6_500_000, "x A `x` \n"))
		}, 0, "Nothing found"},
		{"an index with a count that is a lie", index(1<<32-1, 2, entry("zones/x")), 0, "Nothing found"},
		{"an index that is full of entries", index(400_000, 2, bytes.Repeat(entry("zones/x"), 400_000)), 0, "Nothing found"},
		{"an index of very long names that share all but a letter", func(t *testing.T) {
			body := append(make([]byte, 62), 0)
			body = append(body, strings.Repeat("a/", 60_000)...)
			body = append(body, 0)
			for range 500_000 {
				body = append(append(body, make([]byte, 62)...), 1, 'b', 0)
			}
			index(500_001, 4, body)(t)
		}, 0, "Nothing found"},
		{"an index whose names have a million folders", func(t *testing.T) {
			var body []byte
			for i := range 100 {
				body = append(body, entry(fmt.Sprintf("%d/%s", i, strings.Repeat("a/", 100_000)))...)
			}
			index(100, 2, body)(t)
		}, 0, "Nothing found"},
		{"an index that is cut off", index(2, 2, entry("zones/x")[:40]), 0, "Nothing found"},
		{"an index that tracks what lies outside", func(t *testing.T) {
			index(2, 2, append(entry("../secret"), entry("/etc/passwd")...))(t)
		}, 0, "Nothing found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			must(t, os.Mkdir(".git", 0o700))
			tt.setup(t)
			o := runAgain(t, program, ".", "lint", ".")
			t.Logf("%d MB in memory, %d MB on the disk", o.memory>>20, onDisk(t)>>20)
			o.checkCost(t)
			if said := o.stdout + o.stderr; o.code != tt.code || !strings.Contains(said, tt.want) {
				t.Errorf("exit %d, want %d and %q in:\n%.1500s", o.code, tt.code, tt.want, said)
			}
		})
	}
}

// onDisk is the size of all files in the working folder, in bytes.
func onDisk(t *testing.T) (size int64) {
	t.Helper()
	must(t, filepath.WalkDir(".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		size += info.Size()
		return err
	}))
	return size
}
