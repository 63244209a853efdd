package oracle

import (
	"maps"
	"slices"
	"strings"
)

// verdicts are the findings that are due: by rule, what they are about. A rule about the domain as a whole names
// nothing, "".
type verdicts map[string]map[string]bool

func (v verdicts) add(rule, about string) {
	if v[rule] == nil {
		v[rule] = map[string]bool{}
	}
	v[rule][about] = true
}

// graph is the relay graph of a domain for one value of the unknown, with its published or its usable addresses.
type graph struct {
	*picture
	v         values
	published bool
	counted   []record    // MX targets that count
	machines  []int       // those that they lead to
	lowest    map[int]int // p(h), by machine
	without   int         // a machine that is not there, or -1
}

// graph is that for relays, or else that for senders, to whom links mean nothing.
func (p *picture) graph(v values, published, relays bool) *graph {
	g := &graph{picture: p, v: v, published: published, lowest: map[int]int{}, without: -1}
	for _, t := range p.targets {
		if p.leadsNowhere(t.data, v, relays) {
			continue
		}
		g.counted = append(g.counted, t)
		m := p.machine[t.data]
		if p, met := g.lowest[m]; !met || t.preference < p {
			g.lowest[m] = t.preference
		}
		if !slices.Contains(g.machines, m) {
			g.machines = append(g.machines, m)
		}
	}
	return g
}

// leadsNowhere reports whether a target counts for nothing: it is known to have no address, or has none by the value of
// the unknown, and no link proves that it takes mail all the same.
func (p *picture) leadsNowhere(name string, v values, relays bool) bool {
	isProved := relays && p.hosts[name].status == unknown && p.isLinkedTo(p.machine[name])
	return p.reach(name, v, true) == none && !isProved
}

// isLinkedTo reports whether a link leads to a machine from another one, whether that is an MX host of this domain or
// of another.
func (p *picture) isLinkedTo(machine int) bool {
	return slices.ContainsFunc(p.links, func(l link) bool { return p.isLinked(p.machine[l.from], machine) })
}

// receiving is F(h), over the MX targets: what a sender can use.
func (g *graph) receiving(machine int) families {
	var f families
	for _, t := range g.counted {
		if g.machine[t.data] == machine {
			f |= g.reach(t.data, g.v, g.published)
		}
	}
	return f
}

func (g *graph) isPrimary(machine int) bool {
	return !slices.ContainsFunc(g.machines, func(m int) bool { return g.lowest[m] < g.lowest[machine] })
}

func (g *graph) primaries() []int {
	return slices.DeleteFunc(slices.Clone(g.machines), func(m int) bool { return !g.isPrimary(m) })
}

func (g *graph) isEnd(machine int) bool { return g.isPrimary(machine) || g.isFinal(machine) }

// hasEdge reports whether a machine can pass mail on to another: over a link, or to one of the targets that step 2
// leaves to it.
func (g *graph) hasEdge(from, to int) bool {
	if from == g.without || to == g.without || g.lowest[to] >= g.lowest[from] {
		return false
	}
	if g.isLinked(from, to) {
		return true
	}
	sends := g.sending(from, g.v, g.published)
	return slices.ContainsFunc(g.counted, func(t record) bool {
		return g.machine[t.data] == to && t.preference < g.lowest[from] &&
			g.reach(t.data, g.v, g.published)&sends != 0
	})
}

// accepts reports whether mail can come to a machine at all.
func (g *graph) accepts(machine int) bool {
	return g.receiving(machine) != none ||
		slices.ContainsFunc(g.machines, func(m int) bool { return g.isLinked(m, machine) && g.hasEdge(m, machine) })
}

// arrives reports whether there is a path of relay edges to a final host.
func (g *graph) arrives(machine int) bool {
	return g.isEnd(machine) || slices.ContainsFunc(g.machines, func(m int) bool {
		return g.hasEdge(machine, m) && g.arrives(m)
	})
}

func (g *graph) isStranded(machine int) bool {
	return slices.Contains(g.machines, machine) && g.accepts(machine) && !g.arrives(machine)
}

// bridges reports whether a machine goes to waste without another that is not final.
func (g *graph) bridges(bridge, machine int) bool {
	if machine == bridge || !slices.Contains(g.machines, bridge) || !slices.Contains(g.machines, machine) ||
		g.isEnd(bridge) || !g.accepts(machine) || !g.arrives(machine) {
		return false
	}
	less := *g
	less.without = bridge
	return !less.arrives(machine)
}

