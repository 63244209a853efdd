package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var ptrMissing = lint.Rule{
	Name:     "ptr-missing",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		eachPTR(p, d, func(host *mail.Resolved, a lint.Address, answer *dns.Answer) {
			if !answer.Negative() {
				return
			}
			if answer.Uncertain {
				p.Withhold()
				return
			}
			addr := a.Record.Addr()
			f := lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical, Target: addr.String()},
				Span:    a.Record.Field(0),
				Message: fmt.Sprintf("%s of MX host %s has no PTR record in the reverse zone %s",
					a.Record.Text(0), show(host.Canonical), show(answer.Zone.Origin)),
				Harm: "many receivers refuse mail that the host sends from an address without a name",
				Help: fmt.Sprintf("add %s PTR %s", dns.ReverseName(addr), host.Canonical),
			}
			if d.Implicit {
				f.Severity = lint.Note // few zones without an MX record are meant to receive mail
			}
			p.Report(f)
		})
	},
}

// eachPTR looks up the names of the usable addresses of a domain's MX hosts, if a reverse zone is loaded.
func eachPTR(p *lint.Pass, d *mail.Domain, do func(*mail.Resolved, lint.Address, *dns.Answer)) {
	if !p.Graph.HoldsReverse() {
		return
	}
	for i := range d.Hosts() {
		host := &d.Hosts()[i].Resolved
		if !p.First(host.Canonical) {
			continue
		}
		for a := range p.Addresses(host) {
			if !a.Class.Usable(p.Settings.Scope) {
				continue
			}
			// Classless delegations use aliases (RFC 2317).
			if answer, _, loop := p.Follow(dns.ReverseName(a.Record.Addr()), zonefiles.TypePTR); !loop {
				do(host, a, &answer)
			}
		}
	}
}
