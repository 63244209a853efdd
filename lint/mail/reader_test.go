package mail

import (
	"fmt"
	"testing"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// graphOf joins zones in one graph, from the origin and the text of each. Their first records are $TTL and SOA.
func graphOf(t testing.TB, texts ...string) *dns.Graph {
	t.Helper()
	loader := zonefiles.NewLoader(nil)
	var zones []*zonefiles.Zone
	for i := 0; i < len(texts); i += 2 {
		origin := zonefiles.MustName(texts[i])
		file, err := loader.Files.Add(texts[i], []byte("$TTL 1h\n@ SOA ns h 1 2 3 4 5\n"+texts[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loader.Parse(file, &origin))
	}
	return dns.NewGraph(zones)
}

func TestADomainOfManyTargetsLeavesNothingToTheNext(t *testing.T) {
	many := "@ MX 0 example.net.\n"
	for i := range minIndexed {
		many += fmt.Sprintf("@ MX %d mx%d\nmx%d A 192.0.2.%d\n", i, i, i, i)
	}
	graph := graphOf(t, "example.org.", many, "example.net.", "@ A 192.0.2.99\n")
	r := NewReader(&Facts{})
	for i, hosts := range []int{minIndexed + 1, 1} {
		zone := graph.Zones()[i]
		r.Enter(zone, delivery.Public)
		d, ok := r.Read(zone.Apex())
		if !ok || len(d.Hosts()) != hosts {
			t.Errorf("%s: mail domain %v, %d hosts, want %d", zone.Origin, ok, len(d.Hosts()), hosts)
		}
	}
}
