package rules

import (
	"fmt"

	"mx46/lint"
)

var nullMXNotAlone = lint.Rule{
	Name:     "null-mx-not-alone",
	Severity: lint.Error,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if !d.HasNullMX() || len(d.Targets()) == 1 {
			return
		}
		f := lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Message: fmt.Sprintf("the null MX of %s stands beside %s", show(d.Name()), plural(len(d.Targets())-1, "another MX record", "other MX records")),
			Harm:    "senders that know null MX bounce mail to this domain, whatever the other records say; others try those",
			Help:    "remove the null MX if the domain takes mail; remove the others if it takes none (RFC 7505 s.3)",
		}
		found := false
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Name.IsRoot() && !found {
				f.Span, found = t.Record.Field(1), true
				continue
			}
			f.Related = append(f.Related, lint.Related{Span: t.Record.Field(1), Message: "beside it"})
		}
		p.Report(f)
	},
}
