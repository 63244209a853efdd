package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var mxRelayUnknown = lint.Rule{
	Name:     "mx-relay-unknown",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		relay := d.Relay()
		var open []string
		deciding := map[int]bool{}
		first := -1
		for m := range d.Machines() {
			if relay.Stranded(m) != delivery.Maybe {
				continue
			}
			if first < 0 {
				first = m
			}
			open = append(open, showMachine(d, m))
			if len(open) > maxDecided {
				continue
			}
			for _, h := range relay.Deciding(m) {
				deciding[h] = true
			}
		}
		if first < 0 {
			return
		}
		f := lint.Finding{Subject: lint.Subject{Owner: d.Name()}, Span: d.FirstTarget(first).Record.Field(1)}
		var facts []string
		var asked []zonefiles.Name
		for m := range d.Machines() {
			if !deciding[m] {
				continue
			}
			for _, name := range relay.Unknown(m) {
				facts = append(facts, show(name))
				asked = append(asked, name)
			}
			if d.IsUncertain(m) {
				p.Withhold() // its zone could not be read, which another finding says
				return
			}
			f.Related = append(f.Related, place(d.FirstTarget(m).Record.Field(1), "its address families are unknown"))
		}
		f.Cause = causeOf(d.Name(), asked...)
		f.Message = fmt.Sprintf("it is not known whether secondary MX %s of %s can pass mail on to %s: "+
			"that depends on the address families of %s",
			text.Some(open, maxListed), show(d.Name()), bestHost(d, "the primary"), text.Some(facts, maxListed))
		f.Harm = fmt.Sprintf("if not, mail that %s while %s cannot be reached gets stuck there",
			plural(len(open), "it accepts", "they accept"), bestHost(d, "the primary"))
		f.Help = fmt.Sprintf("lint the zone of %s in the same run, let mx46 resolve ask DNS about it, or state its families "+
			"under \"hosts\" in the configuration", facts[0])
		p.Report(f)
	},
}
