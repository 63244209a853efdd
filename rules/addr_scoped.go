package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

var addrScoped = lint.Rule{
	Name:     "addr-scoped",
	Severity: lint.Error,
	Only:     mail.OddAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		reportAddresses(p, d, delivery.Scoped, func(a *lint.Address) addressWords {
			return addressWords{
				what: scopedKind(a.Record.Addr().IsLoopback(), a.Class.Name) + " address",
				help: "remove the record, or use the host's global address",
			}
		})
	},
}

// scopedKind is the common name of an address that is only valid within a machine, a link or a site.
func scopedKind(loopback bool, name string) string {
	switch {
	case loopback:
		return "the loopback"
	case name == "Link Local" || name == "Link-Local Unicast":
		return "the link-local"
	case name == "Site-Local (deprecated)":
		return "the site-local"
	case name == "Multicast":
		return "the multicast"
	case name == "Limited Broadcast":
		return "the broadcast"
	case name == "This network":
		return "the unroutable"
	}
	return "the unspecified"
}
