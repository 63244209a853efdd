package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var mxNoIPv4 = lint.Rule{
	Name:     "mx-no-ipv4",
	Severity: lint.Error,
	Only:     mail.OddFamily,
	Domain:   func(p *lint.Pass, d *mail.Domain) { reportNoFamily(p, d, delivery.IPv4) },
}
