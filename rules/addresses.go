package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

// This file is shared by the rules about addresses of MX hosts.

// addressWords is what one of those rules says about an address.
type addressWords struct {
	what string // "the link-local address"
	harm string // empty: no sender can use the address
	help string
}

// reportAddresses reports every address of a kind that the domain's MX hosts have, once each, at its record.
func reportAddresses(p *lint.Pass, d *mail.Domain, kind delivery.Kind, words func(a *lint.Address) addressWords) {
	for i := range d.Hosts() {
		host := &d.Hosts()[i]
		if !p.First(host.Resolved.Canonical) {
			continue
		}
		if host.Resolved.Seen != nil && host.Resolved.Addresses == 0 {
			reportSeen(p, d, i, kind)
			continue
		}
		for a := range p.Addresses(&host.Resolved) {
			if a.Class.Kind != kind {
				continue
			}
			say := words(&a)
			f := lint.Finding{
				Subject: lint.Subject{Owner: a.Record.OwnerName(), Target: a.Record.Addr().String()},
				Span:    a.Record.Field(0),
				Message: fmt.Sprintf("MX host %s has %s %s", show(host.Resolved.Canonical), say.what, a.Record.Text(0)),
				Harm:    say.harm,
				Help:    say.help,
			}
			if f.Harm == "" {
				f.Harm = deadHarm(a.Record.Addr(), host.Resolved.Usable)
			}
			if d.Implicit {
				// Few zones without an MX record are meant to receive mail.
				f.Severity = lint.Note
				f.Message = fmt.Sprintf("%s has no MX record, so mail goes to its own address, %s %s",
					show(d.Name()), say.what, a.Record.Text(0))
			} else {
				mx := d.TargetOf(i).Record.Field(1)
				f.Related = []lint.Related{place(mx, "%s is an MX host of %s", show(host.Name), show(d.Name()))}
			}
			p.Report(f)
		}
	}
}

// deadHarm is what an unusable address does to senders if the host has usable addresses of some families.
func deadHarm(dead netip.Addr, usable delivery.Families) string {
	family := delivery.FamilyOf(dead)
	switch {
	case usable == delivery.None:
		return "no sender can reach the host"
	case usable.Has(family):
		return fmt.Sprintf("senders with %s lose time on it before they try the host's other addresses", family)
	case family == delivery.IPv4:
		return "IPv4-only senders cannot reach the host; dual-stack senders lose time on it before they try IPv6"
	case dead.Is4In6():
		// RFC 6147 s.5.1.4: DNS64 ignores such an AAAA record and makes one from the A record.
		return "IPv6-only senders without NAT64 cannot reach the host; " +
			"dual-stack senders lose time on it before they try IPv4"
	}
	// RFC 6147 s.5.1.1, s.5.1.4.
	return "dual-stack senders lose time on it before they try IPv4; IPv6-only senders cannot reach the host, " +
		"not even through NAT64, since DNS64 makes no address for a host that has an AAAA record"
}

// registered is what the registry says of an address: "in 10.0.0.0/8 (Private-Use, RFC 1918)".
func registered(c delivery.Class) string {
	return fmt.Sprintf("in %s (%s, %s)", c.Prefix, c.Name, c.RFC)
}
