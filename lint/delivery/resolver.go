package delivery

// What resolvers make of name servers that answer for A and not for AAAA (RFC 4074), and DNS64 of the answers (RFC
// 6147). They differ; each row was seen in the laboratory (package lab).

import (
	"cmp"
	"slices"

	"mx46/zonefiles"
)

// Resolver is the software that looks names up for senders and relays, as a cache and as DNS64.
type Resolver uint8

// The resolvers.
const (
	AnyResolver Resolver = iota // the one that serves the sender worst
	BIND
	Unbound
	PowerDNS // Recursor
)

var resolverNames = [...]string{
	AnyResolver: "any resolver", BIND: "BIND", Unbound: "unbound", PowerDNS: "PowerDNS Recursor",
}

// String is the software's name.
func (r Resolver) String() string { return resolverNames[r] }

// Resolvers are those of which the behavior is known.
func Resolvers() []Resolver { return []Resolver{BIND, Unbound, PowerDNS} }

// AAAAFault is what a name server does with a question for AAAA, while it answers for A as it should.
type AAAAFault uint8

// The faults of RFC 4074 section 4.
const (
	AAAAFine     AAAAFault = iota
	AAAADrop               // no answer (s.4.1)
	AAAANXDomain           // the name does not exist (s.4.2)
	AAAAServFail           // an error (s.4.3)
	AAAANotImp
	AAAAFormErr
	AAAARefused
	AAAAShort // an AAAA record of four bytes (s.4.4)
	AAAALame  // not authoritative, and empty (s.4.5)
)

// effect is what a resolver makes of a fault.
type effect struct {
	faulty bool
	status lookupStatus // of the look-up of AAAA
	gone   bool         // the whole name counts as not there, whatever is asked for
	makes  bool         // DNS64 makes an answer of the A records all the same
}

// effectOf says what a resolver makes of a fault in the end: silence takes it seconds, and a sender may have given up
// by then. An error and silence may count as no AAAA records (RFC 6147 s.5.1.2), and NXDOMAIN is said of a name and not
// of a type (RFC 2308 s.5): that is what BIND and PowerDNS keep, once any client has asked for AAAA.
func (r Resolver) effectOf(f AAAAFault) effect {
	e := effect{faulty: f != AAAAFine}
	switch f {
	case AAAAFine:
	case AAAANXDomain:
		e.status, e.gone, e.makes = noName, r != Unbound, r == Unbound
	case AAAAShort: // unbound hands it on, and the sender cannot read it
		if e.status, e.makes = failed, r == PowerDNS; r == Unbound {
			e.status = unreadable
		}
	case AAAALame:
		if e.makes = true; r == PowerDNS {
			e.status = failed
		}
	default:
		e.status, e.makes = failed, r != BIND
	}
	return e
}

// dropsMapped reports whether the resolver's DNS64 takes IPv4-mapped addresses for none (RFC 6147 s.5.1.4).
func (r Resolver) dropsMapped() bool { return r == BIND }

// ResolverOutcomes is how a mail ends where the sender's and the relays' resolvers are of one kind.
type ResolverOutcomes struct {
	Resolver Resolver // AnyResolver: it makes no difference
	Outcomes []Outcome
}

// ByResolver is how a sender's mail ends by resolver, from bad to good: one element where all make the same of it.
func (s *Simulation) ByResolver(sender Sender) []ResolverOutcomes {
	var list []ResolverOutcomes
	for _, r := range s.resolvers() {
		list = append(list, ResolverOutcomes{r, newPlan(s.withResolver(r), false).outcomes(sender)})
	}
	if !slices.ContainsFunc(list, func(b ResolverOutcomes) bool { return !slices.Equal(b.Outcomes, list[0].Outcomes) }) {
		return []ResolverOutcomes{{s.Resolver, list[0].Outcomes}}
	}
	slices.SortStableFunc(list, func(a, b ResolverOutcomes) int {
		return cmp.Compare(Worst(b.Outcomes), Worst(a.Outcomes))
	})
	return list
}

// withResolver is the simulation with a resolver.
func (s *Simulation) withResolver(r Resolver) *Simulation {
	clone := *s
	clone.Resolver = r
	return &clone
}

// worst is the simulation with the resolver that serves a sender worst.
func (s *Simulation) worst(sender Sender) *Simulation {
	if all := s.resolvers(); len(all) == 1 {
		return s.withResolver(all[0])
	}
	return s.withResolver(cmp.Or(s.ByResolver(sender)[0].Resolver, BIND))
}

// resolvers are those that have to be tried.
func (s *Simulation) resolvers() []Resolver {
	isMapped := func(h Host) bool { return h.Mapped }
	switch {
	case s.Resolver != AnyResolver:
		return []Resolver{s.Resolver}
	case len(s.Outage.AAAA) > 0 || slices.ContainsFunc(s.Outage.ServFail, isAAAA) ||
		slices.ContainsFunc(s.Domain.Hosts, isMapped):
		return Resolvers()
	}
	return []Resolver{BIND}
}

func isAAAA(q Question) bool { return q.Type == zonefiles.TypeAAAA }

// setFaults has name servers answer wrongly for AAAA from now on.
func (p *plan) setFaults(o *Outage) {
	p.faults = make(map[zonefiles.Name]AAAAFault, len(o.AAAA))
	for _, q := range o.ServFail {
		if isAAAA(q) {
			p.faults[q.Name] = AAAAServFail
		}
	}
	for _, q := range o.AAAA {
		p.faults[q.Name] = q.Fault
	}
}

// effect is what comes of a fault in the AAAA answers for a host, and which fault it is.
func (p *plan) effect(h *Host) (effect, AAAAFault) {
	if len(p.faults) > 0 {
		for _, name := range h.Chain {
			if f := p.faults[name]; f != AAAAFine {
				return p.Resolver.effectOf(f), f
			}
		}
	}
	return effect{}, AAAAFine
}
