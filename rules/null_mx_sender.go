package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var nullMXSender = lint.Rule{
	Name:     "null-mx-sender",
	Severity: lint.Warning,
	Only:     mail.NullMX,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		null := nullMX(d)
		if null == nil || !isAlone(d, null) {
			return
		}
		found, ok := policyOf(p, d)
		if !ok {
			return
		}
		term, ok := p.SPF().Authorised(d.Name(), found.Policy)
		if !ok {
			return
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    null.Record.Field(1),
			Message: fmt.Sprintf("%s receives no mail (null MX), but its SPF record authorises senders (%s)",
				show(d.Name()), zonefiles.Quote(term.Text)),
			Harm: "receivers may refuse all mail from the domain, since neither replies nor bounces can reach it " +
				"(RFC 7505 s.4.2)",
			Help:    "if it sends no mail, publish \"v=spf1 -all\"; if it does, give it an MX host that accepts bounces",
			Related: []lint.Related{{Span: found.Record.RDATASpan(), Message: "the SPF record"}},
		})
	},
}
