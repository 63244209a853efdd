package serverconf

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"mx46/testdata/corpus"
	"mx46/testdata/e2e"
	"mx46/testdata/root"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func TestReadNamedConf(t *testing.T) {
	runConfTests(t, "etc/named.conf", BIND, []confTest{
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
copy: a. etc/a at etc/named.conf:1:6
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
			"a type that PowerDNS alone knows shows whose zone files these are", map[string]string{
				"etc/named.conf": `zone a { type native; file "a"; }; zone b { type "NATIVE"; file "b"; }; zone c { type slave; file "c"; };`,
			}, nil, `
dialect powerdns
a. etc/a at etc/named.conf:1:6 a file "a"
b. etc/b at etc/named.conf:1:41 b file "b"
copy: c. etc/c at etc/named.conf:1:78
aside: 1 secondary
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
yes. etc/a/b#c at etc/named.conf:6:6 yes file "a//b#c" updates etc/named.conf:6:12 allow-update
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

func FuzzReadNamedConf(f *testing.F) {
	fuzzConf(f, "named.conf", BIND,
		`options { directory "/etc"; }; view a { include "inc"; }; view b { zone a { in-view a; }; };`,
		`template t { type primary; file "$name.$type.%z"; }; zone "x\"y" in { template t; }; /* c */ # d`,
		`response-policy { zone "a"; }; zone a { type master; file "../../x" }; }`, "zone a { \"", "/*", `include "*";`)
}

// A good configuration holds nothing that this reader stumbles over.
func TestGoodConfigurationsOfTheCorpusHaveNoProblem(t *testing.T) {
	dir := corpus.Folder(t)
	opened := root.Open(t, dir)
	good := 0
	for _, row := range corpus.Rows(t, dir, "conf/MANIFEST.tsv") {
		if row["expected"] != "accept" && row["expected"] != "warn" {
			continue
		}
		good++
		files := &zonefiles.FileSet{}
		_, problems, err := BIND.Read(opened, files, row["path"], disk.NewFinder(opened, map[string]string{"/": "conf"}))
		if err != nil {
			t.Error(err)
		}
		if len(problems) > 0 {
			t.Errorf("a good configuration has problems: %s", describeConf(files, ServerConf{}, problems))
		}
	}
	if good < 45 {
		t.Errorf("%d good configurations, the corpus had 45", good)
	}
}

// Whatever named-checkconf lists is found, whether the suite calls the configuration good or not.
func TestConfigurationsOfTheCorpusAreReadAsNamedCheckconfDoes(t *testing.T) {
	dir := corpus.Folder(t)
	e2e.Require(t, "named-checkconf")
	opened := root.Open(t, dir)
	var listed, zones int
	for _, row := range e2e.Sample(corpus.Rows(t, dir, "conf/MANIFEST.tsv"), 16) {
		name := filepath.Base(row["path"])
		cmd := exec.Command("named-checkconf", "-l", name)
		cmd.Dir = filepath.Join(dir, filepath.Dir(row["path"]))
		out, err := cmd.Output()
		if err != nil {
			continue // it refuses the file
		}
		listed++
		files := &zonefiles.FileSet{}
		conf, problems, err := BIND.Read(opened, files, row["path"], disk.NewFinder(opened, map[string]string{"/": "conf"}))
		if err != nil {
			t.Error(err)
			continue
		}
		// Its warnings, each after the file's name, are among the zones.
		want, got := bytes.Count(out, []byte("\n"))-bytes.Count(out, []byte(name+":")), len(conf.Zones)
		for _, n := range conf.SetAside {
			got += n
		}
		if zones += got; got != want {
			t.Errorf("%s: %d zones, named-checkconf lists %d\n%s%s", row["path"], got, want, out, describeConf(files, conf, problems))
		}
	}
	if zones == 0 {
		t.Error("named-checkconf lists no zone at all")
	}
	t.Logf("in %d configurations, named-checkconf lists the same %d zones", listed, zones)
}
