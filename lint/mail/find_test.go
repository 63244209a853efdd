package mail

import (
	"strings"
	"testing"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

func find(t *testing.T, name string, facts *Facts, zone string) *delivery.Domain {
	t.Helper()
	r := NewReader(facts)
	r.Enter(graphOf(t, "example.org.", zone).Zones()[0], delivery.Public)
	return r.Find(zonefiles.MustName(name))
}

func TestFindOrdersTargetsAndKeepsWhatLeadsNowhere(t *testing.T) {
	facts := sameHost("b", "c")
	d := find(t, "example.org.", facts, "@ MX 20 b\n@ MX 0 .\n@ MX 10 alias\n@ MX 5 gone\nalias CNAME a\na A 192.0.2.1\nb AAAA 2001:db8::2\nc A 192.0.2.3\n")
	var got []string
	for _, target := range d.Targets {
		got = append(got, d.Hosts[target.Host].Name.FirstLabel())
	}
	if text := strings.Join(got, " "); text != "gone alias b" {
		t.Errorf("targets %s", text)
	}
	for name, machine := range map[string]int{"gone": 0, "alias": 1, "a": 1, "b": 2, "c": 2} {
		if at, ok := d.Named[n(name)]; !ok || at != machine {
			t.Errorf("%s: machine %d %v, want %d", name, at, ok, machine)
		}
	}
	if len(d.Hosts) != 4 || d.Hosts[3].Name != n("c") || d.Hosts[3].Machine != 2 || len(d.Hosts[1].Chain) != 2 {
		t.Errorf("hosts %+v", d.Hosts)
	}
	if d.Machines[0].Preference != 5 || d.Machines[0].Published != delivery.None || d.Names[1][0] != n("alias") {
		t.Errorf("machines %+v, names %v", d.Machines, d.Names)
	}
}

func TestFindFollowsAliasesOfTheDomain(t *testing.T) {
	const zone = "@ A 192.0.2.1\nw CNAME v\nv CNAME u\nu MX 10 @\nl CNAME l\n*.wild MX 5 u\nx TXT x\n"
	for _, test := range []struct {
		name     string
		end      string
		aliases  int
		status   dns.Status
		targets  int
		implicit bool
		loop     bool
	}{
		{"w.example.org.", "u.example.org.", 2, dns.Data, 1, false, false},
		{"example.org.", "example.org.", 0, dns.NoData, 1, true, false},
		{"a.wild.example.org.", "a.wild.example.org.", 0, dns.Data, 1, false, false},
		{"x.example.org.", "x.example.org.", 0, dns.NoData, 1, true, false},
		{"nothing.example.org.", "nothing.example.org.", 0, dns.NXDomain, 0, false, false},
		{"example.net.", "example.net.", 0, dns.OutOfZone, 0, false, false},
		{"l.example.org.", "l.example.org.", dns.MaxAliases + 1, dns.Alias, 0, false, true},
	} {
		d := find(t, test.name, &Facts{}, zone)
		if d.Name != zonefiles.MustName(test.end) || len(d.Aliases) != test.aliases || d.MX.Status != test.status ||
			len(d.Targets) != test.targets || d.IsImplicit() != test.implicit || d.Loop != test.loop {
			t.Errorf("%s: %s, %d aliases, status %v, %d targets, implicit %v, loop %v", test.name, d.Name, len(d.Aliases), d.MX.Status,
				len(d.Targets), d.IsImplicit(), d.Loop)
		}
	}
	if d := NewReader(&Facts{}).Find(n("x")); len(d.Targets) != 0 || d.MX.Status != dns.OutOfZone {
		t.Errorf("without zones: %+v", d)
	}
}
