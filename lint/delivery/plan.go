package delivery

// What a simulation works out once for a mail domain: its MX records (step 1), the machines behind them, and their relay graph.

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mx46/lint/dns"
)

// noPreference is above every preference.
const noPreference = math.MaxUint16 + 1

// plan is a simulation of mail to one domain.
type plan struct {
	*Simulation
	cache
	tracing  bool
	domain   string     // at the end of aliases
	steps    []Step     // step 1, told once for every actor
	ending   Outcome    // where step 1 already ends the matter
	implicit bool       // there is no MX record but the one that step 1 assumes
	groups   [][]target // the MX records, by ascending preference
	machines []Host
	groupOf  []int // by machine, the group of its lowest preference
	relay    Relay
	byName   map[string]int     // machines
	ownName  map[string]int     // the lowest preference of an MX record, by its target
	ownAddr  map[netip.Addr]int // the same, by the target's addresses; empty for RFC3974

	// What follows depends on the outage.
	outage   Outage
	broken   map[Question]bool
	down     []bool               // by machine
	replies  []verdictKind        // by machine: what it says to a mail
	memos    [2 * (Dual + 1)]memo // by the actor's kind
	verdicts map[tryKey]verdict
	relayed  [][]Outcome // by machine
}

// target is an MX record and the machine that it leads to.
type target struct {
	record  Record
	machine int
}

func newPlan(s *Simulation, domain string, tracing bool) *plan {
	p := &plan{
		Simulation: s,
		cache:      cache{s.Resolver, make(map[Question]Answer), s.Algorithm == Postfix},
		tracing:    tracing,
		byName:     make(map[string]int),
		ownName:    make(map[string]int),
		ownAddr:    make(map[netip.Addr]int),
		broken:     questions(s.Outage.ServFail),
	}
	p.identify(p.locate(domain))
	p.suffer(s.Outage)
	return p
}

func questions(list []Question) map[Question]bool {
	set := make(map[Question]bool, len(list))
	for _, q := range list {
		set[q] = true
	}
	return set
}

// suffer puts the plan under an outage and forgets what followed from another. It leaves step 1 as it was, so an outage that
// touches the look-up of MX records needs a new plan.
func (p *plan) suffer(o Outage) {
	p.outage = o
	p.broken = questions(o.ServFail)
	p.down = make([]bool, len(p.machines))
	p.replies = slices.Repeat([]verdictKind{accept}, len(p.machines))
	each := func(names []string, f func(m int)) {
		for _, name := range names {
			if m, found := p.byName[name]; found {
				f(m)
			}
		}
	}
	each(o.Hosts, func(m int) { p.down[m] = true })
	each(o.Transient, func(m int) { p.replies[m] = pass })
	each(o.Permanent, func(m int) { p.replies[m] = reject })
	p.memos = [len(p.memos)]memo{}
	p.verdicts = make(map[tryKey]verdict)
	p.relayed = make([][]Outcome, len(p.machines))
}

// locate is step 1: the MX records in ascending order, or an ending.
func (p *plan) locate(domain string) []Record {
	name := domain
	for range dns.MaxAliases + 1 {
		p.domain = name
		q := Question{name, MX}
		answer := p.lookup(q)
		if p.broken[q] {
			answer = Answer{Status: ServFail}
		}
		switch answer.Status {
		case Alias:
			alias := answer.Records[0]
			p.tell(1, alias.Source, name, " is an alias of ", alias.Target, ": start again with that")
			name = alias.Target
			continue
		case Data:
			return p.explicit(name, answer.Records)
		case NoData:
			p.tell(1, answer.Source, name, " has no MX record: assume one that leads to itself (implicit MX)")
			p.implicit = true
			return []Record{{Target: name}}
		case NXDomain:
			p.tell(1, answer.Source, name, " does not exist: permanent failure")
			p.ending = Outcome{Kind: Refused, Status: "5.1.2"}
			if p.Algorithm == Postfix {
				p.ending.Status = "5.4.4"
			}
		case ServFail:
			p.tell(1, 0, "the look-up of the MX records of ", name, " fails (SERVFAIL): try again later")
			p.ending = Outcome{Kind: Delayed, Status: "4.4.3"}
		default:
			p.tell(1, 0, "the MX records of ", name, " are not in what is loaded")
			p.ending = Outcome{Kind: Undecided}
		}
		return nil
	}
	// RFC 3974 would go round for ever; a resolver gives up with SERVFAIL.
	p.tell(1, 0, "the aliases of ", domain, " lead in a circle or too far: try again later")
	p.ending = Outcome{Kind: Delayed, Status: "4.4.3"}
	return nil
}

