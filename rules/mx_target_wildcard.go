package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
)

var mxTargetWildcard = lint.Rule{
	Name:     "mx-target-wildcard",
	Severity: lint.Note,
	Needs:    lint.WholeZones,
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Host < 0 {
				continue
			}
			host := &d.Hosts()[t.Host].Resolved
			if host.Via != dns.Data || host.Addresses == 0 || !host.A.Wildcard {
				continue
			}
			if host.A.Uncertain {
				p.Withhold()
				continue
			}
			wildcard := host.A.Records
			if wildcard.Len() == 0 {
				wildcard = host.AAAA.Records
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s has no records of its own: the wildcard %s answers for it",
					show(t.Name), show(wildcard.At(0).OwnerName())),
				Harm: "any record at or below the name, such as TLSA at _25._tcp, takes away its addresses, " +
					"and with them all mail to it",
				Help:    "give the host A and AAAA records of its own",
				Related: []lint.Related{{Span: wildcard.At(0).Span(), Message: "the wildcard"}},
			})
		}
	},
}
