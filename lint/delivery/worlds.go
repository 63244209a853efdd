package delivery

// The values that unknown families can have, and what follows from each.
//
// An MX target counts where it has an address, by the value at hand. So what is not known decides who is primary, too,
// and no best and worst case covers all. But edges lead to lower preferences alone: one walk up the preferences settles
// every machine, and all that it needs to know of those below are the families in which they take mail and deliver it.
// So few worlds below a machine differ, however many families are unknown, and a walk takes all of them along. Links,
// and machines with MX records of several preferences, need to know more; there, each combination of values has a walk
// of its own.

import (
	"cmp"
	"slices"
)

// worlds is what holds in some world, and in all of them.
type worlds struct {
	some, all []facts // by machine
	cut       bool    // not all worlds were tried

	relay   *Relay
	without int           // a machine that is taken away, or noMachine
	views   int           // 1, or 2 where usable addresses are not all that are published
	value   [][2]Families // by offer and view, in the world at hand
	sends   [][2]Families // by machine and view, likewise
	state   []state       // by machine, in the world at hand; at the end, where no unknown host has an address
	bit     []int         // by offer: of the value, where its unknown families are
	open    []int         // machines of unknown families
	lead    []bool        // by offer: the first one, in order, of its machine

	before, next, level, more []below
}

// The views, and how many there are at most: published addresses count in the first, usable ones alone in the second.
const (
	published = iota
	usable
	maxViews
)

// facts is what holds of a machine, in every view.
type facts uint8

const (
	isFinal facts = 1 << iota
	isStranded
	isIndirect
	isArriving // mail that is here reaches a final host
	isLost     // it never does
)

// state is what a walk finds out of a machine in one world.
type state struct {
	counts     bool // an MX record of it has an address
	final      bool
	preference int            // the lowest of those
	arrives    [maxViews]bool // mail that is here reaches a final host
	direct     [maxViews]bool // in one hop
	hops       int            // of the shortest way, in the last view; 0 for a final host
	next       int            // where it leads, or noMachine
}

// below is all that a machine needs to know of those of lower preference, as long as there are no links among them.
type below struct {
	counts        bool               // there are some
	reach, direct [maxViews]Families // of machines that mail arrives from, and of final ones
}

// try works out what holds of the machines of a graph, one of them taken away.
func (w *worlds) try(r *Relay, without int) {
	w.relay, w.without, w.cut = r, without, false
	n := len(r.machines)
	w.some, w.all = slices.Grow(w.some[:0], n)[:n], slices.Grow(w.all[:0], n)[:n]
	w.state, w.sends = slices.Grow(w.state[:0], n)[:n], slices.Grow(w.sends[:0], n)[:n]
	w.value = slices.Grow(w.value[:0], len(r.offers))[:len(r.offers)]
	w.bit = slices.Grow(w.bit[:0], len(r.offers))[:len(r.offers)]
	w.open = w.open[:0]
	w.views = 1
	for i := range r.offers {
		if r.offers[i].Usable != r.offers[i].Published {
			w.views = maxViews
		}
	}
	for m := range n {
		w.some[m], w.all[m] = 0, ^facts(0)
		if w.assume(m, 0) > 1 {
			w.open = append(w.open, m)
		}
	}
	switch {
	case len(w.open) == 0:
		w.walk()
		w.judgeAll()
		return
	case w.isTangled():
		w.tryEach()
	default:
		w.tryTogether()
	}
	for _, m := range w.open {
		w.assume(m, 0)
	}
	w.walk()
}

// isTangled reports whether a machine needs to know more of those below it than below tells. It fills in lead.
func (w *worlds) isTangled() bool {
	r := w.relay
	w.lead = slices.Grow(w.lead[:0], len(r.offers))[:len(r.offers)]
	tangled := len(r.links) > 0
	for m := range w.state {
		w.state[m].preference = Unlisted
	}
	for _, i := range r.order {
		o := &r.offers[i]
		met := &w.state[o.Machine].preference
		w.lead[i] = *met == Unlisted
		tangled = tangled || !w.lead[i] && *met != o.Preference
		*met = o.Preference
	}
	return tangled
}

