package delivery

// The sender algorithm of RFC 3974 section 3, from a sender to a mail domain and on from relay to relay.
//
// Hosts of equal preference are tried in random order (step 5, RFC 5321 s.5.1), so a mail has a set of possible
// outcomes. Outcomes computes it without trying any order: whichever host of a group would accept can be the first to
// be asked, and the next group's turn comes when none would. Run follows one order, and says what happens at each step.
//
// Where families are unknown, the mail is sent once for each of the values that it depends on.

import (
	"cmp"
	"net/netip"
	"slices"

	"mx46/zonefiles"
)

// Sender is a machine that has a mail to send.
type Sender struct {
	Families  Families
	NAT64     bool             // it is behind NAT64 and DNS64 (RFC 6146, RFC 6147); Families is IPv6 then
	Names     []zonefiles.Name // its own; with one that is an MX host's, it is that host, and has the mail to relay
	Addresses []netip.Addr     // its own, besides those of the MX host that it is
}

// Senders are the classes of senders that a mail domain has to serve.
func Senders() []Sender {
	return []Sender{{Families: IPv4}, {Families: IPv6}, {Families: Dual}, {Families: IPv6, NAT64: true}}
}

// String names the class: "IPv4-only", "IPv6-only", "dual-stack", "IPv6-only behind NAT64" or "isolated".
func (s Sender) String() string {
	switch {
	case s.Families == Dual:
		return "dual-stack"
	case s.Families == IPv4:
		return "IPv4-only"
	case s.Families == IPv6 && s.NAT64:
		return "IPv6-only behind NAT64"
	case s.Families == IPv6:
		return "IPv6-only"
	}
	return "isolated"
}

// Outage is what is broken while the mail is on its way.
type Outage struct {
	Hosts     []zonefiles.Name // these machines are down, and so are their addresses, whoever else has them
	Families  Families         // no connection works in these
	Prefixes  []netip.Prefix   // nothing reaches addresses in these
	ServFail  []Question       // these look-ups fail
	AAAA      []FaultyAAAA     // name servers answer wrongly for these
	Transient []zonefiles.Name // these machines answer 4xx to every mail
	Permanent []zonefiles.Name // these machines answer 5xx to every mail
}

// Question is a name, and a type that is looked up there.
type Question struct {
	Name zonefiles.Name
	Type zonefiles.Type
}

// FaultyAAAA is a name for whose AAAA records the name servers have a wrong answer.
type FaultyAAAA struct {
	Name  zonefiles.Name
	Fault AAAAFault
}

// isNone reports whether nothing is broken.
func (o *Outage) isNone() bool {
	return o.Families == None &&
		len(o.Hosts)+len(o.Prefixes)+len(o.ServFail)+len(o.AAAA)+len(o.Transient)+len(o.Permanent) == 0
}

// OutcomeKind says how a mail ends. They rise from good to bad.
type OutcomeKind uint8

// The kinds of outcome.
const (
	Delivered OutcomeKind = iota + 1
	Undecided             // one value of the unknown makes another kind of it than the others
	Delayed               // in the queue of the sender or a relay, and delivered once the outage ends; temporary (4xx)
	Stuck                 // in such a queue, with no way to go on even without the outage; temporary (4xx)
	Refused               // permanent (5xx): the sender's user, or a relay's bounce, is told
)

var outcomeKindNames = [...]string{
	Delivered: "delivered", Undecided: "undecided", Delayed: "delayed", Stuck: "stuck", Refused: "refused",
}

// String is the kind in one word.
func (k OutcomeKind) String() string { return outcomeKindNames[k] }

// Outcome is how a mail ends.
type Outcome struct {
	Kind    OutcomeKind
	Host    zonefiles.Name // the MX host that has, keeps, returns or refuses the mail; the root: the sender, which is none
	Status  string         // the enhanced status code (RFC 3463); empty where Undecided
	Relayed bool           // it went through at least one relay
}

// Worst is the worst kind among outcomes.
func Worst(outcomes []Outcome) OutcomeKind {
	var worst OutcomeKind
	for _, o := range outcomes {
		worst = max(worst, o.Kind)
	}
	return worst
}

