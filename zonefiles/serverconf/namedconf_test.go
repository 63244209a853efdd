package serverconf

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mx46/testdata/corpus"
	"mx46/testdata/folder"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"

	"github.com/google/go-cmp/cmp"
)

// describeConf writes a configuration down as the tests expect it: a line for each zone, for each kind of zone set aside, and for
// each problem, which are what remains to be judged.
func describeConf(files *zonefiles.FileSet, conf ServerConf, problems []zonefiles.Problem) string {
	var b strings.Builder
	for _, z := range conf.Zones {
		fmt.Fprintf(&b, "%s %s", z.Name, z.File)
		if z.View != "" {
			fmt.Fprintf(&b, " view %s", z.View)
		}
		fmt.Fprintf(&b, " at %s %s file %s\n", files.Position(z.At.File, z.At.Start), files.Text(z.At), files.Text(z.FileAt))
	}
	for _, kind := range slices.Sorted(maps.Keys(conf.SetAside)) {
		fmt.Fprintf(&b, "aside: %d %s\n", conf.SetAside[kind], kind)
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s\n", files.Position(p.Span.File, p.Span.Start), p.Message)
	}
	return b.String()
}

type confTest struct {
	name  string
	files map[string]string
	paths map[string]string
	want  string
}

func runConfTests(t *testing.T, main string, read ReadFunc, tests []confTest) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, _ := newRoot(t, test.files)
			files := &zonefiles.FileSet{}
			conf, problems, err := read(root, files, main, test.paths)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimLeft(test.want, "\n"), describeConf(files, conf, problems)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadNamedConf(t *testing.T) {
	runConfTests(t, "etc/named.conf", ReadNamedConf, []confTest{
		{
			"a zone is primary under both names and in any case", map[string]string{
				"etc/named.conf": "zone \"Example.org\" { type master; file \"db.example.org\"; };\n" +
					"\tZONE example.net IN {TYPE Primary;File\"sub/db\";};",
			}, nil, `
example.org. etc/db.example.org at etc/named.conf:1:6 "Example.org" file "db.example.org"
example.net. etc/sub/db at etc/named.conf:2:7 example.net file "sub/db"
`,
		},
		{
			"zones of other types are counted", map[string]string{
				"etc/named.conf": `zone a { type slave; file "a"; }; zone b { type secondary; }; zone "." { type hint; file "h"; };
					zone c { type forward; }; zone d { type stub; }; zone e chaos { type primary; file "e"; };
					zone f { type primary; database "x"; }; zone g { type mirror; };`,
			}, nil, `
aside: 1 class other than IN
aside: 1 forward
aside: 1 hint
aside: 1 mirror
aside: 1 primary without file
aside: 2 secondary
aside: 1 stub
`,
		},
		{
			"comments of three kinds and braces of other statements are passed over", map[string]string{
				"etc/named.conf": `# zone "no1" { type primary; file "x"; };
// zone "no2" { type primary; file "x"; };
/* zone "no3" { type primary; file "x"; }; */
logging { channel c { file "zone \"no4\" { }"; }; };
key k { algorithm a; secret "}"; };
zone yes { allow-update { !{ 10/8; }; any; }; type primary/**/; file "a//b#c"; // c }
};`,
			}, nil, `
yes. etc/a/b#c at etc/named.conf:6:6 yes file "a//b#c"
`,
		},
		{
			"each view has zones of its own and may borrow one", map[string]string{
				"etc/named.conf": `view in { zone z { type primary; file "in"; }; zone s { type slave; }; };
view "out" IN { zone z { type primary; file "out"; }; };
view third { zone z { in-view "out"; }; zone s { in-view in; }; zone q { in-view in; }; };`,
			}, nil, `
z. etc/in view in at etc/named.conf:1:16 z file "in"
z. etc/out view out at etc/named.conf:2:22 z file "out"
z. etc/out view third at etc/named.conf:3:19 z file "out"
aside: 1 in-view
aside: 1 secondary
etc/named.conf:3:82: no view "in" has zone "q." above this line
`,
		},
		{
			"a policy zone and a catalog hold no names of their own", map[string]string{
				"etc/named.conf": `options { response-policy { zone "rpz.example" policy given; zone "other"; } break-dnssec yes; };
view v { catalog-zones { zone "cat.example" default-primaries { 192.0.2.1; }; };
  zone rpz.example { type primary; file "r"; }; zone "cat.example" { type primary; file "c"; };
  zone "policy" { type primary; file "p"; }; };`,
			}, nil, `
policy. etc/p view v at etc/named.conf:4:8 "policy" file "p"
aside: 1 catalog
aside: 1 response policy
`,
		},
		{
			"the directory holds for all zones, and paths map it", map[string]string{
				"etc/named.conf": `zone a { type primary; file "a"; }; options { directory "/var/named"; };
zone b { type primary; file "/srv/zones/b"; }; zone c { type primary; file "/srv/c"; }; zone d { type primary; file "../d"; };
zone e { type primary; file "/srvx/e"; };`,
			}, map[string]string{"/var/named": "zones", "/srv": ".", "/srv/zones": "z"}, `
a. zones/a at etc/named.conf:1:6 a file "a"
b. z/b at etc/named.conf:2:6 b file "/srv/zones/b"
c. c at etc/named.conf:2:53 c file "/srv/c"
etc/named.conf:2:117: "/var/d" lies outside the root folder; a path mapping can say where it is kept
etc/named.conf:3:29: "/srvx/e" lies outside the root folder; a path mapping can say where it is kept
`,
		},
		{
			"what lies above the root is never read", map[string]string{
				"etc/named.conf": `include "../../secret"; include "/etc/passwd"; zone a { type primary; file "../../a"; };`,
			}, map[string]string{"/srv": "../x"}, `
etc/named.conf:1:9: "../secret" lies outside the root folder; a path mapping can say where it is kept
etc/named.conf:1:33: "/etc/passwd" lies outside the root folder; a path mapping can say where it is kept
etc/named.conf:1:76: "../a" lies outside the root folder; a path mapping can say where it is kept
`,
		},
		{
			"includes stand in any block, with wildcards, and one file serves two views", map[string]string{
				"etc/named.conf": `view a { include "common"; }; view b { include "common"; };
zone c { include "body"; }; include "conf.d/[!x]*.conf"; include "conf.d/none*"; include "none";`,
				"etc/common":           `zone z { type primary; file "z"; };`,
				"etc/body":             `type primary; file "c";`,
				"etc/conf.d/1.conf":    `zone one { type primary; file "1"; };`,
				"etc/conf.d/2.conf":    `zone two { type primary; file "2"; };`,
				"etc/conf.d/x.conf":    `zone x { type primary; file "x"; };`,
				"etc/conf.d/.dot.conf": `zone dot { type primary; file "x"; };`,
			}, nil, `
z. etc/z view a at etc/common:1:6 z file "z"
z. etc/z view b at etc/common:1:6 z file "z"
c. etc/c at etc/named.conf:2:6 c file "c"
one. etc/1 at etc/conf.d/1.conf:1:6 one file "1"
two. etc/2 at etc/conf.d/2.conf:1:6 two file "2"
etc/named.conf:2:66: "conf.d/none*" is the name of no file
etc/named.conf:2:90: "etc/none" cannot be included: no such file or directory
`,
		},
		{
			"stars stay within a folder however many there are", map[string]string{
				"etc/named.conf":       `include "conf/***";`,
				"etc/conf/1.conf":      `zone one { type primary; file "1"; };`,
				"etc/conf/deep/2.conf": `zone two { type primary; file "2"; };`,
			}, nil, `
one. etc/1 at etc/conf/1.conf:1:6 one file "1"
`,
		},
		{
			"an include that comes back to itself is refused", map[string]string{
				"etc/named.conf": `include "named.conf"; include "b";`,
				"etc/b":          `include "../etc/named.conf"; include ".";`,
			}, nil, `
etc/named.conf:1:9: "etc/named.conf" includes itself
etc/b:1:9: "etc/named.conf" includes itself
etc/b:1:38: "etc" cannot be included: it is not a regular file
`,
		},
		{
			"templates give what the zone does not say", map[string]string{
				"etc/named.conf": `template t { type primary; file "$type/$NAME/$view/$label1/%y.%1"; };
zone Example.org { template t; }; zone own { template t; file "own"; }; zone x { template none; };`,
			}, nil, `
example.org. etc/primary/example.org/_default/org/example.e at etc/named.conf:2:6 Example.org file "$type/$NAME/$view/$label1/%y.%1"
own. etc/own at etc/named.conf:2:40 own file "own"
aside: 1 unknown type
etc/named.conf:2:91: there is no template "none"
etc/named.conf:2:78: zone "x." has no type
`,
		},
		{
			"mistakes are reported where they are and the rest is read", map[string]string{
				"etc/named.conf": `zone a { type primary; file "a" };
}
zone "b..c" { type primary; file "b"; };
zone a { type primary; file "a"; };
zone d;
zone e { type nonsense; };
zone f { type primary; file ""; };
zone "qu\"ote" { type primary; file "q\"\\"; };
zone g { type primary; file "g"; } /* no end`,
			}, nil, `
a. etc/a at etc/named.conf:1:6 a file "a"
qu\"ote. etc/q"\\ at etc/named.conf:8:6 "qu\"ote" file "q\"\\"
g. etc/g at etc/named.conf:9:6 g file "g"
aside: 1 unknown type
etc/named.conf:1:33: a semicolon is missing before this brace
etc/named.conf:2:1: this brace closes nothing
etc/named.conf:3:6: "b..c" is not a zone's name: it has an empty label
etc/named.conf:5:1: this zone has no block
etc/named.conf:9:36: this comment has no end
etc/named.conf:4:6: zone "a." is configured twice
etc/named.conf:6:15: "nonsense" is not a type of zone
etc/named.conf:7:29: "" cannot be the name of a file
`,
		},
		{
			"a pattern may be wrong", map[string]string{
				"etc/named.conf": `include "[a";`,
			}, nil, `
etc/named.conf:1:9: "[a" cannot be included: syntax error in pattern
`,
		},
		{
			"what is not closed is reported once", map[string]string{
				"etc/named.conf": `view v { zone a { type primary; file "a"; `,
			}, nil, `
a. etc/a view v at etc/named.conf:1:15 a file "a"
etc/named.conf:1:10: the block of "zone" is not closed
`,
		},
		{
			"control characters do not reach a message", map[string]string{
				"etc/named.conf": "include \"\x1b]0;\";",
			}, nil, `
etc/named.conf:1:9: "etc/\x1b]0;" cannot be included: no such file or directory
`,
		},
	})
}

