package discover

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

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
	for _, u := range f.Unread {
		b.WriteString("unread " + u.Message + "\n")
	}
	for _, a := range f.Unreadable {
		b.WriteString("unreadable " + a.Path + ": " + a.Reason + "\n")
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
unread db.example.net has a zone's name, but hardly a line of it is a record
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
				"cases.txtar":      "-- a.zone --\n" + tinyZone + "-- b.zone --\n" + tinyZone,
				"README.md":        "A zone:\n\n```dns-zone\n" + strings.Repeat(tinyZone, 9) + "```\n",
				"example.md":       tinyZone,
				"x/db.example.org": "-- a --\n" + tinyZone + "```\n",
			}, ".", `
example.md
x/db.example.org
unread README.md holds an SOA record among other text, and was not checked
unread cases.txtar holds an SOA record among other text, and was not checked
0 ignored
`,
		},
		{
			"what has a zone's name or an SOA record is a zone or is named", map[string]string{
				"odd/db.example.org":           "$ORIGIN example.org.\n@ SOA a b 1 2 3 4 5\n" + strings.Repeat("x y z\n", 99),
				"comment":                      strings.Repeat("; comment\n", 7000) + tinyZone,
				"example.org.zone":             "",
				"comment.example.org.zone":     "; a\n",
				"hosts.zone":                   "shop.example.org IN HOST 192.0.2.1\n" + strings.Repeat("x IN HOST y\n", 5) + "x MX 1 y\nx TXT y\n",
				"utf16":                        "\xff\xfe" + strings.Join(strings.Split(tinyZone, ""), "\x00") + "\x00",
				"raw":                          "\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00",
				"db.example.net":               strings.Repeat("\x01\x02", 99),
				"picture":                      strings.Repeat("\x01\x02", 99),
				"data.json":                    "{\"a\": 1}",
				"example.com.yaml":             "www:\n  type: A\n  value: 192.0.2.1\n",
				"template.example.org.zone.j2": "@ SOA {{ ns }} a 1 2 3 4 5\n{{ records }}\n",
				"text":                         tinyZone + strings.Repeat("x TXT a text of several words\n", 99),
			}, ".", `
comment
odd/db.example.org
text
utf16
unread comment.example.org.zone holds nothing but comments
unread db.example.net is a binary file, and was not checked
unread example.com.yaml is octoDNS YAML, and was not checked
unread example.org.zone is empty
unread hosts.zone has a zone's name, but hardly a line of it is a record
unread raw is a zone in BIND's raw format, and was not checked
unread template.example.org.zone.j2 is a template in which no record of a host is written in full
0 ignored
`,
		},
		{
			"templates are zones; copies and hints are set aside", map[string]string{
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
a.zone.j2
alone.signed
autoconf
brace
env
erb
gdnsd
jinja
m4
s.zone
serial
aside hints: it holds the root's hints
aside old.zone.bak: its name is a backup copy's
aside s.zone.signed: it is the signed copy of a zone beside it
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
			if diff := gocmp.Diff(strings.TrimLeft(test.want, "\n"), describeFound(found)); diff != "" {
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

func TestWhatHasAZonesNameAndCannotBeReadIsNamed(t *testing.T) {
	opened, dir := root.New(t, map[string]string{"db.example.net": tinyZone, "other": tinyZone})
	for at, target := range map[string]string{"db.example.org": "none", "db.example.com": "../other", "elsewhere": "none"} {
		folder.Symlink(t, target, filepath.Join(dir, at))
	}
	want := "other\nunread db.example.com is a link that leads outside the root folder\n" +
		"unreadable db.example.org: it is a link that leads nowhere: no such file or directory\n0 ignored\n"
	if os.Geteuid() != 0 { // who may read everything
		want = strings.Replace(want, "unreadable", "unreadable db.example.net: permission denied\nunreadable", 1)
	} else {
		want = "db.example.net\n" + want
	}
	if err := os.Chmod(filepath.Join(dir, "db.example.net"), 0); err != nil {
		t.Fatal(err)
	}
	found, err := Search(opened, ".")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, describeFound(found)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
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
	d := &discovery{Searches: NewSearches(opened), matches: maxIgnoreMatches * 9 / 10}
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

// What is right for a file of the corpus, as far as its manifest says: not only what named-checkzone loads is a zone,
// but also what it rejects for a mistake. Templates are zones where they say something.
func wantFound(row map[string]string, zones, unread map[string]bool) (want, known bool) {
	name := row["path"]
	if source, ok := strings.CutSuffix(name, ".signed"); ok && zones[source] {
		return false, true
	}
	isTemplate := hasSuffixOf(name, zonefiles.TemplateSuffixes[:]) || strings.Contains(row["tags"], "template") ||
		strings.Contains(row["tags"], "gdnsd") || strings.Contains(name, "/josuah+conf/")
	switch {
	case hasSuffixOf(name, backupSuffixes), strings.Contains(name, ".conf."):
		return false, true
	case isTemplate:
		return true, !unread[name] && row["expected"] != "template"
	case strings.HasSuffix(name, "/root.hints"), strings.HasSuffix(name, "/root.servers"):
		return false, true
	case row["kind"] == "zone", row["kind"] == "frag":
		return true, true
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
		zones, unread, why := map[string]bool{}, map[string]bool{}, map[string]string{}
		for _, z := range found.Zones {
			zones[z] = true
		}
		for _, u := range found.Unread {
			unread[u.Path], why[u.Path] = true, u.Message
		}
		for _, a := range found.SetAside {
			why[a.Path] = a.Reason
		}
		listed := map[string]bool{}
		var hit, missed, wrong int
		judge := func(name string, want bool) {
			switch {
			case zones[name] && want:
				hit++
			case want:
				missed++
				t.Logf("missed %s: %s", name, cmp.Or(why[name], "most of its lines are no zone's"))
			case zones[name]:
				wrong++
				t.Logf("%s is no zone", name)
			}
		}
		for _, row := range corpus.Rows(t, dir, part.name+"/MANIFEST.tsv") {
			listed[row["path"]] = true
			if want, known := wantFound(row, zones, unread); known {
				judge(row["path"], want)
			}
		}
		for name := range zones {
			if !listed[name] {
				judge(name, false)
			}
		}
		precision, recall := share(hit, wrong), share(hit, missed)
		t.Logf("%s: %d right, %d missed, %d wrong: precision %.4f, recall %.4f; %d unread, %d set aside, %d configurations",
			part.name, hit, missed, wrong, precision, recall, len(found.Unread), len(found.SetAside), len(found.Configs))
		if precision < part.precision || recall < part.recall {
			t.Errorf("%s: precision %.4f and recall %.4f, want %.3f and %.3f", part.name, precision, recall, part.precision, part.recall)
		}
		for _, u := range found.Unread {
			t.Logf("unread %s: %s", u.Path, u.Message)
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
		"db.example.edu": "store/1", "store/db.example.edu": "1", "db.example.com": "store/db.example.net", "more/db.example.net": "../store/db.example.net",
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
	if want := []string{"a.example", "b.example", "db.example.com", "db.example.edu", "db.example.org", "store/db.example.net"}; !slices.Equal(found.Zones, want) {
		t.Errorf("zones %q, want %q", found.Zones, want)
	}
	want := map[string]string{
		"a-link": "db.example.org", "store/1": "db.example.org", "z.link": "db.example.org", "other": "store/db.example.net",
		"store/db.example.edu": "db.example.edu", "more/db.example.net": "store/db.example.net",
	}
	if !maps.Equal(found.Links, want) {
		t.Errorf("links %q, want %q", found.Links, want)
	}
}
