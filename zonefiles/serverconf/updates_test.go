package serverconf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/daemon"
	"mx46/testdata/e2e"
	"mx46/testdata/root"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func TestZonesThatTakeUpdates(t *testing.T) {
	runConfTests(t, "named.conf", BIND, []confTest{
		{
			"a zone's own word counts before its view's, and that before the options'", map[string]string{
				"named.conf": `view a { zone own { type primary; file "1"; allow-update { none; }; }; zone view { type primary; file "2"; };
zone policy { type primary; file "3"; update-policy local; }; zone rules { type primary; file "4"; update-policy { grant k name n; }; };
allow-update { any; }; };
view b { zone options { type primary; file "5"; }; };
view c { allow-update { none; }; zone view { type primary; file "6"; }; zone options { in-view b; }; };
options { allow-update { key k; }; };`,
			}, nil, `
own. 1 view a at named.conf:1:15 own file "1"
view. 2 view a at named.conf:1:77 view file "2" updates named.conf:3:1 allow-update
policy. 3 view a at named.conf:2:6 policy file "3" updates named.conf:2:39 update-policy
rules. 4 view a at named.conf:2:68 rules file "4" updates named.conf:2:100 update-policy
options. 5 view b at named.conf:4:15 options file "5" updates named.conf:6:11 allow-update
view. 6 view c at named.conf:5:39 view file "6"
options. 5 view c at named.conf:5:78 options file "5" updates named.conf:6:11 allow-update
`,
		},
		{
			"a template's word counts where the zone says nothing, and a journal may lie elsewhere", map[string]string{
				"named.conf": `template t { type primary; file "$name"; journal "j/$name.j"; update-policy local; };
zone a { template t; }; zone b { template t; allow-update { none; }; journal "../out"; }; zone c { type primary; file "c"; journal "/j/c"; };`,
			}, map[string]string{"/j": "jj"}, `
a. a at named.conf:2:6 a file "$name" updates named.conf:1:63 update-policy journal j/a.j
b. b at named.conf:2:30 b file "$name"
c. c at named.conf:2:96 c file "c" journal jj/c
`,
		},
		{
			"what lets a secondary pass updates on is no such word, nor is it in another block", map[string]string{
				"named.conf": `options { allow-update-forwarding { any; }; }; server 192.0.2.1 { allow-update { any; }; };
zone a { type primary; file "a"; allow-update-forwarding { any; }; };`,
			}, nil, "a. a at named.conf:2:6 a file \"a\"\n",
		},
	})
	runConfTests(t, "knot.conf", KnotDNS, []confTest{
		{
			"a rule counts where the zone, or else its template, refers to it", map[string]string{
				"knot.conf": `acl:
  - id: up
    action: [transfer, "update"] # both
  - id: "xfr"
    action: transfer
  - id: no
    deny: on
    action: update
template:
  - id: default
    acl: [xfr, up]
  - id: static
    acl: [ xfr,no ]
zone:
  - domain: a
  - domain: b
    template: static
  - domain: c
    acl: xfr # not update
  - domain: d
    acl: xfr
    acl: [no, nothing, "up", xfr]
    template: static
`,
			}, nil, `
a. a.zone at knot.conf:15:13 a file a updates knot.conf:3:24 "update"
b. b.zone at knot.conf:16:13 b file b
c. c.zone at knot.conf:18:13 c file c
d. d.zone at knot.conf:20:13 d file d updates knot.conf:3:24 "update"
`,
		},
	})
}

