// Package corpus lists the zone files of other people that tests read. They lie outside of the project, in a folder
// beside it, and no part of them is in it.
package corpus

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Dir is the corpus's folder, relative to the project's.
const Dir = "../shared/corpus"

// Zone is one zone file.
type Zone struct {
	Path   string // relative to the corpus
	Origin string // in presentation form, with or without the final dot
	// Of a zone out of a test suite: what the suite's own program does with it (accept, reject, warn, or unknown), what
	// about it is meant (syntax, semantic, or nothing), and a remark; a remark that begins with "weak:" says that the
	// suite does not test the verdict.
	Expected, Level, Note string
}

// Zones are the zones of both manifests below dir whose origin is known and that are text and no templates, by path.
// Its error is an fs.ErrNotExist where the corpus is absent.
func Zones(dir string) ([]Zone, error) {
	var zones []Zone
	for _, manifest := range []string{"real/MANIFEST.tsv", "suites/MANIFEST.tsv"} {
		file, err := os.Open(filepath.Join(dir, manifest))
		if err != nil {
			return nil, fmt.Errorf("opening the corpus: %w", err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		var columns []string
		for lines.Scan() {
			row := strings.Split(lines.Text(), "\t")
			if columns == nil {
				columns = row
				continue
			}
			column := func(name string) string {
				if i := slices.Index(columns, name); i >= 0 && i < len(row) {
					return row[i]
				}
				return ""
			}
			zone := Zone{
				Path: row[0], Origin: column("origin") + column("origin_guess"),
				Expected: column("expected"), Level: column("level"), Note: column("note"),
			}
			if kind := column("kind"); zone.Origin != "" && kind != "template" && zone.Expected != "template" &&
				zone.Expected != "hexdump" {
				zones = append(zones, zone)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("reading %s: %w", manifest, err)
		}
	}
	slices.SortFunc(zones, func(a, b Zone) int { return strings.Compare(a.Path, b.Path) })
	return zones, nil
}

// Folder is the corpus's folder; a test without a corpus is skipped.
func Folder(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "..", "..", Dir)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("there is no corpus: ", err)
	}
	return dir
}

// Rows reads a manifest of the corpus, one map from column title to value for each row.
func Rows(t testing.TB, dir, manifest string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(manifest)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var titles []string
	var rows []map[string]string
	in := bufio.NewScanner(f)
	for in.Scan() {
		fields := strings.Split(in.Text(), "\t")
		if titles == nil {
			titles = fields
			continue
		}
		row := make(map[string]string)
		for i := range min(len(fields), len(titles)) {
			row[titles[i]] = fields[i]
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}
