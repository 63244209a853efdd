package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
)

var mxTargetLocalhost = lint.Rule{
	Name:     "mx-target-localhost",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if !dns.IsLocalhost(t.Name) {
				continue
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("an MX record of %s names %s, which is the sender's own machine",
					show(d.Name()), show(t.Name)),
				Harm: "every sender tries to deliver to itself, and bounces the mail as a loop or keeps it",
				Help: "name the host that receives the mail; if the domain receives none, publish \"MX 0 .\" (RFC 7505)",
			})
		}
	},
}
