package delivery

// The relay graph of one mail domain (RFC 3974 s.4.2): which MX hosts can pass mail on to one that has the mailbox.

import (
	"slices"

	"mx46/zonefiles"
)

// Truth is what can be said where families may be unknown.
type Truth uint8

// The truths: for no value that unknown families could have, for some, for all.
const (
	No Truth = iota
	Maybe
	Yes
)

func truth(sure, possible bool) Truth {
	switch {
	case sure:
		return Yes
	case possible:
		return Maybe
	}
	return No
}

// Relay is the relay graph of one mail domain. Machines go by their index in the slice that it was made from. The zero
// Relay is that of a domain without MX hosts; Reset makes it another's and reuses its memory. It is for one goroutine.
//
// What it says of a machine holds for published addresses and for usable ones alike: what is so only because an address
// is unusable is not said here.
type Relay struct {
	machines []Machine
	offers   []Offer
	links    []Link // by From
	linksAt  []int  // links[linksAt[m]:linksAt[m+1]] lead from m; empty where there are no links
	first    []int  // by machine: its first offer, or noOffer
	next     []int  // by offer: the next one of the same machine, or noOffer
	order    []rank // offers of MX records
	primary  []int  // machines of the lowest preference
	worlds   worlds

	depend, candidates []int // for Bridges
	less               []holds
}

// rank is an offer's place among those of MX records: by preference, then by index.
type rank uint64

func (k rank) preference() int { return int(k >> 32) }

// offer is its index.
func (k rank) offer() int { return int(uint32(k)) }

// NewRelay builds the graph. It keeps its arguments, which must not change while it is in use. A link with an index
// outside machines, or from a machine to itself, carries nothing.
func NewRelay(machines []Machine, offers []Offer, links []Link) *Relay {
	r := new(Relay)
	r.Reset(machines, offers, links)
	return r
}

// Reset makes r the graph of another domain, as NewRelay would.
func (r *Relay) Reset(machines []Machine, offers []Offer, links []Link) {
	r.machines, r.offers = machines, offers
	r.indexOffers()
	r.indexLinks(links)
	r.worlds.reset(r)
}

// noMachine and noOffer stand for none.
const (
	noMachine = -1
	noOffer   = -1
)

// resized is a slice of a length, in the memory of another where that suffices. It may hold anything.
func resized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

// indexOffers fills in order, primary, first and next.
func (r *Relay) indexOffers() {
	order, primary := r.order[:0], r.primary[:0]
	first, next := resized(r.first, len(r.machines)), resized(r.next, len(r.offers))
	lowest := Unlisted
	for m := range r.machines {
		first[m] = noOffer
		switch p := int(r.machines[m].Preference); {
		case p < lowest:
			lowest, primary = p, append(primary[:0], m)
		case p == lowest:
			primary = append(primary, m)
		}
	}
	for i := len(r.offers) - 1; i >= 0; i-- {
		m := r.offers[i].Machine
		first[m], next[i] = i, first[m]
	}
	for i := range r.offers {
		if p := r.offers[i].Preference; p != Unlisted {
			order = append(order, rank(p)<<32|rank(i))
		}
	}
	if !slices.IsSorted(order) {
		slices.Sort(order)
	}
	r.order, r.primary, r.first, r.next = order, primary, first, next
}

func (r *Relay) indexLinks(links []Link) {
	r.links, r.linksAt = r.links[:0], r.linksAt[:0]
	n := len(r.machines)
	for _, l := range links {
		if l.From >= 0 && l.From < n && l.To >= 0 && l.To < n && l.From != l.To {
			r.links = append(r.links, l)
		}
	}
	if len(r.links) == 0 {
		return
	}
	slices.SortStableFunc(r.links, func(a, b Link) int { return a.From - b.From })
	for m := range n + 1 {
		at, _ := slices.BinarySearchFunc(r.links, m, func(l Link, from int) int { return l.From - from })
		r.linksAt = append(r.linksAt, at)
	}
}

// linksFrom are the links that lead from a machine.
func (r *Relay) linksFrom(m int) []Link {
	if len(r.linksAt) == 0 {
		return nil
	}
	return r.links[r.linksAt[m]:r.linksAt[m+1]]
}

// levelEnd is the end, in order, of the offers of equal preference that begin at start.
func (r *Relay) levelEnd(start int) int {
	end := start + 1
	for end < len(r.order) && r.order[end].preference() == r.order[start].preference() {
		end++
	}
	return end
}

// Primary is the primary group: the machines of the lowest preference, by index, those of unknown families among them.
// The slice is r's own.
func (r *Relay) Primary() []int { return r.primary }

// Final reports whether mail reaches the mailbox from m without another relay: it is primary, or declared to be final.
func (r *Relay) Final(m int) bool { return r.worlds.holds[m].all&isFinal != 0 }

// Stranded says whether m accepts mail that never reaches a final host.
func (r *Relay) Stranded(m int) Truth {
	h := &r.worlds.holds[m]
	return truth(h.all&isStranded != 0 && !r.worlds.cut, h.some&isStranded != 0)
}

