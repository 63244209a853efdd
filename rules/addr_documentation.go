package rules

import (
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var addrDocumentation = lint.Rule{
	Name:     "addr-documentation",
	Severity: lint.Warning,
	Only:     mail.OddAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if isExample(p, d) {
			return
		}
		reportAddresses(p, d, delivery.Documentation, func(a *lint.Address) addressWords {
			return addressWords{
				what: "the documentation address",
				harm: "such addresses are reserved for examples: in a zone that is in use, no sender can reach the host there",
				help: "use the host's real address",
			}
		})
	},
}

// isExample reports whether a mail domain is an example throughout: its name is reserved for examples or tests, and so
// are all addresses of its MX hosts.
func isExample(p *lint.Pass, d *mail.Domain) bool {
	if !slices.ContainsFunc(exampleNames, d.Name().IsAtOrBelow) {
		return false
	}
	looked := 0
	for i := range d.Hosts() {
		seen := d.Hosts()[i].Resolved.Seen
		if seen != nil && (seen.IPv4.Found|seen.IPv6.Found)&^(1<<delivery.Documentation) != 0 {
			return false
		}
		for a := range p.Addresses(&d.Hosts()[i].Resolved) {
			if looked++; a.Class.Kind != delivery.Documentation || looked > maxCompared {
				return a.Class.Kind == delivery.Documentation
			}
		}
	}
	return true
}

// exampleNames are reserved for documentation and tests (RFC 6761 s.6.2 and s.6.5).
var exampleNames = []zonefiles.Name{
	zonefiles.MustName("example."), zonefiles.MustName("example.com."), zonefiles.MustName("example.net."),
	zonefiles.MustName("example.org."), zonefiles.MustName("test."),
}
