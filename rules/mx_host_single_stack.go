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
		if d.Implicit || !p.Settings.Wants(delivery.Dual) {
			return
		}
		primary := d.Relay().Primary()
		for m := range d.Machines() {
			h := &d.Machines()[m]
			if !h.Known || h.Families == delivery.Dual || len(primary) == 1 && primary[0] == m {
				continue
			}
			t := d.FirstTarget(m)
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX host %s of %s has only %s addresses", show(t.Name), show(d.Name()), h.Families),
				Harm:    fmt.Sprintf("%s cannot use it when the other MX hosts are down", senders(missing(h.Families))),
				Help:    giveAddress(resolved(p, d, t), missing(h.Families)) + " if its site is dual-stack (RFC 3974 s.4.1)",
				Related: addressLines(p, d, m),
			})
		}
	},
}
