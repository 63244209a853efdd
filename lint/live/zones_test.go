package live

import (
	"strings"
	"testing"

	"mx46/zonefiles"
)

// observe asks about domains, and gives the answers as text, zone by zone.
func observe(t *testing.T, c *Client, o Observe, domains string, resolvers ...*Resolver) (*Observation, string) {
	t.Helper()
	for name := range strings.FieldsSeq(domains) {
		o.Domains = append(o.Domains, zonefiles.MustName(name))
	}
	loader := zonefiles.NewLoader(nil)
	seen, err := c.Observe(t.Context(), loader, o, resolvers...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, z := range seen.Zones {
		b.WriteString("zone " + z.Origin.String() + "\n")
		for _, id := range z.Includes {
			for line := range strings.Lines(string(loader.Files.File(id).Data)) {
				line, _, _ = strings.Cut(strings.TrimPrefix(line, "; "), " ; ")
				line, _, _ = strings.Cut(line, ", from")
				b.WriteString("\t" + strings.TrimSpace(line) + "\n")
			}
		}
		if len(z.Problems) > 0 {
			t.Errorf("%s: %v", z.Origin, z.Problems)
		}
	}
	for _, err := range seen.Unanswered {
		_, said, _ := strings.Cut(err.Error(), "example.")
		b.WriteString("unanswered: " + said + "\n")
	}
	return seen, b.String()
}

func TestObservedZones(t *testing.T) {
	w := newWorld(t, providers+`
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN NS ns.example.org.
ns.example.org. 300 IN A 192.0.9.54
example.org. 300 IN MX 10 renamed.provider.example.
example.org. 300 IN MX 20 gone.example.org.
`)
	_, got := observe(t, quick(), Observe{}, "example.org.", w.serve(t))
	want := `zone .
	4.114.0.203.in-addr.arpa. PTR: no such name (NXDOMAIN)
zone provider.example.
	ns.provider.example. 300 IN A 192.0.9.53
	ns.provider.example. AAAA: no such data (NOERROR)
	provider.example. 300 IN NS ns.provider.example.
	provider.example. 300 IN NS ns.provider.example.net.
	v4.provider.example. 300 IN A 203.0.114.4
`
	for line := range strings.Lines(want) {
		if !strings.Contains(got, line) {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	for _, line := range []string{
		"zone example.org.\n", "\texample.org. 300 IN MX 10 renamed.provider.example.\n", "\tgone.example.org. A: no such name (NXDOMAIN)\n",
		"\texample.org. TXT: no such data (NOERROR)\n", "\trenamed.provider.example. 300 IN CNAME v4.provider.example.\n",
		"\tv4.provider.example. AAAA: no such data (NOERROR)\n",
	} {
		if strings.Count(got, line) != 1 {
			t.Errorf("%d times the line %s in\n%s", strings.Count(got, line), line, got)
		}
	}
}

func TestMadeUpAddressesAreNoAnswers(t *testing.T) {
	w := newWorld(t, providers+"example.org. 300 IN MX 10 v4.provider.example.\n")
	prefix := mustPrefix("64:ff9b::/96")
	w.synth = &prefix
	r := w.serve(t)
	if err := quick().Check(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, got := observe(t, quick(), Observe{Brief: true}, "example.org.", r); !strings.Contains(got, "v4.provider.example. AAAA: no such data") {
		t.Error(got)
	}
}

func TestDomainsThatAreNotThere(t *testing.T) {
	w := newWorld(t, providers)
	w.rcode["broken.example. MX"] = 2
	seen, got := observe(t, quick(), Observe{Brief: true}, "nobody.provider.example. v4.provider.example. broken.example.", w.serve(t))
	if s := seen.Seen[zonefiles.MustName("nobody.provider.example.")]; s == nil || len(s.Missing) != 1 {
		t.Errorf("%+v\n%s", seen.Seen, got)
	}
	if len(seen.Failed) != 1 || len(seen.Unanswered) != 1 {
		t.Errorf("failed %v, unanswered %v", seen.Failed, seen.Unanswered)
	}
	// A domain without MX records takes mail at its own addresses; nothing else does that was not asked for MX records.
	for _, z := range seen.Zones {
		want := z.Origin != zonefiles.MustName("v4.provider.example.") && z.Origin != zonefiles.MustName("nobody.provider.example.")
		if z.MayHold(z.Origin, zonefiles.TypeMX) != want {
			t.Errorf("%s may hold MX records: %v", z.Origin, !want)
		}
	}
}
