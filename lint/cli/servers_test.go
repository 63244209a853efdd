package cli_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// The addresses of the name server in the tests' own networks.
const ns4, ns6 = "203.0.114.53", "2600:9::53"

func at(addr string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(addr), port)
}

// finding is what tests look at.
type finding struct{ Rule, Severity, Domain, Target, Message string }

// liveRules are those that rest on what servers do.
var liveRules = []string{
	"domain-not-found", "nameserver-aaaa-broken", "nameserver-tlsa-broken", "nameserver-answers-differ", "nameserver-no-tcp",
	"nameserver-silent", "delegation-family-gap", "dnssec-bogus", "served-differs",
}

// checkFindings runs check, and gives what the live rules say.
func checkFindings(t *testing.T, args ...string) []finding {
	t.Helper()
	got := runOn(t, t.TempDir(), today, append([]string{
		"check", "--format", "json", "--min-severity", "note", "--select", strings.Join(liveRules, ","), "--qps", "0",
	}, args...)...)
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("%v\n%+v", err, got)
	}
	if got.err != "" {
		t.Log(got.err)
	}
	return report.Findings
}

// faulty are the names below broken.test, what dnsdist does with them, and what is to be said of them.
var faulty = []struct{ name, lua, said string }{
	{"fine", "", ""},
	{"drop", `addAction(Q("drop"), DropAction())`, "no answer"},
	{"nx", `addAction(Q("nx"), RCodeAction(DNSRCode.NXDOMAIN, {aa=true}))`, "NXDOMAIN"},
	{"servfail", `addAction(Q("servfail"), RCodeAction(DNSRCode.SERVFAIL))`, "SERVFAIL"},
	{"notimp", `addAction(Q("notimp"), RCodeAction(DNSRCode.NOTIMP))`, "NOTIMP"},
	{"formerr", `addAction(Q("formerr"), RCodeAction(DNSRCode.FORMERR))`, "FORMERR"},
	{"refused", `addAction(Q("refused"), RCodeAction(DNSRCode.REFUSED))`, "REFUSED"},
	{"rdata4", `addAction(Q("rdata4"), SpoofRawAction("\192\000\002\009", {aa=true, ttl=600}))`, "a malformed answer"},
	{"lame", `addAction(Q("lame"), RCodeAction(DNSRCode.NOERROR, {aa=false}))`, "an answer that is not authoritative"},
	{"nosoa", `addAction(Q("nosoa"), RCodeAction(DNSRCode.NOERROR, {aa=true}))`, ""},
	{"slow", `addAction(Q("slow"), DelayAction(1500))`, ""},
	{"noedns", `addAction(OPT("noedns"), RCodeAction(DNSRCode.FORMERR))`, ""},
	{"dropedns", `addAction(OPT("dropedns"), DropAction())`, ""},
	{"tconly", `addAction(AndRule{Q("tconly"), TCPRule(false)}, TCAction())`, ""},
	{"tcdead", `addAction(AndRule{Q("tcdead"), TCPRule(false)}, TCAction()) addAction(AndRule{Q("tcdead"), TCPRule(true)}, DropAction())`, ""},
	{"dropall", `addAction(ALL("dropall"), DropAction())`, ""},
	{"refuseall", `addAction(ALL("refuseall"), RCodeAction(DNSRCode.REFUSED))`, ""},
	{"dual", "", ""},
	{"dualservfail", `addAction(Q("dualservfail"), RCodeAction(DNSRCode.SERVFAIL))`, "SERVFAIL"},
}

// faultyTLSA are likewise names whose TLSA dnsdist does something with.
var faultyTLSA = []struct{ name, lua, said string }{
	{"tlsadrop", "DropAction()", "no answer"},
	{"tlsaservfail", "RCodeAction(DNSRCode.SERVFAIL)", "SERVFAIL"},
	{"tlsanotimp", "RCodeAction(DNSRCode.NOTIMP)", "NOTIMP"},
	{"tlsanosoa", "RCodeAction(DNSRCode.NXDOMAIN, {aa=true})", ""},
	{"tlsaslow", "DelayAction(1500)", ""},
}

const luaHelpers = `
local Q   = function(n) return AndRule{QNameRule(n..".broken.test."), QTypeRule(DNSQType.AAAA)} end
local ALL = function(n) return QNameRule(n..".broken.test.") end
local OPT = function(n) return AndRule{QNameRule(n..".broken.test."), RecordsTypeCountRule(DNSSection.Additional, DNSQType.OPT, 1, 1)} end
`