func TestAPathIsTakenFromTheLongestPrefix(t *testing.T) {
	paths := map[string]string{"/": ".", "/etc/bind": "bind", "/etc/bind/db.root": "hints"}
	for server, want := range map[string]string{
		"/etc/bind/db.a":         "bind/db.a",
		"/etc/bind":              "bind",
		"/etc/bind/db.root":      "hints",
		"/etc/binder/x":          "etc/binder/x",
		"/etc/bind/../../root/x": "root/x",
		"/":                      ".",
	} {
		if got, ok := disk.Paths(paths).Local(server); got != want || !ok {
			t.Errorf("%s: %q %v", server, got, ok)
		}
	}
	if got, ok := disk.Paths(paths).Local("db.a"); ok {
		t.Errorf("a relative path leads to %q", got)
	}
	if got, ok := disk.Paths(nil).Local("/etc/bind"); ok {
		t.Errorf("without paths, a path leads to %q", got)
	}
}

func TestConfigurationsStayWithinTheirLimits(t *testing.T) {
	deep := map[string]string{"named.conf": `include "1";`}
	for i := range 12 {
		deep[fmt.Sprint(i+1)] = fmt.Sprintf(`include "%d"; zone z%d { type primary; file "z"; };`, i+2, i+1)
	}
	wide := map[string]string{"named.conf": strings.Repeat(`include "a"; `, 3), "a": strings.Repeat(`include "b"; `, 4000), "b": ""}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"ten files may include one another", deep, `9:1:9: "10" is not read: more than 10 files include one another`},
		{"ten thousand files may be included", wide, `"b" is not read, nor what is included after it: more than 10000 includes`},
		{
			"a path may be as long as the server's system allows",
			map[string]string{
				"named.conf": `template t { type primary; file "` + strings.Repeat("$name", 2000) + `"; }; zone a.example { template t; };`,
			},
			`cannot be the name of a file`,
		},
		{
			"braces do not nest on the stack",
			map[string]string{"named.conf": strings.Repeat("a {", 1_000_000)},
			`named.conf:1:1: the block of "a" is not closed`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, _ := newRoot(t, test.files)
			files := &zonefiles.FileSet{}
			conf, problems, err := ReadNamedConf(root, files, "named.conf", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := describeConf(files, conf, problems); !strings.Contains(got, test.want) || len(got) > 1000 {
				t.Errorf("%d bytes of report do not hold %q: %.1000s", len(got), test.want, got)
			}
		})
	}
}

