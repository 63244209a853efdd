package delivery

// One mail's way, step by step.

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mx46/zonefiles"
)

// Step is one thing that happened to a mail.
type Step struct {
	Number int              // the step of RFC 3974 section 3, 1 to 9
	Host   zonefiles.Name   // the relay that takes the step; the root: the sender
	Text   string           // a sentence without its full stop
	Record zonefiles.Record // that decided it; zero for none
	Line   zonefiles.Span   // of the lock, that decided it in place of a record; empty for none
}

// Trace is one way that a mail can take.
type Trace struct {
	Outcome Outcome
	Path    []zonefiles.Name // the hosts that accepted the mail, in turn
	Steps   []Step
	Cut     bool // there are more Steps than 10,000, of which the others are left out
}

// Run follows one mail. Hosts of equal preference, and addresses, come in an order that the seed settles. Where it
// comes to what is not known, it ends undecided.
func (s *Simulation) Run(sender Sender, seed uint64) Trace {
	return newPlan(s.worst(sender), true).run(sender, seed)
}

// RunTo follows mails, with the seeds from 0 to tries-1, until one ends as wanted, and gives that one or else the
// first. What is not known is supposed to be so that it can end as wanted.
func (s *Simulation) RunTo(sender Sender, wanted OutcomeKind, tries int) Trace {
	p := newPlan(s.worst(sender), true)
	trace := p.run(sender, 0)
	if trace.Outcome.Kind == wanted {
		return trace
	}
	p.eachOutcome(sender, func(outcomes []Outcome) bool {
		if !slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Kind == wanted }) {
			return true
		}
		for seed := range uint64(tries) {
			if t := p.run(sender, seed); t.Outcome.Kind == wanted {
				trace = t
				return false
			}
		}
		return true
	})
	return trace
}

func (p *plan) run(sender Sender, seed uint64) Trace {
	p.guess.missing = nil
	r := &run{plan: p, random: rand.New(rand.NewPCG(seed, 0)), actor: p.sender(sender)}
	for {
		outcome, next := r.from(r.actor)
		if p.guess.missing != nil {
			outcome, next = Outcome{Kind: Undecided}, noMachine
		}
		if next == noMachine {
			r.trace.Outcome = outcome
			break
		}
		r.trace.Path = append(r.trace.Path, p.Domain.Names[next][0])
		if p.isFinal(next) {
			r.trace.Outcome = Outcome{Kind: Delivered, Host: p.Domain.Names[next][0], Status: "2.0.0"}
			break
		}
		r.actor = p.relayActor(next)
	}
	r.trace.Outcome.Relayed = r.actor.relay && r.trace.Outcome.Kind != Undecided
	return r.trace
}

// run is a Trace in the making. Its methods for telling do nothing on a nil run.
type run struct {
	plan   *plan
	random *rand.Rand
	actor  actor
	trace  Trace

	sessions int // of the actor that ended with 4xx, where the algorithm counts them
}

// from is one actor's turn: the machine that takes the mail from it, or the outcome and noMachine.
func (r *run) from(a actor) (Outcome, int) {
	p := r.plan
	if a.machine != noMachine && p.Domain.Machines[a.machine].Final {
		r.tell(2, zonefiles.Record{}, "the sender is a final host of the domain: other routing rules apply")
		return p.otherRouting(a), noMachine
	}
	if p.guess.missing != nil {
		r.tell(2, zonefiles.Record{}, "in which families ", show(a.name), " sends is not in what is loaded")
		return Outcome{}, noMachine
	}
	for _, s := range p.steps {
		r.tell(s.Number, s.Record, s.Text)
	}
	if p.ending.Kind != 0 {
		return r.pick(p.mail(a)), noMachine
	}
	last := p.eligible(a)
	for _, group := range p.groups[last:] {
		for _, t := range group {
			r.tell(2, t.Record, "drop MX ", strconv.Itoa(int(t.Preference)), " ", show(p.Domain.Hosts[t.Host].Name), ": ",
				r.who(a), " is itself at ", strconv.Itoa(a.own))
		}
	}
	if last == 0 {
		r.tell(2, zonefiles.Record{}, "no MX record remains: other routing rules apply")
		return p.otherRouting(a), noMachine
	}
	v := r.list(p.groups[:last], a)
	switch {
	case p.guess.missing != nil:
		return Outcome{}, noMachine
	case v.kind == accept:
		return Outcome{}, v.machine
	case v.kind == reject:
		return Outcome{Kind: Refused, Host: p.Domain.Names[v.machine][0], Status: "5.0.0"}, noMachine
	}
	outcome := r.pick(p.exhausted(a, v.why))
	end := "the end of the list of MX records: "
	if limit := p.manners().sessions; limit > 0 && r.sessions >= limit {
		end = "enough sessions: "
	}
	r.tell(8, zonefiles.Record{}, end, outcome.Kind.String(), " (", outcome.Status, ")")
	return outcome, noMachine
}

