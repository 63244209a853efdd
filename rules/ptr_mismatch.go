package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var ptrMismatch = lint.Rule{
	Name:     "ptr-mismatch",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		eachPTR(p, d, func(s *sender, answer *dns.Answer) {
			if answer.Status != dns.Data {
				return
			}
			var names []string
			for i := range answer.Records.Len() {
				name, ok := answer.Records.At(i).Name(0)
				if !ok || leadsBack(p, name, s.addr) {
					return
				}
				names = append(names, show(name))
			}
			f := lint.Finding{
				Subject: lint.Subject{Owner: dns.ReverseName(s.addr)},
				Span:    answer.Records.At(0).Field(0),
				Message: fmt.Sprintf("the PTR record of %s names %s, which %s not have that address; %s %s it",
					s.text, text.Some(names, maxListed), plural(len(names), "does", "do"), s.who, s.has),
				Harm:    "many receivers refuse mail that the host sends, because its name and its address do not match",
				Help:    fmt.Sprintf("point the PTR record at %s", s.name),
				Related: []lint.Related{place(s.at, "%s %s the address", s.who, s.has)},
			}
			if d.Implicit {
				f.Severity = lint.Note // few zones without an MX record are meant to receive mail
			}
			p.Report(f)
		})
	},
}

// leadsBack reports whether a name has the address, or may have it.
func leadsBack(p *lint.Pass, name zonefiles.Name, addr netip.Addr) bool {
	found := p.Resolve(name)
	if !found.IsKnown() {
		return true
	}
	for b := range p.Addresses(&found) {
		if b.Record.Addr() == addr {
			return true
		}
	}
	return found.A.Uncertain || found.AAAA.Uncertain || found.Addresses == 0 && !found.A.Negative()
}
