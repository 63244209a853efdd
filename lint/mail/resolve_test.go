package mail

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

func TestResolve(t *testing.T) {
	const zone = `
dual    A     192.0.2.1
        AAAA  2001:db8::1
four    A     192.0.2.4
private A     10.0.0.1
        AAAA  2001:db8::2
alias   CNAME dual
away    CNAME host.example.net.
loop    CNAME pool
pool    CNAME loop
*.wild  A     192.0.2.5
cut     NS    ns.example.net.
broken  AAAA  2001:db8::g
        A     192.0.2.6
text    TXT   x
old     DNAME dual
skew    30 A  192.0.2.7
skew    AAAA  2001:db8::7
flat    ALIAS dual
flat4   ANAME four
flatter ALIAS flat4
flatout ALIAS host.example.net.
flatno  ALIAS nothing
flatmix ALIAS four
        AAAA  2001:db8::g
flatend ALIAS flatend
`
	facts := &Facts{Hosts: map[zonefiles.Name]HostFacts{
		n("away"):                               {Families: delivery.IPv4, HasFamilies: true},
		n("four"):                               {Families: delivery.Dual, HasFamilies: true},
		n("broken"):                             {Families: delivery.Dual, HasFamilies: true},
		zonefiles.MustName("host.example.net."): {Families: delivery.IPv6, HasFamilies: true},
	}}
	for _, test := range []struct {
		name, host                string
		facts                     *Facts
		scope                     delivery.Scope
		published, usable, open   delivery.Families
		canonical                 string
		via                       dns.Status
		plain, loop, leadsNowhere bool
	}{
		{name: "both families", host: "dual", published: delivery.Dual, usable: delivery.Dual, plain: false},
		{name: "one family", host: "four", published: delivery.IPv4, usable: delivery.IPv4},
		{name: "the zone knows better than the operator", host: "four", facts: facts, published: delivery.IPv4, usable: delivery.IPv4},
		{name: "a private address", host: "private", published: delivery.Dual, usable: delivery.IPv6},
		{name: "a private address within the site", host: "private", scope: delivery.Internal, published: delivery.Dual, usable: delivery.Dual},
		{name: "an alias", host: "alias", canonical: "dual", via: dns.Alias, published: delivery.Dual, usable: delivery.Dual},
		{name: "an alias out of the zones", host: "away", canonical: "host.example.net.", via: dns.Alias, open: delivery.Dual},
		{
			name: "what is said of the alias", host: "away", facts: facts, canonical: "host.example.net.", via: dns.Alias,
			published: delivery.IPv4, usable: delivery.IPv4,
		},
		{
			name: "what is said of another's host", host: "host.example.net.", facts: facts,
			published: delivery.IPv6, usable: delivery.IPv6,
		},
		{name: "aliases without end", host: "loop", canonical: "*", via: dns.Alias, loop: true, leadsNowhere: true},
		{name: "a wildcard", host: "x.wild", published: delivery.IPv4, usable: delivery.IPv4},
		{name: "below a zone cut", host: "mx.cut", open: delivery.Dual},
		{name: "a record that cannot be read", host: "broken", published: delivery.IPv4, usable: delivery.IPv4, open: delivery.IPv6},
		{name: "and the operator's word about it", host: "broken", facts: facts, published: delivery.Dual, usable: delivery.Dual},
		{name: "no address", host: "text", leadsNowhere: true},
		{name: "no such name", host: "nothing", leadsNowhere: true},
		{name: "below a DNAME", host: "x.old", canonical: "x.dual", via: dns.Redirect, leadsNowhere: true},
		{name: "an address in place of a name", host: "192.0.2.1.", open: delivery.Dual, leadsNowhere: true},
		{name: "the sender itself", host: "localhost.", open: delivery.Dual, leadsNowhere: true},
		{name: "addresses of another name", host: "flat", published: delivery.Dual, usable: delivery.Dual},
		{name: "and its lack of them", host: "flat4", published: delivery.IPv4, usable: delivery.IPv4},
		{name: "addresses of a name that has another's", host: "flatter", published: delivery.IPv4, usable: delivery.IPv4},
		{name: "addresses of a name that no zone holds", host: "flatout", open: delivery.Dual},
		{name: "addresses of a name that does not exist", host: "flatno", leadsNowhere: true},
		{name: "another name's and what cannot be read", host: "flatmix", published: delivery.IPv4, usable: delivery.IPv4, open: delivery.IPv6},
		{name: "addresses of itself", host: "flatend", open: delivery.Dual},
		{name: "TTLs far apart", host: "skew", published: delivery.Dual, usable: delivery.Dual},
	} {
		t.Run(test.name, func(t *testing.T) {
			parse := func(text string) zonefiles.Name {
				name, err := zonefiles.ParseName([]byte(text), zonefiles.MustName("example.org."))
				if err != nil {
					t.Fatal(err)
				}
				return name
			}
			if test.facts == nil {
				test.facts = &Facts{}
			}
			r := NewReader(test.facts)
			r.Enter(graphOf(t, "example.org.", zone).Zones()[0], test.scope)
			name := parse(test.host)
			got := r.Resolve(name)
			if got.Published != test.published || got.Usable != test.usable || got.Open != test.open || got.IsKnown() != (test.open == delivery.None) {
				t.Errorf("published %v, usable %v, open %v", got.Published, got.Usable, got.Open)
			}
			if test.canonical == "" {
				test.canonical = test.host
			}
			if test.via == dns.OutOfZone {
				test.via = dns.Data
			}
			if test.canonical != "*" && got.Canonical != parse(test.canonical) || got.Via != test.via || got.Loop != test.loop {
				t.Errorf("canonical %v via %v, loop %v", got.Canonical, got.Via, got.Loop)
			}
			if got.LeadsNowhere(name) != test.leadsNowhere || got.Plain != test.plain {
				t.Errorf("leads nowhere %v, plain %v", got.LeadsNowhere(name), got.Plain)
			}
		})
	}
}

