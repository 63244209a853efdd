package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func n(name string) zonefiles.Name { return zonefiles.MustName(name + ".example.org.") }

// sameHost says that names are one machine's, each with the next.
func sameHost(names ...string) *Facts {
	f := &Facts{Hosts: map[zonefiles.Name]HostFacts{}}
	for i := 1; i < len(names); i++ {
		f.Hosts[n(names[i-1])] = HostFacts{SameHost: n(names[i]), HasSameHost: true}
	}
	return f
}

func TestNamesOfOneMachine(t *testing.T) {
	const zone = `
alias CNAME host
again CNAME alias
host  A 192.0.2.1
other A 192.0.2.2
third A 192.0.2.3
loop  CNAME pool
pool  CNAME loop
`
	outbound := func(name string) *Facts {
		return &Facts{Hosts: map[zonefiles.Name]HostFacts{n(name): {Outbound: delivery.IPv4, HasOutbound: true}}}
	}
	for _, test := range []struct {
		name  string
		facts *Facts
		same  []string // each with the first
		apart []string // from the first
	}{
		{"nothing is said", &Facts{}, []string{"host", "alias", "again"}, []string{"other", "third"}},
		{"same-host", sameHost("host", "other"), []string{"host", "other", "alias"}, []string{"third"}},
		{"a chain of them", sameHost("host", "other", "third"), []string{"host", "third", "other", "again"}, nil},
		{"a circle of them", sameHost("host", "other", "host"), []string{"host", "other"}, []string{"third"}},
		{"same-host of an alias", sameHost("again", "other"), []string{"host", "other", "alias"}, []string{"third"}},
		{"same-host that names an alias", sameHost("other", "alias"), []string{"other", "host", "again"}, []string{"third"}},
		{"same-host by way of a name that nothing else has", sameHost("other", "ghost", "host"), []string{"other", "host"}, []string{"third"}},
		{"same-host with itself", sameHost("host", "host"), []string{"host", "alias"}, []string{"other"}},
		{"aliases that never end", sameHost("loop", "other"), []string{"loop", "other"}, []string{"pool", "host"}},
		{"another fact about an alias", outbound("alias"), []string{"host", "alias", "again"}, []string{"other"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(test.facts)
			r.Enter(graphOf(t, "example.org.", zone).Zones()[0], delivery.Public)
			for _, name := range test.same {
				if r.Machine(n(name)) != r.Machine(n(test.same[0])) {
					t.Errorf("%s is not %s", name, test.same[0])
				}
			}
			for _, name := range test.apart {
				if r.Machine(n(name)) == r.Machine(n(test.same[0])) {
					t.Errorf("%s is %s", name, test.same[0])
				}
			}
		})
	}
}

func TestFactsAboutAnyNameAreFactsAboutTheMachine(t *testing.T) {
	const zone = "@ MX 10 a\n@ MX 20 alias\nalias CNAME b\nb A 192.0.2.2\na AAAA 2001:db8::1\nc AAAA 2001:db8::3\n"
	facts := sameHost("b", "c")
	facts.Hosts[n("alias")] = HostFacts{Outbound: delivery.IPv6, HasOutbound: true}
	facts.Final = map[zonefiles.Name]zonefiles.Span{n("c"): {}, n("nobody"): {}}
	facts.Links = []Link{{From: n("c"), To: n("a"), Via: "uucp"}, {From: n("b"), To: n("alias")}, {From: n("a"), To: n("nobody")}}
	r := NewReader(facts)
	graph := graphOf(t, "example.org.", zone)
	r.Enter(graph.Zones()[0], delivery.Public)
	d, ok := r.Read(graph.Zones()[0].Apex())
	if !ok || len(d.Machines()) != 2 {
		t.Fatalf("%v, machines %+v", ok, d.Machines())
	}
	want := delivery.Machine{
		Preference: 20, Published: delivery.IPv4, Usable: delivery.IPv4, Outbound: delivery.IPv6, HasOutbound: true, Final: true,
	}
	if got := d.Machines()[1]; got != want {
		t.Errorf("machine %+v, want %+v", got, want)
	}
	if !d.Machines()[0].Linked || !slices.Equal(d.links, []delivery.Link{{From: 1, To: 0, Via: "uucp"}}) {
		t.Errorf("links %+v, to %+v", d.links, d.Machines()[0])
	}
	// c is in no MX record, but the machine sends from it.
	if o := d.Offers()[len(d.Offers())-1]; o.Machine != 1 || o.Preference != delivery.Unlisted || !o.Usable.Has(delivery.IPv6) {
		t.Errorf("the last offer is %+v", o)
	}
}

func TestManyNamesOfOneMachineAreFewOffers(t *testing.T) {
	const many = 10 * maxJoinedOpen
	for _, test := range []struct {
		name, address string
		most          int               // offers, that of the MX record included
		open          delivery.Families // all together
	}{
		{"known", " A 192.0.2.1\n", 2, delivery.None},
		{"unknown", " CNAME mx.example.net.\n", 2, delivery.Dual},
		{"unknown, each for itself", " CNAME %.example.net.\n", 1 + maxJoinedOpen, delivery.Dual},
	} {
		t.Run(test.name, func(t *testing.T) {
			zone, names := "@ MX 10 m0\n", []string(nil)
			for i := range many {
				name := fmt.Sprintf("m%d", i)
				names = append(names, name)
				zone += name + strings.ReplaceAll(test.address, "%", name)
			}
			r := NewReader(sameHost(names...))
			graph := graphOf(t, "example.org.", zone)
			r.Enter(graph.Zones()[0], delivery.Public)
			d, ok := r.Read(graph.Zones()[0].Apex())
			if !ok || len(d.Offers()) < 2 || len(d.Offers()) > test.most {
				t.Fatalf("%v, %d offers, want at most %d", ok, len(d.Offers()), test.most)
			}
			open := delivery.None
			for _, o := range d.Offers() {
				open |= o.Open
			}
			if open != test.open {
				t.Errorf("%s is unknown, want %s", open, test.open)
			}
		})
	}
}

func TestAMachineOfManyNamesIsFoundAmongMany(t *testing.T) {
	zone := ""
	for i := range 4 * minIndexed {
		name := string(rune('a'+i%26)) + string(rune('a'+i/26))
		zone += "@ MX 10 " + name + "\n" + name + " CNAME host\n"
	}
	graph := graphOf(t, "example.org.", zone+"host A 192.0.2.1\n")
	r := NewReader(&Facts{})
	r.Enter(graph.Zones()[0], delivery.Public)
	if d, ok := r.Read(graph.Zones()[0].Apex()); !ok || len(d.Hosts()) != 4*minIndexed || len(d.Machines()) != 1 {
		t.Errorf("%v, %d hosts, %d machines", ok, len(d.Hosts()), len(d.Machines()))
	}
}
