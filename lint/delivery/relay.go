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
// Relay is that of a domain without MX hosts; Reset makes it another's and reuses its memory.
//
// What it says of a machine holds for published addresses and for usable ones alike: what is so only because an address
// is unusable is not said here.
type Relay struct {
	machines []Machine
	offers   []Offer
	links    []Link // by From
	linksAt  []int  // links[linksAt[m]:linksAt[m+1]] lead from m; empty where there are no links
	own      []int  // offers by machine
	ownAt    []int  // own[ownAt[m]:ownAt[m+1]] are those of m
	order    []int  // offers of MX records, by preference, then by index
	primary  []int  // machines of the lowest preference
	worlds   worlds
}

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
	r.worlds.try(r, noMachine)
}

// noMachine stands for no machine.
const noMachine = -1

// indexOffers fills in order, primary, own and ownAt.
func (r *Relay) indexOffers() {
	r.order, r.own, r.primary = r.order[:0], r.own[:0], r.primary[:0]
	r.ownAt = slices.Grow(r.ownAt[:0], len(r.machines)+1)[:len(r.machines)+1]
	clear(r.ownAt)
	for i := range r.offers {
		r.ownAt[r.offers[i].Machine+1]++
		r.own = append(r.own, i)
		if r.offers[i].Preference != Unlisted {
			r.order = append(r.order, i)
		}
	}
	for m := range r.machines {
		r.ownAt[m+1] += r.ownAt[m]
		if len(r.primary) > 0 && r.machines[m].Preference < r.machines[r.primary[0]].Preference {
			r.primary = r.primary[:0]
		}
		if len(r.primary) == 0 || r.machines[m].Preference == r.machines[r.primary[0]].Preference {
			r.primary = append(r.primary, m)
		}
	}
	r.sortOffers(r.own, func(o *Offer) int { return o.Machine })
	r.sortOffers(r.order, func(o *Offer) int { return o.Preference })
}

// sortOffers sorts indexes of offers, which mostly are in order.
func (r *Relay) sortOffers(list []int, by func(*Offer) int) {
	compare := func(a, b int) int { return by(&r.offers[a]) - by(&r.offers[b]) }
	if !slices.IsSortedFunc(list, compare) {
		slices.SortStableFunc(list, compare)
	}
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

// ownOffers are the offers of a machine, by index.
func (r *Relay) ownOffers(m int) []int { return r.own[r.ownAt[m]:r.ownAt[m+1]] }

// levelEnd is the end, in order, of the offers of equal preference that begin at start.
func (r *Relay) levelEnd(start int) int {
	end := start
	for end < len(r.order) && r.offers[r.order[end]].Preference == r.offers[r.order[start]].Preference {
		end++
	}
	return end
}

// Primary is the primary group: the machines of the lowest preference, by index, those of unknown families among them.
// The slice is r's own.
func (r *Relay) Primary() []int { return r.primary }

// Final reports whether mail reaches the mailbox from m without another relay: it is primary, or declared to be final.
func (r *Relay) Final(m int) bool { return r.worlds.all[m]&isFinal != 0 }

// Stranded says whether m accepts mail that never reaches a final host.
func (r *Relay) Stranded(m int) Truth {
	return truth(r.worlds.all[m]&isStranded != 0 && !r.worlds.cut, r.worlds.some[m]&isStranded != 0)
}

// Arrives reports whether mail that m has reaches a final host for certain.
func (r *Relay) Arrives(m int) bool { return r.worlds.all[m]&isArriving != 0 && !r.worlds.cut }

// Indirect reports whether mail that m accepts reaches a final host for certain, and never without another relay on the
// way.
func (r *Relay) Indirect(m int) bool { return r.worlds.all[m]&isIndirect != 0 && !r.worlds.cut }

// Path is the shortest way from m to a final host that needs no unknown family, both ends included; among equals, by
// lower preference and index at each hop. It is m alone where m is final, and nil where there is no such way.
func (r *Relay) Path(m int) []int {
	if !r.worlds.state[m].arrives[r.worlds.views-1] {
		return nil
	}
	var path []int
	for ; m != noMachine; m = r.worlds.state[m].next {
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
	for _, i := range r.ownOffers(m) {
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
	for _, i := range r.ownOffers(m) {
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
	for _, i := range r.ownOffers(g) {
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
	var depend, candidates []int
	for m := range r.machines {
		if !r.Indirect(m) {
			continue
		}
		depend = append(depend, m)
		if path := r.Path(m); len(path) > 2 { // a bridge is on every path, and so on this one
			candidates = append(candidates, path[1:len(path)-1]...)
		}
	}
	byPreference := func(a, b int) int { return int(r.machines[a].Preference) - int(r.machines[b].Preference) }
	slices.Sort(candidates)
	candidates = slices.Compact(candidates)
	slices.SortStableFunc(candidates, byPreference)
	slices.SortStableFunc(depend, byPreference)
	var bridges []Bridge
	var less worlds
	for _, b := range candidates[:min(len(candidates), maxBridges)] {
		if r.worlds.some[b]&isFinal != 0 {
			continue
		}
		less.try(r, b)
		var strands []int
		for _, m := range depend {
			if m != b && less.all[m]&isLost != 0 && !less.cut {
				strands = append(strands, m)
			}
		}
		if len(strands) > 0 {
			bridges = append(bridges, Bridge{b, strands})
		}
	}
	return bridges
}
