package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTargetUnderDNAME = lint.Rule{
	Name:     "mx-target-under-dname",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			found := resolved(p, d, t)
			if found.Via != dns.Redirect {
				continue
			}
			dname := p.Lookup(t.Name, zonefiles.TypeA).Records.At(0)
			f := lint.Finding{
				Subject: targetSubject(d, t),
				Cause:   dname.OwnerName(),
				Span:    t.Record.Field(1),
				Related: []lint.Related{{Span: dname.Span(), Message: "this DNAME redirects all names below it"}},
			}
			switch {
			case found.A.Status == dns.Redirect:
				f.Message = fmt.Sprintf("MX target %s is below the DNAME of %s, which turns it into a name of more than 255 octets",
					show(t.Name), show(dname.OwnerName()))
				f.Harm = "no sender can use this MX record"
			case found.Loop:
				f.Message = fmt.Sprintf("MX target %s is below the DNAME of %s, which redirects it endlessly",
					show(t.Name), show(dname.OwnerName()))
				f.Harm = "no sender can use this MX record"
			case found.IsKnown() && found.Published == delivery.None:
				f.Message = fmt.Sprintf("MX target %s is below the DNAME of %s, which turns it into %s, a name without an address",
					show(t.Name), show(dname.OwnerName()), show(found.Canonical))
				f.Harm = "no sender can use this MX record"
			default:
				f.Message = fmt.Sprintf("MX target %s is below the DNAME of %s, which makes it an alias of %s",
					show(t.Name), show(dname.OwnerName()), show(found.Canonical))
				f.Harm = "senders may refuse an alias here (RFC 5321 s.5.1), and those that do cannot use this MX record"
			}
			f.Help = "point the MX record at a host with addresses of its own that no DNAME redirects"
			p.Report(f)
		}
	},
}
