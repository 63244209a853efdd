package trace

import (
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// World is the zones of one view, and what the operator says, as a simulated sender of mail sees them. It is for one
// goroutine.
type World struct {
	reader *mail.Reader
	files  *zonefiles.FileSet
	facts  *mail.Facts
	scope  delivery.Scope
}

// NewWorld is the world for mail to a domain: the zones of the graph, what the operator knows, and whether private
// addresses will do.
func NewWorld(graph *dns.Graph, domain zonefiles.Name, facts *mail.Facts, scope delivery.Scope) *World {
	if facts == nil {
		facts = &mail.Facts{}
	}
	w := &World{reader: mail.NewReader(facts), facts: facts, scope: scope}
	if zone := ZoneOf(graph, domain); zone != nil {
		w.files = zone.Files()
		w.reader.Enter(zone, scope)
	}
	return w
}

// ZoneOf is the zone of the graph that a name belongs to, the first one where several files claim it, or nil.
func ZoneOf(graph *dns.Graph, name zonefiles.Name) *dns.Zone {
	var nearest *dns.Zone
	for _, z := range graph.Zones() {
		if name.IsAtOrBelow(z.Origin) && (nearest == nil || len(z.Origin) > len(nearest.Origin)) {
			nearest = z
		}
	}
	return nearest
}

// Simulation is mail to a domain in this world.
func (w *World) Simulation(
	domain zonefiles.Name, algorithm delivery.Algorithm, outage delivery.Outage,
) *delivery.Simulation {
	return &delivery.Simulation{
		Domain: w.reader.Find(domain), Scope: w.scope, NAT64: w.facts.NAT64, Algorithm: algorithm, Outage: outage,
	}
}
