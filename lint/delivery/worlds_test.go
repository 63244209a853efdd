package delivery_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "mx46/lint/delivery"
	"mx46/zonefiles"
)

// randomGraph draws a domain with all that an operator may declare, and with unknown families.
func randomGraph(t *rapid.T) *graph {
	g := &graph{}
	families := func(what string) Families { return Families(rapid.IntRange(0, 3).Draw(t, what)) }
	oneIn := func(n int, what string) bool { return rapid.IntRange(1, n).Draw(t, what) == 1 }
	unknown, dual := 0, oneIn(3, "dual")
	for i := range rapid.IntRange(1, 5).Draw(t, "machines") {
		m := Machine{Preference: Unlisted - 1, Final: oneIn(6, "final"), Linked: oneIn(8, "linked")}
		if m.HasOutbound = oneIn(4, "has outbound"); m.HasOutbound {
			m.Outbound = families("outbound")
		}
		isNowhere := i > 0 && oneIn(10, "in no MX record")
		for k := range rapid.IntRange(1, 3).Draw(t, "names") {
			o := Offer{Machine: i, Preference: rapid.IntRange(0, 4).Draw(t, "preference"), Name: zonefiles.Name(fmt.Sprint(i, "-", k))}
			if isNowhere || k > 0 && oneIn(3, "unlisted") {
				o.Preference = Unlisted
			}
			if o.Published = Dual; !dual || oneIn(10, "not dual") {
				o.Published = families("published")
			}
			o.Usable = o.Published
			if oneIn(5, "unusable") {
				o.Usable &= families("usable")
			}
			if oneIn(3, "unknown") && unknown < 4 {
				unknown++
				o.Open = Dual &^ o.Published
				if oneIn(3, "all unknown") {
					o.Published, o.Usable, o.Open = None, None, Dual
				}
			}
			if last := len(g.offers) - 1; k > 0 && oneIn(4, "same host") { // two aliases of one host
				o.Name, o.Published, o.Usable, o.Open = g.offers[last].Name, g.offers[last].Published, g.offers[last].Usable, g.offers[last].Open
			}
			g.offers = append(g.offers, o)
			if o.Preference != Unlisted {
				m.Published, m.Usable, m.Open = m.Published|o.Published, m.Usable|o.Usable, m.Open|o.Open
				m.Preference = min(m.Preference, uint16(o.Preference))
			}
		}
		g.names, g.machines = append(g.names, fmt.Sprint("mx", i)), append(g.machines, m)
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		l := Link{From: rapid.IntRange(-1, len(g.machines)).Draw(t, "from"), To: rapid.IntRange(-1, len(g.machines)).Draw(t, "to"), Via: "uucp"}
		g.links = append(g.links, l)
		if l.To >= 0 && l.To < len(g.machines) && l.From != l.To {
			g.machines[l.To].Linked = true
		}
	}
	return g
}

// world is a graph for one value of the unknown and one view of addresses, without a machine that is lost: the
// catalogue's definitions, to the letter.
type world struct {
	*graph
	values map[zonefiles.Name]Families
	usable bool
	lost   int // -1: none
}

func (w *world) reach(o Offer) Families {
	f := o.Published
	if w.usable {
		f = o.Usable
	}
	return f | w.values[o.Name]&o.Open
}

func (w *world) counts(o Offer) bool {
	return o.Preference != Unlisted &&
		(o.Published|w.values[o.Name]&o.Open != None || o.Open != None && w.machines[o.Machine].Linked)
}

func (w *world) preference(m int) int {
	lowest := Unlisted
	for _, o := range w.offers {
		if o.Machine == m && w.counts(o) {
			lowest = min(lowest, o.Preference)
		}
	}
	return lowest
}

func (w *world) sends(m int) (f Families) {
	if h := w.machines[m]; h.HasOutbound {
		return h.Outbound
	}
	for _, o := range w.offers {
		if o.Machine == m {
			f |= w.reach(o)
		}
	}
	return f
}

func (w *world) isThere(m int) bool { return w.preference(m) != Unlisted }

func (w *world) linked(m, g int) bool {
	return slices.ContainsFunc(w.links, func(l Link) bool { return l.From == m && l.To == g })
}

func (w *world) edge(m, g int) bool {
	if m == w.lost || g == w.lost || w.preference(g) >= w.preference(m) || !w.isThere(m) {
		return false
	}
	return w.linked(m, g) || slices.ContainsFunc(w.offers, func(o Offer) bool {
		return o.Machine == g && w.counts(o) && o.Preference < w.preference(m) && w.reach(o).Meets(w.sends(m))
	})
}

func (w *world) final(m int) bool {
	if !w.isThere(m) {
		return false
	}
	for g := range w.machines {
		if w.preference(g) < w.preference(m) {
			return w.machines[m].Final
		}
	}
	return true
}