func (g *graph) isIndirect(machine int) bool {
	return slices.Contains(g.machines, machine) && g.accepts(machine) && !g.isEnd(machine) && g.arrives(machine) &&
		!slices.ContainsFunc(g.machines, func(m int) bool { return g.isEnd(m) && g.hasEdge(machine, m) })
}

// stackOf is what the domain is meant to be.
func (w *world) stackOf() families {
	if w.stack == none {
		return dual
	}
	return w.stack
}

// isSingleStackPrimary is the condition of mx-primary-single-stack.
func (g *graph) isSingleStackPrimary() bool {
	if g.implicit || g.stackOf() != dual {
		return false
	}
	var all families
	for _, m := range g.primaries() {
		if g.receiving(m) == dual {
			return false
		}
		all |= g.receiving(m)
	}
	if all == none {
		return false
	}
	return !slices.ContainsFunc(g.machines, func(m int) bool {
		return !g.isPrimary(m) && g.isFinal(m) && g.receiving(m)&^all != 0
	})
}

// lacks reports whether no MX host has a family that the domain is meant to have. Where none has a usable address, that is
// the only thing to say.
func (g *graph) lacks(f families) bool {
	return !g.implicit && g.stackOf()&f != 0 && len(g.machines) > 0 &&
		!slices.ContainsFunc(g.machines, func(m int) bool { return g.receiving(m)&f != 0 })
}

func isOne(f families) bool { return f == ipv4 || f == ipv6 }

func (g *graph) isSingleStackHost(machine int) bool {
	return !g.implicit && g.stackOf() == dual && slices.Contains(g.machines, machine) && isOne(g.receiving(machine)) &&
		(!slices.Equal(g.primaries(), []int{machine}) || g.isSingleStackPrimary()) // which says more of it
}

func (g *graph) hangsOnOne(f families) bool {
	carriers := 0
	for _, m := range g.machines {
		if g.receiving(m)&f != 0 {
			carriers++
		}
	}
	return g.stackOf()&f != 0 && len(g.machines) > 1 && carriers == 1
}

// verdicts are all that mx46 has to report of a domain, by the catalogue.
func (p *picture) verdicts() verdicts {
	out := verdicts{}
	p.relayVerdicts(out)
	p.targetVerdicts(out)
	if out["mx-primary-single-stack"] != nil {
		delete(out, "mx-no-ipv4")
		delete(out, "mx-no-ipv6")
		delete(out, "mx-host-single-stack")
		delete(out, "mx-family-single-host")
	}
	return out
}

// relayVerdicts are those that are worked out for every value of the unknown.
func (p *picture) relayVerdicts(out verdicts) {
	times := map[string]map[string]int{}
	lacking := map[string]families{} // by host
	all := p.all
	for _, v := range all {
		usable, published := p.graph(v, false, false), p.graph(v, true, false)
		count := func(rule, about string, holds func(*graph) bool) {
			if times[rule] == nil {
				times[rule] = map[string]int{}
			}
			if holds(usable) && holds(published) { // else an address rule says it
				times[rule][about]++
			}
		}
		domain := func(rule string, holds func(*graph) bool) { count(rule, "", holds) }
		domain("mx-primary-single-stack", (*graph).isSingleStackPrimary)
		reached := slices.ContainsFunc(usable.machines, func(m int) bool { return usable.receiving(m) != none })
		domain("mx-no-ipv4", func(g *graph) bool { return reached && g.lacks(ipv4) })
		domain("mx-no-ipv6", func(g *graph) bool { return reached && g.lacks(ipv6) })
		domain("implicit-mx-single-stack", func(g *graph) bool {
			if !g.implicit {
				return false
			}
			has := g.reach(g.domain, v, g.published)
			return isOne(has) && g.stackOf()&^has != none
		})
		count("mx-family-single-host", "IPv4", func(g *graph) bool { return g.hangsOnOne(ipv4) })
		count("mx-family-single-host", "IPv6", func(g *graph) bool { return g.hangsOnOne(ipv6) })
		for _, m := range usable.machines {
			lacking[p.nameOf(m)] = dual &^ published.receiving(m)
			count("mx-host-single-stack", p.nameOf(m), func(g *graph) bool { return g.isSingleStackHost(m) })
		}
		usable, published = p.graph(v, false, true), p.graph(v, true, true)
		for _, m := range usable.machines {
			name := p.nameOf(m)
			count("mx-secondary-stranded", name, func(g *graph) bool { return g.isStranded(m) })
			count("mx-relay-indirect", name, func(g *graph) bool { return g.isIndirect(m) })
			for _, other := range usable.machines {
				about := name + " for " + p.nameOf(other)
				count("mx-relay-single-bridge", about, func(g *graph) bool { return g.bridges(m, other) })
			}
		}
	}
	for rule, abouts := range times {
		for about, n := range abouts {
			switch {
			case n == len(all):
				out.add(rule, about)
			case n > 0 && rule == "mx-secondary-stranded":
				out.add("mx-relay-unknown", about)
			}
		}
	}
	for about := range out["mx-host-single-stack"] { // which tells the same of each host without the family
		switch lacking[about] {
		case ipv4:
			delete(out["mx-family-single-host"], "IPv4")
		case ipv6:
			delete(out["mx-family-single-host"], "IPv6")
		}
	}
}

