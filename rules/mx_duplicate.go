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
				Related: []lint.Related{{Span: before.Record.Field(1), Message: "first here"}},
			}
			if before.Preference == t.Preference {
				f.Message = fmt.Sprintf("%s has the MX record %d %s twice", show(d.Name()), t.Preference, show(t.Name))
				f.Harm = "no mail is lost, since name servers serve the record once; " +
					"but one of the lines may have been meant for another host"
				f.Help = "remove one of them"
				if edit, ok := lint.RemoveRecord(t.Record); ok {
					f.Fixes = []lint.Fix{{Message: "remove the second record", Safe: true, Edits: []lint.Edit{edit}}}
				}
			} else {
				f.Message = fmt.Sprintf("%s lists MX host %s with two preferences, %d and %d",
					show(d.Name()), show(t.Name), before.Preference, t.Preference)
				f.Harm = "senders that cannot reach it try it again in vain: it is no backup for itself"
				f.Help = "keep the record with the intended preference"
			}
			p.Report(f)
		}
	},
}
