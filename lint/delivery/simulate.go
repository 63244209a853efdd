package delivery

// The sender algorithm of RFC 3974 section 3, from a sender to a mail domain and on from relay to relay.
//
// Hosts of equal preference are tried in random order (step 5, RFC 5321 s.5.1), so a mail has a set of possible
// outcomes. Outcomes computes it without trying any order: whichever host of a group would accept can be the first to
// be asked, and the next group's turn comes when none would. Run follows one order, and says what happens at each step.

import (
	"cmp"
	"net/netip"
	"slices"
)

// Sender is a machine that has a mail to send.
type Sender struct {
	Families  Families
	NAT64     bool         // it stands behind NAT64 and DNS64 (RFC 6146, RFC 6147); Families is IPv6 then
	Names     []string     // its own names; with one that an MX record leads to, it is that MX host, and has the mail to relay
	Addresses []netip.Addr // its own addresses
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

// Algorithm says by which book senders and relays go.
type Algorithm uint8

// The algorithms. Postfix is RFC3974 with what was seen otherwise of Postfix 3.7 in the laboratory (package lab): it knows itself by
// its addresses too, lets a null MX speak for the domain even beside others, takes an address in place of a host's name for that
// address, mixes families within a host, and has status codes of its own. Its limits are not modelled: five addresses
// (smtp_mx_address_limit), and two sessions (smtp_mx_session_limit), after which a dual-stack host that answers 4xx twice leaves
// the mail in the queue, where RFC 3974 tries the next MX record.
const (
	RFC3974 Algorithm = iota
	RFC5321           // section 5.1: a host knows itself by its addresses too; it returns what it cannot route
	Postfix
)

// Outage is what is broken while the mail is on its way.
type Outage struct {
	Hosts     []string       // these machines do not answer, by any of their names
	Families  Families       // no connection works in these
	Prefixes  []netip.Prefix // nothing reaches addresses in these
	ServFail  []Question     // these look-ups fail
	Transient []string       // these machines answer 4xx to every mail
	Permanent []string       // these machines answer 5xx to every mail
}

// OutcomeKind says how a mail ends. They rise from good to bad.
type OutcomeKind uint8

// The kinds of outcome.
const (
	Delivered OutcomeKind = iota + 1
	Undecided             // it depends on what is not loaded
	Delayed               // in the queue of the sender or a relay, tried again later; temporary (4xx)
	Stuck                 // in the queue of a relay, which has no way to go on though nothing is broken; temporary (4xx)
	Refused               // permanent (5xx): the sender's user, or a relay's bounce, is told
	Looping               // passed round until a relay counts too many hops; permanent (5xx)
)

var outcomeKindNames = [...]string{
	Delivered: "delivered", Undecided: "undecided", Delayed: "delayed", Stuck: "stuck", Refused: "refused", Looping: "looping",
}

// String is the kind in one word.
func (k OutcomeKind) String() string { return outcomeKindNames[k] }

// Outcome is how a mail ends.
type Outcome struct {
	Kind    OutcomeKind
	Host    string // the final host, the MX host that keeps or returns the mail, the one that answered 5xx; empty: a sender that is none
	Status  string // the enhanced status code (RFC 3463); empty where Undecided
	Relayed bool   // it went through at least one relay
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
	Resolver  Resolver
	Hosts     []Host // what is known of machines; Preference is read from the MX records instead
	Links     []Link // between Hosts
	Scope     Scope
	NAT64     []netip.Prefix // which addresses are translated ones, as for Classify
	Algorithm Algorithm
	Outage    Outage
}

// Outcomes is the set of ways in which a mail to the domain can end, in order of kind, host and status. Once relays pass mail
// round in circles, the set says so, but need not hold every way in which it could still escape.
func (s *Simulation) Outcomes(sender Sender, domain string) []Outcome {
	return newPlan(s, domain, false).outcomes(sender)
}

// actor is the machine that has the mail: the sender, or an MX host that accepted it.
type actor struct {
	name     string // empty for a sender that is no MX host
	machine  int    // its index in the plan; -1 for a sender that is no MX host
	families Families
	known    bool
	nat64    bool
	own      int  // the lowest preference that leads to it; above every preference if none does
	relay    bool // it accepted the mail, rather than having been given it by a user
}

// isMX tells whether the actor is an MX host of the domain, be it that a user or another host gave it the mail: as "primary relay"
// it has lower preferences to find, and cannot tell the one mail from the other.
func (a actor) isMX() bool { return a.relay || a.own != noPreference }

func (p *plan) sender(s Sender) actor {
	a := actor{machine: -1, families: s.Families, known: true, nat64: s.NAT64, own: noPreference}
	names := s.Names
	for _, name := range s.Names {
		if m, found := p.byName[name]; found && a.machine < 0 {
			a.machine, a.name = m, p.machines[m].Name
			names = slices.Concat(s.Names, p.machines[m].names())
		}
	}
	for _, name := range names {
		if at, found := p.ownName[name]; found {
			a.own = min(a.own, at)
		}
	}
	if p.Algorithm != RFC3974 {
		for _, addr := range s.Addresses {
			if at, found := p.ownAddr[addr]; found {
				a.own = min(a.own, at)
			}
		}
	}
	return a
}

func (p *plan) relayActor(m int) actor {
	h := &p.machines[m]
	a := actor{name: h.Name, machine: m, own: noPreference, relay: true}
	a.families, a.known = h.Sending()
	for _, name := range h.names() {
		if at, found := p.ownName[name]; found {
			a.own = min(a.own, at)
		}
	}
	if p.Algorithm != RFC3974 { // RFC 5321 s.5.1: "any of the names or addresses by which it might be known"
		a.own = min(a.own, int(h.Preference))
		seen := make(map[Question]bool)
		for _, name := range h.names() {
			for _, addr := range p.addresses(name, seen) {
				if at, found := p.ownAddr[addr]; found {
					a.own = min(a.own, at)
				}
			}
		}
	}
	return a
}

// failures says why hosts were passed over.
type failures uint8

const (
	noAddress   failures = 1 << iota // no record in a family of the actor's
	lookupError                      // SERVFAIL
	unreachable                      // no address of it took a connection
	hindered                         // an outage had a hand in that
	transient                        // it answered 4xx
)

// verdict is what comes of trying one MX record.
type verdict struct {
	kind    verdictKind
	why     failures
	machine int
}

type verdictKind uint8

const (
	pass   verdictKind = iota // try the next record
	accept                    // the machine took the mail
	reject                    // the machine answered 5xx
	open                      // depends on what is not loaded
)

// outcomes is the set for a sender. The plan must be fresh, or just have come under another outage.
func (p *plan) outcomes(s Sender) []Outcome {
	a := p.sender(s)
	if a.machine >= 0 && p.relay.Final(a.machine) {
		return []Outcome{p.otherRouting(a)}
	}
	return p.mail(a)
}

// mail is the set of outcomes of a mail that a has and that no other routing rule applies to.
func (p *plan) mail(a actor) []Outcome {
	if p.ending.Kind != 0 {
		return []Outcome{p.ending.at(a)}
	}
	if !a.known {
		return []Outcome{{Kind: Undecided}}
	}
	last := p.eligible(a)
	if last == 0 {
		return []Outcome{p.otherRouting(a)}
	}
	first := last // the first group that a link leads into
	for _, l := range p.links(a) {
		first = min(first, p.groupOf[l.To])
	}
	tried := p.walk(first, a)
	for g := first; g < last && !tried.settled; g++ {
		tried = tried.then(p.group(g, a)).then(p.linked(g, a))
	}
	if tried.settled {
		return tried.outcomes
	}
	return tidy(append(slices.Clip(tried.outcomes), p.exhausted(a, tried.why)))
}

// links is the links that lead out of the actor.
func (p *plan) links(a actor) []Link {
	if a.machine < 0 {
		return nil
	}
	return p.relay.linksFrom(a.machine)
}

// result is what comes of trying MX records.
type result struct {
	settled  bool // one of them is sure to end the matter
	outcomes []Outcome
	why      failures
}

// then adds what comes of trying more of them.
func (r result) then(more result) result {
	r.settled = r.settled || more.settled
	r.why |= more.why
	if len(r.outcomes) == 0 {
		r.outcomes = more.outcomes
	} else if len(more.outcomes) > 0 {
		r.outcomes = tidy(slices.Concat(r.outcomes, more.outcomes))
	}
	return r
}

// memo remembers results for one set of an actor's families, which all that depends on the actor rests on as long as no link
// comes into it. That is what keeps a thousand hosts bounded.
type memo struct {
	walked []result // by how many groups, from the lowest preference, were tried
	groups []groupMemo
}

type groupMemo struct {
	done, busy bool
	result     result
}

// kind numbers the actor's families, without and with NAT64.
func (a actor) kind() int {
	kind := a.families & Dual
	if a.nat64 {
		kind |= Dual + 1
	}
	return int(kind)
}

func (p *plan) memo(a actor) *memo {
	m := &p.memos[a.kind()]
	if m.groups == nil {
		m.groups = make([]groupMemo, len(p.groups))
		m.walked = []result{{}}
	}
	return m
}

// walk is what comes of trying the first groups in turn, links left aside.
func (p *plan) walk(groups int, a actor) result {
	m := p.memo(a)
	for g := len(m.walked) - 1; g < groups; g++ {
		tried := m.walked[g]
		if !tried.settled {
			tried = tried.then(p.group(g, a))
		}
		m.walked = append(m.walked[:g+1], tried) // a loop of relays may have come by here and left an unfinished result
	}
	return m.walked[groups]
}

// group is what comes of trying the records of one preference, links left aside.
func (p *plan) group(g int, a actor) result {
	m := &p.memo(a).groups[g]
	switch {
	case m.done:
		return m.result
	case m.busy: // a relay that does not know its own name among the records has come back here
		return result{settled: true, outcomes: []Outcome{{Kind: Looping, Host: a.name, Status: "5.4.6", Relayed: true}}}
	}
	m.busy = true
	var tried result
	for i := range p.groups[g] {
		v := p.verdict(&p.groups[g][i], a)
		tried.why |= v.why
		switch v.kind {
		case accept:
			tried.settled = true
			tried.outcomes = append(tried.outcomes, p.accepted(v.machine)...)
		case reject:
			tried.settled = true
			tried.outcomes = append(tried.outcomes, Outcome{Kind: Refused, Host: p.machines[v.machine].Name, Status: "5.0.0"})
		case open:
			tried.outcomes = append(tried.outcomes, Outcome{Kind: Undecided})
		}
	}
	tried.outcomes = tidy(tried.outcomes)
	m.done, m.result = true, tried
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
		switch v.kind {
		case accept:
			tried.settled = true
			tried.outcomes = append(tried.outcomes, p.accepted(l.To)...)
		case open:
			tried.outcomes = append(tried.outcomes, Outcome{Kind: Undecided})
		}
	}
	tried.outcomes = tidy(tried.outcomes)
	return tried
}

