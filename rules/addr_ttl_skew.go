package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

var addrTTLSkew = lint.Rule{
	Name:     "addr-ttl-skew",
	Severity: lint.Note,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if d.Plain {
			return
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			if host.Plain || host.A.Status != lint.Data || host.AAAA.Status != lint.Data || !p.First(host.Canonical) {
				continue
			}
			// Caches keep the whole set for its lowest TTL (RFC 2181 s.5.2).
			a, aaaa := lowestTTL(host.A.Records), lowestTTL(host.AAAA.Records)
			if !lint.TTLSkew(a.TTL(), aaaa.TTL()) {
				continue
			}
			long, short := a, aaaa
			longFamily, shortFamily := delivery.IPv4, delivery.IPv6
			if a.TTL() < aaaa.TTL() {
				long, short = aaaa, a
				longFamily, shortFamily = shortFamily, longFamily
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical},
				Span:    ttlSpan(short),
				Message: fmt.Sprintf("the TTL of MX host %s is %d for its %s address and %d for its %s address", show(host.Canonical),
					short.TTL(), shortFamily, long.TTL(), longFamily),
				Harm: fmt.Sprintf("after a change of addresses, senders hold on to the old %s address long after they know the new %s one",
					longFamily, shortFamily),
				Help: "give both the same TTL",
				Related: []lint.Related{{
					Span: ttlSpan(long), Message: fmt.Sprintf("%d seconds here", long.TTL()),
				}},
			})
		}
	},
}

// lowestTTL is the record of a set, which is not empty, with the lowest TTL.
func lowestTTL(set lint.RRset) (lowest zonefiles.Record) {
	lowest = set.At(0)
	for i := range set.Len() {
		if r := set.At(i); r.TTL() < lowest.TTL() {
			lowest = r
		}
	}
	return lowest
}
