package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var mxHostSingleStack = lint.Rule{
	Name:     "mx-host-single-stack",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for m := range d.Machines() {
			if !isSingleStack(p, d, m) {
				continue
			}
			h, t := &d.Machines()[m], d.FirstTarget(m)
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Cause:   t.Name,
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX host %s of %s has only %s addresses", show(t.Name), show(d.Name()), h.Published),
				Harm:    fmt.Sprintf("%s cannot use it when the other MX hosts are down", senders(missing(h.Published))),
				Help:    "if its site is dual-stack (RFC 3974 s.4.1), " + giveAddress(resolved(p, d, t), missing(h.Published)),
				Related: addressLines(p, d, m),
			})
		}
	},
}

// isSingleStack reports whether a machine has one family where it should have both.
func isSingleStack(p *lint.Pass, d *mail.Domain, m int) bool {
	h := &d.Machines()[m]
	return !d.Implicit && p.Settings.Wants(delivery.Dual) &&
		h.IsKnown() && h.Usable != delivery.None && h.Published != delivery.Dual && !isOnlyPrimary(d, m)
}

// isOnlyPrimary reports whether a machine is the only primary, or may be beside another one that shares the mailbox:
// that is for mx-primary-single-stack to judge.
func isOnlyPrimary(d *mail.Domain, m int) bool {
	h, alone := &d.Machines()[m], true
	for _, o := range d.Offers() {
		if o.Machine == m || o.Preference > int(h.Preference) {
			continue
		}
		if o.Published != delivery.None {
			return false
		}
		alone = false
	}
	return alone || sharesMailbox(d, h.Preference, h.Published, h.Usable)
}
