package workspace

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mx46/testdata/folder"
)

// journalOf9 is the start of a journal of BIND 9 whose last change led to a serial.
func journalOf9(format string, serial uint32) string {
	header := append([]byte(format), make([]byte, 64-len(format))...)
	binary.BigEndian.PutUint32(header[24:], serial)
	return string(header)
}

func TestAJournalIsAheadBySerialsOrElseByTimes(t *testing.T) {
	const zone = "@ 60 SOA ns h 4294967295 1 1 1 1\n"
	for _, test := range []struct {
		name, zone, journal string
		later               bool // the journal is younger than the zone's file
		exists, ahead       bool
	}{
		{"no journal", zone, "", true, false, false},
		{"changes up to the file's serial, written after it", zone, journalOf9(";BIND LOG V9.2\n", 4294967295), true, true, false},
		{"changes beyond it, before a copy was made of the file", zone, journalOf9(";BIND LOG V9.2\n", 3), false, true, true},
		{"changes before it", zone, journalOf9(";BIND LOG V9\n", 4294967290), true, true, false},
		{"an older format and a later serial", zone, journalOf9(";BIND LOG V9\n", 1), false, true, true},
		{"another format, later", zone, journalOf9(";BIND LOG V8\n", 1), true, true, true},
		{"another format, earlier", zone, journalOf9(";BIND LOG V8\n", 1), false, true, false},
		{"a journal that is cut off, later", zone, ";BIND LOG V9\n", true, true, true},
		{"a zone without a serial, earlier", "@ 60 NS ns\n", journalOf9(";BIND LOG V9\n", 1), false, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"db.example.org": test.zone}
			if test.journal != "" {
				files["db.example.org.jnl"] = test.journal
			}
			dir := folder.New(t, files)
			age := time.Hour
			if test.later {
				age = -age
			}
			if test.journal != "" {
				written := time.Now().Add(-age)
				if err := os.Chtimes(filepath.Join(dir, "db.example.org.jnl"), written, written); err != nil {
					t.Fatal(err)
				}
			}
			w, err := Open(Options{Root: dir, NoConfig: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { w.Close() })
			if err := w.Read(context.Background(), []Source{{Path: "db.example.org"}}); err != nil {
				t.Fatal(err)
			}
			result, err := w.Lint(context.Background(), LintOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Summary.Unsynced == 1; got != test.ahead {
				t.Errorf("the journal is ahead: %t", got)
			}
			if got := w.Keeper(w.Zones()[0]).Journal != ""; got != test.exists {
				t.Errorf("there is a journal: %t", got)
			}
		})
	}
}

func TestWhatIsNoFileIsNoJournal(t *testing.T) {
	dir := folder.New(t, map[string]string{"db.example.org": "@ 60 NS ns\n", "db.example.org.jnl/x": ""})
	w, err := Open(Options{Root: dir, NoConfig: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	if err := w.Read(context.Background(), []Source{{Path: "db.example.org"}}); err != nil {
		t.Fatal(err)
	}
	if k := w.Keeper(w.Zones()[0]); k != (Keeper{}) {
		t.Errorf("the zone is kept: %+v", k)
	}
}

func TestJournalsAreFoundAmongManyZones(t *testing.T) {
	const zone = "@ 60 SOA ns hostmaster 1 60 60 60 60\n@ 60 NS ns\n"
	for _, tt := range []struct {
		journal string
		others  int         // files beside the zones
		mode    fs.FileMode // of the folder
	}{
		{"zones/db.z7.example.jnl", 0, 0o755},
		{"journals/z7", 0, 0o755},
		{"", 0, 0o755},
		{"zones/db.z7.example.jnl", 2 * manyZones * maxOthers, 0o755}, // too many to list
		{"zones/db.z7.example.jnl", 0, 0o311},                         // not to be listed at all, but by root
	} {
		journal := tt.journal
		files, conf := map[string]string{}, ""
		for i := range 2 * manyZones {
			files[fmt.Sprintf("zones/db.z%d.example", i)] = zone
			named := ""
			if i == 7 && journal == "journals/z7" {
				named = `journal "journals/z7";`
			}
			conf += fmt.Sprintf("zone z%d.example { type primary; file \"zones/db.z%[1]d.example\"; %s };\n", i, named)
		}
		files["named.conf"] = conf
		for i := range tt.others {
			files[fmt.Sprintf("zones/other%d", i)] = ""
		}
		if journal != "" {
			files[journal] = journalOf9(";BIND LOG V9\n", 2)
		}
		dir := folder.New(t, files)
		zones := filepath.Join(dir, "zones")
		if err := os.Chmod(zones, tt.mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(zones, 0o755) })
		w, err := Open(Options{Root: dir, NoConfig: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		sources, err := w.Find(Selection{Names: []string{"named.conf"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Read(context.Background(), sources); err != nil {
			t.Fatal(err)
		}
		for _, z := range w.Zones() {
			want := ""
			if z.Path == "zones/db.z7.example" {
				want = journal
			}
			if got := w.Keeper(z).Journal; got != want {
				t.Errorf("the journal of %s is %q, want %q", z.Path, got, want)
			}
		}
	}
}
