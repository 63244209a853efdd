package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var nsNoIPv4 = lint.Rule{
	Name:     "ns-no-ipv4",
	Severity: lint.Error,
	Zone: func(p *lint.Pass) {
		set, all, known := nameServers(p)
		if !known || all.Has(delivery.IPv4) || !isMailZone(p) {
			return
		}
		zone := show(p.Source.Origin)
		if all == delivery.None {
			reportNameServers(p, set, fmt.Sprintf("no name server of %s has an address", zone),
				fmt.Sprintf("nobody can look up %s: all its mail is delayed and then bounces", zone),
				"give the name servers A and AAAA records")
			return
		}
		reportNameServers(p, set, fmt.Sprintf("no name server of %s has an A record", zone),
			"senders whose resolvers have only IPv4 cannot look up its MX records",
			"give one of them an A record, or add a name server that has one (RFC 3901 s.4)")
	},
	Only:   mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) { reportLookUp(p, d, delivery.IPv4) },
}
