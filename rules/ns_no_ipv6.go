package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var nsNoIPv6 = lint.Rule{
	Name:     "ns-no-ipv6",
	Severity: lint.Warning,
	Zone: func(p *lint.Pass) {
		if p.Settings.Wants(delivery.IPv6) {
			reportReach(p, delivery.IPv6)
		}
	},
	Only: mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Settings.Wants(delivery.IPv6) {
			reportLookUp(p, d, delivery.IPv6)
		}
	},
}
