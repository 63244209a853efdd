package workspace

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// This file looks at one mail domain.

// World is what trace and map know of a mail domain, and the zone that holds it, in the view of that name or else the
// only one with the domain. Of several files that may be the zone, it is the first of Copies.Files.
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
		return nil, nil, w.unknownDomain(domain)
	case len(holding) > 1:
		return nil, nil, fmt.Errorf("%s is in several views; choose one with --view: %s", domain.Undotted(),
			strings.Join(names, ", "))
	}
	graph := dns.NewGraph(holding[0])
	zone := trace.ZoneOf(graph, domain)
	return w.worldIn(graph, zone, domain), zone.Zone, nil
}

// unknownDomain says which of the domains that were read may have been meant.
func (w *Workspace) unknownDomain(domain zonefiles.Name) error {
	meant := ""
	if near, ok := text.Nearest(domain.Undotted(), w.MailDomains()); ok {
		meant = "; did you mean " + near + "?"
	}
	return fmt.Errorf("no zone that was read holds %s%s", domain.Undotted(), meant)
}

// MailDomains are the names with MX records in the zones that were read, and the zones, sorted, without final dots.
func (w *Workspace) MailDomains() []string {
	names := map[string]bool{}
	for _, zones := range w.views {
		for _, z := range zones {
			if !z.OriginKnown {
				continue
			}
			names[z.Origin.Undotted()] = true
			for i := range z.Len() {
				if r := z.Record(i); r.Type() == zonefiles.TypeMX {
					names[r.OwnerName().Undotted()] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (w *Workspace) worldIn(graph *dns.Graph, zone *dns.Zone, domain zonefiles.Name) *trace.World {
	facts := w.Facts()
	return trace.NewWorld(graph, domain, &facts, w.Settings(zone.Path, zone.View, zone.Origin).For(domain).Scope)
}

// Worlds returns the world of a mail domain with MX records, by view; nil for any other name.
func (w *Workspace) Worlds() func(view string, domain zonefiles.Name) *trace.World {
	graphs := map[string]*dns.Graph{}
	return func(view string, domain zonefiles.Name) *trace.World {
		if len(graphs) == 0 {
			w.recall()
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

// Host is what is known of a host that a zone names, for senders of the zone's scope. The zone is one of Views.
func (w *Workspace) Host(z *zonefiles.Zone, name zonefiles.Name) mail.Resolved {
	var graph *dns.Graph
	for _, zones := range w.views {
		if zones[0].View == z.View {
			graph = dns.NewGraph(zones)
		}
	}
	facts := w.Facts()
	reader := mail.NewReader(&facts)
	for _, asking := range graph.Zones() {
		if asking.Zone == z {
			reader.Enter(asking, w.Settings(z.Path, z.View, z.Origin).Scope)
		}
	}
	return *reader.Resolve(name)
}