// Simulation is the world that a mail is sent in.
type Simulation struct {
	Domain    *Domain
	Scope     Scope
	NAT64     []netip.Prefix // which addresses are translated ones, as for Classify
	Algorithm Algorithm
	Resolver  Resolver
	Outage    Outage
	// Unasked is what resolvers cannot look up, now or later, since they have no family in common with the name servers.
	Unasked map[Question]bool
}

// Outcomes is the set of ways in which a mail to the domain can end, in order of kind, host and status: those of kinds
// that the mail may have whatever is not known, and one Undecided if some value of the unknown makes another kind
// possible. Where they depend on the resolver, they are those behind the one that serves the sender worst; see
// ByResolver.
func (s *Simulation) Outcomes(sender Sender) []Outcome {
	return s.ByResolver(sender)[0].Outcomes
}

// IsUndecided reports whether Outcomes has an Undecided one for some class of senders.
func (s *Simulation) IsUndecided() bool {
	all := s.resolvers()
	if len(all) > 1 {
		return slices.ContainsFunc(Senders(), func(sender Sender) bool {
			return slices.ContainsFunc(s.Outcomes(sender), func(o Outcome) bool { return o.Kind == Undecided })
		})
	}
	p := newPlan(s.withResolver(all[0]), false)
	return slices.ContainsFunc(Senders(), func(sender Sender) bool {
		kinds := anyKinds()
		return !p.eachOutcome(sender, func(outcomes []Outcome) bool {
			kinds.add(outcomes)
			return !kinds.differ()
		}) || kinds.differ() || kinds.some&(1<<Undecided) != 0
	})
}

// failures says why hosts were passed over.
type failures uint8

const (
	noAddress   failures = 1 << iota // no record in a family of the actor's
	lookupError                      // SERVFAIL
	unreachable                      // no address of it took a connection
	transient                        // it answered 4xx
)

// verdict is what comes of trying one MX record.
type verdict struct {
	kind     verdictKind
	why      failures
	machine  int
	sessions int // that ended with 4xx, where the algorithm counts them
}

type verdictKind uint8

const (
	pass   verdictKind = iota // try the next record
	accept                    // the machine took the mail
	reject                    // the machine answered 5xx
)

// outcomes is the set for a sender.
func (p *plan) outcomes(s Sender) []Outcome {
	var all []Outcome
	kinds := anyKinds()
	complete := p.eachOutcome(s, func(outcomes []Outcome) bool {
		all = append(all, outcomes...)
		kinds.add(outcomes)
		return true
	})
	if !complete {
		return []Outcome{{Kind: Undecided}}
	}
	all = slices.DeleteFunc(all, func(o Outcome) bool { return kinds.common&(1<<o.Kind) == 0 })
	if kinds.differ() {
		all = append(all, Outcome{Kind: Undecided})
	}
	return tidy(all)
}

// eachOutcome is eachWorld for a mail of a sender.
func (p *plan) eachOutcome(s Sender, found func([]Outcome) bool) (complete bool) {
	return p.eachWorld(func() []Outcome { return p.mail(p.sender(s)) }, found)
}

// kinds are those of outcomes, by bit.
type kinds struct {
	some   uint // in some value of the unknown
	common uint // in every one
}

// anyKinds is before the first value.
func anyKinds() kinds { return kinds{common: ^uint(0)} }

// add adds the outcomes with one more value.
func (k *kinds) add(outcomes []Outcome) {
	allowed := uint(0)
	for _, o := range outcomes {
		allowed |= 1 << o.Kind
	}
	k.some |= allowed
	k.common &= allowed
}

// differ reports whether one value allows a kind that another does not.
func (k *kinds) differ() bool { return k.some != k.common }

