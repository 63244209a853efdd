package delivery

// What a simulation works out once for a mail domain, and what it assumes of the unknown.

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mx46/lint/dns"
	"mx46/zonefiles"
)

// plan is a simulation of mail to one domain.
type plan struct {
	*Simulation
	tracing bool
	groups  [][]Target         // the MX records, by ascending preference
	groupOf []int              // by machine, the group of its lowest preference
	own     []int              // by machine, the lowest preference that step 2 drops
	ownAddr map[netip.Addr]int // the same, by addresses of MX hosts; empty for RFC3974
	hostsOf [][]int            // by machine, indexes of Domain.Hosts
	linksOf [][]Link           // by machine, those that lead from it
	guess   *guess
	calm    *plan // the same without an outage; nil where there is none

	// What follows depends on the outage.
	outage   Outage
	steps    []Step  // step 1, told once for every actor
	ending   Outcome // where step 1 already ends the matter
	broken   map[Question]bool
	faults   map[zonefiles.Name]AAAAFault
	down     []bool              // by machine
	downAddr map[netip.Addr]bool // addresses of those
	replies  []verdictKind       // by machine: what it says to a mail

	// And what follows on the world at hand, too.
	tried    map[groupKey]result
	verdicts map[tryKey]verdict
	relayed  [][]Outcome // by machine
}

// guess is what is assumed of unknown families.
type guess struct {
	values  map[unknown]bool
	missing *unknown // the first that was asked for and has no value
}

// unknown is a family that a host may have.
type unknown struct {
	host   zonefiles.Name
	family Families
}

func newPlan(s *Simulation, tracing bool) *plan {
	d := s.Domain
	p := &plan{
		Simulation: s,
		tracing:    tracing,
		groupOf:    make([]int, len(d.Machines)),
		own:        slices.Repeat([]int{Unlisted}, len(d.Machines)),
		ownAddr:    make(map[netip.Addr]int),
		hostsOf:    make([][]int, len(d.Machines)),
		linksOf:    make([][]Link, len(d.Machines)),
		guess:      &guess{values: make(map[unknown]bool)},
	}
	for i := range d.Hosts {
		m := d.Hosts[i].Machine
		p.hostsOf[m] = append(p.hostsOf[m], i)
	}
	for _, l := range d.Links {
		p.linksOf[l.From] = append(p.linksOf[l.From], l)
	}
	for i, t := range d.Targets {
		if i == 0 || d.Targets[i-1].Preference != t.Preference {
			p.groups = append(p.groups, nil)
		}
		last := len(p.groups) - 1
		p.groups[last] = append(p.groups[last], t)
		if m := d.Hosts[t.Host].Machine; p.own[m] == Unlisted {
			p.own[m], p.groupOf[m] = int(t.Preference), last
		}
	}
	if s.manners().byAddress { // RFC 5321 s.5.1: "any of the names or addresses by which it might be known"
		p.knowByAddress()
	}
	p.setOutage(s.Outage)
	return p
}

// knowByAddress has machines know themselves by their addresses, too.
func (p *plan) knowByAddress() {
	seen := make(map[zonefiles.Name]bool)
	for _, t := range p.Domain.Targets {
		h := &p.Domain.Hosts[t.Host]
		if seen[h.canonical()] {
			continue
		}
		seen[h.canonical()] = true
		for addr := range p.addressesOf(h) {
			if _, found := p.ownAddr[addr]; !found {
				p.ownAddr[addr] = int(t.Preference)
			}
		}
	}
	for m := range p.hostsOf {
		p.eachAddress(m, func(addr netip.Addr) {
			if at, found := p.ownAddr[addr]; found {
				p.own[m] = min(p.own[m], at)
			}
		})
	}
}

