package mail

import (
	"testing"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestReach(t *testing.T) {
	const both, four, six = "A 192.0.32.53\n  AAAA 2620:0:2d0::53\n", "A 192.0.32.53\n", "AAAA 2620:0:2d0::53\n"
	for _, test := range []struct {
		name  string
		zones []string
		want  delivery.Families
	}{
		{"none is named", []string{"example.org.", "mx " + both}, delivery.Dual},
		{"one is not known", []string{"example.org.", "@ NS ns.example.net.\n"}, delivery.Dual},
		{"one without an address", []string{"example.org.", "@ NS ns\n"}, delivery.None},
		{"one of each family", []string{"example.org.", "@ NS a\n@ NS b\na " + four + "b " + six}, delivery.Dual},
		{"an address that nobody can use", []string{"example.org.", "@ NS a\na A 192.0.32.1\n  AAAA fe80::1\n"}, delivery.IPv4},
		{
			"a name in a zone of one family",
			[]string{"example.org.", "@ NS ns.example.net.\n", "example.net.", "@ NS four\nfour " + four + "ns " + both},
			delivery.IPv4,
		},
		{
			"a name in a zone whose name server is in another of one family",
			[]string{
				"example.org.", "@ NS ns.example.net.\n", "example.net.", "@ NS ns.example.com.\nns " + both,
				"example.com.", "@ NS six\nsix " + six + "ns " + both,
			},
			delivery.IPv6,
		},
		{
			"zones that need one another",
			[]string{"example.org.", "@ NS ns.example.net.\nns " + both, "example.net.", "@ NS ns.example.org.\nns " + both},
			delivery.Dual,
		},
		{
			"zones that need one another, one with one family",
			[]string{"example.org.", "@ NS ns.example.net.\nns " + both, "example.net.", "@ NS ns.example.org.\nns " + six},
			delivery.IPv6,
		},
		{
			"two files of one zone",
			[]string{"example.org.", "@ NS ns.example.net.\n", "example.net.", "@ NS a\nns " + both + "a " + four, "example.net.", "@ NS a\nns " + both + "a " + six},
			delivery.Dual,
		},
	} {
		graph := graphOf(t, test.zones...)
		for first := range graph.Zones() { // whatever was asked before
			r := NewReader(&Facts{})
			r.Enter(graph.Zones()[0], delivery.Public)
			r.Reach(graph.Zones()[first])
			if got := r.Reach(graph.Zones()[0]); got != test.want {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
			}
			if got := r.LooksUp(zonefiles.MustName("x.example.org."), zonefiles.TypeA, delivery.IPv6); got != test.want.Has(delivery.IPv6) {
				t.Errorf("%s: looks up over IPv6: %v", test.name, got)
			}
		}
	}
}