// mail is the set of outcomes of a mail that a has.
func (p *plan) mail(a actor) []Outcome {
	switch {
	case a.machine != noMachine && p.Domain.Machines[a.machine].Final:
		return []Outcome{p.otherRouting(a)}
	case p.ending.Kind == Delayed:
		return p.waiting(a, p.ending.Status)
	case p.ending.Kind != 0:
		return []Outcome{p.ending.at(a)}
	}
	last := p.eligible(a)
	if last == 0 {
		return []Outcome{p.otherRouting(a)}
	}
	var tried result
	for g := 0; g < last && !tried.settled; g++ {
		tried = tried.then(p.group(g, a)).then(p.linked(g, a))
		if limit := p.manners().sessions; limit > 0 && tried.sessions >= limit { // maybe before others have their turn
			tried.settled = true
			tried.outcomes = tidy(slices.Concat(tried.outcomes, p.exhausted(a, tried.why)))
		}
	}
	if tried.settled {
		return tried.outcomes
	}
	return tidy(slices.Concat(tried.outcomes, p.exhausted(a, tried.why)))
}

// links is the links that lead out of the actor.
func (p *plan) links(a actor) []Link {
	if a.machine == noMachine {
		return nil
	}
	return p.linksOf[a.machine]
}

// result is what comes of trying MX records.
type result struct {
	settled  bool // one of them is sure to end the matter
	outcomes []Outcome
	why      failures
	sessions int // see verdict
}

// then adds what comes of trying more of them.
func (r result) then(more result) result {
	r.settled = r.settled || more.settled
	r.why |= more.why
	r.sessions += more.sessions
	if len(r.outcomes) == 0 {
		r.outcomes = more.outcomes
	} else if len(more.outcomes) > 0 {
		r.outcomes = tidy(slices.Concat(r.outcomes, more.outcomes))
	}
	return r
}

// groupKey is a group of MX records, and the kind of actor that tries them.
type groupKey struct{ group, kind int }

// group is what comes of trying the records of one preference, links left aside. It depends on nothing of the actor but
// its families.
func (p *plan) group(g int, a actor) result {
	key := groupKey{g, a.kind()}
	if known, done := p.tried[key]; done {
		return known
	}
	var tried result
	for _, families := range p.turns(a) {
		if !tried.settled {
			tried = tried.then(p.turn(g, a.during(families)))
		}
	}
	p.tried[key] = tried
	return tried
}

// turns are the families in which an actor tries the records of one preference, one turn after the other.
func (p *plan) turns(a actor) []Families {
	if p.manners().byFamily && a.families == Dual {
		return []Families{IPv6, IPv4}
	}
	return []Families{a.families}
}

// turn is what comes of trying the records of one preference once.
func (p *plan) turn(g int, a actor) (tried result) {
	for i := range p.groups[g] {
		v := p.verdict(&p.groups[g][i], a)
		tried.why |= v.why
		tried.sessions += v.sessions
		switch v.kind {
		case accept:
			tried.settled = true
			tried.outcomes = append(tried.outcomes, p.accepted(v.machine)...)
		case reject:
			tried.settled = true
			refused := Outcome{Kind: Refused, Host: p.Domain.Names[v.machine][0], Status: "5.0.0"}
			tried.outcomes = append(tried.outcomes, refused)
		}
	}
	tried.outcomes = tidy(tried.outcomes)
	return tried
}

// linked is what comes of the links that lead from a into the group.
func (p *plan) linked(g int, a actor) result {
	var tried result
	for _, l := range p.links(a) {
		if p.groupOf[l.To] != g {
			continue
		}
		v := p.link(l.To)
		tried.why |= v.why
		if v.kind == accept {
			tried.settled = true
			tried.outcomes = append(tried.outcomes, p.accepted(l.To)...)
		}
	}
	tried.outcomes = tidy(tried.outcomes)
	return tried
}

// link is what comes of handing the mail to a machine over a link.
func (p *plan) link(to int) verdict {
	if p.down[to] || p.replies[to] != accept {
		return verdict{kind: pass, machine: to, why: unreachable}
	}
	return verdict{kind: accept, machine: to}
}

