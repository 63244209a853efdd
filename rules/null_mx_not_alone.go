package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
)

var nullMXNotAlone = lint.Rule{
	Name:     "null-mx-not-alone",
	Severity: lint.Error,
	Only:     mail.NullMX,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		null := nullMX(d)
		if null == nil || isAlone(d, null) {
			return
		}
		f := lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    null.Record.Field(1),
			Message: fmt.Sprintf("%s has a null MX and %s", show(d.Name()),
				plural(len(d.Targets())-1, "another MX record", "other MX records")),
			Harm: "senders that support null MX bounce all mail to the domain; the others try the other records",
			Help: "if the domain receives mail, remove the null MX; if not, remove the other records (RFC 7505 s.3)",
		}
		for i := range d.Targets() {
			if t := &d.Targets()[i]; t != null {
				f.Related = append(f.Related, lint.Related{Span: t.Record.Field(1), Message: "another MX record"})
			}
		}
		p.Report(f)
	},
}

// nullMX is the domain's first null MX, or nil.
func nullMX(d *mail.Domain) *mail.Target {
	if !d.HasNullMX() {
		return nil
	}
	for i := range d.Targets() {
		if d.Targets()[i].Name.IsRoot() {
			return &d.Targets()[i]
		}
	}
	return nil
}

// isAlone reports whether a null MX is all that the domain has. Duplicates of it count as one.
func isAlone(d *mail.Domain, null *mail.Target) bool {
	for i := range d.Targets() {
		if t := &d.Targets()[i]; !t.Name.IsRoot() || t.Preference != null.Preference {
			return false
		}
	}
	return true
}
