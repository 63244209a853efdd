package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
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
				Cause:   d.FirstTarget(bridge.Machine).Name,
				Span:    d.FirstTarget(bridge.Machine).Record.Field(1),
			}
			for _, m := range bridge.Strands[:min(len(bridge.Strands), maxSteps)] {
				names = append(names, fmt.Sprintf("%s (%s)", showMachine(d, m), sendsOver(&d.Machines()[m])))
				f.Related = append(f.Related, lint.Related{Span: d.FirstTarget(m).Record.Field(1), Message: "depends on it"})
			}
			host := showMachine(d, bridge.Machine)
			f.Message = fmt.Sprintf("%s is the only way from secondary MX %s to %s of %s",
				host, someOf(names, len(bridge.Strands)), bestHost(d, "the primary"), show(d.Name()))
			f.Harm = fmt.Sprintf("while %s is down, mail at %s waits; it bounces after days",
				host, plural(len(bridge.Strands), "that secondary", "those secondaries"))
			for _, m := range d.Relay().Primary() {
				f.Related = append(f.Related, place(d.FirstTarget(m).Record.Field(1), "%s", bestHost(d, "the primary MX")))
			}
			ends := append([]int{bridge.Machine}, bridge.Strands[:min(len(bridge.Strands), maxSteps)]...)
			for _, m := range ends {
				f.Related = append(f.Related, addressLines(p, d, m)...)
			}
			f.Related = append(f.Related, relayLines(p, d, append(ends, d.Relay().Path(bridge.Machine)...)...)...)
			f.Help = makeDualStack(d, d.Relay().Primary()[0])
			p.Report(f)
		}
	},
}
