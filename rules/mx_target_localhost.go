package rules

import (
	"fmt"

	"mx46/lint"
)

var mxTargetLocalhost = lint.Rule{
	Name:     "mx-target-localhost",
	Severity: lint.Error,
	Subsumes: []string{"addr-scoped", "addr-private", "addr-translated", "addr-documentation", "addr-special-purpose", "addr-ttl-skew"},
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if d.Plain {
			return
		}
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if !lint.IsLocalhost(t.Name) {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: t.Name}, // and so of what is said of its addresses
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("an MX record of %s names %s, which is the sending machine itself", show(d.Name()), show(t.Name)),
				Harm:    "every sender finds itself there: it bounces the mail as looping, or keeps it",
				Help:    "name the host that takes the mail; a domain that takes none says so with \"MX 0 .\" (RFC 7505)",
			})
		}
	},
}
