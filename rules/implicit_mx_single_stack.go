package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var implicitMXSingleStack = lint.Rule{
	Name:     "implicit-mx-single-stack",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if !d.Implicit || !d.AcceptsMail() {
			return
		}
		all, known := families(d)
		if !known {
			withholdUncertain(p, d)
			return
		}
		lacking := delivery.None
		for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
			if !all.Has(family) && p.Settings.Wants(family) {
				lacking |= family
			}
		}
		if lacking == delivery.None || d.Machines()[0].Usable == delivery.None {
			return
		}
		addresses := d.Hosts()[0].Resolved.A.Records
		if all == delivery.IPv6 {
			addresses = d.Hosts()[0].Resolved.AAAA.Records
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    addresses.At(0).Field(0),
			Message: fmt.Sprintf("%s has no MX record, so mail goes to its own addresses, which are all %s",
				show(d.Name()), all),
			Harm: fmt.Sprintf("%s cannot deliver mail to it", senders(lacking)),
			Help: fmt.Sprintf("if it receives mail, add MX records or %s; if not, say so with \"MX 0 .\" (RFC 7505)",
				recordOf(lacking)),
		})
	},
}
