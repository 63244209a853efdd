package rules

import (
	"fmt"

	"mx46/lint"
)

var dnssecBogus = lint.Rule{
	Name:     "dnssec-bogus",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		if p.Observed == nil {
			return
		}
		for _, b := range p.Observed.Bogus {
			message := fmt.Sprintf("resolvers that validate DNSSEC say SERVFAIL to %s of %s, and give an answer unchecked",
				b.Type, show(b.Name))
			if b.Reason != "" {
				message += ": " + b.Reason
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: b.Name, Target: b.Type.String()},
				Span:    b.Answer,
				Message: message,
				Harm:    "senders whose resolver validates cannot look it up: their mail is delayed and bounces",
				Help:    "sign the zone again, or have the registrar remove or replace its DS records (RFC 4035 s.5.5)",
			})
		}
	},
}
