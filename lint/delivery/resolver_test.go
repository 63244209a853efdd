package delivery_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "mx46/lint/delivery"
	"mx46/zonefiles"
)

func faulty(name string, f AAAAFault) Outage {
	return Outage{AAAA: []FaultyAAAA{{Name: n(name), Fault: f}}}
}

// What the laboratory saw of BIND 9.18, unbound 1.17 and PowerDNS Recursor 4.8: a host with an A record alone, whose
// name server answers wrongly for AAAA.
func TestResolversDifferInWhatTheyMakeOfFaults(t *testing.T) {
	const fine, noAddress, later, stuck = "delivered 2.0.0 mx", "refused 5.4.4", "delayed 4.4.3", "stuck 4.4.3"
	tests := []struct {
		fault AAAAFault
		from  Sender
		want  [3]string // behind BIND, unbound, PowerDNS
	}{
		{AAAAFine, sender64, [3]string{fine, fine, fine}},
		{AAAADrop, sender64, [3]string{later, fine, fine}},
		{AAAADrop, sender6, [3]string{stuck, stuck, stuck}},
		{AAAANXDomain, sender6, [3]string{noAddress, noAddress, noAddress}},
		{AAAALame, sender6, [3]string{noAddress, noAddress, stuck}},
		{AAAADrop, sender46, [3]string{fine, fine, fine}},
		{AAAANXDomain, sender64, [3]string{noAddress, fine, noAddress}},
		{AAAANXDomain, sender46, [3]string{noAddress, fine, noAddress}},
		{AAAANXDomain, sender4, [3]string{noAddress, fine, noAddress}},
		{AAAAServFail, sender64, [3]string{later, fine, fine}},
		{AAAANotImp, sender64, [3]string{later, fine, fine}},
		{AAAAFormErr, sender64, [3]string{later, fine, fine}},
		{AAAARefused, sender64, [3]string{later, fine, fine}},
		{AAAARefused, sender46, [3]string{fine, fine, fine}},
		{AAAAShort, sender64, [3]string{later, later, fine}},
		{AAAAShort, sender46, [3]string{fine, fine, fine}},
		{AAAALame, sender64, [3]string{fine, fine, fine}},
		{AAAALame, sender46, [3]string{fine, fine, fine}},
	}
	for _, test := range tests {
		for i, r := range []Resolver{BIND, Unbound, PowerDNS} {
			s := setting{resolver: r, outage: faulty("mx", test.fault)}.simulate(t, "d MX 1 mx\nmx A 192.0.2.1")
			outcomes := s.Outcomes(test.from)
			if diff := cmp.Diff([]string{test.want[i]}, say(outcomes)); diff != "" {
				t.Errorf("fault %d, %v behind %v (-want +got)\n%s", test.fault, test.from, r, diff)
			}
			runsAgree(t, s, test.from, outcomes, 2)
		}
	}
}

func TestTheWorstResolverCounts(t *testing.T) {
	checkOutcomes(t, []outcomesTest{
		{
			"some DNS64 takes IPv4-mapped AAAA records as they are", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA ::ffff:192.0.2.1", sender64,
			setting{},
			[]string{"stuck 4.4.1"},
		},
		{
			"BIND's leaves them aside", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA ::ffff:192.0.2.1", sender64,
			setting{resolver: BIND},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"some DNS64 passes an error at AAAA on", "d MX 1 mx\nmx A 192.0.2.1", sender64,
			setting{outage: servFail("mx", zonefiles.TypeAAAA)},
			[]string{"delayed 4.4.3"},
		},
		{
			"unbound's makes up for it", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA fd00::1", sender64,
			setting{resolver: Unbound, outage: servFail("mx", zonefiles.TypeAAAA)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a fault at the end of an alias counts", "d MX 1 a\na CNAME mx\nmx A 192.0.2.1", sender46,
			setting{resolver: BIND, outage: faulty("mx", AAAANXDomain)},
			[]string{"refused 5.4.4"},
		},
		{
			"another host makes up for it", "d MX 1 mx1\nmx1 A 192.0.2.9\nd MX 2 mx" + good, sender46,
			setting{resolver: BIND, outage: faulty("mx1", AAAANXDomain)},
			[]string{"delayed 4.4.4 mx relayed"},
		},
		{
			"a domain whose AAAA is NXDOMAIN has no MX records either", "d MX 1 mx" + good, sender4,
			setting{resolver: PowerDNS, outage: faulty("d", AAAANXDomain)},
			[]string{"refused 5.1.2"},
		},
	})
}

func TestBehindSaysWhatDependsOnTheResolver(t *testing.T) {
	s := setting{outage: faulty("mx", AAAANXDomain)}.simulate(t, "d MX 1 mx\nmx A 192.0.2.1")
	var got []string
	for _, b := range s.ByResolver(sender46) {
		got = append(got, b.Resolver.String()+": "+say(b.Outcomes)[0])
	}
	want := []string{"BIND: refused 5.4.4", "PowerDNS Recursor: refused 5.4.4", "unbound: delivered 2.0.0 mx"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if all := s.ByResolver(sender6); len(all) != 1 || all[0].Resolver != AnyResolver {
		t.Errorf("%v: an IPv6-only sender has no way at all", all)
	}
	for _, f := range first(s.Faults([]Sender{sender46}, 1)) {
		if f.Family == IPv6 && say(f.Outcomes)[0] != "refused 5.4.4" {
			t.Errorf("with IPv6 down: %v", say(f.Outcomes))
		}
	}
}

func first[A, B any](a A, _ B) A { return a }
