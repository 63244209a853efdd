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
				harm: "only senders behind a translator with this prefix can reach the host there; " +
					"other dual-stack senders lose time on it, and IPv6-only senders behind another NAT64 cannot reach the host",
				help: "remove the record, and make sure that the host has an A record, from which networks with NAT64 " +
					"make such an address themselves; add a native IPv6 address if the host has one",
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