// eachAddress calls f with the addresses of a machine. Those of a name that many aliases lead to are looked at once.
func (p *plan) eachAddress(m int, f func(netip.Addr)) {
	seen := make(map[zonefiles.Name]bool)
	for _, i := range p.hostsOf[m] {
		if h := &p.Domain.Hosts[i]; !seen[h.canonical()] {
			seen[h.canonical()] = true
			for addr := range p.addressesOf(h) {
				f(addr)
			}
		}
	}
}

// setOutage applies an outage and forgets what followed from another.
func (p *plan) setOutage(o Outage) {
	p.outage = o
	p.broken = make(map[Question]bool, len(o.ServFail))
	for _, q := range o.ServFail {
		if !isAAAA(q) {
			p.broken[q] = true
		}
	}
	p.setFaults(&o)
	maps.Copy(p.broken, p.Unasked)
	n := len(p.Domain.Machines)
	p.down, p.replies, p.downAddr = make([]bool, n), slices.Repeat([]verdictKind{accept}, n), make(map[netip.Addr]bool)
	each := func(names []zonefiles.Name, f func(m int)) {
		for _, name := range names {
			if m, found := p.Domain.Named[name]; found {
				f(m)
			}
		}
	}
	each(o.Hosts, func(m int) {
		p.down[m] = true
		p.eachAddress(m, func(addr netip.Addr) { p.downAddr[addr] = true })
	})
	each(o.Transient, func(m int) { p.replies[m] = pass })
	each(o.Permanent, func(m int) { p.replies[m] = reject })
	p.steps, p.ending = nil, Outcome{}
	p.locate()
	p.forget()
	p.calm = nil
	if !o.isNone() {
		calm := *p
		calm.setOutage(Outage{})
		p.calm = &calm
	}
}

// forget forgets what followed from another world.
func (p *plan) forget() {
	p.tried = make(map[groupKey]result)
	p.verdicts = make(map[tryKey]verdict)
	p.relayed = make([][]Outcome, len(p.Domain.Machines))
	if p.calm != nil {
		p.calm.forget()
	}
}

// eachWorld sends a mail once for each combination of values of the unknown that it depends on, and calls found with
// what comes of it, until that returns false. It reports false where there are too many combinations to try all.
func (p *plan) eachWorld(send func() []Outcome, found func([]Outcome) bool) (complete bool) {
	left := max(maxAttempts/max(len(p.Domain.Targets), 1), 1)
	var try func() (on, complete bool)
	try = func() (on, complete bool) {
		if left == 0 {
			return false, false
		}
		left--
		p.forget()
		p.guess.missing = nil
		outcomes := send()
		if p.guess.missing == nil {
			return found(outcomes), true
		}
		missing := *p.guess.missing
		defer delete(p.guess.values, missing)
		for _, value := range [...]bool{false, true} {
			p.guess.values[missing] = value
			if on, complete = try(); !on {
				return on, complete
			}
		}
		return true, true
	}
	_, complete = try()
	return complete
}

// has reports whether senders can reach a host in a family, by the guess where nobody knows.
func (p *plan) has(h *Host, family Families) bool {
	if h.Usable.Has(family) || !h.Open.Has(family) {
		return h.Usable.Has(family)
	}
	q := unknown{h.canonical(), family}
	value, ok := p.guess.values[q]
	if !ok && p.guess.missing == nil {
		p.guess.missing = &q
	}
	return value
}

// sending is the set of families in which a machine opens connections.
func (p *plan) sending(m int) Families {
	if h := &p.Domain.Machines[m]; h.HasOutbound {
		return h.Outbound
	}
	sends := None
	for _, family := range [...]Families{IPv4, IPv6} {
		if slices.ContainsFunc(p.hostsOf[m], func(i int) bool { return p.Domain.Hosts[i].Usable.Has(family) }) ||
			slices.ContainsFunc(p.hostsOf[m], func(i int) bool { return p.has(&p.Domain.Hosts[i], family) }) {
			sends |= family
		}
	}
	return sends
}

