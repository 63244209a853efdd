package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// This file is what rules say of hosts by the lock and by the operator's word. What rests on a line of the lock or of
// the configuration has that line among its related places.

// seenLines is the lines of the lock and of the configuration on which the knowledge of a name rests.
func seenLines(name zonefiles.Name, found *mail.Resolved) (lines []lint.Related) {
	if found.Seen != nil {
		lines = append(lines, place(found.Seen.Line, "%s %s", show(name), seenWords(found.Seen)))
	}
	if !found.Said.IsEmpty() {
		lines = append(lines, ofHost(found.Said, "%s is reached over %s, as the configuration says",
			show(name), familyWords(found.SaidFamilies)))
	}
	return lines
}

// familyWords are families as "IPv4 alone" or "IPv4 and IPv6".
func familyWords(f delivery.Families) string {
	if f == delivery.Dual {
		return "IPv4 and IPv6"
	}
	return f.String() + " alone"
}

// sameHostLines are the places where the configuration says that names are those of one machine.
func sameHostLines(p *lint.Pass, d *mail.Domain, machine int) (lines []lint.Related) {
	for _, name := range p.SaidNames(d, machine) {
		if len(lines) == maxListed {
			break
		}
		if facts := p.Facts.Of(name); facts.HasSameHost && !facts.At.IsEmpty() {
			lines = append(lines, ofHost(facts.At, "%s is the same host as %s, as the configuration says",
				show(name), show(facts.SameHost)))
		}
	}
	return lines
}

// relayLines are the places where the configuration says how machines pass mail on.
func relayLines(p *lint.Pass, d *mail.Domain, machines ...int) (lines []lint.Related) {
	among := map[zonefiles.Name]bool{}
	for _, m := range machines {
		for _, name := range p.SaidNames(d, m) {
			if among[name] {
				continue
			}
			among[name] = true
			if facts := p.Facts.Of(name); facts.HasOutbound && !facts.At.IsEmpty() {
				lines = append(lines, ofHost(facts.At, "%s sends mail over %s, as the configuration says",
					show(name), familyWords(facts.Outbound)))
			}
			if at := p.Facts.Final[name]; !at.IsEmpty() {
				lines = append(lines, ofHost(at, "%s reaches the mailbox without SMTP relay, as the configuration says",
					show(name)))
			}
		}
	}
	for _, l := range p.Facts.Links {
		if (among[l.From] || among[l.To]) && !l.At.IsEmpty() {
			lines = append(lines, ofHost(l.At, "%s passes mail on to %s, as the configuration says", show(l.From), show(l.To)))
		}
	}
	return lines
}

// seenWords is what a line says, as "has IPv4 addresses alone".
func seenWords(h *lock.Host) string {
	var says string
	switch {
	case h.State == lock.NXDomain:
		says = "does not exist"
	case h.State == lock.NoData:
		says = "has no address"
	case h.State == lock.Unknown:
		says = "could not be looked up"
	case h.Published() == delivery.Dual:
		says = "has IPv4 and IPv6 addresses"
	default:
		says = fmt.Sprintf("has %s addresses alone", h.Published())
	}
	if !h.Alias.IsRoot() {
		return fmt.Sprintf("is an alias of %s, which %s", show(h.Alias), says)
	}
	return says
}

// reportSeen reports that a host outside the zones has addresses of a kind, once for each family.
func reportSeen(p *lint.Pass, d *mail.Domain, at int, kind delivery.Kind) {
	host := &d.Hosts()[at]
	for _, family := range [...]struct {
		is   delivery.Families
		seen lock.Seen
	}{{delivery.IPv4, host.Resolved.Seen.IPv4}, {delivery.IPv6, host.Resolved.Seen.IPv6}} {
		if !family.seen.Found.Has(kind) {
			continue
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: host.Resolved.Canonical, Target: family.is.String()},
			Span:    host.Resolved.Seen.Line,
			Message: fmt.Sprintf("MX host %s has %s", show(host.Resolved.Canonical), addressOf(kind, family.is)),
			Harm:    seenHarm(family.is, host.Resolved.Usable),
			Help: fmt.Sprintf("ask the operator of %s for a global address in its place, or name another host",
				show(host.Resolved.Canonical)),
			Related: []lint.Related{hostOf(d, at)},
		})
	}
}

// addressOf is an address of a kind and a family, in words.
func addressOf(kind delivery.Kind, family delivery.Families) string {
	switch kind {
	case delivery.Documentation:
		return fmt.Sprintf("an %s address set apart for examples", family)
	case delivery.Private:
		return fmt.Sprintf("a private %s address", family)
	case delivery.Scoped:
		return fmt.Sprintf("an %s address that has no meaning beyond its own link or site", family)
	case delivery.Translated:
		return "an IPv6 address that stands for an IPv4 address"
	}
	return fmt.Sprintf("an %s address out of a block with another purpose", family)
}

// seenHarm is deadHarm of a family.
func seenHarm(family, usable delivery.Families) string {
	switch {
	case usable.Has(family):
		return fmt.Sprintf("senders with %s may lose time on it before they try the host's other addresses", family)
	case usable == delivery.None:
		return "no sender can reach the host"
	}
	return fmt.Sprintf("%s cannot reach the host; dual-stack senders lose time on it", senders(family))
}

// reportLookUp reports the zone of an MX host outside the zones whose name servers lack a family. Very many hosts may
// be those of one provider, whose names have the same parent: it is told of once.
func reportLookUp(p *lint.Pass, d *mail.Domain, lost delivery.Families) {
	for i := range d.Hosts() {
		host := &d.Hosts()[i]
		seen := host.Resolved.Seen
		if seen == nil || seen.DNS == delivery.None || seen.DNS.Has(lost) {
			continue
		}
		name := host.Resolved.Canonical
		if seen.Alias.IsRoot() {
			seen = p.Facts.Lock.Sibling(seen)
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: name.Parent()},
			Span:    seen.Line,
			Message: fmt.Sprintf("the name servers of MX hosts in %s have no %s address", show(name.Parent()), lost),
			Harm: fmt.Sprintf("senders whose resolver has %s alone cannot look the hosts up, whatever addresses they have; "+
				"their mail is delayed and bounces", lost),
			Help: fmt.Sprintf("ask the operator of %s for name servers with both, or name hosts of somebody who has them",
				show(name)),
			Related: []lint.Related{hostOf(d, i)},
		})
	}
}

// hostOf is the MX record that names a host, as a related place.
func hostOf(d *mail.Domain, host int) lint.Related {
	mx := d.TargetOf(host).Record.Field(1)
	return place(mx, "%s is an MX host of %s", show(d.Hosts()[host].Name), show(d.Name()))
}
