package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var mxFamilySingleHost = lint.Rule{
	Name:     "mx-family-single-host",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if len(d.Machines()) < 2 {
			return
		}
		for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
			only := onlyCarrier(d, family)
			if only < 0 || !p.Settings.Wants(family) || isReportedByHost(p, d, family) {
				continue
			}
			t := d.FirstTarget(only)
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: d.Name(), Target: family.String()},
				Cause:   t.Name,
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("of the %d MX hosts of %s, only %s has %s addresses",
					len(d.Machines()), show(d.Name()), showMachine(d, only), family),
				Harm:    fmt.Sprintf("while it is down, mail from %s waits", senders(family)),
				Help:    fmt.Sprintf("give another MX host %s (RFC 3974 s.4.1)", recordOf(family)),
				Related: addressLines(p, d, only),
			})
		}
	},
}

// isReportedByHost reports whether mx-host-single-stack speaks of a machine that lacks a family.
func isReportedByHost(p *lint.Pass, d *mail.Domain, family delivery.Families) bool {
	for m := range d.Machines() {
		if !d.Machines()[m].Published.Has(family) && isSingleStack(p, d, m) {
			return true
		}
	}
	return false
}

// onlyCarrier is the one machine, of several, that has a family, whatever is not known and whether or not unusable
// addresses count; -1 where there is none.
func onlyCarrier(d *mail.Domain, family delivery.Families) int {
	only, others := -1, 0
	for m := range d.Machines() {
		switch h := &d.Machines()[m]; {
		case h.Usable.Has(family) && only < 0:
			only = m
		case (h.Published | h.Open).Has(family):
			return -1
		case h.Published != delivery.None:
			others++
		}
	}
	if others == 0 {
		return -1
	}
	return only
}
