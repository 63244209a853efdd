package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var addrPrivate = lint.Rule{
	Name:     "addr-private",
	Severity: lint.Error,
	Only:     mail.OddAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Settings.Scope == delivery.Internal {
			return
		}
		reportAddresses(p, d, delivery.Private, func(a *lint.Address) addressWords {
			what := "the private address"
			switch a.Class.RFC {
			case "RFC 6598":
				what = "the carrier-grade NAT address"
			case "RFC 4193":
				what = "the unique local address"
			}
			return addressWords{
				what: what,
				help: "publish a global address instead; if only its own network sees the zone, " +
					"set \"scope: internal\" in the configuration",
			}
		})
	},
}
