package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var wildcardHidesFamily = lint.Rule{
	Name:     "wildcard-hides-family",
	Severity: lint.Error,
	Needs:    lint.WholeZones,
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			lost := missing(host.Published)
			if !host.IsKnown() || host.Via != dns.Data || host.A.Wildcard ||
				lost != delivery.IPv4 && lost != delivery.IPv6 || !p.Settings.Wants(lost) {
				continue
			}
			own, lacks, t := host.A, host.AAAA, zonefiles.TypeAAAA
			if lost == delivery.IPv4 {
				own, lacks, t = lacks, own, zonefiles.TypeA
			}
			if lacks.Status != dns.NoData {
				continue // the operator says so
			}
			wildcard := wildcardFor(lacks, t)
			if wildcard.Len() == 0 || isOther(wildcardFor(lacks, own.Records.At(0).Type()), own.Records) ||
				!p.First(host.Canonical) {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical},
				Span:    own.Records.At(0).Field(0),
				Message: fmt.Sprintf("MX host %s has only %s: the wildcard %s, which has %s, "+
					"does not apply to a name with records of its own",
					show(host.Canonical), recordOf(host.Published), show(wildcard.At(0).OwnerName()), recordOf(lost)),
				Harm:    fmt.Sprintf("%s cannot reach the host", senders(lost)),
				Help:    fmt.Sprintf("give %s %s of its own (RFC 4592 s.2.2.1)", show(host.Canonical), recordOf(lost)),
				Related: []lint.Related{{Span: wildcard.At(0).Span(), Message: "the wildcard"}},
			})
		}
	},
}

// isOther reports whether a wildcard belongs to another machine, such as a web server for every name: it has addresses
// of the host's family, and none of them is the host's.
func isOther(wildcard, own dns.RRset) bool {
	if wildcard.Len() == 0 {
		return false
	}
	has := make(map[netip.Addr]bool, own.Len())
	for i := range own.Len() {
		has[own.At(i).Addr()] = true
	}
	for i := range wildcard.Len() {
		if has[wildcard.At(i).Addr()] {
			return false
		}
	}
	return true
}
