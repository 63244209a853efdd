package oracle

import (
	"cmp"
	"slices"
)

// sender is who has a mail: a class of senders, or an MX host of the domain.
type sender struct {
	families families // of a sender that is no MX host
	nat64    bool     // it is behind NAT64 and DNS64, and families is ipv6
	machine  int      // the MX host; -1: none
}

// outage is what is broken: at most one thing.
type outage struct {
	machine  int // -1: none
	families families
	name     string // whose records of the kind cannot be looked up: SERVFAIL
	kind     string
}

var nothing = outage{machine: -1}

// outcome is how a mail ends.
type outcome struct {
	kind    string // "delivered", "delayed", "stuck", "refused", "undecided"
	machine int    // where; -1: at the sender, or anywhere
	relayed bool   // by an MX host that is not final
	status  string // RFC 3463; empty where undecided
}

// journey is one sender's mail, under one outage, with one value of the unknown.
type journey struct {
	*picture
	v      values
	from   sender
	broken outage
	dns64  dns64
}

// dns64 is how the sender's DNS64 reads RFC 6147, where real ones differ.
type dns64 struct {
	keepsMapped bool // an IPv4-mapped address is as good as any, whatever s.5.1.4 says
	keepsErrors bool // an error of the name server is one for the sender, whatever s.5.1.2 says
}

// those of BIND, and of unbound and PowerDNS.
var readings = []dns64{{false, true}, {true, false}}

// attempt is how a try at one MX target ends.
type attempt uint8

const (
	noAddress    attempt = iota // step 5
	lookupFailed                // SERVFAIL
	failed                      // step 8
	succeeded
)

// outcomes are all ways in which a mail can end, of those kinds that it may have whatever is not known. If some value
// of the unknown makes another kind possible, the mail is undecided besides. Of different readings of RFC 6147, the one
// with the worst end counts.
func (p *picture) outcomes(s sender, o outage) []outcome {
	ends := p.outcomesBehind(s, o, readings[0])
	for _, r := range readings[1:] {
		if other := p.outcomesBehind(s, o, r); s.nat64 && worst(other) > worst(ends) {
			ends = other
		}
	}
	return ends
}

// worst is the rank of the worst end.
func worst(list []outcome) int {
	rank := -1
	for _, o := range list {
		rank = max(rank, slices.Index([]string{"delivered", "undecided", "delayed", "stuck", "refused"}, o.kind))
	}
	return rank
}

func (p *picture) outcomesBehind(s sender, o outage, r dns64) []outcome {
	var union []outcome
	var kinds []map[string]bool
	for _, v := range p.all {
		m := journey{p, v, s, o, r}
		ends := m.send(s.machine, false)
		these := map[string]bool{}
		for _, e := range ends {
			these[e.kind] = true
		}
		kinds = append(kinds, these)
		union = append(union, ends...)
	}
	undecided := false
	var list []outcome
	for _, o := range union {
		if slices.ContainsFunc(kinds, func(k map[string]bool) bool { return !k[o.kind] }) {
			undecided = true
			continue
		}
		list = append(list, o)
	}
	if undecided {
		list = append(list, outcome{kind: "undecided", machine: -1})
	}
	return sorted(list)
}

func sorted(list []outcome) []outcome {
	slices.SortFunc(list, func(a, b outcome) int {
		relayed := func(o outcome) int {
			if o.relayed {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.machine, b.machine), relayed(a)-relayed(b),
			cmp.Compare(a.status, b.status))
	})
	return slices.Compact(list)
}

// send is RFC 3974 section 3 at one machine, or at a sender that is none: -1.
func (m *journey) send(at int, relayed bool) []outcome {
	if at >= 0 && m.isFinal(at) {
		return []outcome{{"delivered", at, relayed, "2.0.0"}}
	}
	if m.broken.name == m.domain && m.broken.kind == "MX" {
		return m.wait(at, relayed, lookupFailed)
	}
	if m.null {
		return []outcome{{"refused", -1, false, "5.1.10"}} // RFC 7505 s.4.1
	}
	left := m.afterStep2(at)
	if at >= 0 && len(left) == 0 {
		return []outcome{{"delivered", at, relayed, "2.0.0"}}
	}
	slices.SortStableFunc(left, func(a, b record) int { return a.preference - b.preference })
	worst := noAddress
	for len(left) > 0 {
		next := slices.IndexFunc(left, func(t record) bool { return t.preference > left[0].preference })
		if next < 0 {
			next = len(left)
		}
		var ends []outcome
		for _, t := range left[:next] { // in any order: whichever works may be the first
			if tried := m.try(at, t); tried == succeeded {
				ends = append(ends, m.accepted(m.machine[t.data], relayed)...)
			} else {
				worst = max(worst, tried)
			}
		}
		if len(ends) > 0 {
			return sorted(ends)
		}
		left = left[next:]
	}
	switch {
	case worst != noAddress:
		return m.wait(at, relayed, worst)
	case at >= 0:
		return []outcome{{"stuck", at, relayed, "4.4.4"}}
	}
	return []outcome{{"refused", -1, false, "5.4.4"}}
}

