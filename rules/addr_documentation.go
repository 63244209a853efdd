package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
)

var addrDocumentation = lint.Rule{
	Name:     "addr-documentation",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		reportAddresses(p, d, delivery.Documentation, func(a *lint.Address) addressWords {
			return addressWords{
				what: "the documentation address",
				harm: "such addresses are for examples and belong to nobody: in a zone that is served, no sender can reach the host there",
				help: "put the host's own address there",
			}
		})
	},
}
