package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var addrSpecialPurpose = lint.Rule{
	Name:     "addr-special-purpose",
	Severity: lint.Warning,
	Only:     mail.OddAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		reportAddresses(p, d, delivery.SpecialPurpose, func(a *lint.Address) addressWords {
			say := addressWords{
				what: fmt.Sprintf("an address %s:", registered(a.Class)),
				help: "use an ordinary global address of the host",
			}
			switch {
			case a.Class.Reachable:
				say.harm = "the block is reserved for another service: senders may reach that, or nothing, instead of the host"
			case a.Class.Name == "6to4" || a.Class.Name == "TEREDO":
				say.harm = "few networks still route to such addresses: from the others, dual-stack senders lose time on it, " +
					"and IPv6-only senders cannot reach the host"
			}
			return say
		})
	},
}
