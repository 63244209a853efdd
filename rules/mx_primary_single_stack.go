package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var mxPrimarySingleStack = lint.Rule{
	Name:     "mx-primary-single-stack",
	Severity: lint.Error,
	Subsumes: []string{"mx-no-ipv4", "mx-no-ipv6", "mx-host-single-stack", "mx-family-single-host"},
	Only:     mail.OddFamily,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if d.Implicit || !d.AcceptsMail() || !p.Settings.Wants(delivery.Dual) {
			return
		}
		primary, group, usable := d.Relay().Primary(), delivery.None, delivery.None
		for _, m := range primary {
			h := &d.Machines()[m]
			switch {
			case h.Published == delivery.Dual:
				return
			case !h.IsKnown():
				if d.IsUncertain(m) {
					p.Withhold()
				}
				return
			}
			group |= h.Published
			usable |= h.Usable
		}
		lacking := missing(group)
		if usable == delivery.None || sharesMailbox(d, d.Machines()[primary[0]].Preference, group, usable) {
			return
		}
		all, known := families(d)
		first := d.FirstTarget(primary[0])
		f := lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Cause:   causeAmong(d, primary...),
			Span:    first.Record.Field(1),
		}
		var names []string
		for _, m := range primary {
			names = append(names, showMachine(d, m))
			if t := d.FirstTarget(m); m != primary[0] {
				f.Related = append(f.Related, lint.Related{Span: t.Record.Field(1), Message: "also a primary"})
			}
			f.Related = append(f.Related, addressLines(p, d, m)...)
		}
		switch {
		case group == delivery.Dual:
			f.Message = fmt.Sprintf("none of %ss of %s is dual-stack: %s share the lowest preference, "+
				"each with one address family", bestHost(d, "the primary MX host"), show(d.Name()), text.Some(names, maxListed))
			f.Harm = "senders with one family reach only some of them; when those are down, " +
				"their mail waits or goes to a host of higher preference"
		case len(names) == 1:
			f.Message = fmt.Sprintf("%s of %s, %s, has only %s addresses", bestHost(d, "the primary MX"),
				show(d.Name()), names[0], group)
		default:
			f.Message = fmt.Sprintf("%ss of %s, %s, have only %s addresses", bestHost(d, "the primary MX host"),
				show(d.Name()), text.Some(names, maxListed), group)
		}
		if lacking == delivery.None {
			f.Help = "give one of them addresses of both families; if the domain is meant to be like this, turn the rule off " +
				"under \"overrides\" in the configuration"
		} else {
			switch {
			case all.Has(lacking):
				f.Harm = fmt.Sprintf("%s cannot reach %s; their mail depends on a secondary MX passing it on",
					senders(lacking), bestHost(d, "the primary"))
			case !known:
				f.Harm = fmt.Sprintf("%s cannot reach %s; these zones do not say whether a secondary takes their mail",
					senders(lacking), bestHost(d, "the primary"))
			default:
				f.Harm = fmt.Sprintf("%s cannot reach any MX host; their mail bounces", senders(lacking))
			}
			f.Help = fmt.Sprintf("%s; if the domain is meant to be %s-only, set \"stack: %s\" in the configuration",
				giveAddress(resolved(p, d, first), lacking), group, strings.ToLower(group.String()))
		}
		if name, ok := namesake(p, resolved(p, d, first)); ok {
			f.Help = fmt.Sprintf("name %s in the MX record, if that is the same host: it has the same address, and both "+
				"families; or %s", show(name), f.Help)
		}
		p.Report(f)
	},
}

// bestHost is what the MX host with the lowest preference is called: primary, unless it comes after targets that lead
// nowhere, and so is what is left.
func bestHost(d *mail.Domain, primary string) string {
	lowest := d.Machines()[d.Relay().Primary()[0]].Preference
	if slices.ContainsFunc(d.Targets(), func(t mail.Target) bool {
		return t.Host < 0 && !t.Name.IsRoot() && int(t.Preference) < int(lowest)
	}) {
		return "the first usable MX host"
	}
	return primary
}

// namesake is another name in the zone of a host, with an address of its own that is the host's, and usable addresses
// of both families. Large zones are not searched: there may be a finding for each of very many domains.
func namesake(p *lint.Pass, host *mail.Resolved) (zonefiles.Name, bool) {
	z := host.A.Zone
	if z == nil || isElsewhere(host) || z.Names.Len() > maxSearched {
		return zonefiles.Root, false
	}
	addresses := addressSet(p, host)
	for owner := range z.Owners(zonefiles.TypeAAAA) {
		if !z.Has(owner, zonefiles.TypeA) || !holdsAny(z, owner, addresses) {
			continue
		}
		name := z.Names.Name(owner)
		found := p.Resolve(name)
		if name != host.Canonical && found.Canonical == name && found.Usable == delivery.Dual && dns.IsHostname(name) {
			return name, true
		}
	}
	return zonefiles.Root, false
}

// holdsAny reports whether a name has one of some addresses.
func holdsAny(z *dns.Zone, owner zonefiles.NameID, addresses []netip.Addr) bool {
	for _, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
		set := z.RRset(owner, t)
		for i := range min(set.Len(), maxCompared) {
			if slices.Contains(addresses, set.At(i).Addr()) {
				return true
			}
		}
	}
	return false
}

// sharesMailbox reports whether a host that shares the mailbox, as the operator declares, has or may have a family, by
// a name of higher preference alone, that the primary MX hosts do not publish, or not in a usable address. Then no host
// needs to be dual-stack (RFC 3974 s.4.2). An alias of which the operator states more than of its canonical name is a
// name by itself.
func sharesMailbox(d *mail.Domain, preference uint16, published, usable delivery.Families) bool {
	return slices.ContainsFunc(d.Offers(), func(o delivery.Offer) bool {
		if !d.Machines()[o.Machine].Final || o.Preference == delivery.Unlisted ||
			(o.Published&^published|(o.Usable|o.Open)&^usable) == delivery.None {
			return false
		}
		return !slices.ContainsFunc(d.Offers(), func(same delivery.Offer) bool {
			return same.Name == o.Name && same.Open == o.Open && same.Preference <= int(preference)
		})
	})
}
