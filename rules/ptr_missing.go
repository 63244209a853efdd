package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var ptrMissing = lint.Rule{
	Name:     "ptr-missing",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		eachPTR(p, d, func(s *sender, answer *dns.Answer) {
			if !answer.Negative() {
				return
			}
			if answer.Uncertain {
				p.Withhold()
				return
			}
			f := lint.Finding{
				Subject: lint.Subject{Owner: s.owner, Target: s.addr.String()},
				Span:    s.at,
				Message: fmt.Sprintf("%s of %s has no PTR record in the reverse zone %s", s.text, s.who, show(answer.Zone.Origin)),
				Harm:    "many receivers refuse mail that the host sends from an address without a name",
				Help:    fmt.Sprintf("add %s PTR %s", dns.ReverseName(s.addr), s.name),
			}
			if d.Implicit {
				f.Severity = lint.Note // few zones without an MX record are meant to receive mail
			}
			p.Report(f)
		})
	},
}

// sender is an address that sends a domain's mail.
type sender struct {
	addr  netip.Addr
	text  string // as written
	at    zonefiles.Span
	owner zonefiles.Name // that has the address, or the SPF record that names it
	who   string         // "MX host mx1.example.org", or "the SPF record of example.org"
	has   string         // what that does with the address: it "has" it, or "names" it
	name  string         // what the address is to be called
}

// eachPTR looks up the names of the usable addresses that a domain's mail comes from, if a reverse zone is loaded:
// those of its MX hosts, and those that its SPF record names one by one.
func eachPTR(p *lint.Pass, d *mail.Domain, do func(*sender, *dns.Answer)) {
	if !p.Graph.HoldsReverse() {
		return
	}
	var done []netip.Addr
	ask := func(s *sender) {
		done = append(done, s.addr)
		// Classless delegations use aliases (RFC 2317).
		if answer, _, loop := p.Follow(dns.ReverseName(s.addr), zonefiles.TypePTR); !loop {
			do(s, &answer)
		}
	}
	for i := range d.Hosts() {
		host := &d.Hosts()[i].Resolved
		isFirst := p.First(host.Canonical)
		for a := range p.Addresses(host) {
			if !a.Class.Usable(p.Settings.Scope) {
				continue
			}
			if addr := a.Record.Addr(); isFirst {
				ask(&sender{
					addr, a.Record.Text(0), a.Record.Field(0), host.Canonical, "MX host " + show(host.Canonical), "has",
					host.Canonical.String(),
				})
			} else if len(done) < maxCompared {
				done = append(done, addr)
			}
		}
	}
	found, ok := policyOf(p, d)
	if !ok {
		return
	}
	for i := range found.Policy.Terms {
		addr, ok := single(&found.Policy.Terms[i])
		class := delivery.Classify(addr, p.Facts.NAT64...)
		if ok && class.Usable(p.Settings.Scope) && !slices.Contains(done, addr) {
			ask(&sender{
				addr, addr.String(), found.Record.RDATASpan(), d.Name(), "the SPF record of " + show(d.Name()), "names",
				"the name of the host",
			})
		}
	}
}
