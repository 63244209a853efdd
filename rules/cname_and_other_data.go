package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var cnameAndOtherData = lint.Rule{
	Name:     "cname-and-other-data",
	Severity: lint.Error,
	Subsumes: []string{"zone-refused"},
	Needs:    lint.WholeZones,
	Of:       zonefiles.TypeCNAME,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		isMailDomain := p.Zone.Has(owner, zonefiles.TypeMX) ||
			owner == p.Zone.Apex() && p.Zone.Has(owner, zonefiles.TypeA, zonefiles.TypeAAAA)
		if !isMailDomain || !p.Zone.InZone(owner) {
			return
		}
		if _, hidden := p.Zone.Hides(owner); !hidden {
			reportBesideCNAME(p, p.Zone, owner, "mail domain ")
		}
	},
	Only: mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if a := resolved(p, d, t); a.Via != dns.Alias {
				continue
			}
			a, role := p.Lookup(t.Name, zonefiles.TypeA), "MX host "
			if a.Status != dns.Alias {
				continue // outside the zones
			}
			if a.Wildcard {
				role = "wildcard "
			}
			reportBesideCNAME(p, a.Zone, a.Node, role)
		}
	},
}

// besideCNAME are the types allowed beside a CNAME: those of DNSSEC (RFC 2181 s.10.1, RFC 4034 s.3 and s.4).
var besideCNAME = []zonefiles.Type{24, 25, 30, zonefiles.TypeRRSIG, zonefiles.TypeNSEC} // SIG, KEY, NXT

// reportBesideCNAME reports a CNAME beside other data, of a name with a role, such as "MX host ".
func reportBesideCNAME(p *lint.Pass, z *dns.Zone, owner zonefiles.NameID, role string) {
	all := z.Records(owner)
	if all.Len() < 2 {
		return
	}
	cname := z.RRset(owner, zonefiles.TypeCNAME).At(0)
	f := lint.Finding{Subject: lint.Subject{Owner: cname.OwnerName()}, Span: cname.Span()}
	var types []string
	for i := range all.Len() {
		r := all.At(i)
		if slices.Contains(besideCNAME, r.Type()) || r.Index() == cname.Index() {
			continue
		}
		if r.Type() == zonefiles.TypeCNAME && r.CanonicalRDATA() == cname.CanonicalRDATA() {
			continue // the same record twice is one record
		}
		if name := r.Type().String(); !slices.Contains(types, name) {
			types = append(types, name)
		}
		f.Related = append(f.Related, lint.Related{Span: r.Span(), Message: "beside the CNAME"})
	}
	if len(types) == 0 {
		return
	}
	f.Message = fmt.Sprintf("%s%s has a CNAME record beside other data (%s)",
		role, show(cname.OwnerName()), text.Some(types, maxListed))
	f.Help = "keep either the CNAME or the other records"
	if len(types) == 1 && types[0] == zonefiles.TypeCNAME.String() {
		f.Message = fmt.Sprintf("%s%s has CNAME records to several names", role, show(cname.OwnerName()))
		f.Help = "keep one of them"
	}
	f.Harm = refusedBy("BIND, Knot and NSD")
	p.Report(f)
}
