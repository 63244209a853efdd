package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/lint/mtasts"
	"mx46/lint/text"
)

var mtaSTSMismatch = lint.Rule{
	Name:     "mta-sts-mismatch",
	Severity: lint.Error,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if len(p.Facts.Policies) == 0 || d.Implicit {
			return
		}
		policy := p.Facts.Policies[d.Name()]
		if policy == nil {
			return
		}
		if policy.Fault != "" {
			reportUseless(p, d, policy)
			return
		}
		var hosts []string
		f := lint.Finding{Subject: lint.Subject{Owner: d.Name()}}
		allowed := 0
		for i := range d.Targets() {
			t := &d.Targets()[i]
			switch {
			case t.Name.IsRoot(): // a null MX
			case policy.Allows(t.Name):
				allowed++
			case len(hosts) == 0:
				f.Span = t.Record.Field(1)
				fallthrough
			default:
				if hosts = append(hosts, show(t.Name)); len(hosts) > 1 {
					f.Related = append(f.Related, place(t.Record.Field(1), "nor to %s", show(t.Name)))
				}
			}
		}
		if len(hosts) == 0 || policy.Mode == mtasts.None {
			return
		}
		f.Message = fmt.Sprintf("the MTA-STS policy of %s does not allow delivery to %s",
			show(d.Name()), text.Some(hosts, maxListed))
		f.Harm = "senders that heed the policy do not deliver there; their mail depends on the other MX hosts"
		switch {
		case policy.Mode == mtasts.Testing:
			f.Severity = lint.Warning
			f.Harm = "senders report it to the domain, and would not deliver there once the mode is enforce"
		case allowed == 0:
			f.Harm = "senders that heed the policy do not deliver there: their mail is delayed and bounces"
		}
		f.Help = fmt.Sprintf("add a line \"mx: %s\" to the policy, and then give the TXT record at _mta-sts.%s another id, "+
			"or else senders keep to the old one (RFC 8461 s.3.1)", hosts[0], show(d.Name()))
		f.Related = append(f.Related, place(policy.Place, "the policy"))
		for _, pattern := range policy.MX {
			f.Related = append(f.Related, place(pattern.Place, "what it allows"))
		}
		p.Report(f)
	},
}

// reportUseless reports an MTA-STS policy that senders cannot use.
func reportUseless(p *lint.Pass, d *mail.Domain, policy *mtasts.Policy) {
	p.Report(lint.Finding{
		Severity: lint.Warning,
		Subject:  lint.Subject{Owner: d.Name()},
		Span:     d.MX.At(0).OwnerSpan(),
		Message:  fmt.Sprintf("the MTA-STS policy of %s cannot be used: %s", show(d.Name()), policy.Fault),
		Harm:     "senders deliver as if there were no policy, so that an attacker can read the mail",
		Help:     "mend the policy (RFC 8461 s.3.2)",
		Related:  []lint.Related{place(policy.Place, "the policy")},
	})
}
