package delivery

// The relay graph of one mail domain (RFC 3974 s.4.2): which MX hosts can pass mail on to one that has the mailbox.
//
// Two facts keep it near-linear and exact where families are unknown. First, edges lead to strictly lower preferences, so one
// walk up the preferences settles every host, and all that a host needs to know of those below it is the union of the families
// of the ones that deliver. Second, more families in a host never take an edge away from another. So the
// worst case for h is that every other unknown host has no family, the best that all have both, and nothing between them needs
// to be tried; only h's own families can count either way, since they also decide whether it accepts mail at all.

import "slices"

// Host is one MX host of a mail domain: a machine, with all that is known of it.
type Host struct {
	Name        string
	OtherNames  []string // the machine's other names in MX records, if it has several
	Preference  uint16   // the lowest among the MX records that lead to it
	Families    Families // in which it has a usable address; means nothing unless Known
	Known       bool
	Outbound    Families // in which it can open connections, where that is not Families
	HasOutbound bool     // the operator states Outbound
	Final       bool     // the operator says that mail reaches the mailbox from here without SMTP (shared storage, s.4.2)
}

// Link is a transport from one host to another that needs no common family (RFC 3974 s.4.2): From and To are indexes of hosts.
type Link struct {
	From, To int
	Via      string // "uucp", "translator": the operator's word
}

// Truth is what can be said where families may be unknown.
type Truth uint8

// The truths: for no value that unknown families could have, for some, for all.
const (
	No Truth = iota
	Maybe
	Yes
)

var truthNames = [...]string{No: "no", Maybe: "maybe", Yes: "yes"}

// String is "no", "maybe" or "yes".
func (t Truth) String() string { return truthNames[t] }

func truth(sure, possible bool) Truth {
	switch {
	case sure:
		return Yes
	case possible:
		return Maybe
	}
	return No
}

// Relay is the relay graph of one mail domain. Hosts go by their index in the slice it was made from. The zero Relay is that of
// a domain without MX hosts; Reset makes it another's and reuses its memory.
type Relay struct {
	hosts []Host
	links []Link // valid ones, by From
	order []int  // hosts by preference, then by index
	first int    // size of the primary group
	state []state
	begin []int // begin[h]:begin[h+1] are the links from h; empty where there are none
}

// state is what the walk up the preferences found for one host. "sure" is the worst case of unknown families, "possible" the best.
type state struct {
	final                      bool
	sure, possible             bool // mail that is here reaches a final host
	sureDirect, possibleDirect bool
	below                      Families // of the hosts of lower preference that deliver for certain
	hops                       int      // of the shortest sure path; 0 for a final host
	next                       int      // the host that it leads to, -1 for none
}

// NewRelay builds the graph. It keeps hosts and links, which must not change while it is in use. A link with an index outside
// hosts, and one that leads to no lower preference, carries nothing.
func NewRelay(hosts []Host, links []Link) *Relay {
	r := new(Relay)
	r.Reset(hosts, links)
	return r
}

// Reset makes r the graph of another domain, as NewRelay would.
func (r *Relay) Reset(hosts []Host, links []Link) {
	r.hosts = hosts
	r.sort()
	r.indexLinks(links)
	r.state = slices.Grow(r.state[:0], len(hosts))[:len(hosts)]
	r.walk()
}

// sort fills order and first.
func (r *Relay) sort() {
	r.order = r.order[:0]
	sorted := true
	for i := range r.hosts {
		r.order = append(r.order, i)
		sorted = sorted && (i == 0 || r.hosts[i-1].Preference <= r.hosts[i].Preference)
	}
	if !sorted {
		slices.SortStableFunc(r.order, func(a, b int) int { return int(r.hosts[a].Preference) - int(r.hosts[b].Preference) })
	}
	r.first = r.groupEnd(0)
}

// groupEnd is the end, in order, of the group of equal preference that begins at start.
func (r *Relay) groupEnd(start int) int {
	end := start
	for end < len(r.order) && r.hosts[r.order[end]].Preference == r.hosts[r.order[start]].Preference {
		end++
	}
	return end
}

func (r *Relay) indexLinks(links []Link) {
	r.links, r.begin = r.links[:0], r.begin[:0]
	n := len(r.hosts)
	for _, l := range links {
		if l.From >= 0 && l.From < n && l.To >= 0 && l.To < n && r.hosts[l.To].Preference < r.hosts[l.From].Preference {
			r.links = append(r.links, l)
		}
	}
	if len(r.links) == 0 {
		return
	}
	slices.SortStableFunc(r.links, func(a, b Link) int { return a.From - b.From })
	for i := range n + 1 {
		at, _ := slices.BinarySearchFunc(r.links, i, func(l Link, from int) int { return l.From - from })
		r.begin = append(r.begin, at)
	}
}

func (r *Relay) linksFrom(h int) []Link {
	if len(r.begin) == 0 {
		return nil
	}
	return r.links[r.begin[h]:r.begin[h+1]]
}