// accepted is the set of outcomes of a mail that a machine took. Each hop leads to a lower preference, so that mail
// never loops.
func (p *plan) accepted(m int) []Outcome {
	if p.isFinal(m) {
		return []Outcome{{Kind: Delivered, Host: p.Domain.Names[m][0], Status: "2.0.0"}}
	}
	if p.relayed[m] == nil {
		outcomes := slices.Clone(p.mail(p.relayActor(m)))
		for i := range outcomes {
			outcomes[i].Relayed = true
		}
		p.relayed[m] = tidy(outcomes)
	}
	return p.relayed[m]
}

// isFinal reports whether a machine has the mailbox: it is declared to be final, or step 2 leaves it no MX record.
func (p *plan) isFinal(m int) bool {
	return p.Domain.Machines[m].Final || len(p.groups) > 0 && p.own[m] <= int(p.groups[0][0].Preference)
}

// eligible is the number of groups that step 2 leaves to the actor.
func (p *plan) eligible(a actor) int {
	if a.machine == noMachine && p.Domain.IsImplicit() { // step 1 goes on at step 3
		return 1
	}
	n, _ := slices.BinarySearchFunc(p.groups, a.own, func(g []Target, own int) int {
		return int(g[0].Preference) - own
	})
	return n
}

// otherRouting is what comes of a mail at a host that step 2 leaves no record, or that is final.
func (p *plan) otherRouting(a actor) Outcome {
	if !p.manners().byAddress || a.machine != noMachine && p.isFinal(a.machine) {
		return Outcome{Kind: Delivered, Host: a.name, Status: "2.0.0"}
	}
	if p.manners().freezes {
		return Outcome{Kind: Stuck, Host: a.name, Status: "4.4.6"}
	}
	return Outcome{Kind: Refused, Host: a.name, Status: "5.4.6"} // RFC 5321 s.5.1: "returned as undeliverable"
}

// exhausted is the end of the list (steps 5, 8 and 9).
func (p *plan) exhausted(a actor, why failures) []Outcome {
	switch {
	case why&transient != 0:
		return p.waiting(a, "4.0.0")
	case why&unreachable != 0:
		return p.waiting(a, "4.4.1")
	case why&lookupError != 0 && a.isMX(): // nothing may be left of its list but itself
		return p.waiting(a, p.manners().lostWay)
	case why&lookupError != 0:
		return p.waiting(a, "4.4.3")
	case a.isMX() && !p.manners().returns:
		// RFC 3974 s.4.2 says no more than that the mail cannot be relayed. Postfix keeps it: "unable to find primary
		// relay".
		return p.waiting(a, "4.4.4")
	}
	if p.manners().keeps {
		return p.waiting(a, "4.4.4")
	}
	// RFC 3974 s.3: like MX records without address records, "deliveries should fail"; RFC 5321 s.5.1: an error.
	return []Outcome{{Kind: Refused, Host: a.name, Status: "5.4.4"}}
}

// waiting is what comes of a mail that stays in a queue: it is delayed where it would be delivered without the outage.
func (p *plan) waiting(a actor, status string) []Outcome {
	if p.calm == nil {
		return []Outcome{{Kind: Stuck, Host: a.name, Status: status}}
	}
	outcomes := slices.Clone(p.calm.mail(a))
	for i := range outcomes {
		switch o := &outcomes[i]; o.Kind {
		case Delivered:
			*o = Outcome{Kind: Delayed, Host: a.name, Status: status}
		case Stuck:
			*o = Outcome{Kind: Stuck, Host: a.name, Status: status}
		case Refused:
			if len(p.outage.AAAA) > 0 { // such faults last: the mail is returned before they end
				*o = Outcome{Kind: Stuck, Host: a.name, Status: status}
			}
		}
	}
	return outcomes
}

// at makes the domain's own ending that of a mail which a has.
func (o Outcome) at(a actor) Outcome {
	o.Host = a.name
	return o
}

func tidy(outcomes []Outcome) []Outcome {
	slices.SortFunc(outcomes, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Status, b.Status),
			cmp.Compare(order(a.Relayed), order(b.Relayed)))
	})
	return slices.Compact(outcomes)
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}
