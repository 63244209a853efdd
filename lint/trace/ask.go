package trace

// One question about a mail domain, and the answer to it.

import (
	"errors"
	"fmt"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// Question asks what becomes of mail to a domain.
type Question struct {
	Domain    zonefiles.Name
	From      []delivery.Sender // empty: every class, or with As the host as it is
	As        zonefiles.Name    // the MX host that has the mail, if HasAs
	HasAs     bool
	Algorithm delivery.Algorithm
	Outage    delivery.Outage
	Outages   bool // ask again with one thing after the other broken
}

// Report answers a Question.
type Report struct {
	Question
	Ways   []Way            // one for each sender
	Faults []delivery.Fault // by what is broken, then by sender; with Question.Outages
	// Omitted is how many hosts, those of the highest preferences, do not break in turn because they are too many.
	Omitted int
	Unknown []string // the MX hosts of whose addresses not all is known, in order

	world *World
}

// Way is what becomes of one sender's mail.
type Way struct {
	Sender   delivery.Sender
	Name     string // the MX host that sends; empty for a sender that is none
	Outcomes []delivery.Outcome
	Trace    delivery.Trace // one way to the worst of the outcomes
}

// Delivered reports whether the mail of every sender arrives, whatever chance decides.
func (r *Report) Delivered() bool {
	return !slices.ContainsFunc(r.Ways, func(w Way) bool { return delivery.Worst(w.Outcomes) != delivery.Delivered })
}

// maxFaults is how many hosts break in turn.
const maxFaults = 100

// maxRuns is how many runs are tried to find one that ends worst. Where chance hides it better, the first run is shown.
const maxRuns = 64

// Ask simulates the mail. An error says what is wrong with the question.
func (w *World) Ask(q Question) (*Report, error) {
	if w.graph.Lookup(w.zone, q.Domain, zonefiles.TypeMX).Status == dns.OutOfZone {
		return nil, fmt.Errorf("no loaded zone holds %s", Spell(q.Domain))
	}
	s := w.Simulation(q.Algorithm, q.Outage)
	domain := Spell(q.Domain)
	chart := s.Chart(domain)
	for _, list := range [...][]string{q.Outage.Hosts, q.Outage.Transient, q.Outage.Permanent} {
		for _, name := range list {
			if machine(&chart, name) < 0 {
				return nil, noHost(&chart, name)
			}
		}
	}
	r := &Report{Question: q, world: w}
	for i := range chart.Machines {
		if h := &chart.Machines[i]; !h.Known {
			r.Unknown = append(r.Unknown, h.Name)
		}
	}
	senders := q.From
	if len(senders) == 0 {
		senders = delivery.Senders()
	}
	var name string
	if q.HasAs {
		var err error
		if senders, name, err = as(s, &chart, &q); err != nil {
			return nil, err
		}
	}
	for _, sender := range senders {
		way := Way{Sender: sender, Name: name, Outcomes: s.Outcomes(sender, domain)}
		way.Trace = s.RunTo(sender, domain, delivery.Worst(way.Outcomes), maxRuns)
		r.Ways = append(r.Ways, way)
	}
	if q.Outages {
		r.Faults, r.Omitted = s.Faults(domain, senders, maxFaults)
	}
	return r, nil
}

// as is the senders that the MX host q.As makes, and its name.
func as(s *delivery.Simulation, chart *delivery.Chart, q *Question) ([]delivery.Sender, string, error) {
	m := machine(chart, Spell(q.As))
	if m < 0 {
		return nil, "", noHost(chart, Spell(q.As))
	}
	h := &chart.Machines[m]
	base := delivery.Sender{Names: append([]string{Spell(q.As), h.Name}, h.OtherNames...)}
	addresses, _ := s.Addresses(h)
	for _, a := range addresses {
		base.Addresses = append(base.Addresses, a.Addr)
	}
	if len(q.From) == 0 {
		families, known := h.Sending()
		if !known {
			return nil, "", fmt.Errorf("in which families %s sends is not known: say it with --from", h.Name)
		}
		base.Families = families
		return []delivery.Sender{base}, h.Name, nil
	}
	senders := slices.Clone(q.From)
	for i := range senders {
		senders[i].Names, senders[i].Addresses = base.Names, base.Addresses
	}
	return senders, h.Name, nil
}

// machine is the index of the machine with that name, or -1.
func machine(chart *delivery.Chart, name string) int {
	for i, r := range chart.Records {
		if r.Target == name {
			return chart.Machine[i]
		}
	}
	return slices.IndexFunc(chart.Machines, func(h delivery.Host) bool {
		return h.Name == name || slices.Contains(h.OtherNames, name)
	})
}

// maxNamed is how many MX hosts a message lists.
const maxNamed = 8

func noHost(chart *delivery.Chart, name string) error {
	if len(chart.Machines) == 0 {
		return fmt.Errorf("%s is no MX host of %s, which has none", name, chart.Domain)
	}
	var names []string
	for i := range chart.Machines {
		names = append(names, chart.Machines[i].Name)
	}
	return errors.New(name + " is no MX host of " + chart.Domain + "; those are: " + text.Some(names, maxNamed))
}
