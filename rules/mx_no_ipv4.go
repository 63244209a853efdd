package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
)

var mxNoIPv4 = lint.Rule{
	Name:     "mx-no-ipv4",
	Severity: lint.Error,
	Only:     lint.OddFamily,
	Domain:   func(p *lint.Pass, d *lint.Domain) { reportNoFamily(p, d, delivery.IPv4) },
}
