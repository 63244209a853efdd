package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var tlsaMisplaced = lint.Rule{
	Name:     "tlsa-misplaced",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if !p.Graph.Holds(zonefiles.TypeTLSA) || d.LacksTLSA() || d.Implicit || !d.AcceptsMail() {
			return
		}
		isHost := false
		for i := range d.Hosts() {
			host := &d.Hosts()[i]
			isHost = isHost || host.Name == d.Name() || host.Resolved.Canonical == d.Name()
			if p.First(host.Name) {
				reportUsages(p, host)
			}
		}
		own := mail.Host{Name: d.Name(), Resolved: mail.Resolved{Via: dns.Data}}
		if answer, is := tlsaOf(p, &own); !isHost && is == present && !answer.Wildcard {
			record := answer.Records.At(0)
			host := d.TargetOf(0)
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: d.Name()},
				Span:    record.OwnerSpan(),
				Message: fmt.Sprintf("the TLSA record at _25._tcp.%s is of no use: mail for %s goes to %s",
					show(d.Name()), show(d.Name()), show(host.Name)),
				Harm:    "senders that use DANE look for TLSA records of the MX host alone: mail to it is not protected",
				Help:    fmt.Sprintf("publish the record at _25._tcp.%s (RFC 7672 s.2.2)", show(host.Name)),
				Related: []lint.Related{{Span: host.Record.Field(1), Message: "the MX host"}},
			})
		}
	},
}

// reportUsages reports a host all of whose TLSA records have certificate usages that SMTP does not know.
func reportUsages(p *lint.Pass, host *mail.Host) {
	answer, is := tlsaOf(p, host)
	if is != present {
		return
	}
	for i := range answer.Records.Len() {
		if answer.Records.At(i).Number(0) > 1 {
			return
		}
	}
	record := answer.Records.At(0)
	p.Report(lint.Finding{
		Subject: lint.Subject{Owner: host.Name},
		Span:    record.Field(0),
		Message: fmt.Sprintf("the TLSA records of MX host %s have certificate usages 0 and 1 alone", show(host.Name)),
		Harm:    "senders that use DANE cannot authenticate the host by them: an attacker in between can read the mail",
		Help:    "publish records with usage 3 or 2 (RFC 7672 s.3.1.3)",
	})
}
