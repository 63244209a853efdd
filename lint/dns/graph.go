// Package dns is zones as authoritative servers know them: an index over each, and the answers to questions.
package dns

import "mx46/zonefiles"

// Graph is all zones of one view. It does not change once it is built.
type Graph struct {
	zones    []*Zone
	byOrigin map[zonefiles.Name][]*Zone
	all      nodeFlags // of all zones' names together
	reverse  bool      // some zone holds names of addresses
	mostMX   int       // see MostMX
}

// NewGraph joins zones that one view serves. Zones without a known origin are left out of it.
func NewGraph(zones []*zonefiles.Zone) *Graph {
	g := &Graph{byOrigin: make(map[zonefiles.Name][]*Zone, len(zones))}
	for _, z := range zones {
		if z.OriginKnown {
			zone := newZone(g, z)
			g.zones = append(g.zones, zone)
			g.byOrigin[z.Origin] = append(g.byOrigin[z.Origin], zone)
			g.all |= zone.all
			g.mostMX = max(g.mostMX, zone.mostMX)
			g.reverse = g.reverse || z.Origin.IsAtOrBelow(reverse4) || z.Origin.IsAtOrBelow(reverse6)
		}
	}
	for _, z := range g.zones {
		for name := z.Origin; !name.IsRoot(); {
			name = name.Parent()
			for _, above := range g.byOrigin[name] {
				above.mayEnclose = true
			}
		}
	}
	return g
}

// Holds reports whether some zone has records of the type, or of another one that is as rare.
func (g *Graph) Holds(t zonefiles.Type) bool { return g.all&flagOf(t) != 0 }

// MostMX is a number that no name's MX records exceed.
func (g *Graph) MostMX() int { return g.mostMX }

// HoldsReverse reports whether some zone holds names of addresses, below in-addr.arpa or ip6.arpa.
func (g *Graph) HoldsReverse() bool { return g.reverse }

// Zones are the graph's zones, in the order given to NewGraph.
func (g *Graph) Zones() []*Zone { return g.zones }