// link is what comes of handing the mail to a machine over a link.
func (p *plan) link(to int) verdict {
	switch h := &p.machines[to]; {
	case p.down[to] || p.replies[to] != accept:
		return verdict{kind: pass, machine: to, why: unreachable | hindered}
	case !h.Known:
		return verdict{kind: open, machine: to}
	case h.Families == None: // as in Relay: it takes no mail
		return verdict{kind: pass, machine: to}
	}
	return verdict{kind: accept, machine: to}
}

// accepted is the set of outcomes of a mail that a machine took.
func (p *plan) accepted(m int) []Outcome {
	if p.relay.Final(m) {
		return []Outcome{{Kind: Delivered, Host: p.machines[m].Name, Status: "2.0.0"}}
	}
	if p.relayed[m] == nil {
		// This holds for as long as the set is being worked out: to come back here is to loop.
		p.relayed[m] = []Outcome{{Kind: Looping, Host: p.machines[m].Name, Status: "5.4.6", Relayed: true}}
		outcomes := slices.Clone(p.mail(p.relayActor(m)))
		for i := range outcomes {
			outcomes[i].Relayed = true
		}
		p.relayed[m] = tidy(outcomes)
	}
	return p.relayed[m]
}

// eligible is the number of groups that step 2 leaves to the actor.
func (p *plan) eligible(a actor) int {
	if p.implicit { // step 1 goes on at step 3
		return 1
	}
	n, _ := slices.BinarySearchFunc(p.groups, a.own, func(g []target, own int) int { return int(g[0].record.Preference) - own })
	return n
}

