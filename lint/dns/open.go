package dns

import (
	"math"
	"sync"

	"mx46/zonefiles"
)

// This file lets go of zones that nobody needs any more. Of an open graph the origins are known before any zone is
// read. A zone enters, is asked for whatever there is to ask, and leaves; a zone that others ask is read when they do,
// and stays.

// guest is a zone of an open graph.
type guest struct {
	mu       sync.Mutex
	zones    []*Zone // the one, while it is there
	asked    bool    // by another zone, so that it stays
	encloses bool    // another zone's origin is below this one's
	order    int
	read     func() *zonefiles.Zone
}

// Open makes a graph of zones that are yet to enter, one of each origin. Read reads the one with a number again,
// whether it has left or has yet to enter; several may be read at a time.
func Open(origins []zonefiles.Name, read func(int) *zonefiles.Zone) *Graph {
	// What all zones together hold is not known yet, so that nothing is left out for lack of it.
	g := &Graph{
		guests: make(map[zonefiles.Name]*guest, len(origins)), all: math.MaxUint16, mostMX: math.MaxInt, hidden: true,
	}
	for i, origin := range origins {
		g.guests[origin] = &guest{order: i, read: func() *zonefiles.Zone { return read(i) }}
		g.reverse = g.reverse || isReverse(origin)
	}
	for _, origin := range origins {
		for name := range above(origin) {
			if encloser := g.guests[name]; encloser != nil {
				encloser.encloses = true
			}
		}
	}
	return g
}

// ask gives a zone to others, which need it from now on.
func (a *guest) ask(g *Graph) []*Zone {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asked = true; len(a.zones) == 0 {
		a.index(g, a.read())
	}
	return a.zones
}

func (a *guest) index(g *Graph, z *zonefiles.Zone) {
	zone := newZone(g, z)
	zone.mayEnclose = a.encloses
	a.zones = []*Zone{zone}
}

// Ask gives the zone of an origin that is one of the graph's.
func (g *Graph) Ask(origin zonefiles.Name) *Zone { return g.guests[origin].ask(g)[0] }

// Enter gives the index of a zone that was read: over what was read now, or over what others made be read before.
func (g *Graph) Enter(z *zonefiles.Zone) *Zone {
	a := g.guests[z.Origin]
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.zones) == 0 {
		a.index(g, z)
	}
	g.met.add(a.zones[0])
	return a.zones[0]
}

// census is what zones hold together.
type census struct {
	mu     sync.Mutex
	all    nodeFlags
	mostMX int
	hidden bool
}

func (c *census) add(z *Zone) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all |= z.all
	c.mostMX = max(c.mostMX, z.mostMX)
	c.hidden = c.hidden || z.IsTemplate
}

// Leave lets a zone that entered go, and its text by gone. It reports false where others need it.
func (g *Graph) Leave(z *Zone, gone func()) bool {
	a := g.guests[z.Origin]
	isFirst, waits := g.mx.note(z, a.order)
	if waits {
		g.mx.stay(z)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asked = a.asked || isFirst || waits; !a.asked {
		a.zones = nil
		gone()
	}
	return !a.asked
}

// Stay keeps a zone that entered. Its MX records are read once MXHost needs them.
func (g *Graph) Stay(z *Zone) {
	g.mx.stay(z)
	a := g.guests[z.Origin]
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = true
}

// IsOpen reports whether some zones may have yet to enter.
func (g *Graph) IsOpen() bool { return g.guests != nil && !g.mx.isKnown }

// Close says that all zones have entered.
func (g *Graph) Close() {
	g.mx.isKnown = true
	g.all, g.mostMX, g.hidden = g.met.all, g.met.mostMX, g.met.hidden
}

// Waits reports whether a question about the zone found no answer, since it takes all zones to answer it.
func (z *Zone) Waits() bool { return z.waits }
