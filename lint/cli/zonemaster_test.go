package cli_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/e2e"
	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// TestBesideZonemaster has Zonemaster and check judge the same broken servers, and writes a table of what both say.
func TestBesideZonemaster(t *testing.T) {
	mode := os.Getenv("MX46_ZONEMASTER")
	if mode == "" {
		t.Skip("it is for a table: MX46_ZONEMASTER=write writes it, MX46_ZONEMASTER=read compares it")
	}
	const name = "testdata/zonemaster/README.md"
	document, err := filepath.Abs(filepath.Join(checkout, filepath.FromSlash(name)))
	must(t, err)
	const above = "203.0.114.54" // the servers of the root and of test
	if !netns.Enter(t, ns4+"/32", ns6+"/128", above+"/32") {
		return
	}
	e2e.Require(t, "zonemaster-cli")
	top := resolver.Zone{
		Origin: ".",
		Text:   resolver.Root.Text + "@\tNS a.root.\na.root. A " + above + "\ntest. NS ns.up.test.\nns.up.test. A " + above + "\n",
	}
	test := resolver.Zone{Origin: "test.", Text: "@\tNS ns.up\nns.up A " + above + "\n"}
	lua := strings.ReplaceAll(luaHelpers, `n..".broken.test."`, "n")
	var rows []row
	var zones []resolver.Zone
	for i, f := range faulty {
		for _, at := range []string{"the apex", "the MX host"} {
			zone := fmt.Sprintf("%s-%s.test", strings.ToLower(strings.Fields(at)[1]), f.name)
			broken := zone
			if at != "the apex" {
				broken = "mx." + zone
			}
			address := fmt.Sprintf("A 203.0.114.%d\n", i+1)
			text := fmt.Sprintf("@\tNS ns\nns A %s\nns AAAA %s\n@ MX 10 mx\n@ %smx %s", ns4, ns6, address, address)
			if strings.HasPrefix(f.name, "dual") {
				text += fmt.Sprintf("@ AAAA 2600:9::%d\nmx AAAA 2600:9::%d\n", i+1, i+1)
			}
			zones = append(zones, resolver.Zone{Origin: zone + ".", Text: text})
			test.Text += fmt.Sprintf("%[1]s. NS ns.%[1]s.\nns.%[1]s. A %[2]s\nns.%[1]s. AAAA %[3]s\n", zone, ns4, ns6)
			lua += strings.ReplaceAll(f.lua, `"`+f.name+`"`, `"`+broken+`."`) + "\n"
			rows = append(rows, row{zone: zone, fault: f.name, at: at})
		}
	}
	world := at("127.0.0.1", 5391)
	resolver.Serve(t, []netip.AddrPort{world}, append(zones, top, test)...)
	resolver.Serve(t, []netip.AddrPort{at(above, 53)}, top, test)
	resolver.Dnsdist(t, world, lua, at(ns4, 53), at(ns6, 53))

	hints := filepath.Join(t.TempDir(), "hints")
	must(t, os.WriteFile(hints, []byte(". 3600 NS a.root.\na.root. 3600 A "+above+"\n"), 0o644))
	var wait sync.WaitGroup
	slots := make(chan bool, 8)
	for i := range rows {
		wait.Go(func() {
			slots <- true
			defer func() { <-slots }()
			rows[i].zonemaster = zonemaster(t, rows[i].zone, hints)
		})
	}
	args := []string{"--authoritative", "--resolver", resolver.Unbound(t, world, "").String()}
	for _, r := range rows {
		args = append(args, r.zone)
	}
	findings := checkFindings(t, args...)
	wait.Wait()
	healthy := slices.Clone(rows[0].zonemaster)
	table := "| fault (RFC 4074) | of | Zonemaster | mx46 |\n|---|---|---|---|\n"
	for _, r := range rows {
		r.zonemaster = slices.DeleteFunc(r.zonemaster, func(tag string) bool { return slices.Contains(healthy, tag) })
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", faultWords[r.fault], r.at, orNothing(r.zonemaster), orNothing(r.mx46(findings)))
	}
	old, err := os.ReadFile(document)
	must(t, err)
	block := regexp.MustCompile("(?s)(<!-- table -->\n).*(<!-- end of table -->)")
	now := block.ReplaceAllString(string(old), "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
	if mode == "write" {
		must(t, os.WriteFile(document, []byte(now), 0o644))
	} else if now != string(old) {
		t.Errorf("%s is out of date (-old +new):\n%s", name, cmp.Diff(string(old), now))
	}
}

// row is a zone in which one name is broken, and what is said of it.
type row struct {
	zone, fault, at string
	zonemaster      []string
}

// faultWords say what each of faulty does about AAAA.
var faultWords = map[string]string{
	"fine": "none", "drop": "no answer (4.1)", "nx": "NXDOMAIN (4.2)", "servfail": "SERVFAIL (4.3)", "notimp": "NOTIMP (4.3)",
	"formerr": "FORMERR (4.3)", "refused": "REFUSED (4.3)", "rdata4": "4 octets of RDATA (4.4)", "lame": "not authoritative (4.5)",
	"nosoa": "none: no SOA record", "slow": "none: 1.5 s late", "noedns": "none: FORMERR to EDNS", "dropedns": "none: no answer to EDNS",
	"tconly": "none: over TCP alone", "tcdead": "TC, and no answer over TCP", "dropall": "no answer to any type", "refuseall": "REFUSED to any type",
	"dual": "none, dual", "dualservfail": "SERVFAIL, dual",
}

// zonemaster is what Zonemaster says of a zone, as "NAMESERVER05: AAAA_QUERY_DROPPED", of warnings and above.
func zonemaster(t *testing.T, zone, hints string) (said []string) {
	out, err := exec.Command("zonemaster-cli", zone, "--hints", hints, "--ns", "ns."+zone+"/"+ns4, "--ns", "ns."+zone+"/"+ns6,
		"--raw", "--level", "WARNING", "--no-progress", "--show-testcase").CombinedOutput()
	if err != nil {
		t.Errorf("zonemaster-cli %s: %v\n%s", zone, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) > 3 {
			said = append(said, fmt.Sprintf("%s: `%s`", words[2], words[3]))
		}
	}
	slices.Sort(said)
	return slices.Compact(said)
}

// mx46 is what the findings say of the zone's name server.
func (r *row) mx46(findings []finding) (said []string) {
	for _, f := range findings {
		if _, what, ok := strings.Cut(f.Message, "name server ns."+r.zone+" ("); ok && f.Severity != "note" {
			_, what, _ = strings.Cut(what, ") ")
			what = strings.NewReplacer(" for mx."+r.zone, "", " for "+r.zone, "", ": mx."+r.zone, ":", ": "+r.zone, ":").Replace(what)
			said = append(said, f.Rule+": "+what)
		}
	}
	slices.Sort(said)
	return slices.Compact(said)
}

func orNothing(said []string) string {
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, "; ")
}
