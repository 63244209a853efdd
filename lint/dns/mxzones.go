package dns

import (
	"sync"

	"mx46/zonefiles"
)

// mxHosts are the zones that hold the name of an MX host of another one, and the zone cuts that MX hosts are below.
type mxHosts struct {
	reading sync.Once
	isKnown bool // of an open graph
	mu      sync.Mutex
	first   map[mxPlace]mxHost
	staying []*Zone // of an open graph: those that never leave, and are not read for first yet
}

// mxPlace is a zone, or what is below one of its cuts.
type mxPlace struct {
	zone *Zone
	cut  zonefiles.NameID // the root's, which no cut is at, for the zone
}

// mxHost is an MX record that leads to a zone, aliases followed.
type mxHost struct {
	record zonefiles.Record
	order  int // of the record's zone
}

// MXHost is the first MX record of another zone that leads to a host in a zone. It reports false where there is none.
// While the graph is open, nobody knows that: the zone is to wait.
func (g *Graph) MXHost(of *Zone) (zonefiles.Record, bool) { return g.mxHost(mxPlace{zone: of}) }

// MXBelow is the first MX record that leads to a name at or below a zone cut whose child zone is not there. Else it is
// as MXHost.
func (z *Zone) MXBelow(cut zonefiles.NameID) (zonefiles.Record, bool) {
	return z.graph.mxHost(mxPlace{z, cut})
}

func (g *Graph) mxHost(at mxPlace) (zonefiles.Record, bool) {
	if g.IsOpen() {
		at.zone.waits = true
		return zonefiles.Record{}, false
	}
	g.mx.reading.Do(func() {
		for i, z := range g.zones {
			g.mx.note(z, i)
		}
		for _, z := range g.mx.staying {
			g.mx.note(z, g.guests[z.Origin].order)
		}
	})
	first, ok := g.mx.first[at]
	return first.record, ok
}

// note adds the MX records of a zone that lead to others. It reports whether one of them is the first, and whether the
// rest has to wait: where a name leads that looks hidden, nobody knows while any zone may be a template.
func (m *mxHosts) note(z *Zone, order int) (isFirst, waits bool) {
	for owner := range z.Owners(zonefiles.TypeMX) {
		if !z.Serves(owner) {
			continue
		}
		set := z.RRset(owner, zonefiles.TypeMX)
		for i := range min(set.Len(), MaxRRset) {
			record := set.At(i)
			if node, ok := record.NameID(1); ok && z.ServesAddress(node) {
				continue // nearly always
			}
			name, ok := record.Name(1)
			if !ok || name.IsRoot() || IsLocalhost(name) {
				continue
			}
			a, end, _, _ := z.graph.Follow(z, name, zonefiles.TypeA)
			if g := z.graph; g.IsOpen() && a.Zone == nil && end.IsHidden() && !z.IsTemplate {
				return isFirst, true
			}
			at := mxPlace{zone: a.Zone}
			if a.Status == Referral {
				at.cut = a.Records.At(0).Owner()
			}
			if at.zone != nil && (at.zone != z || a.Status == Referral) && m.add(at, mxHost{record, order}) {
				isFirst = true
			}
		}
	}
	return isFirst, false
}

func (m *mxHosts) stay(z *Zone) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.staying = append(m.staying, z)
}

func (m *mxHosts) add(to mxPlace, host mxHost) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, met := m.first[to]; met && known.order <= host.order {
		return false
	}
	if m.first == nil {
		m.first = map[mxPlace]mxHost{}
	}
	m.first[to] = host
	return true
}