// Arrives reports whether mail that m has reaches a final host for certain.
func (r *Relay) Arrives(m int) bool { return r.worlds.holds[m].all&isArriving != 0 && !r.worlds.cut }

// Indirect reports whether mail that m accepts reaches a final host for certain, and never without another relay on the
// way.
func (r *Relay) Indirect(m int) bool { return r.worlds.holds[m].all&isIndirect != 0 && !r.worlds.cut }

// Path is the shortest way from m to a final host that needs no unknown family, both ends included; among equals, by
// lower preference and index at each hop. It is m alone where m is final, and nil where there is no such way.
func (r *Relay) Path(m int) []int {
	at := r.worlds.least()
	if at[m].arrives&byUsable == 0 {
		return nil
	}
	var path []int
	for ; m != noMachine; m = at[m].next {
		path = append(path, m)
	}
	return path
}

// Deciding lists the machines of unknown families that may decide whether m is stranded: itself, and those of lower
// preference. It is nil where Stranded is not Maybe.
func (r *Relay) Deciding(m int) []int {
	if r.Stranded(m) != Maybe {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.worlds.open), func(g int) bool {
		return g != m && r.machines[g].Preference >= r.machines[m].Preference
	})
}

// Unknown are the names of a machine whose families are not known, those that it sends from included.
func (r *Relay) Unknown(m int) []zonefiles.Name {
	var names []zonefiles.Name
	for i := r.first[m]; i != noOffer; i = r.next[i] {
		if o := &r.offers[i]; o.Open != None && !slices.Contains(names, o.Name) {
			names = append(names, o.Name)
		}
	}
	return names
}

// sending is the set of families in which a machine opens connections: those that are certain, and all that are
// possible.
func (r *Relay) sending(m int) (sure, possible Families) {
	if h := &r.machines[m]; h.HasOutbound {
		return h.Outbound, h.Outbound
	}
	for i := r.first[m]; i != noOffer; i = r.next[i] {
		sure |= r.offers[i].Usable
		possible |= r.offers[i].Usable | r.offers[i].Open
	}
	return sure, possible
}

// Sending is S(m): the families in which the machine opens connections, and whether that is all that is to be known.
func (r *Relay) Sending(m int) (families Families, known bool) {
	sure, possible := r.sending(m)
	return sure, sure == possible
}

// Edge says whether m can hand mail on to g: for certain, for some value of unknown families, or not; in which
// families (those that are certain), and over which link, if one is declared.
func (r *Relay) Edge(m, g int) (t Truth, over Families, via string) {
	p := int(r.machines[m].Preference)
	if int(r.machines[g].Preference) >= p {
		return No, None, ""
	}
	var sure, possible Families
	for i := r.first[g]; i != noOffer; i = r.next[i] {
		if o := &r.offers[i]; o.Preference < p {
			sure |= o.Usable
			possible |= o.Usable | o.Open
		}
	}
	linked := false
	for _, l := range r.linksFrom(m) {
		if l.To == g {
			linked, via = true, l.Via
			break
		}
	}
	sends, mayAlso := r.sending(m)
	return truth(linked || sends.Meets(sure), mayAlso.Meets(possible)), sends & sure, via
}

// Bridge is a machine whose loss strands others.
type Bridge struct {
	Machine int
	Strands []int // those that reach a final host for certain, and never without it, by preference
}

// Bridges lists, in order of preference, the machines that others depend on: those, themselves not final, that are on
// every way of another to a final host. Losing a final host delays mail but cuts no way between families, so it is no
// bridge.
func (r *Relay) Bridges() []Bridge {
	depend, candidates := r.depend[:0], r.candidates[:0]
	for m := range r.machines {
		if !r.Indirect(m) {
			continue
		}
		depend = append(depend, m)
		at := r.worlds.least()
		for b := at[m].next; b != noMachine && at[b].next != noMachine; b = at[b].next {
			candidates = append(candidates, b) // a bridge is on every path, and so on this one
		}
	}
	if len(depend) == 0 {
		return nil
	}
	r.depend, r.candidates = depend, candidates
	byPreference := func(a, b int) int { return int(r.machines[a].Preference) - int(r.machines[b].Preference) }
	slices.Sort(candidates)
	candidates = slices.Compact(candidates)
	slices.SortStableFunc(candidates, byPreference)
	slices.SortStableFunc(depend, byPreference)
	var bridges []Bridge
	for _, b := range candidates[:min(len(candidates), maxBridges)] {
		if r.worlds.holds[b].some&isFinal != 0 {
			continue
		}
		r.less = r.worlds.try(r.less, b)
		var strands []int
		for _, m := range depend {
			if m != b && r.less[m].all&isLost != 0 && !r.worlds.cut {
				strands = append(strands, m)
			}
		}
		if len(strands) > 0 {
			bridges = append(bridges, Bridge{b, strands})
		}
	}
	return bridges
}
