package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxSecondaryStranded = lint.Rule{
	Name:     "mx-secondary-stranded",
	Severity: lint.Error,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		relay := d.Relay()
		var stranded []int
		for m := range d.Machines() {
			if relay.Stranded(m) == delivery.Yes {
				stranded = append(stranded, m)
			}
		}
		if len(stranded) == 0 {
			return
		}
		first := d.FirstTarget(stranded[0])
		f := lint.Finding{
			Subject: lint.Subject{Owner: d.Name()}, Span: first.Record.Field(1),
			Cause: causeAmong(d, slices.Concat(relay.Primary(), stranded)...),
		}
		var names []string
		for _, m := range stranded {
			names = append(names, fmt.Sprintf("%s (%s)", showMachine(d, m), sendsOver(&d.Machines()[m])))
			if m != stranded[0] {
				f.Related = append(f.Related, lint.Related{Span: d.FirstTarget(m).Record.Field(1), Message: "also stranded"})
			}
			f.Related = append(f.Related, addressLines(p, d, m)...)
		}
		var primaries []string
		for _, m := range relay.Primary() {
			primaries = append(primaries, fmt.Sprintf("%s (%s)", showMachine(d, m), reachedOver(&d.Machines()[m])))
			f.Related = append(f.Related, place(d.FirstTarget(m).Record.Field(1), "%s", bestHost(d, "the primary MX")))
			f.Related = append(f.Related, addressLines(p, d, m)...)
		}
		f.Related = append(f.Related, relayLines(p, d, slices.Concat(relay.Primary(), stranded)...)...)
		f.Message = fmt.Sprintf("secondary MX %s of %s cannot pass mail on to %s %s: "+
			"no MX host of lower preference bridges the two address families",
			text.Some(names, maxListed), show(d.Name()), bestHost(d, "the primary"), text.Some(primaries, maxListed))
		f.Harm = strandedMail(d, stranded)
		f.Path = []lint.Related{
			{Span: first.Record.Field(1), Message: fmt.Sprintf("a sender delivers to %s", showMachine(d, stranded[0]))},
		}
		for _, m := range relay.Primary() {
			f.Path = append(f.Path, lint.Related{
				Span: d.FirstTarget(m).Record.Field(1),
				Message: fmt.Sprintf("%s tries %s, but has no address family in common with it: the mail is stuck",
					showMachine(d, stranded[0]), showMachine(d, m)),
			})
		}
		f.Help = makeDualStack(d, relay.Primary()[0]) + "; if mail gets through in another way, " +
			"declare it under \"relay\" in the configuration"
		p.Report(f)
	},
}

// sendsOver says in which families a host opens connections.
func sendsOver(h *delivery.Machine) string {
	if h.HasOutbound {
		return fmt.Sprintf("sends over %s", h.Outbound)
	}
	return h.Published.String()
}

// reachedOver says in which families a host can be reached.
func reachedOver(h *delivery.Machine) string {
	if !h.IsKnown() {
		return "families unknown"
	}
	return h.Published.String()
}

// strandedMail says whose mail ends at stranded hosts. For some senders these are the first MX hosts that they can
// reach: all of their mail ends there, or a part if other hosts have the same preference. Else it is any mail that gets
// there while the primary is down.
func strandedMail(d *mail.Domain, stranded []int) string {
	ends := make([]bool, len(d.Machines()))
	for _, m := range stranded {
		ends[m] = true
	}
	var always, partly []string
	for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
		first := -1 // the lowest preference of a host that these senders can or may reach
		for m := range d.Machines() {
			h := &d.Machines()[m]
			if (h.Usable | h.Open).Has(family) && (first < 0 || int(h.Preference) < first) {
				first = int(h.Preference)
			}
		}
		all, ending, known := 0, 0, true
		for m := range d.Machines() {
			h := &d.Machines()[m]
			if int(h.Preference) != first || !(h.Usable | h.Open).Has(family) {
				continue
			}
			all++
			known = known && h.IsKnown()
			if ends[m] {
				ending++
			}
		}
		switch {
		case ending > 0 && ending == all && known:
			always = append(always, senders(family))
		case ending > 0:
			partly = append(partly, senders(family))
		}
	}
	switch {
	case len(always) > 0:
		return fmt.Sprintf("mail from %s always gets stuck there and never reaches the mailbox", text.And(always))
	case len(partly) > 0:
		return fmt.Sprintf("some of the mail from %s gets stuck there and never reaches the mailbox", text.And(partly))
	}
	return fmt.Sprintf("mail that goes there while %s is down gets stuck, and bounces when its queue time runs out",
		bestHost(d, "the primary"))
}
