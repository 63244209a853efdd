package rules

import (
	"fmt"

	"mx46/lint"
)

var domainNotFound = lint.Rule{
	Name:     "domain-not-found",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		if p.Observed == nil {
			return
		}
		for _, m := range p.Observed.Missing {
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: m.Domain},
				Span:    m.Answer,
				Message: fmt.Sprintf("%s does not exist (NXDOMAIN)", show(m.Domain)),
				Harm:    "all mail to it bounces at the sender",
				Help:    "look for a slip in the name, or for a registration that has run out",
			})
		}
	},
}
