package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var spfFamilyGap = lint.Rule{
	Name:     "spf-family-gap",
	Severity: lint.Warning,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if !d.AcceptsMail() || !mayNameOneFamily(p, d.Zone.RRset(d.Owner, zonefiles.TypeTXT)) {
			return
		}
		policy, ok := spfOf(d.Zone, d.Owner)
		if !ok {
			return
		}
		networks, family := policy.addresses()
		if family != delivery.IPv4 && family != delivery.IPv6 {
			return
		}
		lost := missing(family)
		for i := range policy.terms {
			if policy.terms[i].mayCover(p, d, lost) {
				return
			}
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			machine := &d.Machines()[d.Hosts()[i].Machine]
			if machine.HasOutbound && !machine.Outbound.Has(lost) || !host.IsKnown() || !host.Usable.Has(delivery.Dual) {
				continue
			}
			// A host that is authorised in neither family sends no mail for the domain.
			covered, uncovered := sendersAddresses(p, host, networks, lost)
			if covered == nil || uncovered == nil {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: d.Name()},
				Span:    policy.record.RDATASpan(),
				Message: fmt.Sprintf("the SPF record of %s authorises MX host %s at %s, but not at its %s address %s",
					show(d.Name()), show(host.Canonical), covered.Text(0), lost, uncovered.Text(0)),
				Harm: fmt.Sprintf("mail that the host sends over %s does not pass SPF, "+
					"and may be refused or treated as spam", lost),
				Help: fmt.Sprintf("add %s:%s to the record", spfMechanism(lost), uncovered.Text(0)),
				Related: []lint.Related{
					{Span: covered.Field(0), Message: "authorised"},
					{Span: uncovered.Field(0), Message: "not authorised"},
				},
			})
			return
		}
	},
}

func spfMechanism(f delivery.Families) string {
	if f == delivery.IPv4 {
		return "ip4"
	}
	return "ip6"
}

// addresses is the networks that ip4 and ip6 authorise, and the families that they name.
func (s *spf) addresses() (networks []netip.Prefix, families delivery.Families) {
	for i := range s.terms {
		t := &s.terms[i]
		if t.name != "ip4" && t.name != "ip6" {
			continue
		}
		if t.name == "ip4" {
			families |= delivery.IPv4
		} else {
			families |= delivery.IPv6
		}
		if network, ok := t.network(); ok && t.pass {
			networks = append(networks, network)
		}
	}
	return networks, families
}

// mayCover reports whether a term other than ip4 and ip6 could authorise addresses of a family.
func (t *spfTerm) mayCover(p *lint.Pass, d *mail.Domain, family delivery.Families) bool {
	switch t.name {
	case "ip4", "ip6", "exp":
		return false
	case "all":
		return t.pass
	case "a":
		return t.mayHold(p, d.Name(), family)
	}
	return true
}

// sendersAddresses is a host's first address within the networks, and its first of the lost family.
func sendersAddresses(
	p *lint.Pass, host *mail.Resolved, networks []netip.Prefix, lost delivery.Families,
) (covered, uncovered *zonefiles.Record) {
	seen := 0
	for a := range p.Addresses(host) {
		if seen++; seen > maxCompared {
			break
		}
		if !a.Class.Usable(p.Settings.Scope) {
			continue
		}
		if delivery.FamilyOf(a.Record.Addr()) == lost {
			if uncovered == nil {
				uncovered = &a.Record
			}
			continue
		}
		for _, network := range networks {
			if network.Contains(a.Record.Addr()) && covered == nil {
				covered = &a.Record
			}
		}
	}
	return covered, uncovered
}
