package cli

import (
	"strings"

	"mx46/lint/delivery"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// pictures draws the relay maps of mail domains with MX records, for the markdown format.
func pictures(w *workspace.Workspace) func(view string, domain zonefiles.Name) string {
	worlds := w.Worlds()
	return func(view string, domain zonefiles.Name) string {
		world := worlds(view, domain)
		if world == nil {
			return ""
		}
		picture := relaymap.New(world.Simulation(delivery.RFC3974, delivery.Outage{}), trace.Spell(domain))
		var text strings.Builder
		if picture.IsEmpty() || picture.Write(&text, "mermaid") != nil {
			return ""
		}
		return text.String()
	}
}
