package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
)

var mxSecondaryStranded = lint.Rule{
	Name:     "mx-secondary-stranded",
	Severity: lint.Error,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if d.AllDual {
			return
		}
		relay := d.Relay()
		var stranded []int
		for m := range d.Machines {
			if relay.Stranded(m) == delivery.Yes {
				stranded = append(stranded, m)
			}
		}
		if len(stranded) == 0 {
			return
		}
		first := firstTarget(d, stranded[0])
		f := lint.Finding{Subject: lint.Subject{Owner: d.Name()}, Span: first.Record.Field(1)}
		var names []string
		for _, m := range stranded {
			names = append(names, fmt.Sprintf("%s (%s)", showMachine(d, m), sendsOver(&d.Machines[m])))
			if m != stranded[0] {
				f.Related = append(f.Related, lint.Related{Span: firstTarget(d, m).Record.Field(1), Message: "stranded too"})
			}
			f.Related = append(f.Related, addressLines(p, d, m)...)
		}
		var primaries []string
		for _, m := range relay.Primary() {
			primaries = append(primaries, fmt.Sprintf("%s (%s)", showMachine(d, m), reachedOver(&d.Machines[m])))
			f.Related = append(f.Related, lint.Related{Span: firstTarget(d, m).Record.Field(1), Message: "the primary MX"})
			f.Related = append(f.Related, addressLines(p, d, m)...)
		}
		f.Message = fmt.Sprintf("secondary MX %s of %s cannot pass mail on to the primary %s: no MX host of lower preference bridges the two address families",
			list(names), show(d.Name()), list(primaries))
		f.Harm = strandedMail(d, relay, stranded)
		f.Path = []lint.Related{
			{Span: first.Record.Field(1), Message: fmt.Sprintf("a sender delivers to %s", showMachine(d, stranded[0]))},
		}
		for _, m := range relay.Primary() {
			f.Path = append(f.Path, lint.Related{
				Span: firstTarget(d, m).Record.Field(1),
				Message: fmt.Sprintf("%s looks for %s, and has no address family in common with it: the mail stays where it is",
					showMachine(d, stranded[0]), showMachine(d, m)),
			})
		}
		f.Help = fmt.Sprintf("make %s dual-stack (RFC 3974 s.4.2); where mail gets through in another way, declare it under \"relay\" in the configuration",
			showMachine(d, relay.Primary()[0]))
		p.Report(f)
	},
}

// sendsOver tells in which families a host opens connections.
func sendsOver(h *delivery.Host) string {
	if h.HasOutbound {
		return fmt.Sprintf("sends over %s", h.Outbound)
	}
	return fmt.Sprintf("%s", h.Families)
}

// reachedOver tells in which families a host is reached.
func reachedOver(h *delivery.Host) string {
	if !h.Known {
		return "families unknown"
	}
	return h.Families.String()
}

// strandedMail tells whose mail ends at stranded hosts: that of the senders for whom one of them is the first MX they can reach, and
// everybody's that can reach one when the primary is down.
func strandedMail(d *lint.Domain, relay *delivery.Relay, stranded []int) string {
	isStranded := make([]bool, len(d.Machines))
	for _, m := range stranded {
		isStranded[m] = true
	}
	var always []string
	for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
		best := -1
		for m := range d.Machines {
			h := &d.Machines[m]
			if !h.Known {
				continue // it may be reached first, or not: nothing certain can be said of it
			}
			if h.Families.Has(family) && (best < 0 || h.Preference < d.Machines[best].Preference) {
				best = m
			}
		}
		if best >= 0 && isStranded[best] {
			always = append(always, senders(family))
		}
	}
	if len(always) > 0 {
		return fmt.Sprintf("mail from %s always ends there and never reaches the mailbox", list(always))
	}
	return "mail that goes there while the primary is down stays there, and bounces once its queue time is over"
}
