package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxOccluded = lint.Rule{
	Name:     "mx-occluded",
	Severity: lint.Error,
	Needs:    lint.WholeZones,
	Subsumes: []string{"mx-target-delegated"},
	Of:       zonefiles.TypeMX,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		top, hidden := hides(p.Zone, owner)
		if !hidden {
			return
		}
		record := p.Zone.RRset(owner, zonefiles.TypeMX).At(0)
		// If the child zone is loaded, it has the answer, and leftovers here hurt nobody.
		if a := p.Lookup(record.OwnerName(), zonefiles.TypeMX); a.Status == dns.Data {
			return
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: record.OwnerName()},
			Span:    record.Span(),
			Message: fmt.Sprintf("the MX records of %s are never served: %s", show(record.OwnerName()), top.why),
			Harm: fmt.Sprintf("no sender sees them; mail for %s goes where the other zone says, or bounces",
				show(record.OwnerName())),
			Help:    top.help,
			Related: []lint.Related{{Span: top.record.Span(), Message: "hidden by this"}},
		})
	},
	Only: mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			if host.A.Status != dns.Referral || host.A.Wildcard {
				continue
			}
			z := host.A.Zone
			node, ok := z.Names.Find(host.Canonical)
			if !ok || !z.Has(node, zonefiles.TypeA, zonefiles.TypeAAAA) || z.IsNameServer(host.Canonical) ||
				!p.First(host.Canonical) {
				continue
			}
			addresses := z.RRset(node, zonefiles.TypeA)
			if addresses.Len() == 0 {
				addresses = z.RRset(node, zonefiles.TypeAAAA)
			}
			top, _ := hides(z, node)
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical},
				Span:    addresses.At(0).Span(),
				Message: fmt.Sprintf("the addresses of MX host %s are never served: %s", show(host.Canonical), top.why),
				Harm: "no sender sees them; unless the other zone has addresses for the host, " +
					"no sender can use the MX record that names it",
				Help: top.help,
				Related: []lint.Related{
					{Span: top.record.Span(), Message: "hidden by this"},
					{Span: d.TargetOf(i).Record.Field(1), Message: "the MX record"},
				},
			})
		}
	},
}

// hider is a zone cut or DNAME that hides records, and the wording for it.
type hider struct {
	record    zonefiles.Record
	why, help string
}

func hides(z *dns.Zone, owner zonefiles.NameID) (hider, bool) {
	node, ok := z.Hides(owner)
	if !ok {
		return hider{}, false
	}
	name := show(z.Names.Name(node))
	if z.IsCut(node) {
		return hider{
			z.RRset(node, zonefiles.TypeNS).At(0), fmt.Sprintf("%s is delegated to other name servers", name),
			fmt.Sprintf("move them into the zone %s, or remove its NS records here", name),
		}, true
	}
	return hider{
		z.RRset(node, zonefiles.TypeDNAME).At(0), fmt.Sprintf("the DNAME of %s redirects all names below it", name),
		"move them to the name that the DNAME redirects to, or remove the DNAME",
	}, true
}
