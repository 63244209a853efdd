package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
)

var mxTargetDelegated = lint.Rule{
	Name:     "mx-target-delegated",
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
			if host.IsKnown() || host.A.Status != dns.Referral || isOutside(d, host) {
				continue
			}
			cut := host.A.Records.At(0)
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical},
				Cause:   host.Canonical,
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("the addresses of MX host %s are not known: it is in %s, which is delegated, "+
					"and that zone was not read", show(host.Canonical), show(cut.OwnerName())),
				Harm: "it was not checked whether senders of both families can reach the host; " +
					"addresses for it in this zone would only be glue",
				Help: fmt.Sprintf("lint the zone %s in the same run, let mx46 resolve ask DNS about the host, or state its "+
					"families under \"hosts\" in the configuration", show(cut.OwnerName())),
				Related: []lint.Related{{Span: cut.Span(), Message: "delegated here"}},
			})
		}
	},
}
