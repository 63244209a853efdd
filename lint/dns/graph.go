// Package dns is zones as authoritative servers know them: an index over each, and the answers to questions.
package dns

import (
	"iter"

	"mx46/zonefiles"
)

// Graph is all zones of one view. It does not change once it is built.
type Graph struct {
	zones    []*Zone
	byOrigin map[zonefiles.Name][]*Zone
	guests   map[zonefiles.Name]*guest // of an open graph; see Open
	met      census                    // of those that entered
	all      nodeFlags                 // of all zones' names together
	reverse  bool                      // some zone holds names of addresses
	hidden   bool                      // some zone is a template, in which parts of names are hidden
	mostMX   int                       // see MostMX

	mx mxHosts
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
			g.hidden = g.hidden || z.IsTemplate
			g.reverse = g.reverse || isReverse(z.Origin)
		}
	}
	for _, z := range g.zones {
		for name := range above(z.Origin) {
			for _, encloser := range g.byOrigin[name] {
				encloser.mayEnclose = true
			}
		}
	}
	return g
}

// above are the names that a name is below.
func above(name zonefiles.Name) iter.Seq[zonefiles.Name] {
	return func(yield func(zonefiles.Name) bool) {
		for !name.IsRoot() {
			if name = name.Parent(); !yield(name) {
				return
			}
		}
	}
}

func isReverse(origin zonefiles.Name) bool {
	return origin.IsAtOrBelow(reverse4) || origin.IsAtOrBelow(reverse6)
}

// claims are the zones of an origin.
func (g *Graph) claims(origin zonefiles.Name) []*Zone {
	if guest := g.guests[origin]; guest != nil {
		return guest.ask(g)
	}
	return g.byOrigin[origin]
}

// isAlone reports whether no two files claim an origin.
func (g *Graph) isAlone(origin zonefiles.Name) bool {
	return g.guests != nil || len(g.byOrigin[origin]) == 1
}

// Holds reports whether some zone has records of the type, or of another one that is as rare.
func (g *Graph) Holds(t zonefiles.Type) bool { return g.all&flagOf(t) != 0 }

// MostMX is a number that no name's MX records exceed.
func (g *Graph) MostMX() int { return g.mostMX }

// HoldsReverse reports whether some zone holds names of addresses, below in-addr.arpa or ip6.arpa.
func (g *Graph) HoldsReverse() bool { return g.reverse }

// Zones are the graph's zones, in the order given to NewGraph.
func (g *Graph) Zones() []*Zone { return g.zones }
