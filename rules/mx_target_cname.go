package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
)

var mxTargetCNAME = lint.Rule{
	Name:     "mx-target-cname",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Name.IsRoot() || t.Host >= 0 && d.Hosts()[t.Host].Resolved.Via == dns.Data {
				continue
			}
			found := p.Resolve(t.Name)
			if found.Via != dns.Alias {
				continue
			}
			host := show(t.Name)
			f := lint.Finding{
				Subject: targetSubject(d, t),
				Cause:   t.Name,
				Span:    t.Record.Field(1),
				Harm:    "senders may refuse an alias here (RFC 5321 s.5.1), and those that do cannot use this MX record",
				Related: append(aliasLines(p, t.Name), seenLines(t.Name, &found)...),
			}
			switch {
			case found.Loop:
				f.Message = fmt.Sprintf("MX target %s is an alias that leads nowhere: the chain loops or is too long", host)
				f.Harm = "no sender can use this MX record"
				f.Help = "point the MX record at a host with addresses of its own"
			case found.IsKnown() && found.Published == delivery.None:
				f.Message = fmt.Sprintf("MX target %s is an alias of %s, which has no address", host, show(found.Canonical))
				f.Harm = "no sender can use this MX record"
				f.Help = "point the MX record at a host with addresses of its own"
			default:
				f.Message = fmt.Sprintf("MX target %s is an alias of %s", host, show(found.Canonical))
				f.Help = fmt.Sprintf("point the MX record at %s, or give %s addresses of its own", show(found.Canonical), host)
				if found.A.Zone != nil && found.Published != delivery.None {
					f.Fixes = []lint.Fix{{
						Message: fmt.Sprintf("use %s in the MX record", show(found.Canonical)),
						Edits:   []lint.Edit{{Span: t.Record.Field(1), New: found.Canonical.String()}},
					}}
				}
			}
			p.Report(f)
		}
	},
}
