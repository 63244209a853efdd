package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var mxNoIPv6 = lint.Rule{
	Name:     "mx-no-ipv6",
	Severity: lint.Warning,
	Only:     mail.OddFamily,
	Domain:   func(p *lint.Pass, d *mail.Domain) { reportNoFamily(p, d, delivery.IPv6) },
}
