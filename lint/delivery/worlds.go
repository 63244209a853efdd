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
	holds []holds // by machine
	cut   bool    // not all worlds were tried

	relay   *Relay
	tangled bool    // a machine needs to know more of those below it than below tells
	without int     // a machine that is taken away, or noMachine
	open    []int   // machines of unknown families
	values  []value // of all machines
	of      []span  // by machine: its own among them
	bit     []uint8 // by offer: of the number of its machine's value, where its unknown families are

	at      []int   // by machine: its value in the world at hand, among all values
	takes   []views // by offer: the families in which it takes mail, likewise
	state   []state // by machine, in the world of the last walk
	isLeast bool    // which is the one where no unknown host has an address
}

// views is a set of families, or of anything else that has its lower bit alone, in each view of a domain: published
// addresses count in the first, usable ones alone in the second. Usable addresses are published, too.
type views uint8

const (
	byPublished views = 0b0001
	byUsable    views = 0b0100
	eachView          = byPublished | byUsable
	eachFamily        = eachView * views(Dual)
)

func inViews(published, usable Families) views { return views(published) | views(usable)<<2 }

// meets are the views in which two sets of families have one in common.
func (v views) meets(u views) views { return (v&u | v&u>>1) & eachView }

// only are the families in some of the views.
func (v views) only(in views) views { return v & (in * views(Dual)) }

// facts is what holds of a machine, in every view.
type facts uint8

const (
	isFinal facts = 1 << iota
	isStranded
	isIndirect
	isArriving // mail that is here reaches a final host
	isLost     // it never does
)

// holds is what holds of a machine in some world, and what in all.
type holds struct{ some, all facts }

// add notes what holds in one more world.
func (h *holds) add(f facts) {
	h.some |= f
	h.all &= f
}

// value is what a machine has by one value of its unknown families.
type value struct {
	counts bool  // an MX record of it has an address
	takes  views // families in which it takes mail
	sends  views
}

// span is where the values of a machine are. The first is that it has none of its unknown families.
type span struct {
	from, to int
	listed   int // the first offer of an MX record that leads to the machine, or noOffer
}

// state is what a walk finds out of a machine in one world.
type state struct {
	fate
	preference int // the lowest of the MX records that count
	hops       int // of the shortest way by usable addresses; 0 for a final host
	next       int // where it leads, or noMachine
}

// fate is what comes of mail at a machine.
type fate struct {
	counts, final bool
	arrives       views // where it reaches a final host
	direct        views // in one hop
}

// below is all that a machine needs to know of those of lower preference, as long as there are no links among them:
// that there are some, and the families of those from which mail arrives, and of final ones.
type below uint16

const someBelow below = 1 << 8

func (b below) reach() views  { return views(b) & eachFamily }
func (b below) direct() views { return views(b>>4) & eachFamily }

// reset is for a graph.
func (w *worlds) reset(r *Relay) {
	w.relay, w.cut, w.isLeast = r, false, false
	w.of, w.open = w.of[:0], w.open[:0]
	if !r.isDual() {
		w.index()
		w.holds = w.try(w.holds, noMachine)
		return
	}
	w.holds = resized(w.holds, len(r.machines))
	for m := range w.holds {
		f := isArriving
		if h := &r.machines[m]; h.Final || h.Preference == r.machines[r.primary[0]].Preference {
			f |= isFinal
		}
		w.holds[m] = holds{f, f}
	}
}

// isDual reports whether both families are all that there is to know, so that every machine delivers to a primary one.
func (r *Relay) isDual() bool {
	for i := range r.offers {
		if o := &r.offers[i]; o.Published&o.Usable != Dual || o.Preference == Unlisted {
			return false
		}
	}
	for m := range r.machines {
		if r.machines[m].HasOutbound {
			return false
		}
	}
	return true
}

// index fills in what there is of machines and values.
func (w *worlds) index() {
	r := w.relay
	w.values = w.values[:0]
	w.of, w.at = resized(w.of, len(r.machines)), resized(w.at, len(r.machines))
	w.bit, w.takes = resized(w.bit, len(r.offers)), resized(w.takes, len(r.offers))
	w.tangled = len(r.links) > 0
	for m := range r.machines {
		of := &w.of[m]
		of.from = len(w.values)
		for k := range 1 << w.number(m) {
			w.values = append(w.values, w.assume(m, k))
		}
		if of.to = len(w.values); of.to-of.from > 1 {
			w.open = append(w.open, m)
		}
	}
}

