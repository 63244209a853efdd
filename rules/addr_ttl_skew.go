package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
)

var addrTTLSkew = lint.Rule{
	Name:     "addr-ttl-skew",
	Severity: lint.Note,
	Needs:    lint.CachedTTLs,
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			if host.A.Status != dns.Data || host.AAAA.Status != dns.Data || !p.First(host.Canonical) {
				continue
			}
			a, aaaa := host.A.Records.At(0), host.AAAA.Records.At(0)
			uneven := oddTTL(host.A.Records) > 0 || oddTTL(host.AAAA.Records) > 0 // mx-ttl-mismatch
			if uneven || !mail.TTLSkew(a.TTL(), aaaa.TTL()) {
				continue
			}
			long, short := a, aaaa
			longFamily, shortFamily := delivery.IPv4, delivery.IPv6
			if a.TTL() < aaaa.TTL() {
				long, short = aaaa, a
				longFamily, shortFamily = shortFamily, longFamily
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: a.OwnerName()},
				Span:    ttlSpan(short),
				Message: fmt.Sprintf("the TTL of MX host %s is %d for its %s address and %d for its %s address",
					show(host.Canonical), short.TTL(), shortFamily, long.TTL(), longFamily),
				Harm: fmt.Sprintf("after both addresses change, senders keep using the old %s address "+
					"long after they know the new %s one", longFamily, shortFamily),
				Help:    "give both the same TTL",
				Related: []lint.Related{place(ttlSpan(long), "%d seconds here", long.TTL())},
			})
		}
	},
}