// list tries MX records until one of them ends the matter.
func (r *run) list(groups [][]Target, a actor) (tried verdict) {
	p := r.plan
	r.sessions = 0
	for _, group := range groups {
		group = slices.Clone(group)
		turns := p.turns(a)
		for n, families := range turns {
			turn := a.during(families)
			r.shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
			for i := range group {
				v := r.attempt(&group[i], turn, n == len(turns)-1)
				v.why |= tried.why
				r.sessions += v.sessions
				limit := p.manners().sessions
				if tried = v; v.kind != pass || p.guess.missing != nil || limit > 0 && r.sessions >= limit {
					return tried
				}
			}
		}
	}
	return tried
}

// attempt is what comes of one MX record, and at its last turn of a link to its host.
func (r *run) attempt(t *Target, a actor, last bool) (v verdict) {
	p := r.plan
	if r.trace.Cut {
		v = p.verdict(t, a)
	} else {
		v = p.try(t, a, r)
	}
	if v.kind != pass || p.guess.missing != nil || !last {
		return v
	}
	for _, l := range p.links(a) {
		if l.To != v.machine {
			continue
		}
		why := v.why
		if v = p.link(l.To); v.kind == accept {
			r.tell(9, t.Record, show(p.Domain.Hosts[t.Host].Name), " takes the mail over a link (", l.Via, ")")
		}
		v.why |= why
		break
	}
	return v
}

// pick is one of several outcomes.
func (r *run) pick(outcomes []Outcome) Outcome {
	return outcomes[r.random.IntN(len(outcomes))]
}

// tell adds a step.
func (r *run) tell(number int, record zonefiles.Record, text ...string) {
	if r == nil {
		return
	}
	if len(r.trace.Steps) == maxSteps {
		r.trace.Cut = true
		return
	}
	step := Step{Number: number, Host: r.actor.name, Text: strings.Join(text, ""), Record: record}
	r.trace.Steps = append(r.trace.Steps, step)
}

// addresses says what a look-up of addresses brought, and which line of the lock says so where no record does.
func (r *run) addresses(step int, h *Host, family Families, look *lookup) {
	if r == nil {
		return
	}
	before := len(r.trace.Steps)
	r.tellAddresses(step, h.Name, family, look)
	for i := before; i < len(r.trace.Steps); i++ {
		if r.trace.Steps[i].Record.IsZero() && !h.Open.Has(family) && look.status != failed && look.fault == AAAAFine {
			r.trace.Steps[i].Line = h.Line
		}
	}
}

func (r *run) tellAddresses(step int, host zonefiles.Name, family Families, look *lookup) {
	name, mnemonic := show(host), typeOf(family).String()
	if look.status == supposed {
		suppose := ""
		switch {
		case r.plan.guess.missing != nil:
		case len(look.found) > 0:
			suppose = ": suppose that it has one"
		default:
			suppose = ": suppose that it has none"
		}
		r.tell(step, zonefiles.Record{}, "the ", mnemonic, " records of ", name, " are not in what is loaded", suppose)
		return
	}
	for _, c := range look.found {
		if !c.addr.IsValid() { // by the operator's word, or by the lock
			r.tell(step, c.record, name, " has an ", mnemonic, " record")
			continue
		}
		r.tell(step, c.record, name, " has ", mnemonic, " ", r.text(c))
	}
	switch {
	case len(look.found) > 0:
	case look.status == failed:
		r.tell(step, zonefiles.Record{}, "the look-up of ", mnemonic, " records of ", name, " fails (SERVFAIL)")
	case look.status == noName && look.fault != AAAAFine:
		r.tell(step, zonefiles.Record{}, name, " does not exist, by the answer for its AAAA records")
	case look.fault != AAAAFine:
		r.tell(step, zonefiles.Record{}, "no ", mnemonic, " record of ", name, " is in the answer")
	case look.status == noName:
		r.tell(step, look.because, name, " does not exist")
	default:
		r.tell(step, look.because, name, " has no ", mnemonic, " record")
	}
}

// text is the address as the actor sees it.
func (r *run) text(c candidate) string {
	switch {
	case r == nil:
		return ""
	case !c.addr.IsValid():
		return "its " + c.family.String() + " address"
	case c.via64:
		octets := [16]byte{0, 0x64, 0xff, 0x9b} // 64:ff9b::/96, RFC 6052 s.2.1
		copy(octets[12:], c.addr.AsSlice())
		return netip.AddrFrom16(octets).String() + " (" + c.addr.String() + " through NAT64)"
	}
	return c.addr.String()
}

// who names the actor in a sentence.
func (r *run) who(a actor) string {
	switch {
	case r == nil:
		return ""
	case a.name.IsRoot():
		return "the sender"
	}
	return show(a.name)
}

func (r *run) shuffle(n int, swap func(i, j int)) { r.random.Shuffle(n, swap) }
