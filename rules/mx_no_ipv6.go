package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
)

var mxNoIPv6 = lint.Rule{
	Name:     "mx-no-ipv6",
	Severity: lint.Warning,
	Only:     lint.OddFamily,
	Domain:   func(p *lint.Pass, d *lint.Domain) { reportNoFamily(p, d, delivery.IPv6) },
}
