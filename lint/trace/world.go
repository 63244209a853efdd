package trace

// The zones of one view, as a simulated sender of mail sees them.

import (
	"cmp"
	"maps"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// World answers a simulation's look-ups from loaded zones, and remembers which record stands behind which answer. It is for one
// goroutine.
type World struct {
	graph   *dns.Graph
	zone    *dns.Zone // asks; nil: nobody in particular
	facts   *mail.Facts
	scope   delivery.Scope
	records []zonefiles.Record // the Source n is records[n-1]
	sources map[zonefiles.Record]delivery.Source
}

// NewWorld is the world for mail to a domain: the zones of the graph, what the operator knows, and whether private addresses will do.
func NewWorld(graph *dns.Graph, domain zonefiles.Name, facts *mail.Facts, scope delivery.Scope) *World {
	if facts == nil {
		facts = &mail.Facts{}
	}
	return &World{
		graph: graph, zone: ZoneOf(graph, domain), facts: facts, scope: scope, sources: make(map[zonefiles.Record]delivery.Source),
	}
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

// Spell is the one spelling of a name in a simulation: lower case, escaped as in a zone file, without the final dot.
func Spell(n zonefiles.Name) string { return n.Undotted() }

// Record is the record behind a source; it reports false for the zero Source.
func (w *World) Record(s delivery.Source) (zonefiles.Record, bool) {
	if s < 1 || int(s) > len(w.records) {
		return zonefiles.Record{}, false
	}
	return w.records[s-1], true
}

func (w *World) source(r zonefiles.Record) delivery.Source {
	s, known := w.sources[r]
	if !known {
		w.records = append(w.records, r)
		s = delivery.Source(len(w.records))
		w.sources[r] = s
	}
	return s
}

// Lookup is delivery.Resolver.
func (w *World) Lookup(name string, t delivery.Type) delivery.Answer {
	n, err := zonefiles.ParseName([]byte(name), zonefiles.Root)
	if err != nil {
		return delivery.Answer{Status: delivery.NXDomain}
	}
	return w.lookup(n, t)
}

func (w *World) lookup(name zonefiles.Name, t delivery.Type) delivery.Answer {
	types := [...]zonefiles.Type{delivery.MX: zonefiles.TypeMX, delivery.A: zonefiles.TypeA, delivery.AAAA: zonefiles.TypeAAAA}
	found := w.graph.Lookup(w.zone, name, types[t])
	switch {
	case found.Status == dns.Data:
		return w.data(found.Records, t)
	case found.Status == dns.Alias || found.Status == dns.Redirect:
		alias := found.Records.At(0)
		target, ok := dns.AliasTarget(name, &found)
		if !ok { // too long (RFC 6672 s.2.2): YXDOMAIN, which no sender can use
			return delivery.Answer{Status: delivery.ServFail}
		}
		record := delivery.Record{Target: Spell(target), Source: w.source(alias)}
		return delivery.Answer{Status: delivery.Alias, Records: []delivery.Record{record}}
	case found.Negative() && !found.Uncertain:
		status := delivery.NoData
		if found.Status == dns.NXDomain {
			status = delivery.NXDomain
		}
		return delivery.Answer{Status: status, Source: w.evidence(&found)}
	case found.Status == dns.OutOfZone && dns.IsAddressLiteral(name):
		return delivery.Answer{Status: delivery.NXDomain}
	}
	return delivery.Answer{Status: delivery.Unknown}
}

func (w *World) data(records dns.RRset, t delivery.Type) delivery.Answer {
	answer := delivery.Answer{Status: delivery.Data}
	for i := range records.Len() {
		record := records.At(i)
		r := delivery.Record{Source: w.source(record)}
		if t == delivery.MX {
			target, ok := record.Name(1)
			if !ok {
				continue
			}
			r.Preference, r.Target = uint16(record.Number(0)), Spell(target)
		} else if r.Addr = record.Addr(); !r.Addr.IsValid() {
			continue
		}
		answer.Records = append(answer.Records, r)
	}
	return answer
}

// evidence is the record that shows best why an answer is negative: another one at the name, or the zone's SOA, which the answer
// would carry (RFC 2308 s.3).
func (w *World) evidence(a *dns.Answer) delivery.Source {
	var shown dns.RRset
	if a.Status == dns.NoData {
		shown = a.Zone.Records(a.Node)
		for i := range shown.Len() {
			if t := shown.At(i).Type(); t == zonefiles.TypeA || t == zonefiles.TypeAAAA {
				return w.source(shown.At(i))
			}
		}
	}
	if shown.Len() == 0 {
		shown = a.Zone.RRset(a.Zone.Apex(), zonefiles.TypeSOA)
	}
	if shown.Len() == 0 {
		return 0
	}
	return w.source(shown.At(0))
}

// Simulation is mail in this world.
func (w *World) Simulation(algorithm delivery.Algorithm, outage delivery.Outage) *delivery.Simulation {
	s := &delivery.Simulation{Resolver: w, Scope: w.scope, NAT64: w.facts.NAT64, Algorithm: algorithm, Outage: outage}
	index := make(map[zonefiles.Name]int) // Hosts, by name
	add := func(name zonefiles.Name) int {
		at, known := index[name]
		if !known {
			at = len(s.Hosts)
			index[name] = at
			s.Hosts = append(s.Hosts, delivery.Host{Name: Spell(name)})
		}
		return at
	}
	names := slices.SortedFunc(maps.Keys(w.facts.Hosts), func(a, b zonefiles.Name) int { return cmp.Compare(a, b) })
	for _, name := range names { // names of one machine first
		facts := w.facts.Hosts[name]
		if !facts.HasSameHost || facts.SameHost == name {
			continue
		}
		at := add(facts.SameHost)
		if _, known := index[name]; !known {
			index[name] = at
			s.Hosts[at].OtherNames = append(s.Hosts[at].OtherNames, Spell(name))
		}
	}
	for _, name := range names {
		facts := w.facts.Hosts[name]
		h := &s.Hosts[add(name)]
		h.Known = h.Known || facts.HasFamilies
		if facts.HasOutbound {
			h.Outbound, h.HasOutbound = facts.Outbound, true
		}
	}
	for i := range s.Hosts {
		if h := &s.Hosts[i]; h.Known {
			w.state(s, h)
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(w.facts.Final), func(a, b zonefiles.Name) int { return cmp.Compare(a, b) }) {
		if w.facts.Final[name] {
			s.Hosts[add(name)].Final = true
		}
	}
	for _, l := range w.facts.Links {
		from, to := add(l.From), add(l.To)
		s.Links = append(s.Links, delivery.Link{From: from, To: to, Via: l.Via})
	}
	return s
}

// state gives a host the families that the operator states for those of its names that no zone knows. Where nothing of them is
// left to the operator, the simulation finds the families by itself.
func (w *World) state(s *delivery.Simulation, h *delivery.Host) {
	h.Known = false
	for _, name := range append([]string{h.Name}, h.OtherNames...) {
		addresses, unknown := s.Addresses(&delivery.Host{Name: name})
		for _, a := range addresses {
			if a.Usable {
				h.Families |= delivery.FamilyOf(a.Addr)
			}
		}
		if unknown == delivery.None {
			continue
		}
		n, _ := zonefiles.ParseName([]byte(name), zonefiles.Root)
		if facts := w.facts.Hosts[n]; facts.HasFamilies {
			h.Families |= facts.Families
			h.Known = true
		} else {
			h.Known = false
			return
		}
	}
}
