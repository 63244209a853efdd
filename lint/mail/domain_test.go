package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// read is the mail domain of the apex of example.org.
func read(t testing.TB, facts *Facts, zones ...string) (*Domain, bool) {
	t.Helper()
	zone := graphOf(t, append([]string{"example.org."}, zones...)...).Zones()[0]
	r := NewReader(facts)
	r.Enter(zone, delivery.Public)
	return r.Read(zone.Apex())
}

func TestTraits(t *testing.T) {
	const dual = "mx A 192.0.32.1\nmx AAAA 2620:0:2d0::1\n"
	for _, test := range []struct {
		name, zone string
		want       Trait
	}{
		{"nothing to say", "@ MX 10 mx\n" + dual, 0},
		{"two hosts", "@ MX 10 mx\n@ MX 20 b\nb A 192.0.32.2\nb AAAA 2620:0:2d0::2\n" + dual, 0},
		{"a host of one family", "@ MX 10 mx\nmx A 192.0.32.1\n", OddFamily | OddTarget},
		{"TTLs that differ", "@ 10 MX 10 mx\n@ 20 MX 20 b\nb A 192.0.32.2\nb AAAA 2620:0:2d0::2\n" + dual, OddTarget},
		{"an alias", "@ MX 10 alias\nalias CNAME mx\n" + dual, OddTarget},
		{"a target twice", "@ MX 10 mx\n@ MX 20 mx\n" + dual, OddTarget},
		{"a target that leads nowhere", "@ MX 10 mx\n@ MX 20 gone\n" + dual, DeadTarget | OddTarget},
		{"a null MX", "@ MX 0 .\n", NullMX | OddTarget},
		{"a private address", "@ MX 10 mx\nmx A 10.0.0.1\nmx AAAA 2620:0:2d0::1\n", OddAddress | OddTarget},
		{"one address of two hosts", "@ MX 10 mx\n@ MX 20 b\nb A 192.0.32.1\nb AAAA 2620:0:2d0::2\n" + dual, SameAddress},
		{"an SPF record that asks for the domain's own hosts alone", "@ MX 10 mx\n@ TXT \"v=spf1 mx -all\"\n" + dual, 0},
		{"an SPF record that leads on", "@ MX 10 mx\n@ TXT \"v=spf1 include:x.test -all\"\n" + dual, OddSPF},
		{"an SPF record of the MX host", "@ MX 10 mx\nmx TXT \"v=spf1 -all\"\n" + dual, OddSPF},
		{"other text", "@ MX 10 mx\n@ TXT \"v=DKIM1\"\n" + dual, 0},
		{"no name of a host", "@ MX 10 m_x\nm_x A 192.0.32.1\nm_x AAAA 2620:0:2d0::1\n", OddTarget},
	} {
		d, ok := read(t, &Facts{}, test.zone)
		if test.want != 0 {
			test.want |= OddSPF
		}
		if !strings.Contains(test.zone, "@ TXT \"v=spf1") {
			test.want |= NoSPF
		}
		if !ok || d.Traits != test.want {
			t.Errorf("%s: %v, traits %06b, want %06b", test.name, ok, d.Traits, test.want)
		}
		if d.HasNullMX() != (test.want&NullMX != 0) || d.AcceptsMail() != (test.want&NullMX == 0) {
			t.Errorf("%s: null MX %v, accepts mail %v", test.name, d.HasNullMX(), d.AcceptsMail())
		}
	}
}

