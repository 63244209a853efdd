package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
)

var nullMXPreference = lint.Rule{
	Name:     "null-mx-preference",
	Severity: lint.Warning,
	Only:     mail.NullMX,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		null := nullMX(d)
		if null == nil || !isAlone(d, null) || null.Preference == 0 {
			return
		}
		fix := lint.Fix{Message: "set the preference to 0", Safe: true}
		for i := range d.Targets() {
			fix.Edits = append(fix.Edits, lint.Edit{Span: d.Targets()[i].Record.Field(0), New: "0"})
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    null.Record.Field(0),
			Message: fmt.Sprintf("the null MX of %s has preference %d instead of 0", show(d.Name()), null.Preference),
			Harm: "senders that follow RFC 7505 strictly do not recognise it as a null MX, " +
				"and keep mail queued for a host that does not exist",
			Help:  "set the preference to 0",
			Fixes: []lint.Fix{fix},
		})
	},
}
