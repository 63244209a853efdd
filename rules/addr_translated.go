package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var addrTranslated = lint.Rule{
	Name:     "addr-translated",
	Severity: lint.Error,
	Only:     mail.OddAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		reportAddresses(p, d, delivery.Translated, func(a *lint.Address) addressWords {
			say := addressWords{
				what: "the translated address",
				harm: "only senders behind a translator with that very prefix reach the host there; other dual-stack senders lose time on it, " +
					"and IPv6-only senders behind another NAT64 cannot reach the host",
				help: "remove the record, and see that the host has an A record: senders behind NAT64 make such an address themselves from that; " +
					"add a true IPv6 address if the host has one",
			}
			switch a.Class.Name {
			case "IPv4-mapped Address":
				say.what, say.harm = "the IPv4-mapped address", ""
			case "IPv4-compatible":
				say.what, say.harm = "the IPv4-compatible address", ""
			}
			return say
		})
	},
}
