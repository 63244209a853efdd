package rules

import (
	"fmt"
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

var mtaSTSHost = lint.Rule{
	Name:     "mta-sts-host",
	Severity: lint.Warning,
	Of:       zonefiles.TypeTXT,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		if string(p.Zone.Names.Label(owner)) != "_mta-sts" || !p.Zone.Serves(owner) {
			return
		}
		set := p.Zone.RRset(owner, zonefiles.TypeTXT)
		domain := p.Zone.Names.Name(p.Zone.Names.Parent(owner))
		host, err := domain.Child("mta-sts")
		if err != nil || !strings.HasPrefix(string(set.At(0).RDATALine()), `"v=STSv1`) {
			return
		}
		if p.Observed != nil && reportNoPolicy(p, domain, host, set.At(0).OwnerSpan()) {
			return
		}
		found := p.Resolve(host)
		if !found.IsKnown() || found.Usable == delivery.Dual || !p.Settings.Wants(missing(found.Usable)) {
			return
		}
		f := lint.Finding{
			Subject: lint.Subject{Owner: domain},
			Span:    set.At(0).OwnerSpan(),
			Message: fmt.Sprintf("%s announces an MTA-STS policy, but %s has no address that senders can use",
				show(domain), show(host)),
			Harm: "senders cannot fetch the policy, and so deliver without it",
			Help: fmt.Sprintf("give %s A and AAAA records (RFC 8461 s.3.3), or remove the TXT record", show(host)),
		}
		if found.Usable != delivery.None {
			lost := missing(found.Usable)
			f.Severity = lint.Note
			f.Message = fmt.Sprintf("%s, where the MTA-STS policy of %s is, has only %s addresses",
				show(host), show(domain), found.Usable)
			f.Harm = fmt.Sprintf("%s cannot fetch the policy, and so deliver without it", senders(lost))
			f.Help = fmt.Sprintf("give %s %s", show(found.Canonical), recordOf(lost))
		}
		p.Report(f)
	},
}

// reportNoPolicy reports a policy that a web server was seen not to give out; false where there is none.
func reportNoPolicy(p *lint.Pass, domain, host zonefiles.Name, at zonefiles.Span) bool {
	for _, seen := range p.Observed.Policies {
		if seen.Domain != domain {
			continue
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: domain},
			Span:    at,
			Message: fmt.Sprintf("%s announces an MTA-STS policy, but %s %s", show(domain), show(host), seen.Reason),
			Harm:    "senders cannot fetch the policy, and so deliver without it",
			Help: fmt.Sprintf("serve https://%s/.well-known/mta-sts.txt as text/plain, with a valid certificate for that name "+
				"and without a redirect (RFC 8461 s.3.3)", show(host)),
			Related: []lint.Related{{Span: seen.Answer, Message: "what the server does"}},
		})
		return true
	}
	return false
}
