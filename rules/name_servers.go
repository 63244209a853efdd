package rules

import (
	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file is shared by the rules about name servers.

// nameServers is the zone's own name servers, the families that they have addresses of, and whether the addresses of
// every one are known.
func nameServers(p *lint.Pass) (set dns.RRset, all delivery.Families, known bool) {
	set = p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeNS)
	known = set.Len() > 0 && !p.Source.MayHold(p.Source.Origin, zonefiles.TypeNS)
	for i := 0; known && i < set.Len(); i++ {
		name, ok := set.At(i).Name(0)
		found := p.Resolve(name)
		known = ok && found.IsKnown()
		all |= found.Published
	}
	return set, all, known
}

// isMailZone reports whether the zone has an MX record other than a null MX. Nothing says that other zones receive
// mail.
func isMailZone(p *lint.Pass) bool {
	for owner := range p.Zone.Owners(zonefiles.TypeMX) {
		mx := p.Zone.RRset(owner, zonefiles.TypeMX)
		for i := range mx.Len() {
			if name, ok := mx.At(i).Name(1); ok && !name.IsRoot() {
				return true
			}
		}
	}
	return false
}

// reportNameServers reports a zone none of whose name servers has an address of a family.
func reportNameServers(p *lint.Pass, set dns.RRset, message, harm, help string) {
	f := lint.Finding{
		Subject: lint.Subject{Owner: p.Source.Origin},
		Span:    set.At(0).Field(0),
		Message: message, Harm: harm, Help: help,
	}
	for i := range set.Len() {
		name, _ := set.At(i).Name(0)
		found := p.Resolve(name)
		f.Related = append(f.Related, seenLines(name, &found)...)
		for a := range p.Addresses(&found) {
			f.Related = append(f.Related, place(a.Record.Field(0), "%s has %s", show(name), a.Record.Text(0)))
		}
	}
	p.Report(f)
}