// receiving is the set of families in which mail reaches the host, in the worst and in the best case.
func (h *Host) receiving() (worst, best Families) {
	if h.Known {
		return h.Families, h.Families
	}
	return None, Dual
}

// sending is the set of families in which the host opens connections, in the worst and in the best case.
func (h *Host) sending() (worst, best Families) {
	if h.HasOutbound {
		return h.Outbound, h.Outbound
	}
	return h.receiving()
}

// Sending is S(h): the set of families in which the host opens connections, and whether it is known.
func (h *Host) Sending() (f Families, known bool) {
	if h.HasOutbound {
		return h.Outbound, true
	}
	return h.Families, h.Known
}

// reach is what the hosts of lower preference offer to the next group.
type reach struct {
	sure, possible             Families // of hosts that deliver
	sureDirect, possibleDirect Families // of final hosts
	via                        [2]int   // by family, IPv4 and IPv6: the delivering host with the fewest hops; -1 for none
}

func (r *Relay) walk() {
	below := reach{via: [2]int{-1, -1}}
	for start := 0; start < len(r.order); {
		end := r.groupEnd(start)
		for _, h := range r.order[start:end] {
			r.settle(h, start == 0, &below)
		}
		if end < len(r.order) {
			for _, h := range r.order[start:end] {
				r.offer(h, &below)
			}
		}
		start = end
	}
}

// settle works out one host's state from those of lower preference.
func (r *Relay) settle(h int, primary bool, below *reach) {
	host, s := &r.hosts[h], &r.state[h]
	*s = state{below: below.sure, next: -1}
	if primary || host.Final {
		s.final, s.sure, s.possible = true, true, true
	}
	worst, best := host.sending()
	s.sureDirect, s.possibleDirect = worst.Meets(below.sureDirect), best.Meets(below.possibleDirect)
	next := -1
	for i, g := range below.via {
		if g >= 0 && worst.Meets(IPv4<<i) {
			next = r.nearer(next, g)
		}
	}
	s.possible = s.possible || best.Meets(below.possible)
	for _, l := range r.linksFrom(h) {
		target := &r.state[l.To]
		accepts, couldAccept := r.hosts[l.To].receiving()
		if accepts != None && target.sure {
			next = r.nearer(next, l.To)
			s.sureDirect = s.sureDirect || target.final
		}
		if couldAccept != None {
			s.possible = s.possible || target.possible
			s.possibleDirect = s.possibleDirect || target.final
		}
	}
	if !s.final && next >= 0 {
		s.sure, s.next, s.hops = true, next, r.state[next].hops+1
	}
}

// nearer is the one of two delivering hosts that has fewer hops to go, then the lower preference, then the lower index.
// -1 stands for no host.
func (r *Relay) nearer(a, b int) int {
	if a < 0 {
		return b
	}
	x, y := &r.hosts[a], &r.hosts[b]
	switch d := r.state[b].hops - r.state[a].hops; {
	case d < 0, d == 0 && (y.Preference < x.Preference || y.Preference == x.Preference && b < a):
		return b
	}
	return a
}

// offer adds a settled host to what is below the next group.
func (r *Relay) offer(h int, below *reach) {
	s := &r.state[h]
	worst, best := r.hosts[h].receiving()
	if s.possible {
		below.possible |= best
	}
	if s.sure {
		below.sure |= worst
		for i := range below.via {
			if worst.Meets(IPv4 << i) {
				below.via[i] = r.nearer(below.via[i], h)
			}
		}
	}
	if s.final {
		below.sureDirect |= worst
		below.possibleDirect |= best
	}
}

// Primary is the primary group: the hosts of the lowest preference, by index. The slice is r's own.
func (r *Relay) Primary() []int { return r.order[:r.first] }

// Final tells whether h is final: of the primary group, or declared.
func (r *Relay) Final(h int) bool { return r.state[h].final }

// Edge tells whether h can hand mail on to g: for certain, for some value of unknown families, or not; in which families
// (those that are certain), and over which link, if one is declared.
func (r *Relay) Edge(h, g int) (t Truth, over Families, via string) {
	from, to := &r.hosts[h], &r.hosts[g]
	if to.Preference >= from.Preference {
		return No, None, ""
	}
	sendWorst, sendBest := from.sending()
	worst, best := to.receiving()
	linked := false
	for _, l := range r.linksFrom(h) {
		if l.To == g {
			linked, via = true, l.Via
			break
		}
	}
	over = sendWorst & worst
	return truth(over != None || linked && worst != None, sendBest.Meets(best) || linked && best != None), over, via
}

// Stranded tells whether h accepts mail that never reaches a final host.
func (r *Relay) Stranded(h int) Truth {
	host, s := &r.hosts[h], &r.state[h]
	if s.final || s.sure {
		return No
	}
	if host.Known {
		return truth(host.Families != None && !s.possible, host.Families != None)
	}
	// With no family at all h would accept nothing, so it is never stranded for certain. It may be when some family of its
	// own would find no way in the worst case.
	return truth(false, host.HasOutbound || s.below != Dual)
}

