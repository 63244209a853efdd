package delivery

// What a simulation knows of a mail domain before any mail is sent: the picture that its relay graph makes.

// Chart is a mail domain's MX records, the machines behind them and their relay graph.
type Chart struct {
	Domain   string  // the name that has the MX records, at the end of aliases
	Ending   Outcome // its Kind is set where step 1 already ends every mail, and there are no Records
	Implicit bool    // there is no MX record but the one that step 1 assumes
	Records  []Record
	Machine  []int  // by index of Records: the machine that the record leads to, an index of Machines
	Machines []Host // in order of preference
	Links    []Link // between Machines, those that carry mail
	Relay    *Relay
}

// Chart works out steps 1 and 2 for a domain. The simulation's outage has no say in it, save where MX records cannot be looked up.
func (s *Simulation) Chart(domain string) Chart {
	p := newPlan(s, domain, false)
	c := Chart{Domain: p.domain, Ending: p.ending, Implicit: p.implicit, Machines: p.machines, Links: p.relay.links, Relay: &p.relay}
	for _, group := range p.groups {
		for _, t := range group {
			c.Records = append(c.Records, t.record)
			c.Machine = append(c.Machine, t.machine)
		}
	}
	return c
}

// Address is an address of an MX host, and what is known of it.
type Address struct {
	Record
	Class  Class
	Usable bool // by senders of the simulation's scope
}

// Addresses are a machine's addresses, IPv4 before IPv6, and the families of which the answer is not at hand.
func (s *Simulation) Addresses(h *Host) (list []Address, unknown Families) {
	c := cache{s.Resolver, make(map[Question]Answer), s.Algorithm == Postfix}
	for _, look := range [...]struct {
		t      Type
		family Families
	}{{A, IPv4}, {AAAA, IPv6}} {
		seen := make(map[string]bool)
		for _, name := range h.names() {
			answer, end := c.resolve(Question{name, look.t}, nil)
			if answer.Status == Unknown || answer.Status == ServFail {
				unknown |= look.family
			}
			if seen[end] {
				continue
			}
			seen[end] = true
			for _, r := range answer.Records {
				class := Classify(r.Addr, s.NAT64...)
				list = append(list, Address{r, class, class.Usable(s.Scope)})
			}
		}
	}
	return list, unknown
}