func TestLacksTLSA(t *testing.T) {
	const healthy = "@ MX 10 mx\nmx A 192.0.32.1\nmx AAAA 2620:0:2d0::1\n"
	for _, test := range []struct {
		name, records, other string
		want                 bool
	}{
		{"none", "", "", true},
		{"other services", "_imaps._tcp SRV 0 1 993 mx\n_25._udp.mx TXT x\n_465._tcp.mx TLSA 3 0 0 00\n", "", true},
		{"the host's", "_25._tcp.mx TLSA 3 0 0 00\n", "", false},
		{"the domain's", "_25._tcp TLSA 3 0 0 00\n", "", false},
		{"an alias", "_25._tcp.mx CNAME tlsa.example.net.\n", "", false},
		{"a wildcard below the host", "*.mx TLSA 3 0 0 00\n", "", false},
		{"a wildcard that other services hide", "*.mx TLSA 3 0 0 00\n_465._tcp.mx TLSA 3 0 0 00\n", "", true},
		{"a wildcard beside other services", "*._tcp.mx TLSA 3 0 0 00\n_465._tcp.mx TLSA 3 0 0 00\n", "", false},
		{"a DNAME", "mx DNAME example.net.\n", "", false},
		{"a zone of its own", "_tcp.mx NS ns.example.net.\n", "_25 TLSA 3 0 0 00\n", false},
		{"a domain that is not healthy", "@ MX 20 gone\n", "", false},
	} {
		zones := []string{healthy + test.records}
		if test.other != "" {
			zones = append(zones, "_tcp.mx.example.org.", test.other)
		}
		d, ok := read(t, &Facts{}, zones...)
		if !ok || d.LacksTLSA() != test.want {
			t.Errorf("%s: %v, %v; want %v", test.name, ok, !test.want, test.want)
		}
	}
}

// Where isHealthy takes a domain for one without traits, a closer look finds none.
func TestHealthyDomainsHaveNoTraits(t *testing.T) {
	somebody := &Facts{Hosts: map[zonefiles.Name]HostFacts{zonefiles.MustName("x.test."): {}}} // keeps isHealthy from looking
	rapid.Check(t, func(rt *rapid.T) {
		zone := ""
		for i := range rapid.IntRange(1, 4).Draw(rt, "hosts") {
			zone += fmt.Sprintf("@ %d MX %d mx%d\n", rapid.IntRange(1, 2).Draw(rt, "TTL"), i, rapid.IntRange(0, i).Draw(rt, "target"))
			for _, record := range []string{"A 192.0.32.%d", "A 10.0.0.%d", "AAAA 2620:0:2d0::%d", "AAAA 2620:0:2d0::%d", "A 192.0.32.%d"} {
				if rapid.IntRange(0, 2).Draw(rt, "has") > 0 {
					zone += fmt.Sprintf("mx%d "+record+"\n", i, rapid.IntRange(1, 9).Draw(rt, "address"))
				}
			}
		}
		quick, _ := read(t, &Facts{}, zone)
		close, _ := read(t, somebody, zone)
		if quick.Traits != close.Traits || quick.Addresses != close.Addresses {
			rt.Fatalf("traits %06b addresses %d, want %06b %d\n%s", quick.Traits, quick.Addresses, close.Traits, close.Addresses, zone)
		}
	})
}

func TestPlacesOfHostsAndMachines(t *testing.T) {
	d, _ := read(t, &Facts{}, "@ MX 30 a\n@ MX 20 gone\n@ MX 10 alias\n@ MX 10 alias\nalias CNAME a\na A 192.0.2.1\nb A 192.0.2.2\n@ MX 40 b\n")
	if len(d.Targets()) != 5 || len(d.Hosts()) != 3 || len(d.Machines()) != 2 {
		t.Fatalf("%d targets, %d hosts, %d machines", len(d.Targets()), len(d.Hosts()), len(d.Machines()))
	}
	if !slices.Equal(d.HostsOf(0), []int{0, 1}) || !slices.Equal(d.HostsOf(1), []int{2}) {
		t.Errorf("hosts %v, %v", d.HostsOf(0), d.HostsOf(1))
	}
	if got := d.FirstTarget(0); got != &d.Targets()[2] || d.Machines()[0].Preference != 10 {
		t.Errorf("the first target of a is %+v", got)
	}
	if d.TargetOf(1) != &d.Targets()[2] || d.TargetOf(2) != &d.Targets()[4] {
		t.Errorf("targets %+v, %+v", d.TargetOf(1), d.TargetOf(2))
	}
	relay := d.Relay()
	if relay.Stranded(1) != delivery.No || relay != d.Relay() {
		t.Error("the relay graph is not kept")
	}
}

func TestUncertainMachines(t *testing.T) {
	d, _ := read(t, &Facts{}, "@ MX 10 a\n@ MX 20 b\na A 192.0.2.300\nb A 192.0.2.2\n")
	if !d.IsUncertain(0) || d.IsUncertain(1) {
		t.Errorf("a %v, b %v", d.IsUncertain(0), d.IsUncertain(1))
	}
}
