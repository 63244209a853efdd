package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var tlsaPartial = lint.Rule{
	Name:     "tlsa-partial",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if !p.Graph.Holds(zonefiles.TypeTLSA) || d.LacksTLSA() || len(d.Hosts()) < 2 {
			return
		}
		var with zonefiles.Record
		var without []int
		for i := range d.Hosts() {
			switch answer, status := tlsaOf(p, &d.Hosts()[i]); status {
			case present:
				if with.IsZero() {
					with = answer.Records.At(0)
				}
			case absent:
				without = append(without, i)
			}
		}
		if with.IsZero() || len(without) == 0 {
			return
		}
		f := lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    d.TargetOf(without[0]).Record.Field(1),
			Related: []lint.Related{{Span: with.OwnerSpan(), Message: "the TLSA record of another MX host"}},
		}
		var names []string
		var hosts []zonefiles.Name
		for _, i := range without {
			hosts = append(hosts, d.Hosts()[i].Name)
			names = append(names, show(d.Hosts()[i].Name))
			if i != without[0] {
				f.Related = append(f.Related, lint.Related{Span: d.TargetOf(i).Record.Field(1), Message: "also has none"})
			}
		}
		f.Cause = causeOf(d.Name(), hosts...)
		f.Message = fmt.Sprintf("%s %s of %s %s no TLSA record at _25._tcp, but other MX hosts of it have one",
			plural(len(names), "MX host", "MX hosts"), text.Some(names, maxListed), show(d.Name()),
			plural(len(names), "has", "have"))
		f.Harm = "mail from senders that use DANE is not protected there, " +
			"and an attacker who blocks the other hosts can force it there"
		host := &d.Hosts()[without[0]]
		f.Help = fmt.Sprintf("publish a TLSA record at _25._tcp.%s too (RFC 7672 s.2.2)", show(host.Name))
		if host.Resolved.A.Wildcard || host.Resolved.AAAA.Wildcard {
			// With the TLSA record the host exists, and the wildcard no longer applies (RFC 4592 s.2.2.1).
			f.Help = fmt.Sprintf("give %s A and AAAA records of its own, and only then %s", show(host.Name), f.Help)
		}
		p.Report(f)
	},
}

type presence uint8

const (
	unknown presence = iota
	present
	absent
)

// tlsaOf reports whether a host has a TLSA record for SMTP, directly or through an alias. A host that is an alias
// itself may have the record at either name (RFC 7672 s.2.2.2); that is left to mx-target-cname.
func tlsaOf(p *lint.Pass, host *mail.Host) (dns.Answer, presence) {
	name, err := host.Name.Child("_tcp")
	if err == nil {
		name, err = name.Child("_25")
	}
	if err != nil || host.Resolved.Via != dns.Data {
		return dns.Answer{}, unknown
	}
	answer, _, loop := p.Follow(name, zonefiles.TypeTLSA)
	switch {
	case loop:
		return answer, unknown
	case answer.Status == dns.Data:
		return answer, present
	case answer.Negative() && !answer.Uncertain:
		return answer, absent
	}
	return answer, unknown
}