// assume gives a machine the value number k of its unknown families, and says how many values there are. Number 0 is
// that it has none of them.
func (w *worlds) assume(m, k int) (values int) {
	r := w.relay
	h := &r.machines[m]
	bits := 0
	w.sends[m] = [maxViews]Families{h.Outbound, h.Outbound}
	own := r.ownOffers(m)
	for at, i := range own {
		o := &r.offers[i]
		unknown := None
		if o.Open != None {
			w.bit[i] = min(bits, maxUnknownBits-2)
			for _, j := range own[:at] { // another name of the same host
				if r.offers[j].Name == o.Name && r.offers[j].Open != None {
					w.bit[i] = w.bit[j]
				}
			}
			bits = max(bits, w.bit[i]+2)
			unknown = Families(k>>w.bit[i]) & o.Open
		}
		w.value[i] = [maxViews]Families{o.Published | unknown, o.Usable | unknown}
		if !h.HasOutbound {
			w.sends[m][published] |= w.value[i][published]
			w.sends[m][usable] |= w.value[i][usable]
		}
	}
	return 1 << bits
}

// counts reports whether an offer is one of a machine that mail can come to by that name.
func (w *worlds) counts(i int) bool {
	o := &w.relay.offers[i]
	return w.value[i][published] != None || o.Open != None && w.relay.machines[o.Machine].Linked
}

// isTarget reports whether an offer counts and is that of an MX record.
func (w *worlds) isTarget(i int) bool { return w.relay.offers[i].Preference != Unlisted && w.counts(i) }

// tryEach walks once for each combination of values of the unknown; where these are too many, for a few.
func (w *worlds) tryEach() {
	total := 1
	for _, m := range w.open {
		if total *= w.assume(m, 0); total > maxWorlds {
			w.cut, total = true, int(Dual)+1
			break
		}
	}
	for n := range total {
		rest := n
		for _, m := range w.open {
			if w.cut {
				w.assume(m, n*0b010101) // the same families for all
				continue
			}
			values := w.assume(m, 0)
			w.assume(m, rest%values)
			rest /= values
		}
		w.walk()
		w.judgeAll()
	}
}

// walk settles all machines in the world at hand.
func (w *worlds) walk() {
	r := w.relay
	for m := range w.state {
		w.state[m] = state{next: noMachine}
	}
	var b below
	near := [...]int{noMachine, noMachine} // by family: where the shortest way on begins
	for start := 0; start < len(r.order); {
		end := r.levelEnd(start)
		for _, i := range r.order[start:end] {
			o := &r.offers[i]
			if s := &w.state[o.Machine]; !s.counts && o.Machine != w.without && w.counts(i) {
				*s = w.settle(o.Machine, o.Preference, &b)
				w.route(o.Machine, s, near)
			}
		}
		for _, i := range r.order[start:end] {
			m := r.offers[i].Machine
			if s := &w.state[m]; s.counts && w.counts(i) {
				w.offer(i, s, &b)
				for f := range near {
					if s.arrives[w.views-1] && w.value[i][w.views-1].Meets(IPv4<<f) {
						near[f] = w.nearer(near[f], m)
					}
				}
			}
		}
		start = end
	}
}

// settle works out a machine's state from those of lower preference.
func (w *worlds) settle(m, preference int, b *below) state {
	s := state{counts: true, preference: preference, final: !b.counts || w.relay.machines[m].Final, next: noMachine}
	for v := range w.views {
		s.arrives[v] = s.final || w.sends[m][v].Meets(b.reach[v])
		s.direct[v] = w.sends[m][v].Meets(b.direct[v])
	}
	for _, l := range w.relay.linksFrom(m) {
		to := &w.state[l.To]
		for v := 0; v < w.views && to.counts && to.preference < preference; v++ {
			s.arrives[v] = s.arrives[v] || to.arrives[v]
			s.direct[v] = s.direct[v] || to.final
		}
	}
	return s
}

// offer adds what a settled machine offers under one name to what is below the next level.
func (w *worlds) offer(i int, s *state, b *below) {
	b.counts = true
	for v := range w.views {
		if s.arrives[v] {
			b.reach[v] |= w.value[i][v]
		}
		if s.final {
			b.direct[v] |= w.value[i][v]
		}
	}
}

