package cli

import (
	"strings"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// pictures draws the relay maps of mail domains, for the markdown format. What has no MX records has no picture.
func (w *workspace) pictures() func(view string, domain zonefiles.Name) string {
	graphs := map[string]*dns.Graph{}
	facts := w.facts()
	return func(view string, domain zonefiles.Name) string {
		if len(graphs) == 0 {
			for _, zones := range w.views[len(w.confs):] {
				graphs[zones[0].View] = dns.NewGraph(zones)
			}
		}
		graph := graphs[view]
		if graph == nil {
			return "" // what is said of a name server's configuration
		}
		zone := trace.ZoneOf(graph, domain)
		if zone == nil || graph.Lookup(zone, domain, zonefiles.TypeMX).Status != dns.Data {
			return ""
		}
		world := trace.NewWorld(graph, domain, &facts, w.settings(zone.Zone).For(domain).Scope)
		picture := relaymap.New(world.Simulation(delivery.RFC3974, delivery.Outage{}), trace.Spell(domain))
		var text strings.Builder
		if len(picture.Hosts) == 0 || picture.Mermaid(&text) != nil {
			return ""
		}
		return text.String()
	}
}