func TestAMainConfigurationThatCannotBeReadIsAnError(t *testing.T) {
	root, _ := newRoot(t, map[string]string{"d/f": ""})
	for _, read := range []ReadFunc{ReadNamedConf, ReadNSDConf, ReadKnotConf} {
		for _, name := range []string{"none", "d", "../x"} {
			if _, _, err := read(root, &zonefiles.FileSet{}, name, nil); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%q: error %v", name, err)
			}
		}
	}
}

func TestReadNSDConf(t *testing.T) {
	runConfTests(t, "nsd.conf", ReadNSDConf, []confTest{
		{
			"zones have files of their own or a pattern's", map[string]string{"nsd.conf": `# zone: name: no.example
server:
	zonesdir: "/srv/nsd"   # here
	ip-address: ::
	database: ""
pattern:
	name: "p"
	zonefile: "x/%s.zone"
pattern: name: q include-pattern: p
key: name: "k" algorithm: hmac-sha256
zone: name: example.org include-pattern: "q"
zone:
	name: "Second.example."
	zonefile: %1/%2/%z/%y/%x/%s
zone:
	name: third.example
	request-xfr: 192.0.2.1 NOKEY
	zonefile: third
zone: name: fourth.example
`}, map[string]string{"/srv/nsd": "zones"}, `
example.org. zones/x/example.org.zone at nsd.conf:11:13 example.org file "x/%s.zone"
second.example. zones/s/e/example/second/second.example at nsd.conf:13:8 "Second.example." file %1/%2/%z/%y/%x/%s
aside: 1 primary without file
aside: 1 secondary
`,
		},
		{
			"an include goes on with the section that is open", map[string]string{
				"nsd.conf": "zone:\n name: a.example\n include: \"z.conf\"\ninclude: 'd/*'\ninclude: none.conf\ninclude: d/*.none\ninclude: nsd.conf",
				"z.conf":   "zonefile: a\nzone: name: b.example\nzonefile: b",
			}, nil, `
a.example. a at nsd.conf:2:8 a.example file a
b.example. b at z.conf:2:13 b.example file b
nsd.conf:5:10: "none.conf" cannot be included: no such file or directory
nsd.conf:7:10: "nsd.conf" includes itself
`,
		},
		{
			"mistakes are reported", map[string]string{
				"nsd.conf": "zone: zonefile: a\nzone: name: a..b\nzone: name: c include-pattern: none zonefile: c\nzone: name: C. zonefile: /c\nzone: name: \"d",
			}, nil, `
c. c at nsd.conf:3:13 c file c
aside: 1 primary without file
nsd.conf:1:1: this section has no name
nsd.conf:3:32: there is no pattern "none" above this line
nsd.conf:5:13: this string has no end
nsd.conf:2:13: "a..b" is not a zone's name: it has an empty label
nsd.conf:4:13: zone "c." is configured twice
`,
		},
	})
}