// Direct tells whether h has an edge straight to a final host. It says nothing about final hosts.
func (r *Relay) Direct(h int) Truth { return truth(r.state[h].sureDirect, r.state[h].possibleDirect) }

// Path is the shortest certain way from h to a final host, both ends included; among equals, by lower preference and index at
// each hop. It is h alone where h is final, and nil where there is no certain way.
func (r *Relay) Path(h int) []int {
	if !r.state[h].sure {
		return nil
	}
	path := make([]int, 0, r.state[h].hops+1)
	for ; h >= 0; h = r.state[h].next {
		path = append(path, h)
	}
	return path
}

// Deciding lists, in order of preference, the hosts of unknown families that decide whether h is stranded: with their families
// known, Stranded(h) is not Maybe any more. It is nil where it is not Maybe now.
func (r *Relay) Deciding(h int) []int {
	if r.Stranded(h) != Maybe {
		return nil
	}
	// Down the preferences along the edges of the best case. A final host passes nothing on.
	reached := make([]bool, len(r.hosts))
	reached[h] = true
	var open, group Families // what the reached hosts of larger preference, and of the current one, may send in
	var unknown []int
	for i := len(r.order) - 1; i >= 0; i-- {
		g := r.order[i]
		if i+1 < len(r.order) && r.hosts[r.order[i+1]].Preference != r.hosts[g].Preference {
			open |= group
		}
		_, best := r.hosts[g].receiving()
		reached[g] = (reached[g] || open.Meets(best)) && (g == h || r.state[g].possible)
		if !reached[g] {
			continue
		}
		if !r.hosts[g].Known {
			unknown = append(unknown, g)
		}
		if r.state[g].final {
			continue
		}
		_, send := r.hosts[g].sending()
		group |= send
		for _, l := range r.linksFrom(g) {
			_, accepts := r.hosts[l.To].receiving()
			reached[l.To] = reached[l.To] || accepts != None
		}
	}
	slices.Reverse(unknown)
	return unknown
}

// Bridge is a host whose loss strands others.
type Bridge struct {
	Host    int
	Strands []int // those that have a certain path to a final host today and none without Host, by preference
}

// Bridges lists, in order of preference, the hosts that others depend on: hosts, themselves not final, that lie on every way, even
// the merely possible ones, of another to a final host. Losing a final host delays mail but cuts no way between families, so it
// is no bridge.
func (r *Relay) Bridges() []Bridge {
	if len(r.order)-r.first < 2 { // a bridge needs a host above it and a final one below
		return nil
	}
	strands := make(map[int][]int)
	dom := r.dominators()
	for _, h := range r.order {
		if worst, _ := r.hosts[h].receiving(); r.state[h].final || !r.state[h].sure || worst == None {
			continue
		}
		for b := dom[h].parent; b >= 0; b = dom[b].parent {
			strands[b] = append(strands[b], h)
		}
	}
	var bridges []Bridge
	for _, b := range r.order {
		if len(strands[b]) > 0 {
			bridges = append(bridges, Bridge{Host: b, Strands: strands[b]})
		}
	}
	return bridges
}

// dominator is a host's place in the tree of hosts that every way of the best case leads through; the root, -1, is "a final host".
type dominator struct{ parent, depth int }

func (r *Relay) dominators() []dominator {
	const unset = -2
	dom := make([]dominator, len(r.hosts))
	join := func(a, b int) int { // the nearest host, or the root, that every way of both leads through
		if a == unset {
			return b
		}
		for a != b {
			switch {
			case a < 0 || b < 0:
				return -1
			case dom[a].depth >= dom[b].depth:
				a = dom[a].parent
			default:
				b = dom[b].parent
			}
		}
		return a
	}
	node := func(g int) int {
		if r.state[g].final {
			return -1
		}
		return g
	}
	below := [2]int{unset, unset}
	for start := 0; start < len(r.order); {
		end := r.groupEnd(start)
		for _, h := range r.order[start:end] {
			if r.state[h].final || !r.state[h].possible {
				continue
			}
			_, send := r.hosts[h].sending()
			parent := unset
			for i, b := range below {
				if b != unset && send.Meets(IPv4<<i) {
					parent = join(parent, b)
				}
			}
			for _, l := range r.linksFrom(h) {
				if _, best := r.hosts[l.To].receiving(); best != None && r.state[l.To].possible {
					parent = join(parent, node(l.To))
				}
			}
			dom[h].parent = parent
			if parent >= 0 {
				dom[h].depth = dom[parent].depth + 1
			}
		}
		for _, h := range r.order[start:end] {
			if _, best := r.hosts[h].receiving(); r.state[h].possible {
				for i := range below {
					if best.Meets(IPv4 << i) {
						below[i] = join(below[i], node(h))
					}
				}
			}
		}
		start = end
	}
	return dom
}
