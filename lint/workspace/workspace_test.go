package workspace

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/rules"
	"mx46/testdata/folder"
	"mx46/zonefiles"
)

// zone is the text of a zone with these records beside those that every zone has.
func zone(records string) string {
	return "@ 3600 SOA ns hostmaster 1 7200 3600 1209600 300\n@ 3600 NS ns\nns 3600 A 192.0.32.53\nns 3600 AAAA 2620:0:2d0::53\n" + records
}

// open opens a new folder of files.
func open(t *testing.T, files map[string]string) *Workspace {
	t.Helper()
	return openAt(t, Options{Root: folder.New(t, files)})
}

func openAt(t *testing.T, o Options) *Workspace {
	t.Helper()
	o.Catalog = rules.All()
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// read opens a new folder of files, and reads the zones that are found in it.
func read(t *testing.T, files map[string]string) *Workspace {
	t.Helper()
	w := open(t, files)
	sources, err := w.Find(Selection{})
	if err == nil {
		err = w.Read(context.Background(), sources)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// zonesByPath are the zones that were read.
func zonesByPath(w *Workspace) map[string]*zonefiles.Zone {
	found := map[string]*zonefiles.Zone{}
	for _, z := range w.Zones() {
		found[z.Path] = z
	}
	return found
}

func TestTheRootIsTheRepositoryOrWhatHoldsThePaths(t *testing.T) {
	dir := folder.New(t, map[string]string{
		"repo/.git/HEAD": "", "repo/zones/db.a": "", "other/.git/HEAD": "", "other/in/db.b": "", "loose/x/db.c": "", "loose/y/db.d": "",
	})
	for _, test := range []struct {
		here, root string
		paths      []string
		want       string
	}{
		{"repo/zones", "", nil, "repo"},
		{"repo/zones", "", []string{Stdin}, "repo"},
		{"repo", "", []string{"zones/db.a", "gone"}, "repo"},
		{"repo", "", []string{"../other/in/db.b"}, "other"},
		{"repo", "", []string{"../loose/x/db.c", "../loose/y"}, "loose"},
		{"loose/x", "", nil, "loose/x"},
		{"loose/x", "", []string{"../y/db.d"}, "loose/y"},
		{"repo/zones", "../zones", []string{"db.a"}, "repo/zones"},
	} {
		t.Chdir(filepath.Join(dir, test.here))
		w := openAt(t, Options{Root: test.root, Paths: test.paths})
		if got, err := filepath.Rel(dir, w.RootPath()); err != nil || filepath.ToSlash(got) != test.want {
			t.Errorf("in %s, with --root %q and the paths %q, the root is %s; want %s", test.here, test.root, test.paths, got, test.want)
		}
	}
}

func TestOpenReadsTheConfiguration(t *testing.T) {
	dir := folder.New(t, map[string]string{
		".mx46.yaml": "stack: ipv4", "other.yaml": "stack: ipv6", "faulty.yaml": "stack: 7", "zones/db.a": "", "file": "",
	})
	t.Chdir(filepath.Join(dir, "zones"))
	for _, test := range []struct {
		options Options
		name    string
		stack   string // "": an error
	}{
		{Options{Root: ".."}, ".mx46.yaml", "ipv4"},
		{Options{Root: "..", Config: "../other.yaml"}, "other.yaml", "ipv6"},
		{Options{Root: "..", NoConfig: true}, "", "dual"},
		{Options{Root: "."}, "", "dual"}, // it lies above the root
		{Options{Root: ".", Config: "../other.yaml"}, "", ""},
		{Options{Root: "..", Config: "../faulty.yaml"}, "", ""},
		{Options{Root: "..", Config: "gone.yaml"}, "", ""},
		{Options{Root: "gone"}, "", ""},
		{Options{Root: "../file"}, "", ""},
	} {
		w, err := Open(test.options)
		if err != nil {
			if test.stack != "" {
				t.Errorf("%+v: %v", test.options, err)
			}
			continue
		}
		if got := w.Config().For("db.a").Stack.Value.Word(); got != test.stack || w.ConfigName() != test.name {
			t.Errorf("%+v: stack %s from %q; want %s from %q", test.options, got, w.ConfigName(), test.stack, test.name)
		}
		w.Close()
	}
}

func TestNamesAreRelativeToTheRootAndShownRelativeToTheWorkingFolder(t *testing.T) {
	dir := folder.New(t, map[string]string{"zones/db.a": "", "in/db.b": ""})
	folder.Symlink(t, "root", filepath.Join(filepath.Dir(dir), "link"))
	t.Chdir(filepath.Join(dir, "in"))
	w := openAt(t, Options{Root: ".."})
	for path, want := range map[string]string{
		"db.b":                              "in/db.b",
		"../zones/db.a":                     "zones/db.a",
		filepath.Join(dir, "in/./db.b"):     "in/db.b",
		"../../link/zones/db.a":             "zones/db.a", // the same folder by another name
		"..":                                ".",
		"gone/db.c":                         "in/gone/db.c",
		Stdin:                               Stdin,
		"../../outside":                     "",
		filepath.Join(dir, "../link/../db"): "",
	} {
		if got, err := w.Name(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q (%v), want %q", path, got, err, want)
		}
	}
	for name, want := range map[string]string{"in/db.b": "db.b", "zones/db.a": "../zones/db.a", "<stdin>": "<stdin>"} {
		if got := w.Shown(name); got != want {
			t.Errorf("%s is shown as %s, want %s", name, got, want)
		}
	}
	if _, err := w.Names([]string{"db.b", "../../outside"}); err == nil || !strings.Contains(err.Error(), "outside the root folder") {
		t.Errorf("a name outside the root is no error: %v", err)
	}
}

func TestFilesAreReadThroughTheRootAlone(t *testing.T) {
	dir := folder.New(t, map[string]string{"db.example.org": zone("$INCLUDE ../outside\n$INCLUDE link\n")})
	outside := filepath.Join(filepath.Dir(dir), "outside")
	if err := os.WriteFile(outside, []byte("secret TXT text\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder.Symlink(t, outside, filepath.Join(dir, "link"))
	w := openAt(t, Options{Root: dir})
	z := w.ReadZone(Source{Path: "db.example.org"})
	if z.Len() != 4 || len(z.Problems) != 2 {
		t.Errorf("%d records, and the problems %v", z.Len(), z.Problems)
	}
	if z := w.ReadZone(Source{Path: "link"}); !z.Missing {
		t.Error("a zone is read through a link out of the root")
	}
}

func TestAPositionIsThatOnTheDisk(t *testing.T) {
	w := read(t, map[string]string{"db.example.org": zone("  \n$GENERATE 1-2 h$ A 192.0.2.$\n")})
	z := w.Zones()[0]
	if got := w.Position(z.Record(z.Len() - 1).Field(0)).String(); got != "db.example.org:6:1" {
		t.Errorf("a record that a directive makes lies at %s", got)
	}
}