func TestReadKnotConf(t *testing.T) {
	runConfTests(t, "etc/knot.conf", ReadKnotConf, []confTest{
		{
			"zones take what they do not say from their template", map[string]string{"etc/knot.conf": `# comment
server:
    listen: [ 0.0.0.0@53, ::@53 ]
template:
  - id: default
    storage: /var/lib/knot/zones   # here
  - id: "second"
    file: "%c[0]/%c[0-2]/%l[0]/%l[1]/%l[9]/%%/%s"
    storage: sub
  - id: third
    master: r
zone:
  - domain: example.org
  - domain: Second.example.
    template: second
    unknown: x

  - domain: third.example
    file: "a b#c" # d
    storage: /srv
  - domain: fourth.example
    template: third
  - domain: fifth.example
    catalog-role: generate
remote:
  - id: r
    address: 192.0.2.1
    file: no
`}, map[string]string{"/var/lib/knot": "knot", "/srv": "."}, `
example.org. knot/zones/example.org.zone at etc/knot.conf:13:13 example.org file example.org
second.example. knot/sub/s/sec/example/second/%/second.example at etc/knot.conf:14:13 Second.example. file "%c[0]/%c[0-2]/%l[0]/%l[1]/%l[9]/%%/%s"
third.example. a b#c at etc/knot.conf:18:13 third.example file "a b#c"
aside: 1 catalog
aside: 1 secondary
`,
		},
		{
			"includes are relative to the including file, and so are files without storage", map[string]string{
				"etc/knot.conf":     "include: d/*.conf\r\nzone:\r\n- domain: a\r\n  file: x\r\ninclude: none",
				"etc/d/1.conf":      "zone:\n  - domain: b\n    file: y\ninclude: deep/2.conf\n",
				"etc/d/deep/2.conf": "zone:\n  - domain: c\n",
			}, nil, `
b. etc/y at etc/d/1.conf:2:13 b file y
c. etc/c.zone at etc/d/deep/2.conf:2:13 c file c
a. etc/x at etc/knot.conf:3:11 a file x
etc/knot.conf:5:10: "etc/none" cannot be included: no such file or directory
`,
		},
		{
			"mistakes are reported", map[string]string{
				"etc/knot.conf": "zone\nzone:\n\t- domain: a\n  - domain: b..c\n  - domain: d\n    template: none\n  - domain: D.\n  - domain: \"e\n",
			}, nil, `
d. etc/d.zone at etc/knot.conf:5:13 d file d
e. etc/e.zone at etc/knot.conf:8:13 "e file "e
etc/knot.conf:1:1: this line is not read as key: value
etc/knot.conf:3:1: this line is not read as key: value
etc/knot.conf:8:13: this string has no end
etc/knot.conf:4:13: "b..c" is not a zone's name: it has an empty label
etc/knot.conf:6:15: there is no template "none"
etc/knot.conf:7:13: zone "d." is configured twice
`,
		},
	})
}

