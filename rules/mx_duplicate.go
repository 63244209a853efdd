package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxDuplicate = lint.Rule{
	Name:     "mx-duplicate",
	Severity: lint.Warning,
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if len(d.Hosts()) == len(d.Targets()) {
			return // each target is a host of its own
		}
		first := make(map[zonefiles.Name]int, len(d.Targets()))
		for i := range d.Targets() {
			t := &d.Targets()[i]
			at, again := first[t.Name]
			if !again {
				first[t.Name] = i
				continue
			}
			before := &d.Targets()[at]
			if t.Name.IsRoot() && before.Preference != t.Preference {
				continue // null-mx-not-alone
			}
			f := lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Related: []lint.Related{{Span: before.Record.Field(1), Message: "here first"}},
			}
			if before.Preference == t.Preference {
				f.Message = fmt.Sprintf("%s has the MX record %d %s twice", show(d.Name()), t.Preference, show(t.Name))
				f.Harm = "name servers serve it once: nobody is hurt, but one of the two lines may have been meant to name another host"
				f.Help = "remove one of them"
				if edit, ok := lint.RemoveRecord(t.Record); ok {
					f.Fixes = []lint.Fix{{Message: "remove the second record", Safe: true, Edits: []lint.Edit{edit}}}
				}
			} else {
				f.Message = fmt.Sprintf("%s names MX host %s at two preferences, %d and %d", show(d.Name()), show(t.Name), before.Preference, t.Preference)
				f.Harm = "a sender that cannot reach it tries it again in vain; as a backup it is none"
				f.Help = "keep the record with the preference that is meant"
			}
			p.Report(f)
		}
	},
}
