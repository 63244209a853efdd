package rules

import (
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxPrimarySingleStack = lint.Rule{
	Name:     "mx-primary-single-stack",
	Severity: lint.Error,
	Subsumes: []string{"mx-no-ipv4", "mx-no-ipv6", "mx-host-single-stack"},
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
			f.Message = fmt.Sprintf("no primary MX of %s is dual-stack: %s share the lowest preference, "+
				"each with one address family", show(d.Name()), text.And(names))
			f.Harm = "senders with one family reach only some of the primaries; when those are down, " +
				"their mail waits or goes to a secondary"
		case len(names) == 1:
			f.Message = fmt.Sprintf("the %s MX of %s, %s, has only %s addresses", primaryWord(d, first),
				show(d.Name()), names[0], group)
		default:
			f.Message = fmt.Sprintf("the %s MX hosts of %s, %s, have only %s addresses", primaryWord(d, first),
				show(d.Name()), text.And(names), group)
		}
		if lacking == delivery.None {
			f.Help = "give one of them addresses of both families; if the domain is meant to be like this, turn the rule off " +
				"under \"overrides\" in the configuration"
		} else {
			switch {
			case all.Has(lacking):
				f.Harm = fmt.Sprintf("%s cannot reach the primary; their mail depends on a secondary MX passing it on",
					senders(lacking))
			case !known:
				f.Harm = fmt.Sprintf("%s cannot reach the primary; these zones do not say whether a secondary takes their mail",
					senders(lacking))
			default:
				f.Harm = fmt.Sprintf("%s cannot reach any MX host; their mail bounces", senders(lacking))
			}
			f.Help = fmt.Sprintf("%s; if the domain is meant to be %s-only, set \"stack: %s\" in the configuration",
				giveAddress(resolved(p, d, first), lacking), group, strings.ToLower(group.String()))
		}
		p.Report(f)
	},
}

// primaryWord is what a domain's best MX host is called: one that comes after targets that lead nowhere is what is
// left.
func primaryWord(d *mail.Domain, first *mail.Target) string {
	if slices.ContainsFunc(d.Targets(), func(t mail.Target) bool {
		return t.Host < 0 && !t.Name.IsRoot() && t.Preference < first.Preference
	}) {
		return "first usable"
	}
	return "primary"
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