func TestReaderKnowsConfigurationsByName(t *testing.T) {
	for name, want := range map[string]bool{
		"named.conf": true, "etc/bind/named.conf.local": true, "nsd.conf": true, "knot.conf": true,
		"named.confx": false, "xnsd.conf": false, "db.named.conf": false, "": false,
	} {
		if got := Reader(name) != nil; got != want {
			t.Errorf("Reader(%q) is there: %t, want %t", name, got, want)
		}
	}
}

// A good configuration holds nothing that this reader stumbles over, and whatever named-checkconf lists is found, whether the
// suite calls the configuration good or not.
func TestConfigurationsOfTheCorpusAreReadAsNamedCheckconfDoes(t *testing.T) {
	dir := corpus.Folder(t)
	root := openRoot(t, dir)
	var good, listed, zones int
	for _, row := range corpus.Rows(t, dir, "conf/MANIFEST.tsv") {
		files := &zonefiles.FileSet{}
		conf, problems, err := ReadNamedConf(root, files, row["path"], map[string]string{"/": "conf"})
		if err != nil {
			t.Error(err)
			continue
		}
		if row["expected"] == "accept" || row["expected"] == "warn" {
			good++
			if len(problems) > 0 {
				t.Errorf("a good configuration has problems: %s", describeConf(files, ServerConf{}, problems))
			}
		}
		cmd := exec.Command("named-checkconf", "-l", filepath.Base(row["path"]))
		cmd.Dir = filepath.Join(dir, filepath.Dir(row["path"]))
		out, err := cmd.Output()
		if err != nil {
			continue // it is not installed, or refuses the file
		}
		listed++
		// Its warnings, each behind the file's name, stand among the zones.
		want, got := bytes.Count(out, []byte("\n"))-bytes.Count(out, []byte(filepath.Base(row["path"])+":")), len(conf.Zones)
		for _, n := range conf.SetAside {
			got += n
		}
		if zones += got; got != want {
			t.Errorf("%s: %d zones, named-checkconf lists %d\n%s%s", row["path"], got, want, out, describeConf(files, conf, problems))
		}
	}
	t.Logf("%d good configurations without a problem; in %d, named-checkconf lists the same %d zones", good, listed, zones)
	if good < 45 {
		t.Errorf("%d good configurations, the corpus had 45", good)
	}
}

