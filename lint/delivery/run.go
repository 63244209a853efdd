package delivery

// One mail's way, step by step.

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Step is one thing that happened to a mail.
type Step struct {
	Number int    // the step of RFC 3974 section 3, 1 to 9
	Host   string // the relay that takes the step; empty: the sender
	Text   string // a sentence without its full stop; names stand in it as the Resolver gave them
	Source Source // the record that decided it
}

// Trace is one way that a mail can take.
type Trace struct {
	Outcome Outcome
	Path    []string // the hosts that accepted the mail, in turn
	Steps   []Step
	Cut     bool // there are more Steps than 10,000, of which the others are left out
}

const maxSteps = 10_000

// Run follows one mail. Hosts of equal preference, and addresses, come in an order that the seed settles.
func (s *Simulation) Run(sender Sender, domain string, seed uint64) Trace {
	return newPlan(s, domain, true).run(sender, seed)
}

// RunTo follows mails, with the seeds from 0 to tries-1, until one ends as wanted, and gives that one or else the first.
func (s *Simulation) RunTo(sender Sender, domain string, wanted OutcomeKind, tries int) Trace {
	p := newPlan(s, domain, true)
	first := p.run(sender, 0)
	for seed, t := uint64(1), first; ; seed++ {
		if t.Outcome.Kind == wanted {
			return t
		}
		if seed >= uint64(tries) {
			return first
		}
		t = p.run(sender, seed)
	}
}

func (p *plan) run(sender Sender, seed uint64) Trace {
	r := &run{plan: p, random: rand.New(rand.NewPCG(seed, 0))}
	visited := make([]bool, len(p.machines))
	for a := p.sender(sender); ; {
		r.actor = a
		outcome, next := r.from(a)
		if next < 0 {
			r.trace.Outcome = outcome
			break
		}
		r.trace.Path = append(r.trace.Path, p.machines[next].Name)
		if p.relay.Final(next) {
			r.trace.Outcome = Outcome{Kind: Delivered, Host: p.machines[next].Name, Status: "2.0.0"}
			break
		}
		a = p.relayActor(next)
		if visited[next] {
			r.trace.Outcome = Outcome{Kind: Looping, Host: a.name, Status: "5.4.6"}
			break
		}
		visited[next] = true
	}
	r.trace.Outcome.Relayed = r.actor.relay
	return r.trace
}

// run is a Trace in the making. Its methods for telling do nothing on a nil run.
type run struct {
	plan   *plan
	random *rand.Rand
	actor  actor
	trace  Trace
}

// from is one actor's turn: the machine that takes the mail from it, or the outcome and -1.
func (r *run) from(a actor) (Outcome, int) {
	p := r.plan
	if a.machine >= 0 && p.relay.Final(a.machine) {
		r.tell(2, 0, "the sender is a final host of the domain: other routing rules apply")
		return p.otherRouting(a), -1
	}
	for _, s := range p.steps {
		r.tell(s.Number, s.Source, s.Text)
	}
	if p.ending.Kind != 0 {
		return p.ending.at(a), -1
	}
	if !a.known {
		r.tell(2, 0, "in which families ", a.name, " sends is not in what is loaded")
		return Outcome{Kind: Undecided}, -1
	}
	last := p.eligible(a)
	for _, group := range p.groups[last:] {
		for _, t := range group {
			r.tell(2, t.record.Source, "drop MX ", strconv.Itoa(int(t.record.Preference)), " ", t.record.Target, ": ", r.who(a),
				" is itself at ", strconv.Itoa(a.own))
		}
	}
	if last == 0 {
		r.tell(2, 0, "no MX record remains: other routing rules apply")
		return p.otherRouting(a), -1
	}
	var why failures
	for _, group := range p.groups[:last] {
		group = slices.Clone(group)
		r.shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		for i := range group {
			var v verdict
			if r.trace.Cut {
				v = p.verdict(&group[i], a)
			} else {
				v = p.try(&group[i], a, r)
			}
			if v.kind == pass || v.kind == open {
				if l, found := r.link(a, v.machine); found {
					why |= v.why
					if v = p.link(v.machine); v.kind == accept {
						r.tell(9, group[i].record.Source, group[i].record.Target, " takes the mail over a link (", l.Via, ")")
					}
				}
			}
			why |= v.why
			switch v.kind {
			case accept:
				return Outcome{}, v.machine
			case reject:
				return Outcome{Kind: Refused, Host: p.machines[v.machine].Name, Status: "5.0.0"}, -1
			case open:
				return Outcome{Kind: Undecided}, -1
			}
		}
	}
	outcome := p.exhausted(a, why)
	r.tell(8, 0, "the end of the list of MX records: ", outcome.Kind.String(), " (", outcome.Status, ")")
	return outcome, -1
}

func (r *run) link(a actor, to int) (Link, bool) {
	for _, l := range r.plan.links(a) {
		if l.To == to {
			return l, true
		}
	}
	return Link{}, false
}

// tell adds a step.
func (r *run) tell(number int, source Source, text ...string) {
	if r == nil {
		return
	}
	if len(r.trace.Steps) == maxSteps {
		r.trace.Cut = true
		return
	}
	r.trace.Steps = append(r.trace.Steps, Step{Number: number, Host: r.actor.name, Text: strings.Join(text, ""), Source: source})
}

// addresses tells what a look-up of addresses brought.
func (r *run) addresses(step int, name string, t Type, list []candidate, answer Answer) {
	if r == nil {
		return
	}
	for _, c := range list {
		r.tell(step, c.source, name, " has ", t.String(), " ", r.text(c))
	}
	switch {
	case len(list) > 0:
	case answer.Status == ServFail:
		r.tell(step, 0, "the look-up of ", t.String(), " records of ", name, " fails (SERVFAIL)")
	case answer.Status == NXDomain:
		r.tell(step, answer.Source, name, " does not exist")
	case answer.Status == Unknown:
		r.tell(step, 0, "the ", t.String(), " records of ", name, " are not in what is loaded")
	default:
		r.tell(step, answer.Source, name, " has no ", t.String(), " record")
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

// useless says why no sender can use the address.
func (r *run) useless(c candidate) string {
	if r == nil {
		return ""
	}
	if class := Classify(c.addr, r.plan.NAT64...); class.Prefix.IsValid() && !class.Usable(r.plan.Scope) {
		return "the address is in " + class.Prefix.String() + " (" + class.Name + ")"
	}
	return "the host is said to have no " + c.family.String()
}

// who names the actor in a sentence.
func (r *run) who(a actor) string {
	if a.name == "" {
		return "the sender"
	}
	return a.name
}

func (r *run) shuffle(n int, swap func(i, j int)) { r.random.Shuffle(n, swap) }
