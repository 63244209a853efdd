package rules

import (
	"fmt"
	"strings"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTargetIsAddress = lint.Rule{
	Name:     "mx-target-is-address",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address", "mx-target-cname", "mx-target-wildcard"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			// A host may be named after its address, as in address pools; then it has records of its own.
			hasRecords := t.Host >= 0 && d.Hosts()[t.Host].Resolved.IsKnown()
			if !isAddress(t) || hasRecords && !p.Lookup(t.Name, zonefiles.TypeA).Wildcard {
				continue
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s is an address, but an MX record needs the name of a host", t.Record.Text(1)),
				Harm:    "senders look for a host of that name, find none, and cannot use this MX record",
				Help:    "give the host a name with A and AAAA records, and put that name here",
			})
		}
	},
}

// isAddress reports whether a target, as it is written, is an address, with or without a final dot.
func isAddress(t *mail.Target) bool {
	first := t.Name.FirstLabel()
	if first == "" || !strings.ContainsRune("0123456789[", rune(first[0])) && !strings.Contains(first, ":") {
		return false // the usual case; what follows scans the record again
	}
	return dns.IsAddressLiteral(asAbsolute(t))
}

// asAbsolute is the name that a target would be with a final dot.
func asAbsolute(t *mail.Target) zonefiles.Name {
	if !t.Record.IsRelative(1) {
		return t.Name
	}
	return t.Name[:len(t.Name)-len(t.Record.Origin())]
}