func TestRealConfigurationsAreRead(t *testing.T) {
	dir := corpus.Folder(t)
	root := openRoot(t, filepath.Join(dir, "conf"))
	for _, test := range []struct {
		name  string
		paths map[string]string
		zones int
		aside int
	}{
		{"avar+linode-etc/bind/named.conf", map[string]string{"/etc/bind": "avar+linode-etc/bind"}, 8, 0},
		{"ocf+dns/etc/named.conf.local", map[string]string{"/srv/dns": "ocf+dns"}, 9, 1},
		{"argvc+nsd-zonefiles/nsd.conf", map[string]string{"/etc/nsd3": "argvc+nsd-zonefiles"}, 4, 0},
		{"bsdlp+dns/nsd/nsd.conf", map[string]string{"/srv/nsd": "bsdlp+dns/nsd"}, 0, 0},
	} {
		files := &zonefiles.FileSet{}
		conf, problems, err := Reader(test.name)(root, files, test.name, test.paths)
		if err != nil {
			t.Error(err)
			continue
		}
		aside := 0
		for _, n := range conf.SetAside {
			aside += n
		}
		if len(problems) > 0 || len(conf.Zones) != test.zones || aside != test.aside {
			t.Errorf("%s: %d zones and %d set aside, want %d and %d:\n%s", test.name, len(conf.Zones), aside, test.zones, test.aside,
				describeConf(files, conf, problems))
		}
	}
}

func fuzzConf(f *testing.F, main string, read ReadFunc, seeds ...string) {
	dir := f.TempDir()
	root := openRoot(f, dir)
	if err := os.WriteFile(filepath.Join(dir, "inc"), []byte("zone a { type primary; file \"a\"; };"), 0o644); err != nil {
		f.Fatal(err)
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		name := fmt.Sprintf("%s.%d", main, os.Getpid())
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
		files := &zonefiles.FileSet{}
		conf, problems, err := read(root, files, name, map[string]string{"/etc": ".", "/srv": "../out"})
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range conf.Zones {
			if !filepath.IsLocal(z.File) || z.At.IsEmpty() || len(z.File) > 2*maxServerPath {
				t.Errorf("zone %+v", z)
			}
		}
		describeConf(files, conf, problems) // panics where a span does not lie in its file
		for _, p := range problems {
			if strings.ContainsFunc(p.Message, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("problem %q", p.Message)
			}
		}
	})
}

func FuzzReadNamedConf(f *testing.F) {
	fuzzConf(f, "named.conf", ReadNamedConf,
		`options { directory "/etc"; }; view a { include "inc"; }; view b { zone a { in-view a; }; };`,
		`template t { type primary; file "$name.$type.%z"; }; zone "x\"y" in { template t; }; /* c */ # d`,
		`response-policy { zone "a"; }; zone a { type master; file "../../x" }; }`, "zone a { \"", "/*", `include "*";`)
}

func FuzzReadNSDConf(f *testing.F) {
	fuzzConf(f, "nsd.conf", ReadNSDConf,
		"server: zonesdir: \"/etc\"\npattern: name: p zonefile: %s.%1.%z\nzone: name: a include-pattern: p\ninclude: \"inc\"", "zone:", "a: b: \"")
}

func FuzzReadKnotConf(f *testing.F) {
	fuzzConf(f, "knot.conf", ReadKnotConf,
		"template:\n  - id: default\n    storage: /etc\n    file: %c[0-9]%l[0]%s\nzone:\n  - domain: a\n    file: \"b\"\ninclude: inc\n", "zone:\n- domain:", "- -")
}

// newRoot makes a folder of files and opens it until the test ends.
func newRoot(t testing.TB, files map[string]string) (*disk.Root, string) {
	t.Helper()
	dir := folder.New(t, files)
	return openRoot(t, dir), dir
}

func openRoot(t testing.TB, dir string) *disk.Root {
	t.Helper()
	r, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}