// A name server's own word on which zones take updates is the measure.
func TestNamedTakesTheSameZonesForDynamic(t *testing.T) {
	e2e.Require(t, "named", "rndc")
	statements := []string{
		"", "allow-update { none; };", `allow-update { "none"; };`, "allow-update { NONE; };", "allow-update { !any; };", "allow-update { ! any; };",
		"allow-update { none; none; };", "allow-update { };", "allow-update { nobody; };", "allow-update { { none; }; };",
		"allow-update { none; 127.0.0.1; };", "allow-update { key k; };", "allow-update { any; };", "allow-update { !none; };",
		"update-policy local;", "update-policy { };", "update-policy { deny * subdomain x.; };",
	}
	const key = "key k { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0c2VjcmV0\"; };\n"
	dir := t.TempDir()
	port, control := daemon.FreePort(t), daemon.FreePort(t)
	var conf strings.Builder
	fmt.Fprintf(&conf, `%sacl nobody { none; };
options { directory %q; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; session-keyfile "session"; recursion no;
	notify no; dnssec-validation no; empty-zones-enable no; allow-update { key k; }; };
controls { inet 127.0.0.1 port %d allow { 127.0.0.1; } keys { k; }; };
`, key, dir, port, control)
	zone := func(statement string) {
		file := fmt.Sprint("db", conf.Len())
		write(t, filepath.Join(dir, file), "$TTL 60\n@ SOA ns h 1 3600 600 86400 60\n NS ns\nns A 192.0.2.1\n")
		fmt.Fprintf(&conf, "zone %s { type primary; file %[1]q; %s };\n", file, statement)
	}
	conf.WriteString("view outer { match-clients { any; };\n")
	for _, statement := range statements {
		zone(statement)
	}
	for _, list := range []string{"none", "any"} {
		fmt.Fprintf(&conf, "};\nview with-%s { match-clients { any; }; allow-update { %[1]s; };\n", list)
		zone("")
		zone("allow-update { none; };")
		zone("update-policy local;")
	}
	conf.WriteString("};\n")
	write(t, filepath.Join(dir, "named.conf"), conf.String())
	write(t, filepath.Join(dir, "rndc.conf"), fmt.Sprintf("%soptions { default-key k; default-server 127.0.0.1; default-port %d; };\n", key, control))
	daemon.Start(t, filepath.Join(dir, "log"), "all zones loaded", "named", "-g", "-c", filepath.Join(dir, "named.conf"))

	opened := root.Open(t, dir)
	read, problems, err := BIND.Read(opened, &zonefiles.FileSet{}, "named.conf", disk.NewFinder(opened, disk.Paths{dir: "."}))
	if err != nil || len(problems) > 0 || len(read.Zones) != len(statements)+6 {
		t.Fatal(err, problems, len(read.Zones))
	}
	dynamic := 0
	for i, z := range read.Zones {
		out, err := exec.Command("rndc", "-c", filepath.Join(dir, "rndc.conf"), "zonestatus", z.Name.Undotted(), "IN", z.View).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := strings.Contains(string(out), "dynamic: yes")
		if got := !z.Updates.IsEmpty(); got != want {
			t.Errorf("zone %d in view %s: it takes updates: %t, named says %t", i, z.View, got, want)
		}
		if want {
			dynamic++
		}
	}
	if dynamic < 5 || dynamic > len(read.Zones)-5 {
		t.Errorf("%d of %d zones are dynamic, so this test shows little", dynamic, len(read.Zones))
	}
}

func TestKnotTakesUpdatesOfTheSameZones(t *testing.T) {
	e2e.Require(t, "knotd", "nsupdate")
	dir := t.TempDir()
	port := daemon.FreePort(t)
	lists := []string{"", "acl: up", "acl: xfr", "acl: [xfr, up]", "acl: no", "acl: [no, up]", `acl: ["up"] # c`, "template: open", "template: shut", "acl: both", "acl: LOUD"}
	var conf strings.Builder
	fmt.Fprintf(&conf, `server:
    listen: 127.0.0.1@%d
    rundir: %q
database:
    storage: %[2]q
log:
  - target: stderr
    any: info
acl:
  - id: up
    address: 127.0.0.1
    action: update
  - id: xfr
    address: 127.0.0.1
    action: transfer
  - id: no
    address: 127.0.0.2
    action: update
    deny: on
  - id: both
    address: 127.0.0.1
    action: [ transfer,"update" ]
  - id: LOUD
    address: 127.0.0.1
    action: UPDATE
template:
  - id: default
    storage: %[2]q
    acl: up
  - id: open
    storage: %[2]q
    acl: [xfr, both]
  - id: shut
    storage: %[2]q
    acl: xfr
zone:
`, port, dir)
	for i, list := range lists {
		write(t, filepath.Join(dir, fmt.Sprintf("z%d.zone", i)), "$TTL 60\n@ SOA ns h 1 3600 600 86400 60\n NS ns\nns A 192.0.2.1\n")
		fmt.Fprintf(&conf, "  - domain: z%d\n    %s\n", i, list)
	}
	write(t, filepath.Join(dir, "knot.conf"), conf.String())
	daemon.Start(t, filepath.Join(dir, "log"), "server started", "knotd", "-c", filepath.Join(dir, "knot.conf"))

	opened := root.Open(t, dir)
	read, problems, err := KnotDNS.Read(opened, &zonefiles.FileSet{}, "knot.conf", disk.NewFinder(opened, disk.Paths{dir: "."}))
	if err != nil || len(problems) > 0 || len(read.Zones) != len(lists) {
		t.Fatal(err, problems, len(read.Zones))
	}
	for i, z := range read.Zones {
		update := exec.Command("nsupdate")
		update.Stdin = strings.NewReader(fmt.Sprintf("server 127.0.0.1 %d\nzone %s\nupdate add n.%s 60 A 192.0.2.2\nsend\n", port, z.Name, z.Name))
		out, err := update.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "NOTAUTH") && !strings.Contains(string(out), "REFUSED") {
			t.Fatalf("%v: %s", err, out)
		}
		if got := !z.Updates.IsEmpty(); got != (err == nil) {
			t.Errorf("%q: it takes updates: %t, Knot says %s", lists[i], got, out)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
