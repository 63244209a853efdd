package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxRelaySingleBridge = lint.Rule{
	Name:     "mx-relay-single-bridge",
	Severity: lint.Warning,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if len(d.Machines()) < 3 {
			return // a bridge has a host on each side
		}
		for _, bridge := range d.Relay().Bridges() {
			var names []string
			f := lint.Finding{
				Subject: targetSubject(d, d.FirstTarget(bridge.Machine)),
				Span:    d.FirstTarget(bridge.Machine).Record.Field(1),
			}
			for _, m := range bridge.Strands {
				names = append(names, fmt.Sprintf("%s (%s)", showMachine(d, m), sendsOver(&d.Machines()[m])))
				f.Related = append(f.Related, lint.Related{Span: d.FirstTarget(m).Record.Field(1), Message: "depends on it"})
			}
			host := showMachine(d, bridge.Machine)
			f.Message = fmt.Sprintf("%s is the only way from secondary MX %s to the primary of %s",
				host, text.And(names), show(d.Name()))
			f.Harm = fmt.Sprintf("while %s is down, mail at %s waits; it bounces after days",
				host, plural(len(names), "that secondary", "those secondaries"))
			for _, m := range d.Relay().Primary() {
				f.Related = append(f.Related, lint.Related{Span: d.FirstTarget(m).Record.Field(1), Message: "the primary MX"})
			}
			f.Help = fmt.Sprintf("make %s dual-stack (RFC 3974 s.4.2)", showMachine(d, d.Relay().Primary()[0]))
			p.Report(f)
		}
	},
}
