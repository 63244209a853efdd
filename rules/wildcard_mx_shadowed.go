package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var wildcardMXShadowed = lint.Rule{
	Name:     "wildcard-mx-shadowed",
	Severity: lint.Note,
	Needs:    lint.WholeZones,
	Zone: func(p *lint.Pass) {
		z := p.Zone
		shadowed := map[zonefiles.NameID][]zonefiles.NameID{} // hosts by wildcard
		for owner := range z.Owners(zonefiles.TypeMX) {
			if string(z.Names.Label(owner)) == "*" && z.InZone(owner) {
				if _, hidden := z.Hides(owner); !hidden {
					shadowed[owner] = nil
				}
			}
		}
		if len(shadowed) == 0 {
			return
		}
		for _, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
			for host := range z.Owners(t) {
				_, hidden := z.Hides(host)
				isWildcard := string(z.Names.Label(host)) == "*"
				if hidden || isWildcard || z.Has(host, zonefiles.TypeMX, zonefiles.TypeCNAME) {
					continue
				}
				wildcard, ok := z.Names.Child(z.Encloser(host), []byte{'*'})
				if hosts, isMX := shadowed[wildcard]; ok && isMX {
					shadowed[wildcard] = append(hosts, host)
				}
			}
		}
		for wildcard, hosts := range shadowed {
			slices.Sort(hosts)
			hosts = slices.DeleteFunc(slices.Compact(hosts), func(host zonefiles.NameID) bool {
				uncertain := p.Source.MayHold(z.Names.Name(host), zonefiles.TypeMX)
				if uncertain {
					p.Withhold()
				}
				return uncertain
			})
			if len(hosts) == 0 {
				continue
			}
			record := z.RRset(wildcard, zonefiles.TypeMX).At(0)
			name := show(record.OwnerName())
			f := lint.Finding{
				Subject: lint.Subject{Owner: record.OwnerName()},
				Span:    record.Span(),
				Message: fmt.Sprintf("the wildcard MX %s does not apply to %s, which has records of its own",
					name, show(z.Names.Name(hosts[0]))),
				Harm: "mail for such a host goes to its own addresses (implicit MX), not to the wildcard's MX host",
				Help: "give each such host MX records, or \"MX 0 .\" if it receives no mail",
			}
			if more := len(hosts) - 1; more > 0 {
				f.Message = fmt.Sprintf("the wildcard MX %s does not apply to %s and %s, which have records of their own", name,
					show(z.Names.Name(hosts[0])), text.Count(more, "other host", "other hosts"))
			}
			for _, host := range hosts {
				addresses := z.RRset(host, zonefiles.TypeA)
				if addresses.Len() == 0 {
					addresses = z.RRset(host, zonefiles.TypeAAAA)
				}
				f.Related = append(f.Related, place(addresses.At(0).OwnerSpan(), "%s has no MX", show(z.Names.Name(host))))
			}
			p.Report(f)
		}
	},
}
