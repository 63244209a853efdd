package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
)

var addrTranslated = lint.Rule{
	Name:     "addr-translated",
	Severity: lint.Error,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		reportAddresses(p, d, delivery.Translated, func(a *lint.Address) addressWords {
			what := "the translated address"
			switch a.Class.Name {
			case "IPv4-mapped Address":
				what = "the IPv4-mapped address"
			case "IPv4-compatible":
				what = "the IPv4-compatible address"
			}
			return addressWords{
				what: what,
				help: "remove the record: senders behind NAT64 make such an address themselves from the A record; add a true IPv6 address if the host has one",
			}
		})
	},
}