// nameOf is what a machine is called: the first of its names that is an MX target.
func (p *picture) nameOf(machine int) string {
	for _, t := range p.targets {
		if p.machine[t.data] == machine {
			return p.label(t.data)
		}
	}
	return ""
}

// label is all names of a machine in one word.
func (p *picture) label(name string) string { return strings.Join(p.namesOf(p.machine[name]), "=") }

// targetVerdicts are those that no unknown family touches.
func (p *picture) targetVerdicts(out verdicts) {
	all := p.mxRecords()
	for i, r := range p.raw() {
		if slices.ContainsFunc(p.raw()[:i], func(other record) bool { return other.data == r.data && !isNull(r) }) {
			out.add("mx-duplicate", r.data)
		}
	}
	for _, r := range all {
		switch {
		case isNull(r) && len(all) > 1:
			out.add("null-mx-not-alone", "")
		case isNull(r) && r.preference != 0:
			out.add("null-mx-preference", "")
		}
	}
	if p.implicit {
		p.addressVerdicts(out, p.hosts[p.domain])
		return
	}
	seen := map[string]bool{}
	for _, t := range p.targets {
		h := p.hosts[t.data]
		seen[t.data] = true
		switch {
		case h.alias:
			out.add("mx-target-cname", t.data)
		case h.status == noData || h.status == nxDomain:
			out.add("mx-target-no-address", t.data)
		case h.wildcard && len(h.addresses) > 0:
			out.add("mx-target-wildcard", t.data)
		}
		if z := p.zoneOf(h.canonical()); h.status == unknown && z != nil {
			isHidden := slices.ContainsFunc(z.at(h.canonical()), isAddress)
			switch {
			case isHidden:
				out.add("mx-occluded", h.canonical())
			case h.stated == none:
				out.add("mx-target-delegated", h.canonical())
			}
		}
		p.addressVerdicts(out, h)
	}
	p.sharingVerdicts(out, slices.Sorted(maps.Keys(seen)))
}

func isAddress(r record) bool { return r.kind == "A" || r.kind == "AAAA" }

// addressVerdicts are about the addresses of one host.
func (p *picture) addressVerdicts(out verdicts, h *host) {
	if h.status != found {
		return
	}
	for _, a := range h.addresses {
		if !a.usable {
			out.add("addr-"+a.kind, a.String())
		}
	}
}

// sharingVerdicts is mx-same-address, for all pairs of targets.
func (p *picture) sharingVerdicts(out verdicts, names []string) {
	worst := ""
	for i, a := range names {
		for _, b := range names[:i] {
			if p.machine[a] == p.machine[b] || p.hosts[a].status != found || p.hosts[b].status != found {
				continue
			}
			four, six := p.shared(a, b, ipv4), p.shared(a, b, ipv6)
			switch {
			case four == "same" && six != "differ" || six == "same" && four != "differ":
				worst = "warning"
			case (four == "same" || six == "same") && worst == "":
				worst = "note"
			}
		}
	}
	if worst != "" {
		out.add("mx-same-address", worst)
	}
}

// shared compares the usable addresses of two names in one family: "none" where neither has any, "same" or "differ".
func (p *picture) shared(a, b string, f families) string {
	of := func(name string) []string {
		var list []string
		for _, a := range p.hosts[name].addresses {
			if a.family == f && a.usable {
				list = append(list, a.String())
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	switch {
	case len(of(a)) == 0 && len(of(b)) == 0:
		return "none"
	case slices.Equal(of(a), of(b)):
		return "same"
	}
	return "differ"
}