// hops is the length of the shortest path from m to a final host, -1 without one.
func (w *world) hops(m int) int {
	if w.final(m) {
		return 0
	}
	best := -1
	for g := range w.machines {
		if w.edge(m, g) {
			if n := w.hops(g); n >= 0 && (best < 0 || n+1 < best) {
				best = n + 1
			}
		}
	}
	return best
}

func (w *world) accepts(m int) bool {
	for _, o := range w.offers {
		if o.Machine == m && w.counts(o) && w.reach(o) != None {
			return true
		}
	}
	for g := range w.machines {
		if w.linked(g, m) && w.edge(g, m) {
			return true
		}
	}
	return false
}

func (w *world) stranded(m int) bool { return w.isThere(m) && w.accepts(m) && w.hops(m) < 0 }

func (w *world) indirect(m int) bool { return w.isThere(m) && w.accepts(m) && w.hops(m) > 1 }

func (w *world) bridge(b, m int) bool {
	less := *w
	less.lost = b
	return b != m && w.isThere(b) && !w.final(b) && w.isThere(m) && w.accepts(m) && w.hops(m) >= 0 && less.hops(m) < 0
}

// everyWorld calls f for every value that the unknown families of a graph can have.
func everyWorld(g *graph, f func(map[zonefiles.Name]Families)) {
	var open []zonefiles.Name
	for _, o := range g.offers {
		if o.Open != None && !slices.Contains(open, o.Name) {
			open = append(open, o.Name)
		}
	}
	values := map[zonefiles.Name]Families{}
	var choose func(i int)
	choose = func(i int) {
		if i == len(open) {
			f(values)
			return
		}
		for values[open[i]] = None; values[open[i]] <= Dual; values[open[i]]++ {
			choose(i + 1)
		}
	}
	choose(0)
}

// try joins the answers of all worlds: what is to be said holds for all addresses and for the usable ones alike.
func try(g *graph, question func(*world) bool) Truth {
	all, some := true, false
	everyWorld(g, func(values map[zonefiles.Name]Families) {
		holds := question(&world{g, values, false, -1}) && question(&world{g, values, true, -1})
		all, some = all && holds, some || holds
	})
	switch {
	case all:
		return Yes
	case some:
		return Maybe
	}
	return No
}

func TestRelayAgreesWithTryingEveryValue(t *testing.T) {
	var r Relay // reused on purpose
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		r.Reset(g.machines, g.offers, g.links)
		bridges := map[[2]int]bool{}
		for _, b := range r.Bridges() {
			for _, m := range b.Strands {
				bridges[[2]int{b.Machine, m}] = true
			}
		}
		certain := &world{graph: g, usable: true, lost: -1}
		for m := range g.machines {
			stranded := try(g, func(w *world) bool { return w.stranded(m) })
			if got := r.Stranded(m); got != stranded {
				t.Fatalf("machine %d of %+v: stranded %v, want %v", m, g, got, stranded)
			}
			for _, test := range []struct {
				name string
				got  bool
				want func(*world) bool
			}{
				{"final", r.Final(m), func(w *world) bool { return w.final(m) }},
				{"indirect", r.Indirect(m), func(w *world) bool { return w.indirect(m) }},
				{"arrives", r.Arrives(m), func(w *world) bool { return w.isThere(m) && w.hops(m) >= 0 }},
			} {
				if want := try(g, test.want) == Yes; test.got != want {
					t.Fatalf("machine %d of %+v: %s %v, want %v", m, g, test.name, test.got, want)
				}
			}
			path := r.Path(m)
			if len(path)-1 != certain.hops(m) {
				t.Fatalf("machine %d of %+v: path %v, want %d hops", m, g, path, certain.hops(m))
			}
			for i := range path {
				if i > 0 && !certain.edge(path[i-1], path[i]) || i == len(path)-1 && !certain.final(path[i]) {
					t.Fatalf("machine %d of %+v: impossible path %v", m, g, path)
				}
			}
			for b := range g.machines {
				if want := try(g, func(w *world) bool { return w.bridge(b, m) }) == Yes; bridges[[2]int{b, m}] != want {
					t.Fatalf("%d is a bridge of %d in %+v: want %v", b, m, g, want)
				}
			}
			if deciding := r.Deciding(m); (deciding != nil) != (stranded == Maybe) {
				t.Fatalf("machine %d of %+v: decided by %v", m, g, deciding)
			}
		}
	})
}

func TestNothingIsCertainWhereThereAreTooManyWorlds(t *testing.T) {
	g := domain("1:6, 10:4, 20:unknown, 30:unknown, 40:unknown, 50:unknown, 60:unknown, 70:unknown, 80:unknown")
	if got := g.relay().Stranded(1); got != Yes {
		t.Errorf("stranded %v, want Yes: one walk covers machines that do not depend on each other", got)
	}
	g.links = []Link{{From: 8, To: 1, Via: "uucp"}}
	g.machines[1].Linked = true
	if got := g.relay().Stranded(1); got != Maybe {
		t.Errorf("stranded %v, want Maybe: 4^7 worlds are not tried", got)
	}
}
