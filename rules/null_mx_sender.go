package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
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
		policy, ok := spfOf(d.Zone, d.Owner)
		if !ok {
			return
		}
		for _, term := range policy.terms {
			if !authorises(p, d, &term) {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: d.Name()},
				Span:    null.Record.Field(1),
				Message: fmt.Sprintf("%s receives no mail (null MX), but its SPF record authorises senders (%s)",
					show(d.Name()), zonefiles.Quote(term.name)),
				Harm: "receivers may refuse all mail from the domain, since neither replies nor bounces can reach it " +
					"(RFC 7505 s.4.2)",
				Help:    "if it sends no mail, publish \"v=spf1 -all\"; if it does, give it an MX host that accepts bounces",
				Related: []lint.Related{{Span: policy.record.RDATASpan(), Message: "the SPF record"}},
			})
			return
		}
	},
}

// authorises reports whether some sender can pass by a term, as far as the zones say.
func authorises(p *lint.Pass, d *mail.Domain, term *spfTerm) bool {
	if !term.pass {
		return false
	}
	switch term.name {
	case "ip4", "ip6", "ptr", "exists", "include", "all":
		return true
	case "a":
		return term.mayHold(p, d.Name(), delivery.Dual)
	case "mx":
		name, ok := term.domain(d.Name())
		return ok && name != d.Name() // its own MX is the null MX, which has no address
	}
	return false
}