// accepted is what becomes of a mail that a machine accepted.
func (m *journey) accepted(at int, relayed bool) []outcome {
	final := m.isFinal(at) || len(m.afterStep2(at)) == 0
	return m.send(at, relayed || !final)
}

// afterStep2 are the MX records that step 2 leaves to a machine.
func (m *journey) afterStep2(at int) []record {
	left := slices.Clone(m.targets)
	for _, t := range m.targets {
		if m.machine[t.data] == at {
			left = slices.DeleteFunc(left, func(r record) bool { return r.preference >= t.preference })
		}
	}
	return left
}

// wait is what becomes of a mail that stays in a queue: if there is an outage, what happens once it ends. A mail that
// is delivered then is delayed, and one that is stuck then is stuck already.
func (m *journey) wait(at int, relayed bool, why attempt) []outcome {
	status := map[attempt]string{lookupFailed: "4.4.3", failed: "4.4.1"}[why]
	if m.broken == nothing {
		return []outcome{{"stuck", at, relayed, status}}
	}
	after := *m
	after.broken = nothing
	var ends []outcome
	for _, e := range after.send(at, relayed) {
		switch e.kind {
		case "delivered":
			e = outcome{"delayed", at, relayed, status}
		case "stuck":
			e = outcome{"stuck", at, relayed, status}
		}
		ends = append(ends, e)
	}
	return sorted(ends)
}

// try is steps 3 to 9 with one MX target: every address is tried.
func (m *journey) try(at int, t record) attempt {
	to := m.machine[t.data]
	best := noAddress
	if at >= 0 && m.isLinked(at, to) {
		best = failed
		if to != m.broken.machine {
			return succeeded
		}
	}
	own := m.from.families
	if at >= 0 {
		own = m.sending(at, m.v, false)
	} else if m.from.nat64 {
		return m.translated(t.data)
	}
	for _, f := range []families{ipv4, ipv6} {
		if own&f != 0 {
			best = max(best, m.connect(t.data, f, f))
		}
	}
	return best
}

// translated is an attempt from behind NAT64, with the addresses that DNS64 gives (RFC 6147 s.5.1).
func (m *journey) translated(name string) attempt {
	h := m.hosts[name]
	native := m.reach(name, m.v, true)&ipv6 != 0
	if h.status != unknown { // the default exclusion set, s.5.1.4
		native = slices.ContainsFunc(h.addresses, func(a address) bool {
			return a.Is6() && (m.dns64.keepsMapped || !a.Is4In6())
		})
	}
	if m.fails(h, "AAAA") { // s.5.1.2
		native = m.dns64.keepsErrors
	}
	if native {
		return m.connect(name, ipv6, ipv6)
	}
	return m.connect(name, ipv4, dual)
}

// fails reports whether the look-up of a host's addresses fails on the way.
func (m *journey) fails(h *host, kind string) bool {
	return h.status == broken || m.broken.kind == kind && slices.Contains(h.chain, m.broken.name)
}

// connect tries all addresses of one family. What has to work for that are the families in over.
func (m *journey) connect(name string, f, over families) attempt {
	h := m.hosts[name]
	if m.fails(h, map[families]string{ipv4: "A", ipv6: "AAAA"}[f]) {
		return lookupFailed
	}
	if h.status == unknown {
		switch {
		case m.reach(name, m.v, false)&f == 0:
			return noAddress
		case m.broken.families&over != 0 || m.machine[name] == m.broken.machine:
			return failed
		}
		return succeeded
	}
	best := noAddress
	for _, a := range h.addresses {
		if a.family != f {
			continue
		}
		best = max(best, failed)
		if a.usable && m.broken.families&over == 0 && !m.isDown(a) {
			best = succeeded
		}
	}
	return best
}

// isDown reports whether an address is one of the machine that is down.
func (m *journey) isDown(a address) bool {
	for name, machine := range m.machine {
		if machine == m.broken.machine && slices.Contains(m.hosts[name].addresses, a) {
			return true
		}
	}
	return false
}