// TestFaultsOfRFC4074 puts each fault of RFC 4074 section 4, and what only looks like one, before check, over IPv4 and
// over IPv6.
func TestFaultsOfRFC4074(t *testing.T) {
	if !netns.Enter(t, ns4+"/32", ns6+"/128") {
		return
	}
	zone := resolver.Zone{Origin: "broken.test.", Text: "@\tNS ns\nns A " + ns4 + "\nns AAAA " + ns6 + "\n"}
	lua := luaHelpers
	args := []string{"--authoritative"}
	for i, f := range faulty {
		zone.Text += fmt.Sprintf("d-%s MX 10 %[1]s\n%[1]s A 203.0.114.%d\n", f.name, i+1)
		if strings.HasPrefix(f.name, "dual") {
			zone.Text += fmt.Sprintf("%s AAAA 2600:9::%d\n", f.name, i+1)
		}
		lua += f.lua + "\n"
		args = append(args, "d-"+f.name+".broken.test")
	}
	for i, f := range faultyTLSA {
		zone.Text += fmt.Sprintf("d-%s MX 10 %[1]s\n%[1]s A 203.0.114.%d\n", f.name, 100+i)
		lua += fmt.Sprintf("addAction(QNameRule(\"_25._tcp.%s.broken.test.\"), %s)\n", f.name, f.lua)
		args = append(args, "d-"+f.name+".broken.test")
	}
	world := at("127.0.0.1", 5391)
	resolver.Serve(t, []netip.AddrPort{world}, resolver.Root, zone)
	resolver.Dnsdist(t, world, lua, at(ns4, 53), at(ns6, 53))
	args = append(args, "--resolver", resolver.Unbound(t, world, "").String())
	start := time.Now()
	got := checkFindings(t, args...)
	t.Logf("%d names at 2 addresses in %s", len(faulty)+len(faultyTLSA), time.Since(start).Round(100*time.Millisecond))
	for _, addr := range []string{ns4, ns6} {
		of := func(rule string) string {
			i := slices.IndexFunc(got, func(f finding) bool { return f.Rule == rule && f.Target == addr })
			if i < 0 {
				return ""
			}
			return got[i].Severity + ": " + got[i].Message
		}
		broken := of("nameserver-aaaa-broken")
		if !strings.HasPrefix(broken, "error: name server ns.broken.test ("+addr+") answers A and not AAAA: ") {
			t.Errorf("%s: %q", addr, broken)
		}
		for _, f := range faulty {
			name := " " + f.name + ".broken.test"
			switch accused := strings.Contains(broken+",", name); {
			case accused != (f.said != ""):
				t.Errorf("%s: %s is accused: %v\n%s", addr, f.name, accused, broken)
			case accused && !strings.Contains(broken, f.said+" for"):
				t.Errorf("%s: %s is not said of %s\n%s", addr, f.said, f.name, broken)
			}
		}
		tlsa := of("nameserver-tlsa-broken")
		for _, f := range faultyTLSA {
			said := f.said + " for _25._tcp." + f.name + ".broken.test"
			if accused := strings.Contains(tlsa, f.name); accused != (f.said != "") || accused && !strings.Contains(tlsa, said) {
				t.Errorf("%s: TLSA of %s\n%s", addr, f.name, tlsa)
			}
		}
		if got := of("nameserver-no-tcp"); !strings.HasSuffix(got, "does not answer over TCP: tcdead.broken.test AAAA") {
			t.Errorf("%s: %q", addr, got)
		}
	}
	var rules []string
	for _, f := range got {
		rules = append(rules, f.Rule)
	}
	want := []string{
		"nameserver-aaaa-broken", "nameserver-aaaa-broken", "nameserver-no-tcp", "nameserver-no-tcp", "nameserver-tlsa-broken", "nameserver-tlsa-broken",
	}
	slices.Sort(rules)
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("-want +got:\n%s\n%+v", diff, got)
	}
}

// plain is a zone with one mail domain.
func plain(more string) resolver.Zone {
	return resolver.Zone{Origin: "plain.test.", Text: "@\tNS ns\nns A " + ns4 + "\nns AAAA " + ns6 + "\n" + more}
}

const plainHost = "@ MX 10 mx\nmx A 203.0.114.1\nmx AAAA 2600:9::1\n"

// show are findings, a line each, without what is long.
func show(findings []finding) (lines []string) {
	for _, f := range findings {
		if f.Target != "127.0.0.1" {
			lines = append(lines, f.Severity+" "+f.Rule+": "+f.Message)
		}
	}
	return lines
}