// number fills in listed and, by offer, bit. The number of a machine's value has so many bits.
func (w *worlds) number(m int) (bits uint8) {
	r := w.relay
	listed := noOffer
	for i := r.first[m]; i != noOffer; i = r.next[i] {
		o := &r.offers[i]
		if o.Preference != Unlisted {
			if listed == noOffer {
				listed = i
			}
			w.tangled = w.tangled || o.Preference != r.offers[listed].Preference
		}
		if o.Open == None {
			continue
		}
		w.bit[i] = min(bits, maxUnknownBits-2)
		for j := r.first[m]; j != i; j = r.next[j] { // another name of the same host
			if r.offers[j].Name == o.Name && r.offers[j].Open != None {
				w.bit[i] = w.bit[j]
			}
		}
		bits = max(bits, w.bit[i]+2)
	}
	w.of[m].listed = listed
	return bits
}

// assume gives a machine the value number k of its unknown families.
func (w *worlds) assume(m, k int) (v value) {
	r := w.relay
	h := &r.machines[m]
	for i := r.first[m]; i != noOffer; i = r.next[i] {
		o := &r.offers[i]
		unknown := None
		if o.Open != None {
			unknown = Families(k>>w.bit[i]) & o.Open
		}
		takes := inViews(o.Published|unknown, o.Usable|unknown)
		w.takes[i] = takes
		v.sends |= takes
		if o.Preference != Unlisted {
			v.takes |= takes
			v.counts = v.counts || w.counts(i)
		}
	}
	if h.HasOutbound {
		v.sends = inViews(h.Outbound, h.Outbound)
	}
	w.at[m] = w.of[m].from + k
	return v
}

// counts reports whether an offer is one of a machine that mail can come to by that name.
func (w *worlds) counts(i int) bool {
	o := &w.relay.offers[i]
	return w.takes[i] != 0 || o.Open != None && w.relay.machines[o.Machine].Linked
}

// try works out what holds of the machines, one of them taken away. It does so in the memory of a slice.
func (w *worlds) try(all []holds, without int) []holds {
	all = resized(all, len(w.of))
	for m := range all {
		all[m] = holds{all: ^facts(0)}
	}
	w.without = without
	if w.tangled {
		w.tryEach(all)
	} else {
		w.tryTogether(all)
	}
	return all
}

// least is the state of the machines in the world where no unknown host has an address.
func (w *worlds) least() []state {
	if !w.isLeast {
		if len(w.of) == 0 {
			w.index()
		}
		for _, m := range w.open {
			w.assume(m, 0)
		}
		w.without = noMachine
		w.walk()
		w.isLeast = true
	}
	return w.state
}

// tryEach walks once for each combination of values of the unknown; where these are too many, for a few.
func (w *worlds) tryEach(all []holds) {
	w.isLeast = false
	total := 1
	for _, m := range w.open {
		if total *= w.of[m].to - w.of[m].from; total > maxWorlds {
			w.cut, total = true, int(Dual)+1
			break
		}
	}
	for n := range total {
		rest := n
		for _, m := range w.open {
			values := w.of[m].to - w.of[m].from
			if w.cut {
				rest = n * 0b010101 // the same families for all
			}
			w.assume(m, rest%values)
			rest /= values
		}
		w.walk()
		for m := range w.state {
			s := &w.state[m]
			all[m].add(w.judge(m, s.preference, &w.values[w.at[m]], s.fate))
		}
	}
}

// walk settles all machines in the world at hand.
func (w *worlds) walk() {
	r := w.relay
	w.state = resized(w.state, len(r.machines))
	for m := range w.state {
		w.state[m] = state{next: noMachine}
	}
	var b below
	near := [...]int{noMachine, noMachine} // by family: where the shortest way on begins
	for start := 0; start < len(r.order); {
		end := r.levelEnd(start)
		for _, k := range r.order[start:end] {
			m := r.offers[k.offer()].Machine
			if s := &w.state[m]; !s.counts && m != w.without && w.counts(k.offer()) {
				s.fate, s.preference = w.settle(m, k.preference(), &w.values[w.at[m]], b), k.preference()
				w.route(m, s, near)
			}
		}
		for _, k := range r.order[start:end] {
			i := k.offer()
			m := r.offers[i].Machine
			if s := &w.state[m]; s.counts && w.counts(i) {
				b |= s.offer(w.takes[i])
				for f := range near {
					if s.arrives&byUsable != 0 && w.takes[i]&(byUsable<<f) != 0 {
						near[f] = w.nearer(near[f], m)
					}
				}
			}
		}
		start = end
	}
}