func TestDigestsAreThoseOfUsableAddressSets(t *testing.T) {
	const zone = "a A 192.0.2.1\n A 192.0.2.2\n A 10.0.0.1\nb A 192.0.2.2\n A 192.0.2.1\n A 192.0.2.1\n AAAA 2001:db8::1\nc A 192.0.2.1\n"
	r := NewReader(&Facts{})
	r.Enter(graphOf(t, "example.org.", zone).Zones()[0], delivery.Public)
	digests := func(name string) [2]uint64 { return r.Resolve(n(name)).Digests }
	a, b, c := digests("a"), digests("b"), digests("c")
	if a[0] != b[0] || a[0] == c[0] || a[1] != 0 || b[1] == 0 {
		t.Errorf("a %x, b %x, c %x", a, b, c)
	}
}

// Whatever was asked before, in whichever zone and for whichever scope, an answer is that of a resolver which remembers
// nothing.
func TestCachesChangeNothing(t *testing.T) {
	many := ""
	for i := range minShared {
		many += fmt.Sprintf("many A 192.0.2.%d\n*.pool A 10.0.0.%d\n", i, i)
	}
	graph := graphOf(t,
		"example.org.", many+"m1 CNAME many\nm2 CNAME many\nhost A 192.0.2.1\nhost AAAA fd00::1\nout CNAME host.example.net.\nl CNAME l\n",
		"example.net.", "host AAAA 2001:db8::1\nback CNAME many.example.org.\n",
		"example.net.", "host A 10.0.0.1\n", // nobody but the two know which is right
	)
	var names []zonefiles.Name
	for _, label := range []string{"many", "m1", "m2", "a.pool", "b.pool", "host", "out", "l", "gone"} {
		names = append(names, n(label))
	}
	names = append(names, zonefiles.MustName("host.example.net."), zonefiles.MustName("back.example.net."), zonefiles.MustName("x.test."))
	facts := &Facts{Hosts: map[zonefiles.Name]HostFacts{
		zonefiles.MustName("x.test."): {Families: delivery.IPv6, HasFamilies: true},
		n("out"):                      {SameHost: n("host"), HasSameHost: true},
	}}
	remembers := NewReader(facts)
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 20).Draw(t, "questions") {
			zone := graph.Zones()[rapid.IntRange(0, 2).Draw(t, "zone")]
			scope := delivery.Scope(rapid.IntRange(0, 1).Draw(t, "scope"))
			name := rapid.SampledFrom(names).Draw(t, "name")
			fresh := NewReader(facts)
			fresh.Enter(zone, scope)
			remembers.Enter(zone, scope)
			if got, want := remembers.Resolve(name), fresh.Resolve(name); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s from %s: %+v, want %+v", name, zone.Origin, got, want)
			}
			if got, want := remembers.Machine(name), fresh.Machine(name); got != want {
				t.Fatalf("%s from %s: machine %s, want %s", name, zone.Origin, got, want)
			}
		}
	})
}
