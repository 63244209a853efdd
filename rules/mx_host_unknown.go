package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var mxHostUnknown = lint.Rule{
	Name:     "mx-host-unknown",
	Severity: lint.Note,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if d.Implicit || !d.IsUndecided() {
			return
		}
		seen := map[zonefiles.Name]bool{} // aliases lead to one host
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			if host.Canonical.IsHidden() {
				continue // nobody can ask about what a template's tool has yet to fill in
			}
			if host.Open == delivery.Dual && isOutside(d, host) && !seen[host.Canonical] {
				seen[host.Canonical] = true
				p.Report(lint.Finding{
					Subject: lint.Subject{Owner: host.Canonical}, Span: d.TargetOf(i).Record.Field(1),
				})
			}
		}
	},
	Once: func(f *lint.Finding, domains int) {
		host := show(f.Subject.Owner)
		f.Message = fmt.Sprintf("nothing here knows the addresses of MX host %s, and %s %s on them", host,
			text.Count(domains, "mail domain", "mail domains"), plural(domains, "depends", "depend"))
		f.Harm = fmt.Sprintf("it was not checked whether senders of both families reach the MX hosts of %s",
			plural(domains, "that domain", "those domains"))
		f.Help = fmt.Sprintf("let mx46 resolve ask DNS about %s, lint its zone in the same run, or state its families under "+
			"\"hosts\" in the configuration", host)
	},
}
