package workspace

import (
	"fmt"
	"slices"
	"strings"

	"mx46/lint/dns"
	"mx46/lint/text"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// This file looks at one mail domain.

// World is what trace and map know of a mail domain, and the zone that holds it, in the view of that name or else the
// only one with the domain.
func (w *Workspace) World(domain zonefiles.Name, view string) (*trace.World, *zonefiles.Zone, error) {
	var holding [][]*zonefiles.Zone
	var names []string
	for _, zones := range w.views {
		holds := slices.ContainsFunc(zones, func(z *zonefiles.Zone) bool {
			return z.OriginKnown && domain.IsAtOrBelow(z.Origin)
		})
		if holds && (view == "" || zones[0].View == view) {
			holding = append(holding, zones)
			names = append(names, zonefiles.Quote(zones[0].View))
		}
	}
	switch {
	case len(holding) == 0 && view != "":
		return nil, nil, fmt.Errorf("no zone that was read in view %s holds %s", zonefiles.Quote(view), domain.Undotted())
	case len(holding) == 0:
		return nil, nil, fmt.Errorf("no zone that was read holds %s", domain.Undotted())
	case len(holding) > 1:
		return nil, nil, fmt.Errorf("%s is in several views; choose one with --view: %s", domain.Undotted(),
			strings.Join(names, ", "))
	}
	graph := dns.NewGraph(holding[0])
	zone := trace.ZoneOf(graph, domain)
	var files []string
	for _, z := range graph.Zones() {
		if z.Origin == zone.Origin {
			files = append(files, z.Path)
		}
	}
	if len(files) > 1 {
		return nil, nil, fmt.Errorf("%d files claim to be the zone %s: %s; name one of them", len(files),
			zone.Origin.Undotted(), text.Some(files, 5))
	}
	return w.worldIn(graph, zone, domain), zone.Zone, nil
}

func (w *Workspace) worldIn(graph *dns.Graph, zone *dns.Zone, domain zonefiles.Name) *trace.World {
	facts := w.Facts()
	return trace.NewWorld(graph, domain, &facts, w.Settings(zone.Path, zone.Origin).For(domain).Scope)
}

// Worlds returns the world of a mail domain with MX records, by view; nil for any other name.
func (w *Workspace) Worlds() func(view string, domain zonefiles.Name) *trace.World {
	graphs := map[string]*dns.Graph{}
	return func(view string, domain zonefiles.Name) *trace.World {
		if len(graphs) == 0 {
			for _, zones := range w.views {
				graphs[zones[0].View] = dns.NewGraph(zones)
			}
		}
		graph := graphs[view]
		if graph == nil {
			return nil // what is said of a name server's configuration
		}
		zone := trace.ZoneOf(graph, domain)
		if zone == nil || graph.Lookup(zone, domain, zonefiles.TypeMX).Status != dns.Data {
			return nil
		}
		return w.worldIn(graph, zone, domain)
	}
}
