package delivery

// One MX record, steps 3 to 9 of RFC 3974 section 3: look its addresses up, connect, hand over.

import (
	"iter"
	"net/netip"
	"slices"

	"mx46/lint/dns"
	"mx46/zonefiles"
)

// candidate is an address to connect to.
type candidate struct {
	addr   netip.Addr // not valid where it is only known that the host has the family
	family Families   // the family that the mail arrives in
	via64  bool       // over NAT64: the record is an A record, the sender sees an AAAA
	record zonefiles.Record
	dead   bool // all that is known of it is that senders cannot use it
}

// lookup is what a look-up of addresses brings.
type lookup struct {
	found   []candidate
	status  lookupStatus
	because zonefiles.Record // shows why there are none
	fault   AAAAFault        // has a hand in it
}

type lookupStatus uint8

const (
	answered   lookupStatus = iota
	noName                  // NXDOMAIN
	failed                  // SERVFAIL
	supposed                // nobody knows: what is found is the guess's
	unreadable              // the record that came is malformed, and taken for none
)

// tryKey is all that an untold verdict depends on: many aliases may lead to one name of many addresses.
type tryKey struct {
	canonical zonefiles.Name
	usable    Families // of the operator's word about the name, too
	fails     Families // whose look-ups fail
	effect    effect
	machine   int
	kind      int // of the actor
}

// verdict is try without a run, and remembered.
func (p *plan) verdict(t *Target, a actor) verdict {
	h := &p.Domain.Hosts[t.Host]
	key := tryKey{canonical: h.canonical(), usable: h.Usable, machine: h.Machine, kind: a.kind()}
	key.effect, _ = p.effect(h)
	for _, family := range [...]Families{IPv4, IPv6} {
		if p.fails(h, family) {
			key.fails |= family
		}
	}
	v, known := p.verdicts[key]
	if !known {
		v = p.try(t, a, nil)
		p.verdicts[key] = v
	}
	return v
}

// try tries the host of one MX record. With a run, it adds the steps to it and takes addresses in the run's order.
func (p *plan) try(t *Target, a actor, r *run) verdict {
	h := &p.Domain.Hosts[t.Host]
	v := verdict{kind: pass, machine: h.Machine}
	var found []candidate
	for step, family := range [...]Families{3: IPv4, 4: IPv6} {
		if family == None || !a.asks.Has(family) {
			continue
		}
		look := p.lookup(h, family, a.nat64 && family == IPv6)
		r.addresses(step, h, family, &look)
		found = append(found, look.found...)
		if look.status == failed {
			v.why |= lookupError
		}
		switch m := p.manners(); {
		case family != IPv6:
		case m.aaaaOnly && len(look.found) > 0:
			found = look.found
		case m.needsAAAA && look.status == failed:
			found = nil
		}
	}
	if r != nil && p.guess.missing != nil {
		r.tell(5, t.Record, "whether ", show(h.Name), " has an address that ", r.who(a),
			" can use is not in what is loaded")
		return v
	}
	if len(found) == 0 {
		if v.why == 0 {
			v.why = noAddress
		}
		r.tell(5, t.Record, show(h.Name), " has no address that ", r.who(a), " can use: try the next MX record")
		return v
	}
	p.arrange(found, r)
	for _, c := range found {
		if why := p.connect(c, h.Machine, a); why != "" {
			v.why |= unreachable
			r.tell(7, c.record, "no connection to ", show(h.Name), " at ", r.text(c), ": ", why)
			continue
		}
		r.tell(7, c.record, "connected to ", show(h.Name), " at ", r.text(c))
		limit := p.manners().sessions
		if v = p.handOver(t, v, r); v.kind != pass || limit == 0 {
			return v
		}
		if v.sessions++; r != nil && r.sessions+v.sessions >= limit {
			break
		}
	}
	if v.sessions > 0 {
		return v
	}
	r.tell(8, t.Record, "no address of ", show(h.Name), " is reachable: try the next MX record")
	return v
}

// handOver is step 9.
func (p *plan) handOver(t *Target, v verdict, r *run) verdict {
	name := show(p.Domain.Hosts[t.Host].Name)
	v.kind = p.replies[v.machine]
	switch v.kind {
	case accept:
		r.tell(9, t.Record, name, " accepts the mail")
	case reject:
		r.tell(9, t.Record, name, " refuses the mail for good (5xx): no other MX record is tried")
	default:
		v.why |= transient
		r.tell(9, t.Record, name, " cannot take the mail now (4xx): try the next MX record")
	}
	return v
}

