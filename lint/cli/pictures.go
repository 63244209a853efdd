package cli

import (
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// pictures draws the relay maps of mail domains, for the markdown format. What has no MX records has no picture.
func (w *workspace) pictures() func(domain string) string {
	var graphs []*lint.Graph
	facts := w.facts()
	return func(domain string) string {
		name, err := trace.ParseName(domain)
		if err != nil {
			return ""
		}
		if graphs == nil {
			for _, zones := range w.views {
				graphs = append(graphs, lint.NewGraph(zones))
			}
		}
		for _, graph := range graphs {
			zone := trace.ZoneOf(graph, name)
			if zone == nil || graph.Lookup(zone, name, zonefiles.TypeMX).Status != lint.Data {
				continue
			}
			world := trace.NewWorld(graph, name, &facts, w.settings(zone.Zone).For(name).Scope)
			picture := relaymap.New(world.Simulation(delivery.RFC3974, delivery.Outage{}), trace.Spell(name))
			var text strings.Builder
			if len(picture.Hosts) > 0 && picture.Mermaid(&text) == nil {
				return text.String()
			}
		}
		return ""
	}
}
