package mail

import (
	"cmp"
	"maps"
	"slices"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file joins names to machines: the one place that does.

// machines says which names are one machine's: an alias and its canonical name, and names of which the operator says
// so, from one to the next. One name stands for all that a machine has. Where neither the operator's facts nor an alias
// say anything of a name, it stands for itself.
type machines struct {
	stands map[zonefiles.Name]zonefiles.Name // of the names in the operator's facts, and those that they are aliases of
	said   map[zonefiles.Name]*said          // by the name that stands for the machine
	links  []Link                            // between names that stand for machines
}

// said is what the operator says of a machine.
type said struct {
	names       []zonefiles.Name // those that stand for the machine, sorted
	joined      []zonefiles.Name // of them, those in the facts about one machine's names
	outbound    delivery.Families
	hasOutbound bool
	final       bool
	linked      bool // a link leads to it
}

// join works out the machines of the operator's facts.
func (r *resolver) join() machines {
	m := machines{stands: map[zonefiles.Name]zonefiles.Name{}, said: map[zonefiles.Name]*said{}}
	joined := map[zonefiles.Name]bool{}
	for name, facts := range r.facts.Hosts {
		if facts.HasSameHost {
			joined[name], joined[facts.SameHost] = true, true
			r.unite(&m, name)
			r.unite(&m, facts.SameHost)
			m.unite(name, facts.SameHost)
		}
		if facts.HasOutbound {
			r.unite(&m, name)
		}
	}
	for name := range r.facts.Final {
		r.unite(&m, name)
	}
	for _, l := range r.facts.Links {
		r.unite(&m, l.From)
		r.unite(&m, l.To)
	}
	for _, name := range slices.SortedFunc(maps.Keys(m.stands), cmp.Compare[zonefiles.Name]) {
		about := m.about(name)
		about.names = append(about.names, name)
		if joined[name] {
			about.joined = append(about.joined, name)
		}
		facts := r.facts.Hosts[name]
		about.outbound |= facts.Outbound
		about.hasOutbound = about.hasOutbound || facts.HasOutbound
		_, isFinal := r.facts.Final[name]
		about.final = about.final || isFinal
	}
	for _, l := range r.facts.Links {
		from, to := m.stand(l.From), m.stand(l.To)
		if from != to {
			m.links = append(m.links, Link{from, to, l.Via, l.At})
			m.about(to).linked = true
		}
	}
	return m
}

// unite makes one machine of a name and those that its aliases lead to.
func (r *resolver) unite(m *machines, name zonefiles.Name) {
	for _, alias := range r.chain(name) {
		m.unite(name, alias)
	}
}

func (m *machines) unite(a, b zonefiles.Name) {
	a, b = m.stand(a), m.stand(b)
	m.stands[max(a, b)] = min(a, b)
	m.stands[min(a, b)] = min(a, b)
}

// stand is the name that stands for the machine of a name. It halves the way there for the next time.
func (m *machines) stand(name zonefiles.Name) zonefiles.Name {
	for {
		next, ok := m.stands[name]
		if !ok || next == name {
			return name
		}
		if after := m.stands[next]; after != next {
			m.stands[name], next = after, after
		}
		name = next
	}
}

// about is what the operator says of the machine of a name, to be filled in.
func (m *machines) about(name zonefiles.Name) *said {
	stand := m.stand(name)
	if m.said[stand] == nil {
		m.said[stand] = &said{}
	}
	return m.said[stand]
}

// of is the name that stands for the machine behind an MX target.
func (m *machines) of(name zonefiles.Name, resolved *Resolved) zonefiles.Name {
	if _, ok := m.stands[name]; ok || resolved.Loop {
		return m.stand(name)
	}
	return m.stand(resolved.Canonical)
}
