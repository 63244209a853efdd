package delivery

// One MX record, steps 3 to 9 of RFC 3974 section 3: look its addresses up, connect, hand over.

import (
	"net/netip"
	"slices"
)

// candidate is an address to connect to.
type candidate struct {
	addr   netip.Addr // not valid where it is only known that the host has the family
	family Families   // the family that the mail arrives in
	via64  bool       // over NAT64: the record is an A record, the sender sees an AAAA
	source Source
}

// tryKey is all that an untold verdict depends on as long as the outage stays: many aliases may lead to one name of many addresses.
type tryKey struct {
	a, aaaa string // the names at the end of the target's aliases
	machine int
	kind    int // of the actor
}

// verdict is try without a run, and remembered.
func (p *plan) verdict(t *target, a actor) verdict {
	key := tryKey{machine: t.machine, kind: a.kind()}
	_, key.a = p.resolve(Question{t.record.Target, A}, p.broken)
	_, key.aaaa = p.resolve(Question{t.record.Target, AAAA}, p.broken)
	v, known := p.verdicts[key]
	if !known {
		v = p.try(t, a, nil)
		p.verdicts[key] = v
	}
	return v
}

// try tries the host of one MX record. With a run, it tells the steps to it and takes addresses in the run's order.
func (p *plan) try(t *target, a actor, r *run) verdict {
	v := verdict{kind: pass, machine: t.machine}
	var found []candidate
	var unknown bool
	for _, look := range [...]struct {
		step   int
		t      Type
		family Families
	}{{3, A, IPv4}, {4, AAAA, IPv6}} {
		if !a.families.Has(look.family) {
			continue
		}
		list, answer := p.candidates(t, look.t, a.nat64 && look.t == AAAA)
		r.addresses(look.step, t.record.Target, look.t, list, answer)
		found = append(found, list...)
		unknown = unknown || answer.Status == Unknown
		if answer.Status == ServFail {
			v.why |= lookupError
		}
	}
	if len(found) == 0 && !unknown {
		if v.why == 0 {
			v.why = noAddress
		}
		r.tell(5, t.record.Source, t.record.Target, " has no address that ", r.who(a), " can use: try the next MX record")
		return v
	}
	p.arrange(found, r)
	for _, c := range found {
		why, problem := p.connect(c, t.machine, r)
		if why != 0 {
			v.why |= why
			r.tell(7, c.source, "no connection to ", t.record.Target, " at ", r.text(c), ": ", problem)
			continue
		}
		r.tell(7, c.source, "connected to ", t.record.Target, " at ", r.text(c))
		return p.handOver(t, v, r)
	}
	if unknown {
		v.kind = open
		r.tell(5, t.record.Source, "whether ", t.record.Target, " has an address that ", r.who(a), " can use is not in what is loaded")
		return v
	}
	r.tell(8, t.record.Source, "no address of ", t.record.Target, " is reachable: try the next MX record")
	return v
}

// handOver is step 9.
func (p *plan) handOver(t *target, v verdict, r *run) verdict {
	v.kind = p.replies[t.machine]
	switch v.kind {
	case accept:
		r.tell(9, t.record.Source, t.record.Target, " accepts the mail")
	case reject:
		r.tell(9, t.record.Source, t.record.Target, " refuses the mail for good (5xx): no other MX record is tried")
	default:
		v.why |= transient | hindered
		r.tell(9, t.record.Source, t.record.Target, " cannot take the mail now (4xx): try the next MX record")
	}
	return v
}

// candidates looks addresses up. The answer's status is Unknown where nothing is known of them, ServFail where the look-up failed.
func (p *plan) candidates(t *target, typ Type, dns64 bool) ([]candidate, Answer) {
	name, family := t.record.Target, IPv4
	if typ == AAAA {
		family = IPv6
	}
	answer, _ := p.resolve(Question{name, typ}, p.broken)
	if answer.Status == Unknown {
		list, status := p.facts(t.machine, family, dns64)
		return list, Answer{Status: status}
	}
	list := make([]candidate, 0, len(answer.Records))
	for _, rec := range answer.Records {
		if dns64 && rec.Addr.Is4In6() { // RFC 6147 s.5.1.4: such AAAA records count as none
			continue
		}
		list = append(list, candidate{addr: rec.Addr, family: family, source: rec.Source})
	}
	if !dns64 || len(list) > 0 || answer.Status == NXDomain {
		return list, answer
	}
	// RFC 6147 s.5.1.2, s.5.1.6: no AAAA record, or an error, and so one for each A record.
	list, answer = p.candidates(t, A, false)
	for i := range list {
		list[i].via64 = true
	}
	return list, answer
}

// facts is what the operator says of a host whose records are not loaded.
func (p *plan) facts(m int, family Families, dns64 bool) ([]candidate, Status) {
	h := &p.machines[m]
	switch {
	case !h.Known:
		return nil, Unknown
	case h.Families.Has(family):
		return []candidate{{family: family}}, Data
	case dns64 && h.Families.Has(IPv4):
		return []candidate{{family: IPv4, via64: true}}, Data
	}
	return nil, NoData
}

// arrange puts the addresses into the order of the book (step 5). Without a run the order is of no account: they all lead
// to one machine.
func (p *plan) arrange(list []candidate, r *run) {
	if r == nil {
		return
	}
	if p.Algorithm != RFC5321 { // RFC 5321 s.5.1: "in the order presented"
		r.shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	if p.Algorithm == RFC3974 { // "AAAA records should take precedence"
		slices.SortStableFunc(list, func(a, b candidate) int { return int(b.family) - int(a.family) })
	}
}

// connect is step 7: what stands in the way of a connection, or 0, and a run's words for it.
func (p *plan) connect(c candidate, m int, r *run) (why failures, problem string) {
	needs := c.family
	if c.via64 {
		needs = Dual
	}
	switch {
	case p.down[m]:
		return unreachable | hindered, "the host is down"
	case p.outage.Families.Meets(needs):
		return unreachable | hindered, (p.outage.Families & needs).String() + " is down"
	case p.machines[m].Known && !p.machines[m].Families.Has(c.family):
		return unreachable, r.useless(c)
	case !c.addr.IsValid(): // a family, by the operator's word
		return 0, ""
	case !Classify(c.addr, p.NAT64...).Usable(p.Scope):
		return unreachable, r.useless(c)
	}
	for _, prefix := range p.outage.Prefixes {
		if prefix.Contains(c.addr) {
			return unreachable | hindered, "nothing reaches that prefix"
		}
	}
	return 0, ""
}
