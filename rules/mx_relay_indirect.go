package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
)

var mxRelayIndirect = lint.Rule{
	Name:     "mx-relay-indirect",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if len(d.Machines()) < 3 {
			return // the path needs a third host
		}
		relay := d.Relay()
		for m := range d.Machines() {
			if !relay.Indirect(m) {
				continue
			}
			path := relay.Path(m)
			t := d.FirstTarget(m)
			f := lint.Finding{Subject: targetSubject(d, t), Cause: t.Name, Span: t.Record.Field(1)}
			var over []string
			for i, h := range path {
				isBetween := i > 0 && i < len(path)-1
				if isBetween && i >= maxSteps {
					continue
				}
				if isBetween {
					over = append(over, showMachine(d, h))
				}
				says := "the mail goes on to %s"
				switch {
				case i == 0:
					says = "a sender delivers to %s"
				case i == len(path)-1:
					says = "and reaches the mailbox from %s"
				}
				f.Path = append(f.Path, place(d.FirstTarget(h).Record.Field(1), says, showMachine(d, h)))
			}
			f.Message = fmt.Sprintf("secondary MX %s (%s) of %s reaches %s only through %s",
				showMachine(d, m), sendsOver(&d.Machines()[m]), show(d.Name()), bestHost(d, "the primary"),
				someOf(over, len(path)-2))
			f.Harm = "its mail takes an extra hop, and waits while that host is down"
			for _, h := range path[:min(len(path), maxSteps)] {
				f.Related = append(f.Related, addressLines(p, d, h)...)
			}
			f.Related = append(f.Related, relayLines(p, d, path...)...)
			f.Help = makeDualStack(d, path[len(path)-1])
			p.Report(f)
		}
	},
}
