package discover

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/corpus"
	"mx46/testdata/folder"
	"mx46/testdata/root"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

const (
	tinyZone    = "$TTL 1h\n@ IN SOA ns hostmaster ( 1 2 3 4 5 )\n  NS ns\nns A 192.0.2.1\n"
	tinySnippet = "www IN A 192.0.2.1\n"
)

func describeFound(f Found) string {
	var b strings.Builder
	for _, name := range f.Zones {
		b.WriteString(name + "\n")
	}
	for _, c := range f.Configs {
		b.WriteString("config " + c + "\n")
	}
	for _, a := range f.SetAside {
		b.WriteString("aside " + a.Path + ": " + a.Reason + "\n")
	}
	fmt.Fprintf(&b, "%d ignored\n", f.Ignored)
	return b.String()
}

func TestDiscover(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		dir   string
		want  string
	}{
		{
			"zones are found by their content in any folder", map[string]string{
				"zones/db.example.org": tinyZone, "zones/db.example.net": "<<<<<<< HEAD\n", "b/c/d/x": tinyZone,
				"script.sh": "#!/bin/sh\n", "1.2.txt": "x\n", "empty": "",
				"inc/www": tinySnippet, "README.md": "# Zones\n\nRun `make`.\n",
				"named.conf": "", "etc/nsd.conf": "", "etc/knot.conf": "", "etc/named.conf.local": "",
			}, ".", `
b/c/d/x
inc/www
zones/db.example.org
config etc/knot.conf
config etc/named.conf.local
config etc/nsd.conf
config named.conf
aside zones/db.example.net: its name is a zone's, but its text is not
0 ignored
`,
		},
		{
			"only the folder that is asked for is searched, below the ignore files above it", map[string]string{
				"a": tinyZone, "z/b": tinyZone, "z/y/c": tinyZone, "z/y/d.out": tinyZone, "zz/e": tinyZone,
				".gitignore": "*.out\n", "z/.gitignore": "/y/f\n", "z/y/f": tinyZone,
			}, "z/y", `
z/y/c
2 ignored
`,
		},
		{
			"ignore files nest, and an ignored folder hides all it holds", map[string]string{
				".gitignore": "build/\n*.zone\n!keep.zone\n", "build/a": tinyZone, "build/.gitignore": "!*\n", "a.zone": tinyZone, "keep.zone": tinyZone,
				"sub/.gitignore": "!b.zone\n", "sub/a.zone": tinyZone, "sub/b.zone": tinyZone, ".git/x": tinyZone,
			}, ".", `
keep.zone
sub/b.zone
3 ignored
`,
		},
		{
			"what holds zones among other things is none", map[string]string{
				"cases.txtar": "-- a.zone --\n" + tinyZone + "-- b.zone --\n" + tinyZone,
				"README.md":   "A zone:\n\n```dns-zone\n" + strings.Repeat(tinyZone, 9) + "```\n",
				"example.md":  tinyZone,
			}, ".", `
example.md
0 ignored
`,
		},
		{
			"templates, copies and hints are set aside", map[string]string{
				"a.zone.j2":       tinyZone,
				"jinja":           tinyZone + "{% for h in hosts %}\n{{ h }} A 192.0.2.1\n{% endfor %}\n",
				"erb":             tinyZone + "b A <%= @ip %>\n",
				"serial":          strings.Replace(tinyZone, "1 2", "$serial$ 2", 1),
				"env":             strings.Replace(tinyZone, "1 2", "$SERIAL 2", 1),
				"brace":           "{banner}\n" + tinyZone,
				"autoconf":        tinyZone + "b A @IP@\n",
				"m4":              "define(`x', y)dnl\n" + tinyZone,
				"gdnsd":           tinyZone + "b DYNA geoip!x\n",
				"old.zone.bak":    tinyZone,
				"s.zone":          tinyZone,
				"s.zone.signed":   tinyZone,
				"alone.signed":    tinyZone,
				"hints":           ". 3600000 NS a.root-servers.net.\na.root-servers.net. 3600000 A 198.41.0.4\n",
				"not-a-zone.j2":   "server {\n listen {{ port }};\n}\n",
				"Kexample+1.key":  "example.org. IN DNSKEY 257 3 8 AAAA\n",
				"dsset-example.":  "example.org. IN DS 1 8 2 00\n",
				"example.org.jnl": tinyZone,
			}, ".", `
alone.signed
s.zone
aside a.zone.j2: its name is a template's
aside autoconf: it is a template (@IP@)
aside brace: it is a template ({banner})
aside env: it is a template ($ before a word)
aside erb: it is a template (<%)
aside gdnsd: it has records that only gdnsd can answer (DYNA)
aside hints: it holds the root's hints
aside jinja: it is a template ({%)
aside m4: it is a template (m4)
aside old.zone.bak: its name is a backup copy's
aside s.zone.signed: it is the signed copy of a zone beside it
aside serial: it is a template ($serial$)
0 ignored
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			opened, _ := root.New(t, test.files)
			found, err := Search(opened, test.dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimLeft(test.want, "\n"), describeFound(found)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDiscoverFollowsLinksToFilesInsideTheRootOnly(t *testing.T) {
	opened, dir := root.New(t, map[string]string{"zones/a": tinyZone})
	if err := os.WriteFile(filepath.Join(dir, "..", "secret"), []byte(tinyZone), 0o644); err != nil {
		t.Fatal(err)
	}
	for at, target := range map[string]string{"link": "zones/a", "out": "../secret", "dead": "none", "up": "..", "self": ".", "loop": "loop"} {
		folder.Symlink(t, target, filepath.Join(dir, at))
	}
	if err := folder.Mkfifo(filepath.Join(dir, "fifo")); err != nil {
		t.Skip("this system makes no FIFO: ", err)
	}
	found, err := Search(opened, ".")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describeFound(found), "zones/a\n0 ignored\n"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestDiscoverFailsOutsideTheRootAndBeyondItsLimits(t *testing.T) {
	opened, _ := root.New(t, map[string]string{strings.Repeat("d/", disk.MaxDepth+2) + "f": tinyZone})
	for _, dir := range []string{".", "..", "/", "none", strings.Repeat("d/", disk.MaxDepth+2) + "f"} {
		if found, err := Search(opened, dir); err == nil {
			t.Errorf("Search(%q) = %s", dir, describeFound(found))
		}
	}
}

func TestLongPatternsOfGitignoreAreNotMatchedWithVeryManyNames(t *testing.T) {
	files := map[string]string{".gitignore": strings.Repeat("*"+strings.Repeat("a", 119)+"b\n", 2000)}
	for i := range 100 {
		files[fmt.Sprintf("%s%04d", strings.Repeat("a", 240), i)] = ""
	}
	opened, _ := root.New(t, files)
	d := &discovery{root: opened, matches: maxIgnoreMatches * 9 / 10}
	if err := d.folder(".", nil, false, 0); err == nil || !strings.Contains(err.Error(), "too many patterns") {
		t.Errorf("%s, %v", describeFound(d.found), err)
	}
}

func TestSniffReadsTheStartOfALongFile(t *testing.T) {
	text := tinyZone + strings.Repeat("a A 192.0.2.1\n", zonefiles.MaxSniffed) + "\x00"
	opened, _ := root.New(t, map[string]string{"f": text})
	found, err := Search(opened, ".")
	if err != nil || len(found.Zones) != 1 {
		t.Errorf("found %s, %v", describeFound(found), err)
	}
}

// What is right for a file of the corpus, as far as its manifest tells: not only what named-checkzone loads is a zone,
// but also what it rejects for a mistake.
func wantFound(row map[string]string, zones map[string]bool) (want, known bool) {
	name := row["path"]
	if source, ok := strings.CutSuffix(name, ".signed"); ok && zones[source] {
		return false, true
	}
	switch {
	case hasSuffixOf(name, backupSuffixes), hasSuffixOf(name, templateSuffixes):
		return false, true
	case strings.Contains(name, "/josuah+conf/"): // the input of a tool of its own: records of types NET and HOST, lines with %%
		return false, true
	case strings.HasSuffix(name, "/root.hints"), strings.HasSuffix(name, "/root.servers"):
		return false, true
	}
	switch row["kind"] {
	case "zone", "frag":
		return !strings.Contains(row["tags"], "template") && !strings.Contains(row["tags"], "gdnsd"), true
	}
	switch row["expected"] {
	case "accept", "warn", "fragment", "reject":
		return strings.HasPrefix(name, "suites/"), true // there are configurations with a manifest, too
	case "hexdump":
		return false, true
	}
	// The suites' templates are zones that scripts append to, and their unknown files may be anything.
	return row["named-checkzone-9.18.49"] == "ok", row["named-checkzone-9.18.49"] == "ok" || strings.HasPrefix(name, "conf/")
}

func TestDiscoveryOnTheCorpus(t *testing.T) {
	dir := corpus.Folder(t)
	opened := root.Open(t, dir)
	for _, part := range []struct {
		name              string
		precision, recall float64
	}{
		{"real", 0.995, 0.995},
		{"suites", 0.995, 0.975},
		{"conf", 1, 1},
	} {
		found, err := Search(opened, part.name)
		if err != nil {
			t.Fatal(err)
		}
		zones := map[string]bool{}
		for _, z := range found.Zones {
			zones[z] = true
		}
		listed := map[string]bool{}
		var hit, missed, wrong int
		judge := func(name string, want bool) {
			switch {
			case zones[name] && want:
				hit++
			case want:
				missed++
				t.Logf("missed %s", name)
			case zones[name]:
				wrong++
				t.Logf("%s is no zone", name)
			}
		}
		for _, row := range corpus.Rows(t, dir, part.name+"/MANIFEST.tsv") {
			listed[row["path"]] = true
			if want, known := wantFound(row, zones); known {
				judge(row["path"], want)
			}
		}
		for name := range zones {
			if !listed[name] {
				judge(name, false)
			}
		}
		precision, recall := share(hit, wrong), share(hit, missed)
		t.Logf("%s: %d right, %d missed, %d wrong: precision %.4f, recall %.4f; %d set aside, %d configurations",
			part.name, hit, missed, wrong, precision, recall, len(found.SetAside), len(found.Configs))
		if precision < part.precision || recall < part.recall {
			t.Errorf("%s: precision %.4f and recall %.4f, want %.3f and %.3f", part.name, precision, recall, part.precision, part.recall)
		}
	}
}

func share(part, rest int) float64 {
	if rest == 0 {
		return 1
	}
	return float64(part) / float64(part+rest)
}

func TestALinkAndItsFileAreOneZone(t *testing.T) {
	opened, dir := root.New(t, map[string]string{"store/1": tinyZone, "store/db.example.net": tinyZone, "a.example": tinyZone, "z": ""})
	for at, target := range map[string]string{
		"a-link": "store/1", "db.example.org": "store/1", "z.link": "store/1", "other": "store/db.example.net", "alone": "../x",
	} {
		folder.Symlink(t, target, filepath.Join(dir, at))
	}
	if err := os.Link(filepath.Join(dir, "a.example"), filepath.Join(dir, "b.example")); err != nil {
		t.Skip("this system makes no hard links: ", err)
	}
	found, err := Search(opened, ".")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a.example", "b.example", "db.example.org", "store/db.example.net"}; !slices.Equal(found.Zones, want) {
		t.Errorf("zones %q, want %q", found.Zones, want)
	}
	want := map[string]string{
		"a-link": "db.example.org", "store/1": "db.example.org", "z.link": "db.example.org", "other": "store/db.example.net",
	}
	if !maps.Equal(found.Links, want) {
		t.Errorf("links %q, want %q", found.Links, want)
	}
}
