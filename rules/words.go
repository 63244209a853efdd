package rules

import (
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file holds wording that several rules share.

// show is a name without its final dot.
func show(n zonefiles.Name) string { return n.Undotted() }

// showMachine is the name that the MX records give a machine.
func showMachine(d *mail.Domain, machine int) string { return show(d.FirstTarget(machine).Name) }

// missing are the families that a set lacks.
func missing(f delivery.Families) delivery.Families { return delivery.Dual &^ f }

// senders names the senders that have no family but f. Senders behind NAT64 reach a host without IPv6 over IPv4
// (RFC 6147 s.5.1.6), so they do not count as IPv6-only.
func senders(f delivery.Families) string {
	switch f {
	case delivery.IPv4:
		return "IPv4-only senders"
	case delivery.IPv6:
		return "IPv6-only senders without NAT64"
	}
	return "all senders"
}

// recordOf is the record that gives a host the family.
func recordOf(f delivery.Families) string {
	switch f {
	case delivery.IPv4:
		return "an A record"
	case delivery.IPv6:
		return "an AAAA record"
	}
	return "A and AAAA records"
}

// giveAddress advises to give a host the lost family. The record belongs at the end of an alias chain, since an alias
// has no other data (RFC 1034 s.3.6.2). A host whose addresses come from a wildcard needs all of them again: once it
// has a record of its own, the wildcard no longer applies (RFC 4592 s.2.2.1).
func giveAddress(host *mail.Resolved, lost delivery.Families) string {
	name := show(host.Canonical)
	var advice string
	switch {
	case host.Narrowed.Has(lost):
		return fmt.Sprintf("have the mail server of %s take %s connections, and say so under \"hosts\" in the configuration",
			name, lost)
	case isElsewhere(host):
		return fmt.Sprintf("ask the operator of %s for %s", name, recordOf(lost))
	case host.A.Wildcard || host.AAAA.Wildcard:
		advice = fmt.Sprintf("give %s A and AAAA records of its own (either alone takes away what the wildcard gives it)",
			name)
	default:
		advice = fmt.Sprintf("give %s %s", name, recordOf(lost))
	}
	if lost.Has(delivery.IPv6) {
		advice += ", " + ipv6First
	}
	return advice
}

// ipv6First is what must be done before an AAAA record draws senders to a mail server. A server that a proxy hides the
// clients' addresses from relays for everybody or refuses everybody, and without the rest receivers refuse its mail.
const ipv6First = "once its mail server listens on [::]:25 with the clients' real addresses, " +
	"and PTR, SPF, certificate and TLSA are ready for IPv6"

// isOutside reports whether no zone here has to do with an unknown host. A copy of the root zone or of a top-level
// domain delegates every name there is.
func isOutside(d *mail.Domain, host *mail.Resolved) bool {
	return host.A.Status == dns.OutOfZone ||
		host.A.Status == dns.Referral && host.A.Zone != d.Zone && host.A.Zone.Origin.Labels() < 2
}

// isElsewhere reports whether no zone here has a host's addresses: the operator's word or the lock may give its
// families, and others run it.
func isElsewhere(host *mail.Resolved) bool {
	return host.A.Status == dns.OutOfZone || host.A.Status == dns.Referral
}

// makeDualStack advises to give a machine both families.
func makeDualStack(d *mail.Domain, machine int) string {
	name := showMachine(d, machine)
	if isElsewhere(&d.Hosts()[d.FirstTarget(machine).Host].Resolved) {
		return fmt.Sprintf("ask the operator of %s to make it dual-stack (RFC 3974 s.4.2)", name)
	}
	return fmt.Sprintf("make %s dual-stack (RFC 3974 s.4.2)", name)
}

// someOf lists a few of a number of names, of which some are given, and counts the others.
func someOf(given []string, n int) string {
	if len(given) == n {
		return text.Some(given, maxListed)
	}
	return text.And(append(slices.Clone(given[:maxListed]), fmt.Sprintf("%d more", n-maxListed)))
}

// plural picks the form of a word for a number.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// place is a related place.
func place(at zonefiles.Span, format string, args ...any) lint.Related {
	return lint.Related{Span: at, Message: fmt.Sprintf(format, args...)}
}

// ofHost is a related place that says why a host is known.
func ofHost(at zonefiles.Span, format string, args ...any) lint.Related {
	return lint.Related{Span: at, Message: fmt.Sprintf(format, args...), OfHost: true}
}

// addressLines is the address records of a machine as related places, and the lines of the lock and the configuration
// that speak of it.
func addressLines(p *lint.Pass, d *mail.Domain, machine int) []lint.Related {
	lines := sameHostLines(p, d, machine)
	listed := map[zonefiles.Name]bool{}
	for _, i := range d.HostsOf(machine) {
		host := &d.Hosts()[i]
		if listed[host.Resolved.Canonical] {
			continue // an alias of the same name
		}
		listed[host.Resolved.Canonical] = true
		lines = append(lines, seenLines(host.Name, &host.Resolved)...)
		n := 0
		for a := range p.Addresses(&host.Resolved) {
			if n++; n > maxListed {
				lines[len(lines)-1].Message += fmt.Sprintf(", and %d more", host.Resolved.Addresses-maxListed)
				break
			}
			lines = append(lines, ofHost(a.Record.Field(0), "%s has %s", show(host.Name), a.Record.Text(0)))
		}
	}
	return lines
}

// causeOf is the host that a finding is owed to, of some that it is about: one outside the domain, which others may
// share, if there is one. The order of the names does not matter.
func causeOf(domain zonefiles.Name, names ...zonefiles.Name) zonefiles.Name {
	return slices.MinFunc(names, func(a, b zonefiles.Name) int {
		switch inside := a.IsAtOrBelow(domain); {
		case inside == b.IsAtOrBelow(domain):
			return strings.Compare(string(a), string(b))
		case inside:
			return 1
		}
		return -1
	})
}

// causeAmong is causeOf by the names of a domain's machines.
func causeAmong(d *mail.Domain, machines ...int) zonefiles.Name {
	names := make([]zonefiles.Name, 0, len(machines))
	for _, m := range machines {
		names = append(names, d.FirstTarget(m).Name)
	}
	return causeOf(d.Name(), names...)
}

// targetSubject is the subject of a finding about one MX target of a domain.
func targetSubject(d *mail.Domain, t *mail.Target) lint.Subject {
	return lint.Subject{Owner: d.Name(), Target: show(t.Name)}
}

// deadTarget is the harm of an MX target that no sender can use.
func deadTarget(d *mail.Domain) string {
	if d.AcceptsMail() {
		return "no sender can use this MX record"
	}
	return fmt.Sprintf("all mail for %s bounces: no other MX host has an address", show(d.Name()))
}

// ttlSpan is the TTL of a record, or the whole record if it inherits its TTL.
func ttlSpan(r zonefiles.Record) zonefiles.Span {
	if at, ok := r.TTLSpan(); ok {
		return at
	}
	return r.Span()
}

// resolved is what is known about a target's addresses.
func resolved(p *lint.Pass, d *mail.Domain, t *mail.Target) *mail.Resolved {
	if t.Host >= 0 {
		return &d.Hosts()[t.Host].Resolved
	}
	found := p.Resolve(t.Name)
	return &found
}
