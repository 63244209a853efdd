package cli_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/e2e"
	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// signing signs a zone in some way. It gives the signed zone, and the line of unbound's configuration that trusts its
// key.
func signing(t *testing.T, zone resolver.Zone, how ...string) (signed resolver.Zone, anchor string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	origin := strings.TrimSuffix(zone.Origin, ".")
	must(t, os.WriteFile("zone", []byte(zone.File()), 0o644))
	key := strings.TrimSpace(command(t, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", origin))
	command(t, "dnssec-signzone", slices.Concat([]string{"-q", "-S", "-z", "-P", "-O", "full", "-o", origin}, how, []string{"zone"})...)
	for line := range strings.Lines(readFile(t, key+".key")) {
		if !strings.HasPrefix(line, ";") {
			anchor = strings.TrimSpace(line)
		}
	}
	return resolver.Zone{Origin: zone.Origin, Text: readFile(t, filepath.Join(dir, "zone.signed"))}, anchor
}

// TestBogusZonesOfRealServers signs a zone well and in ways that resolvers do not accept, and wants of check that it
// accuses the zone where somebody else agrees with the resolver, and never the healthy one.
func TestBogusZonesOfRealServers(t *testing.T) {
	if !netns.Enter(t, ns4+"/32", ns6+"/128") {
		return
	}
	e2e.Require(t, "dnssec-keygen", "dnssec-signzone")
	const said = "error dnssec-bogus: resolvers that validate DNSSEC say SERVFAIL to MX of plain.test, and give an answer unchecked: "
	old := []string{"-s", "20200101000000", "-e", "20200201000000"}
	for _, c := range []struct {
		name   string
		how    []string
		change [2]string // in the signed zone: a regular expression, and what stands there then
		want   string    // the start of what is said of it, before the words of unbound
	}{
		{"healthy", nil, [2]string{}, ""},
		{"healthy, NSEC3", []string{"-3", "-"}, [2]string{}, ""},
		{"signatures that have expired", old, [2]string{}, said},
		{"a record that was changed", nil, [2]string{`\sMX\s+10 `, " MX 20 "}, said},
		{"signatures that are gone", nil, [2]string{`(?m)^.*\sRRSIG\s+MX\s.*$`, ""}, said},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, anchor := signing(t, plain(plainHost), c.how...)
			if changed := zone.Text; c.change[0] != "" {
				if zone.Text = regexp.MustCompile(c.change[0]).ReplaceAllString(changed, c.change[1]); zone.Text == changed {
					t.Fatalf("there is no %q in\n%s", c.change[0], changed)
				}
			}
			world, _ := resolver.World(t, resolver.Root, zone)
			defer resolver.Serve(t, []netip.AddrPort{at(ns4, 53), at(ns6, 53)}, zone)()
			validate := "\tmodule-config: \"validator iterator\"\n\tede: yes\n\ttrust-anchor: \"" + strings.ReplaceAll(anchor, `"`, "") + "\"\n"
			one, two := resolver.Unbound(t, world, validate).String(), resolver.Unbound(t, world, validate).String()
			honest := resolver.Unbound(t, world, "").String()
			for _, ask := range []struct {
				name    string
				args    []string
				accused bool
			}{
				{"one resolver", []string{"--resolver", one}, false},
				{"one of two resolvers", []string{"--resolver", one, "--resolver", honest}, false},
				{"two resolvers", []string{"--resolver", one, "--resolver", two}, true},
				{"a resolver and the servers", []string{"--resolver", one, "--authoritative"}, true},
			} {
				var want []string
				if ask.accused && c.want != "" {
					want = []string{c.want}
				}
				got := show(checkFindings(t, append(ask.args, "plain.test")...))
				for i, line := range got {
					t.Log(line)
					if reason, ok := strings.CutPrefix(line, c.want); ok && c.want != "" && reason != "" {
						got[i] = c.want
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: -want +got:\n%s", ask.name, diff)
				}
			}
		})
	}
}
