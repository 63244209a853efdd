package rules

import (
	"fmt"

	"mx46/lint"
)

var nullMXPreference = lint.Rule{
	Name:     "null-mx-preference",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if !d.HasNullMX() || len(d.Targets()) != 1 || d.Targets()[0].Preference == 0 {
			return
		}
		t := &d.Targets()[0]
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    t.Record.Field(0),
			Message: fmt.Sprintf("the null MX of %s has preference %d instead of 0", show(d.Name()), t.Preference),
			Harm:    "senders that follow RFC 7505 to the letter do not take it for a null MX, and keep mail in their queues for a host that is not there",
			Help:    "set the preference to 0",
			Fixes: []lint.Fix{{
				Message: "set the preference to 0", Safe: true,
				Edits: []lint.Edit{{Span: t.Record.Field(0), New: "0"}},
			}},
		})
	},
}