// locate is step 1: it says what the look-ups of MX records brought, and ends the matter where they brought none.
func (p *plan) locate() {
	d := p.Domain
	for _, alias := range d.Aliases {
		if p.broken[Question{alias.Name, zonefiles.TypeMX}] {
			p.cannotLookUp(alias.Name)
			return
		}
		p.tell(1, alias.Record, show(alias.Name), " is an alias of ", show(alias.Target), ": start again with that")
	}
	switch {
	case d.Loop: // RFC 3974 would go round for ever; a resolver gives up with SERVFAIL.
		p.tell(1, zonefiles.Record{}, "the aliases of ", show(d.Aliases[0].Name),
			" lead in a circle or too far: try again later")
		p.ending = Outcome{Kind: Delayed, Status: "4.4.3"}
	case p.isGone(d.Name):
		p.tell(1, zonefiles.Record{}, show(d.Name), " does not exist, by an answer for its AAAA records: permanent failure")
		p.ending = Outcome{Kind: Refused, Status: p.manners().noDomain}
	case p.broken[Question{d.Name, zonefiles.TypeMX}] || d.MX.Status == dns.Redirect: // a name too long: YXDOMAIN
		p.cannotLookUp(d.Name)
	case d.MX.Status == dns.Data:
		p.explicit()
	case d.IsImplicit():
		p.tell(1, evidence(&d.MX), show(d.Name), " has no MX record: assume one that leads to itself (implicit MX)")
	case d.MX.Status == dns.NXDomain && d.MX.IsKnown():
		p.tell(1, evidence(&d.MX), show(d.Name), " does not exist: permanent failure")
		p.ending = Outcome{Kind: Refused, Status: p.manners().noDomain}
	default:
		p.tell(1, zonefiles.Record{}, "the MX records of ", show(d.Name), " are not in what is loaded")
		p.ending = Outcome{Kind: Undecided}
	}
}

func (p *plan) cannotLookUp(name zonefiles.Name) {
	p.tell(1, zonefiles.Record{}, "the look-up of the MX records of ", show(name), " fails (SERVFAIL): try again later")
	p.ending = Outcome{Kind: Delayed, Status: "4.4.3"}
}

// isGone reports whether a resolver takes a name for one that does not exist, since a name server says so when it is
// asked for AAAA.
func (p *plan) isGone(name zonefiles.Name) bool { return p.Resolver.effectOf(p.faults[name]).gone }

// explicit adds the MX records to the steps. A null MX stands for no host, and beside others for nothing at all (RFC
// 7505 s.3), save for senders that let it speak for the domain.
func (p *plan) explicit() {
	records := p.Domain.MX.Records
	for i := range records.Len() {
		r := records.At(i)
		target, _ := r.Name(1)
		p.tell(1, r, show(p.Domain.Name), " has MX ", strconv.Itoa(int(r.Number(0))), " ", show(target))
	}
	if targets := len(p.Domain.Targets); targets == 0 || p.manners().nullMX && targets < records.Len() {
		p.ending = Outcome{Kind: Refused, Status: p.manners().nullMXReply}
		end := "permanent failure"
		if p.manners().keeps {
			p.ending, end = Outcome{Kind: Stuck, Status: "4.4.4"}, "try again later"
		}
		p.tell(1, zonefiles.Record{}, show(p.Domain.Name), " accepts no mail (null MX): ", end)
	}
}

// tell records a sentence of step 1.
func (p *plan) tell(number int, record zonefiles.Record, text ...string) {
	if p.tracing {
		p.steps = append(p.steps, Step{Number: number, Text: strings.Join(text, ""), Record: record})
	}
}

// evidence is the record that shows why an answer is negative, if there is one.
func evidence(a *dns.Answer) zonefiles.Record {
	record, _ := a.Evidence()
	return record
}

// show is a name in a sentence.
func show(n zonefiles.Name) string { return n.Undotted() }
