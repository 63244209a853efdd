package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var delegationFamilyGap = lint.Rule{
	Name:     "delegation-family-gap",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		if p.Observed == nil || p.Observed.Referral == nil {
			return
		}
		var own, referred delivery.Families
		lacking := map[delivery.Families][]string{}
		set := p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeNS)
		for i := range set.Len() {
			name, _ := set.At(i).Name(0)
			found := p.Resolve(name)
			own |= found.Published
		}
		for _, glue := range p.Observed.Referral.Servers {
			found := p.Resolve(glue.Name)
			reached := found.Published | found.Open
			if glue.Name.IsAtOrBelow(p.Source.Origin) { // nobody finds its addresses but by the referral
				reached = glue.Families
				for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
					if found.Published.Has(family) && !glue.Families.Has(family) {
						lacking[family] = append(lacking[family], show(glue.Name))
					}
				}
			}
			referred |= reached
		}
		for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
			if len(lacking[family]) > 0 {
				reportGap(p, family, own.Has(family) && !referred.Has(family), lacking[family])
			}
		}
	},
}

// reportGap reports glue that the parent zone lacks in a family; all says that it has none at all.
func reportGap(p *lint.Pass, family delivery.Families, all bool, servers []string) {
	zone := show(p.Source.Origin)
	record := recordOf(family)
	f := lint.Finding{
		Severity: lint.Warning,
		Subject:  lint.Subject{Owner: p.Source.Origin, Target: family.String()},
		Span:     p.Observed.Referral.Answer,
		Message: fmt.Sprintf("the zone above %s refers to %s without %s, which the zone itself has",
			zone, text.Some(servers, maxListed), record),
		Harm: fmt.Sprintf("resolvers that have %s alone cannot ask %s; others are left for them", family,
			plural(len(servers), "this server", "these servers")),
		Help: fmt.Sprintf("have the registrar add the %s addresses to the host records (RFC 3901 s.4)", family),
	}
	if all {
		f.Harm = fmt.Sprintf("resolvers that have %s alone cannot look up %s at all, and their senders' mail bounces",
			family, zone)
		if family == delivery.IPv4 {
			f.Severity = lint.Error
		}
	}
	p.Report(f)
}
