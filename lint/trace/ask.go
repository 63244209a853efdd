package trace

// One question about a mail domain, and the answer to it.

import (
	"errors"
	"fmt"
	"slices"
	"time"

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
	Resolver  delivery.Resolver
	Reach     delivery.Families // those of all resolvers; None: both
}

// Report answers a Question.
type Report struct {
	Question
	Ways   []Way            // one for each sender
	Faults []delivery.Fault // by what is broken, then by sender; with Question.Outages
	// Omitted is how many hosts, those of the highest preferences, do not break in turn because they are too many.
	Omitted int
	Unknown []zonefiles.Name // the MX hosts of whose addresses not all is known, in order

	files *zonefiles.FileSet // where the spans of steps lie
	seen  time.Time          // the day of the lock
}

// Way is what becomes of one sender's mail.
type Way struct {
	Sender   delivery.Sender
	Name     zonefiles.Name     // the MX host that sends; the root for a sender that is none
	Outcomes []delivery.Outcome // behind the resolver that serves the sender worst
	Trace    delivery.Trace     // one way to the worst of the outcomes
	// ByResolver goes from bad to good, where they differ; it is empty where they do not.
	ByResolver []delivery.ResolverOutcomes
}

// Delivered reports whether the mail of every sender arrives, whatever chance decides.
func (r *Report) Delivered() bool {
	return !slices.ContainsFunc(r.Ways, func(w Way) bool { return delivery.Worst(w.Outcomes) != delivery.Delivered })
}

// Ask simulates the mail. An error says what is wrong with the question.
func (w *World) Ask(q Question) (*Report, error) {
	s := w.Simulation(q.Domain, q.Algorithm, q.Outage)
	d := s.Domain
	s.Resolver = q.Resolver
	if q.Reach != delivery.None {
		s.Unasked = w.unasked(d, q.Reach)
	}
	if len(d.Aliases) == 0 && d.MX.Status == dns.OutOfZone {
		return nil, fmt.Errorf("no loaded zone holds %s", show(q.Domain))
	}
	names := slices.Concat(q.Outage.Hosts, q.Outage.Transient, q.Outage.Permanent)
	if q.HasAs {
		names = append(names, q.As)
	}
	for _, name := range names {
		m, ok := d.Named[w.reader.Machine(name)]
		if !ok {
			return nil, noHost(d, name)
		}
		d.Named[name] = m
	}
	if err := areLookedUp(d, &q.Outage); err != nil {
		return nil, err
	}
	r := &Report{Question: q, files: w.files, seen: w.facts.Lock.Day()}
	for m := range d.Machines {
		if !d.Machines[m].IsKnown() {
			r.Unknown = append(r.Unknown, d.Names[m][0])
		}
	}
	senders := q.From
	if len(senders) == 0 {
		senders = delivery.Senders()
	}
	var name zonefiles.Name
	if q.HasAs {
		var err error
		if senders, name, err = as(d, &q); err != nil {
			return nil, err
		}
	}
	for _, sender := range senders {
		all := s.ByResolver(sender)
		way := Way{Sender: sender, Name: name, Outcomes: all[0].Outcomes}
		if len(all) > 1 {
			way.ByResolver = all
		}
		way.Trace = s.RunTo(sender, delivery.Worst(way.Outcomes), maxRuns)
		r.Ways = append(r.Ways, way)
	}
	if q.Outages {
		r.Faults, r.Omitted = s.Faults(senders, maxFaults)
	}
	return r, nil
}

// unasked is what resolvers of some families cannot look up of a domain.
func (w *World) unasked(d *delivery.Domain, families delivery.Families) map[delivery.Question]bool {
	lost := map[delivery.Question]bool{}
	ask := func(name zonefiles.Name, types ...zonefiles.Type) {
		for _, t := range types {
			if !w.reader.LooksUp(name, t, families) {
				lost[delivery.Question{Name: name, Type: t}] = true
			}
		}
	}
	for _, alias := range d.Aliases {
		ask(alias.Name, zonefiles.TypeMX)
	}
	ask(d.Name, zonefiles.TypeMX)
	for i := range d.Hosts {
		for _, name := range d.Hosts[i].Chain {
			ask(name, zonefiles.TypeA, zonefiles.TypeAAAA)
		}
	}
	return lost
}

// as is the senders that the MX host q.As makes, and its name.
func as(d *delivery.Domain, q *Question) ([]delivery.Sender, zonefiles.Name, error) {
	m := d.Named[q.As]
	name, names := d.Names[m][0], []zonefiles.Name{q.As}
	if len(q.From) == 0 {
		families, known := delivery.NewRelay(d.Machines, d.Offers, d.Links).Sending(m)
		if !known {
			err := fmt.Errorf("the families that %s sends in are not known: give them with --from", show(name))
			return nil, zonefiles.Root, err
		}
		return []delivery.Sender{{Families: families, Names: names}}, name, nil
	}
	senders := slices.Clone(q.From)
	for i := range senders {
		senders[i].Names = names
	}
	return senders, name, nil
}

func noHost(d *delivery.Domain, name zonefiles.Name) error {
	if len(d.Machines) == 0 {
		return fmt.Errorf("%s is no MX host of %s, which has none", show(name), show(d.Name))
	}
	var names []string
	for _, list := range d.Names {
		names = append(names, show(list[0]))
	}
	return errors.New(show(name) + " is no MX host of " + show(d.Name) + "; those are: " + text.Some(names, maxNamed))
}

// areLookedUp finds a look-up of an outage that senders of mail to the domain never make.
func areLookedUp(d *delivery.Domain, o *delivery.Outage) error {
	questions := slices.Clone(o.ServFail)
	for _, q := range o.AAAA {
		questions = append(questions, delivery.Question{Name: q.Name, Type: zonefiles.TypeAAAA})
	}
	for _, q := range questions {
		var names []zonefiles.Name
		if q.Type == zonefiles.TypeMX {
			for _, alias := range d.Aliases {
				names = append(names, alias.Name)
			}
			names = append(names, d.Name)
		} else {
			for i := range d.Hosts {
				names = append(names, d.Hosts[i].Chain...)
			}
		}
		if !slices.Contains(names, q.Name) {
			return notLookedUp(d, q, names)
		}
	}
	return nil
}

func notLookedUp(d *delivery.Domain, q delivery.Question, names []zonefiles.Name) error {
	if len(names) == 0 {
		return fmt.Errorf("nobody looks up %s of %s: %s has no MX host", q.Type, show(q.Name), show(d.Name))
	}
	known := shown(names)
	meant := "; those are: " + text.Some(known, maxNamed)
	if near, ok := text.Nearest(show(q.Name), known); ok {
		meant = "; did you mean " + near + "?"
	}
	return fmt.Errorf("%s is no name of which senders of mail to %s look up %s%s",
		show(q.Name), show(d.Name), q.Type, meant)
}

// show is a name as people write it.
func show(n zonefiles.Name) string { return n.Undotted() }