// route finds the shortest way on from a machine, near being where that begins in each family.
func (w *worlds) route(m int, s *state, near [2]int) {
	if s.final {
		return
	}
	v := w.views - 1
	for f, g := range near {
		if g != noMachine && w.sends[m][v].Meets(IPv4<<f) {
			s.next = w.nearer(s.next, g)
		}
	}
	for _, l := range w.relay.linksFrom(m) {
		if to := &w.state[l.To]; to.counts && to.preference < s.preference && to.arrives[v] {
			s.next = w.nearer(s.next, l.To)
		}
	}
	if s.next != noMachine {
		s.hops = w.state[s.next].hops + 1
	}
}

// nearer is the one of two machines that has fewer hops to go, then the lower preference, then the lower index. The
// first may be noMachine.
func (w *worlds) nearer(a, b int) int {
	if a == noMachine {
		return b
	}
	x, y := &w.state[a], &w.state[b]
	if cmp.Or(cmp.Compare(x.hops, y.hops), cmp.Compare(x.preference, y.preference), cmp.Compare(a, b)) > 0 {
		return b
	}
	return a
}

// judgeAll notes what holds in the world that was walked through.
func (w *worlds) judgeAll() {
	for m := range w.state {
		w.judge(m, &w.state[m])
	}
}

// judge notes what holds of a machine in the world at hand.
func (w *worlds) judge(m int, s *state) {
	var holds facts
	if s.counts {
		holds = isStranded | isIndirect | isArriving | isLost
		accepts := w.accepts(m, s)
		for v, accepted := range accepts[:w.views] {
			if !accepted || s.arrives[v] {
				holds &^= isStranded
			}
			if !accepted || !s.arrives[v] || s.direct[v] || s.final {
				holds &^= isIndirect
			}
			if s.arrives[v] {
				holds &^= isLost
			} else {
				holds &^= isArriving
			}
		}
		if s.final {
			holds |= isFinal
		}
	}
	w.some[m] |= holds
	w.all[m] &= holds
}

// accepts reports, for each view, whether mail can come to a machine: from senders, or over a link.
func (w *worlds) accepts(m int, s *state) (accepts [maxViews]bool) {
	for _, i := range w.relay.ownOffers(m) {
		for v := 0; v < w.views && w.relay.offers[i].Preference != Unlisted; v++ {
			accepts[v] = accepts[v] || w.value[i][v] != None
		}
	}
	if w.relay.machines[m].Linked {
		for _, l := range w.relay.links {
			if from := &w.state[l.From]; l.To == m && from.counts && from.preference > s.preference {
				return [maxViews]bool{true, true}
			}
		}
	}
	return accepts
}

// tryTogether is tryEach for machines that need to know no more than below tells: one walk, with all that may be below.
func (w *worlds) tryTogether() {
	r := w.relay
	w.before = append(w.before[:0], below{})
	for start := 0; start < len(r.order); {
		end := r.levelEnd(start)
		w.next = w.next[:0]
		for _, b := range w.before {
			w.level = append(w.level[:0], b)
			for _, i := range r.order[start:end] {
				if m := r.offers[i].Machine; w.lead[i] && m != w.without {
					w.tryMachine(m, r.offers[i].Preference, &b)
				}
			}
			for _, l := range w.level {
				w.next = add(w.next, l)
			}
		}
		w.before, w.next = w.next, w.before
		start = end
	}
}

// tryMachine judges a machine with each of its values, and adds what it offers to what may be below the next level.
func (w *worlds) tryMachine(m, preference int, b *below) {
	w.more = w.more[:0]
	for k, values := 0, 1; k < values; k++ {
		values = w.assume(m, k)
		var s state
		if slices.ContainsFunc(w.relay.ownOffers(m), w.isTarget) {
			s = w.settle(m, preference, b)
		}
		w.judge(m, &s)
		for _, l := range w.level {
			for _, i := range w.relay.ownOffers(m) {
				if s.counts && w.isTarget(i) {
					w.offer(i, &s, &l)
				}
			}
			w.more = add(w.more, l)
		}
	}
	w.level, w.more = w.more, w.level
}

// add puts what is below a machine into a set.
func add(set []below, b below) []below {
	if slices.Contains(set, b) {
		return set
	}
	return append(set, b)
}
