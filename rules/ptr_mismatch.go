package rules

import (
	"fmt"

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
		eachPTR(p, d, func(host *mail.Resolved, a lint.Address, answer *dns.Answer) {
			if answer.Status != dns.Data {
				return
			}
			var names []string
			for i := range answer.Records.Len() {
				name, ok := answer.Records.At(i).Name(0)
				if !ok || leadsBack(p, name, a) {
					return
				}
				names = append(names, show(name))
			}
			f := lint.Finding{
				Subject: lint.Subject{Owner: dns.ReverseName(a.Record.Addr())},
				Span:    answer.Records.At(0).Field(0),
				Message: fmt.Sprintf("the PTR record of %s names %s, which %s not have that address; MX host %s has it",
					a.Record.Text(0), text.And(names), plural(len(names), "does", "do"), show(host.Canonical)),
				Harm:    "many receivers refuse mail that the host sends, because its name and its address do not match",
				Help:    fmt.Sprintf("point the PTR record at %s", host.Canonical),
				Related: []lint.Related{{Span: a.Record.Field(0), Message: "the address of the MX host"}},
			}
			if d.Implicit {
				f.Severity = lint.Note // few zones without an MX record are meant to receive mail
			}
			p.Report(f)
		})
	},
}

// leadsBack reports whether a name has the address, or may have it.
func leadsBack(p *lint.Pass, name zonefiles.Name, a lint.Address) bool {
	found := p.Resolve(name)
	if !found.IsKnown() {
		return true
	}
	for b := range p.Addresses(&found) {
		if b.Record.Addr() == a.Record.Addr() {
			return true
		}
	}
	return found.A.Uncertain || found.AAAA.Uncertain || found.Addresses == 0 && !found.A.Negative()
}
