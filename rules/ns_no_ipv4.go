package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var nsNoIPv4 = lint.Rule{
	Name:     "ns-no-ipv4",
	Severity: lint.Error,
	Zone:     func(p *lint.Pass) { reportReach(p, delivery.IPv4) },
	Only:     mail.OddTarget,
	Domain:   func(p *lint.Pass, d *mail.Domain) { reportLookUp(p, d, delivery.IPv4) },
}