// settle works out what comes of mail at a machine that counts from those of lower preference.
func (w *worlds) settle(m, preference int, v *value, b below) fate {
	s := fate{counts: true, arrives: v.sends.meets(b.reach()), direct: v.sends.meets(b.direct())}
	if b&someBelow == 0 || w.relay.machines[m].Final {
		s.final, s.arrives = true, eachView
	}
	for _, l := range w.relay.linksFrom(m) {
		if to := &w.state[l.To]; to.counts && to.preference < preference {
			s.arrives |= to.arrives
			if to.final {
				s.direct = eachView
			}
		}
	}
	return s
}

// offer is what a settled machine that takes mail in some families adds to what is below the next level.
func (s fate) offer(takes views) below {
	b := someBelow | below(takes.only(s.arrives))
	if s.final {
		b |= below(takes) << 4
	}
	return b
}

// route finds the shortest way on from a machine, near being where that begins in each family.
func (w *worlds) route(m int, s *state, near [2]int) {
	if s.final {
		return
	}
	for f, g := range near {
		if g != noMachine && w.values[w.at[m]].sends&(byUsable<<f) != 0 {
			s.next = w.nearer(s.next, g)
		}
	}
	for _, l := range w.relay.linksFrom(m) {
		if to := &w.state[l.To]; to.counts && to.preference < s.preference && to.arrives&byUsable != 0 {
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

// judge is what holds of a machine in the world at hand.
func (w *worlds) judge(m, preference int, v *value, s fate) (f facts) {
	if !s.counts {
		return 0
	}
	if s.final {
		f = isFinal
	}
	accepted := v.takes.meets(eachFamily) == eachView || w.isLinked(m, preference)
	switch s.arrives {
	case 0:
		f |= isLost
		if accepted {
			f |= isStranded
		}
	case eachView:
		f |= isArriving
		if accepted && s.direct == 0 && !s.final {
			f |= isIndirect
		}
	}
	return f
}

// isLinked reports whether mail can come to a machine over a link.
func (w *worlds) isLinked(m, preference int) bool {
	return w.relay.machines[m].Linked && slices.ContainsFunc(w.relay.links, func(l Link) bool {
		from := &w.state[l.From]
		return l.To == m && from.counts && from.preference > preference
	})
}

// tryTogether is tryEach for machines that need to know no more than below tells: one walk, with all that may be below.
func (w *worlds) tryTogether(all []holds) {
	r := w.relay
	var room [4][4]below // enough for most domains
	before, next, level, more := room[0][:1], room[1][:0], room[2][:0], room[3][:0]
	for m := range all {
		if w.of[m].listed == noOffer || m == w.without { // nothing holds of it, and no level has it
			all[m] = holds{}
		}
	}
	for start := 0; start < len(r.order); {
		end := r.levelEnd(start)
		next = next[:0]
		for _, b := range before {
			level = append(level[:0], b)
			for _, k := range r.order[start:end] {
				m := r.offers[k.offer()].Machine
				if w.of[m].listed == k.offer() && m != w.without {
					level, more = w.tryMachine(m, b, &all[m], level, more[:0]), level
				}
			}
			for _, l := range level {
				next = add(next, l)
			}
		}
		before, next = next, before
		start = end
	}
}

// tryMachine judges a machine with each of its values, and adds what it offers to what may be below the next level.
func (w *worlds) tryMachine(m int, b below, all *holds, level, more []below) []below {
	of := &w.of[m]
	for i := of.from; i < of.to; i++ {
		v := &w.values[i]
		var s fate
		var offer below
		if v.counts {
			s = w.settle(m, Unlisted, v, b)
			offer = s.offer(v.takes)
		}
		all.add(w.judge(m, Unlisted, v, s))
		for _, l := range level {
			more = add(more, l|offer)
		}
	}
	return more
}

// add puts what is below a machine into a set.
func add(set []below, b below) []below {
	if slices.Contains(set, b) {
		return set
	}
	return append(set, b)
}