// explicit sorts the records that an MX look-up brought. A null MX stands for no host, and beside others for nothing at all
// (RFC 7505 s.3), save for Postfix, which lets it speak for the domain.
func (p *plan) explicit(name string, records []Record) []Record {
	hosts := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Target == "." || r.Target == "" })
	slices.SortStableFunc(hosts, func(a, b Record) int { return int(a.Preference) - int(b.Preference) })
	for _, r := range records {
		p.tell(1, r.Source, name, " has MX ", strconv.Itoa(int(r.Preference)), " ", r.Target)
	}
	if len(hosts) == 0 || p.Algorithm == Postfix && len(hosts) < len(records) {
		p.tell(1, 0, name, " accepts no mail (null MX): permanent failure")
		p.ending = Outcome{Kind: Refused, Status: "5.1.10"}
		if p.Algorithm == Postfix {
			p.ending.Status = "5.1.0"
		}
		return nil
	}
	return hosts
}

// tell records a sentence of step 1.
func (p *plan) tell(number int, source Source, text ...string) {
	if p.tracing {
		p.steps = append(p.steps, Step{Number: number, Text: strings.Join(text, ""), Source: source})
	}
}

// names are the machine's names, in the order given.
func (h *Host) names() []string {
	if len(h.OtherNames) == 0 {
		return []string{h.Name}
	}
	return append([]string{h.Name}, h.OtherNames...)
}

// identify finds the machines behind the records, and draws their relay graph.
func (p *plan) identify(records []Record) {
	known := make(map[string]int) // Hosts, by name
	for i := range p.Hosts {
		for _, name := range p.Hosts[i].names() {
			known[name] = i
		}
	}
	taken := make(map[int]int) // machines, by index in Hosts
	seen := make(map[Question]bool)
	canonical := make(map[string]int) // machines that are not among Hosts, by the name at the end of the aliases
	for _, r := range records {
		m, found := p.byName[r.Target]
		if !found {
			m = p.machine(r, known, canonical, taken)
		}
		last := len(p.groups) - 1
		if last < 0 || p.groups[last][0].record.Preference != r.Preference {
			p.groups = append(p.groups, nil)
			last++
		}
		p.groups[last] = append(p.groups[last], target{r, m})
		if m == len(p.groupOf) {
			p.groupOf = append(p.groupOf, last)
		}
		if _, found := p.ownName[r.Target]; !found {
			p.ownName[r.Target] = int(r.Preference)
		}
		if p.Algorithm == RFC3974 {
			continue
		}
		for _, addr := range p.addresses(r.Target, seen) {
			if _, found := p.ownAddr[addr]; !found {
				p.ownAddr[addr] = int(r.Preference)
			}
		}
	}
	var links []Link
	for _, l := range p.Links {
		from, found := taken[l.From]
		to, also := taken[l.To]
		if found && also {
			links = append(links, Link{from, to, l.Via})
		}
	}
	p.relay.Reset(p.machines, links)
}

// machine is the index of the machine that a record leads to: one that is known by the record's target or by the name that
// the target is an alias of, or a new one. Records come in ascending order, so the first that leads to a machine has its preference.
func (p *plan) machine(r Record, known, canonical map[string]int, taken map[int]int) int {
	_, end := p.resolve(Question{r.Target, A}, nil)
	host, found := known[r.Target]
	if !found {
		host, found = known[end]
	}
	h := Host{Name: r.Target}
	if found {
		if m, again := taken[host]; again {
			p.byName[r.Target] = m
			return m
		}
		taken[host] = len(p.machines)
		h = p.Hosts[host]
	} else {
		if m, again := canonical[end]; again {
			p.machines[m].OtherNames = append(p.machines[m].OtherNames, r.Target)
			p.byName[r.Target] = m
			return m
		}
		canonical[end] = len(p.machines)
	}
	h.Preference = r.Preference
	if !h.Known {
		p.learn(&h)
	}
	p.machines = append(p.machines, h)
	m := len(p.machines) - 1
	for _, name := range append(h.names(), r.Target) {
		p.byName[name] = m
	}
	return m
}

// learn gives the host the families of its addresses, where the answers for all of its names are at hand.
func (p *plan) learn(h *Host) {
	h.Families = None
	seen := make(map[Question]bool)
	for _, name := range h.names() {
		for _, t := range []Type{A, AAAA} {
			answer, _ := p.resolve(Question{name, t}, nil)
			if answer.Status == Unknown || answer.Status == ServFail {
				return
			}
		}
		h.Families |= Usable(p.addresses(name, seen), p.Scope, p.NAT64...)
	}
	h.Known = true
}

// addresses is every address of a name, without those of canonical names that were seen before: many aliases may lead to one.
func (p *plan) addresses(name string, seen map[Question]bool) []netip.Addr {
	var addrs []netip.Addr
	for _, t := range []Type{A, AAAA} {
		answer, end := p.resolve(Question{name, t}, nil)
		if seen[Question{end, t}] {
			continue
		}
		seen[Question{end, t}] = true
		for _, r := range answer.Records {
			addrs = append(addrs, r.Addr)
		}
	}
	return addrs
}
