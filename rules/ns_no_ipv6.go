package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var nsNoIPv6 = lint.Rule{
	Name:     "ns-no-ipv6",
	Severity: lint.Warning,
	Zone: func(p *lint.Pass) {
		if !p.Settings.Wants(delivery.IPv6) {
			return
		}
		set, all, known := nameServers(p)
		if !known || all != delivery.IPv4 || !isMailZone(p) { // without any address: ns-no-ipv4
			return
		}
		zone := show(p.Source.Origin)
		reportNameServers(p, set, fmt.Sprintf("no name server of %s has an AAAA record", zone),
			"IPv6-only senders that resolve names themselves cannot look up its MX records",
			"give one of them an AAAA record, or add a name server that has one")
	},
	Only: mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Settings.Wants(delivery.IPv6) {
			reportLookUp(p, d, delivery.IPv6)
		}
	},
}