// typeOf is the type of the records that hold addresses of a family.
func typeOf(family Families) zonefiles.Type {
	if family == IPv4 {
		return zonefiles.TypeA
	}
	return zonefiles.TypeAAAA
}

// fails reports whether the look-up of a host's addresses fails on the way.
func (p *plan) fails(h *Host, family Families) bool {
	return h.Loop || h.A.Status == dns.Redirect || len(p.broken) > 0 &&
		slices.ContainsFunc(h.Chain, func(name zonefiles.Name) bool { return p.broken[Question{name, typeOf(family)}] })
}

// lookup looks the addresses of a host up.
func (p *plan) lookup(h *Host, family Families, dns64 bool) lookup {
	var look lookup
	effect, fault := p.effect(h)
	switch answer := h.answer(family); {
	case p.fails(h, family):
		look.status = failed
	case effect.gone:
		look.status, look.fault = noName, fault
	case effect.faulty && family == IPv6:
		look.status, look.fault = effect.status, fault
		if look.status == unreadable && !p.manners().skipsBad {
			look.status = failed
		}
	case p.isLiteral(h):
		if addr := p.literal(h); FamilyOf(addr) == family {
			look.found = []candidate{{addr: addr, family: family}}
		}
	case answer.Status == dns.Data && !h.Open.Has(family):
		for i := range answer.Records.Len() {
			record := answer.Records.At(i)
			if addr := record.Addr(); !dns64 || !addr.Is4In6() || !p.Resolver.dropsMapped() {
				look.found = append(look.found, candidate{addr: addr, family: family, record: record})
			}
		}
	case (h.Dead | h.Narrowed).Has(family):
		look.found = []candidate{{family: family, dead: true}}
	case answer.IsKnown() && !h.Open.Has(family) || h.Usable|h.Open == None:
		look.because = evidence(answer)
		if answer.Status != dns.NoData && !h.Exists {
			look.status = noName
		}
	default: // in no loaded zone
		if h.Open.Has(family) {
			look.status = supposed
		}
		if p.has(h, family) {
			look.found = []candidate{{family: family}}
		}
	}
	if !dns64 || len(look.found) > 0 || effect.faulty && !effect.makes || !effect.faulty && look.status == noName {
		return look
	}
	// RFC 6147 s.5.1.2, s.5.1.6: no AAAA record, or an error, and so one for each A record.
	look = p.lookup(h, IPv4, false)
	for i := range look.found {
		look.found[i].via64 = true
	}
	return look
}

// isLiteral reports whether an address is in place of a host's name, and taken for the address.
func (p *plan) isLiteral(h *Host) bool { return p.manners().literals && p.literal(h).IsValid() }

// literal is the address that a host's name is, if it is one.
func (p *plan) literal(h *Host) netip.Addr {
	addr, _ := netip.ParseAddr(show(h.Name))
	return addr
}

// addressesOf are all addresses of a host.
func (p *plan) addressesOf(h *Host) iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		if p.isLiteral(h) && !yield(p.literal(h)) {
			return
		}
		for _, answer := range [...]*dns.Answer{&h.A, &h.AAAA} {
			for i := 0; answer.Status == dns.Data && i < answer.Records.Len(); i++ {
				if !yield(answer.Records.At(i).Addr()) {
					return
				}
			}
		}
	}
}

// arrange puts the addresses into the order of the algorithm (step 5). Without a run the order is of no account: they
// all lead to one machine.
func (p *plan) arrange(list []candidate, r *run) {
	if r == nil {
		return
	}
	if p.manners().order != presented {
		r.shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	if p.manners().order == ipv6First {
		slices.SortStableFunc(list, func(a, b candidate) int { return int(b.family) - int(a.family) })
	}
}

// connect is step 7: what is in the way of a connection, in words; empty where nothing is.
func (p *plan) connect(c candidate, m int, a actor) (why string) {
	needs := c.family
	if c.via64 {
		needs = Dual
	}
	switch {
	case !a.families.Has(c.family) && !c.via64:
		return "the sender has no " + c.family.String()
	case c.dead:
		return "that is not one that senders can use"
	case !c.addr.IsValid() && p.down[m] || p.downAddr[c.addr]:
		return "the host is down"
	case p.outage.Families.Meets(needs):
		return (p.outage.Families & needs).String() + " is down"
	case !c.addr.IsValid(): // a family, by the operator's word or the guess
		return ""
	}
	if class := Classify(c.addr, p.NAT64...); !class.Usable(p.Scope) {
		return "the address is in " + class.Prefix.String() + " (" + class.Name + ")"
	}
	for _, prefix := range p.outage.Prefixes {
		if prefix.Contains(c.addr) {
			return "nothing reaches that prefix"
		}
	}
	return ""
}
