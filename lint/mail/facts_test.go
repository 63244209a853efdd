package mail

import (
	"testing"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestTheNearestFactCounts(t *testing.T) {
	name := zonefiles.MustName
	facts := Facts{
		Hosts: map[zonefiles.Name]HostFacts{name("mx.a.example."): {Families: delivery.IPv6, HasFamilies: true}},
		Below: map[zonefiles.Name]HostFacts{
			name("example."): {Families: delivery.IPv4, HasFamilies: true}, name("b.example."): {Families: delivery.Dual, HasFamilies: true},
		},
	}
	for host, want := range map[string]delivery.Families{
		"mx.a.example.": delivery.IPv6, "mx2.a.example.": delivery.IPv4, "mx.b.example.": delivery.Dual,
		"b.example.": delivery.IPv4, "example.": delivery.None, "mx.test.": delivery.None, ".": delivery.None,
	} {
		if got := facts.Of(name(host)); got.Families != want || got.HasFamilies != (want != delivery.None) {
			t.Errorf("%s: %+v, want %s", host, got, want)
		}
	}
}