// TestServersThatDisagree runs real servers that do not say the same.
func TestServersThatDisagree(t *testing.T) {
	if !netns.Enter(t, ns4+"/32", ns6+"/128", "203.0.114.54/32") {
		return
	}
	world := at("127.0.0.1", 5391)
	resolver.Serve(t, []netip.AddrPort{world}, resolver.Root, plain(plainHost))
	ask := []string{"--authoritative", "plain.test", "--resolver", resolver.Unbound(t, world, "").String()}
	expect := func(name string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, show(checkFindings(t, ask...))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	four, six := []netip.AddrPort{at(ns4, 53)}, []netip.AddrPort{at(ns6, 53)}

	stop, stop6 := resolver.Serve(t, four, plain(plainHost)), resolver.Serve(t, six, plain(plainHost))
	expect("the same zone twice")
	stop6()
	stop6 = resolver.Serve(t, six, plain(strings.ReplaceAll(plainHost, "MX 10 mx", "MX 20 mx")))
	expect("another MX record", "warning nameserver-answers-differ: the name servers of plain.test disagree about MX of plain.test: "+
		"ns.plain.test (203.0.114.53) says 10 mx.plain.test. and ns.plain.test (2600:9::53) says 20 mx.plain.test.")
	stop6()
	stop6 = resolver.Serve(t, six, plain("@ MX 10 mx\nmx A 203.0.114.1\n"))
	expect("a family less", "warning nameserver-answers-differ: the name servers of plain.test disagree about AAAA of mx.plain.test: "+
		"ns.plain.test (203.0.114.53) says 2600:9::1 and ns.plain.test (2600:9::53) says that there is none")
	stop6()
	stop6 = resolver.Serve(t, six, plain(strings.ReplaceAll(plainHost, "203.0.114.1", "203.0.114.2")))
	expect("another address, as of GeoDNS", "note nameserver-answers-differ: the name servers of plain.test disagree about A of mx.plain.test: "+
		"ns.plain.test (203.0.114.53) says 203.0.114.1 and ns.plain.test (2600:9::53) says 203.0.114.2")
	stop6()
	expect("nothing over IPv6, for all that is known here")
	stop()

	stop = resolver.Authority(t, `plugin query "/usr/lib/x86_64-linux-gnu/bind/filter-aaaa.so" { filter-aaaa-on-v4 yes; filter-aaaa { any; }; };`, plain(plainHost), at(ns4, 53), at(ns6, 53))
	expect("BIND with filter-aaaa-on-v4", "warning nameserver-answers-differ: the name servers of plain.test disagree about AAAA of mx.plain.test: "+
		"ns.plain.test (203.0.114.53) says that there is none and ns.plain.test (2600:9::53) says 2600:9::1",
		"warning nameserver-answers-differ: the name servers of plain.test disagree about AAAA of ns.plain.test: "+
			"ns.plain.test (203.0.114.53) says that there is none and ns.plain.test (2600:9::53) says 2600:9::53")
	stop()

	lua := strings.ReplaceAll(plainHost, "mx AAAA 2600:9::1", `mx LUA AAAA ";if bestwho:isIPv4() then return {} else return {'2600:9::1'} end"`)
	stop = resolver.PowerDNS(t, plain(lua), at(ns4, 53), at(ns6, 53))
	expect("PowerDNS with LUA by family", "warning nameserver-answers-differ: the name servers of plain.test disagree about AAAA of mx.plain.test: "+
		"ns.plain.test (203.0.114.53) says that there is none and ns.plain.test (2600:9::53) says 2600:9::1")
	stop()
}

// TestServersAgainstTheirSurroundings holds what servers say against the parent zone, a file and this machine.
func TestServersAgainstTheirSurroundings(t *testing.T) {
	if !netns.Enter(t, ns4+"/32", ns6+"/128", "203.0.114.54/32") {
		return
	}
	world := at("127.0.0.1", 5391)
	parent := resolver.Zone{Origin: "test.", Text: "@\tNS ns\nns A 203.0.114.54\nplain NS ns.plain\nns.plain A " + ns4 + "\n"}
	resolver.Serve(t, []netip.AddrPort{world}, resolver.Root, parent, plain(plainHost))
	resolver.Serve(t, []netip.AddrPort{at("203.0.114.54", 53)}, parent)
	resolver.Serve(t, []netip.AddrPort{at(ns4, 53), at(ns6, 53)}, plain(plainHost))
	ask := []string{"check", "plain.test", "--resolver", resolver.Unbound(t, world, "").String(), "--qps", "0"}
	gap := "warning delegation-family-gap: the zone above plain.test refers to ns.plain.test without an AAAA record, which the zone itself has"
	if diff := cmp.Diff([]string{gap}, show(checkFindings(t, append(ask[1:], "--authoritative")...))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	dir := t.TempDir()
	put(t, dir, "same.zone", plain(plainHost).File())
	put(t, dir, "other.zone", plain(strings.ReplaceAll(plainHost, "2600:9::1", "2600:9::2")).File())
	served := func(file string) said {
		return runOn(t, dir, today, append(ask, "--select", "served-differs", "--format", "concise", "--served", file)...)
	}
	if got := served("same.zone"); got.code != 0 || got.out != "" {
		t.Errorf("the file that is served: %+v", got)
	}
	got := served("other.zone")
	if n := strings.Count(got.out, "AAAA of mx.plain.test: the file says 2600:9::2, name server ns.plain.test ("); n != 2 {
		t.Errorf("another file: %+v", got)
	}

	netns.Remove(t, ns6+"/128")
	if out, err := exec.Command("ip", "-6", "addr", "del", "::1/128", "dev", "lo").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got = runOn(t, dir, today, append(ask, "--authoritative")...)
	if strings.Count(got.out, "IPv6 not tested: no route (1 server).") != 1 || got.code != 0 {
		t.Errorf("without IPv6: %+v", got)
	}
	if got := runOn(t, dir, today, append(ask, "--authoritative", "--require-ipv6")...); got.code != 2 {
		t.Errorf("--require-ipv6: %+v", got)
	}
}
