package delivery

// What becomes of a domain's mail when one thing breaks.

import (
	"slices"

	"mx46/zonefiles"
)

// Fault is a single outage, and how mail from one sender ends under it.
type Fault struct {
	Host     zonefiles.Name // the machine that is down; or else
	Family   Families       // the family that is down everywhere
	Sender   Sender
	Outcomes []Outcome // see Simulation.Outcomes
}

// Faults breaks one thing after the other, each MX host and then each family, on top of the simulation's own outage,
// and sends the domain a mail from each of the senders. Hosts come by preference; beyond the first so many they are
// left alone, and counted, since the work grows with the square of their number.
func (s *Simulation) Faults(senders []Sender, hosts int) (faults []Fault, omitted int) {
	var plans []*plan
	for _, r := range s.resolvers() {
		plans = append(plans, newPlan(s.withResolver(r), false))
	}
	try := func(f Fault, o Outage) {
		for _, p := range plans {
			p.setOutage(o)
		}
		for _, sender := range senders {
			f.Sender, f.Outcomes = sender, nil
			for _, p := range plans {
				if all := p.outcomes(sender); Worst(all) > Worst(f.Outcomes) {
					f.Outcomes = all
				}
			}
			faults = append(faults, f)
		}
	}
	hosts = min(hosts, len(s.Domain.Names))
	for _, names := range s.Domain.Names[:hosts] {
		o := s.Outage
		o.Hosts = append(slices.Clone(o.Hosts), names[0])
		try(Fault{Host: names[0]}, o)
	}
	for _, family := range []Families{IPv4, IPv6} {
		o := s.Outage
		o.Families |= family
		try(Fault{Family: family}, o)
	}
	return faults, len(s.Domain.Names) - hosts
}