// otherRouting is what comes of a mail at a host that step 2 leaves no record, or that is final.
func (p *plan) otherRouting(a actor) Outcome {
	name := a.name
	if a.machine >= 0 {
		name = p.machines[a.machine].Name
	}
	if p.Algorithm == RFC3974 || a.machine >= 0 && p.relay.Final(a.machine) {
		return Outcome{Kind: Delivered, Host: name, Status: "2.0.0"}
	}
	return Outcome{Kind: Refused, Host: name, Status: "5.4.6"} // RFC 5321 s.5.1: "returned as undeliverable"
}

// exhausted is the end of the list (steps 5, 8 and 9).
func (p *plan) exhausted(a actor, why failures) Outcome {
	o := Outcome{Kind: Delayed, Host: a.name}
	switch {
	case why&transient != 0:
		o.Status = "4.0.0"
	case why&unreachable != 0:
		o.Status = "4.4.1"
		if a.isMX() && why&(hindered|lookupError) == 0 {
			o.Kind = Stuck // an address that no sender can use will be no better tomorrow
		}
	case why&lookupError != 0:
		o.Status = "4.4.3"
		if a.isMX() && p.Algorithm == Postfix { // nothing is left of its list but itself: "unable to find primary relay"
			o.Status = "4.4.4"
		}
	case a.isMX() && p.Algorithm != RFC5321:
		// RFC 3974 s.4.2 says no more than that the mail cannot be relayed. Postfix keeps it: "unable to find primary relay".
		o.Kind, o.Status = Stuck, "4.4.4"
	default:
		// RFC 3974 s.3: like MX records without address records, "deliveries should fail"; RFC 5321 s.5.1: an error.
		o.Kind, o.Status = Refused, "5.4.4"
	}
	return o
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
