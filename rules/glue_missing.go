package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

var glueMissing = lint.Rule{
	Name:     "glue-missing",
	Severity: lint.Error,
	Needs:    lint.WholeZones,
	Of:       zonefiles.TypeNS,
	Owner: func(p *lint.Pass, cut zonefiles.NameID) {
		if !p.Zone.IsCut(cut) || !p.Zone.InZone(cut) || p.Zone.Occluded(cut) {
			return
		}
		set := p.Zone.RRset(cut, zonefiles.TypeNS)
		for i := range set.Len() {
			if ns := set.At(i); ns.IsBelowOwner(0) {
				server, _ := ns.Name(0)
				reportGlue(p, ns, server)
			}
		}
	},
}

// mailBelow reports whether mail depends on a delegated zone: it has mail domains or MX hosts, or the names of name
// servers of a zone that has. The places say so.
func mailBelow(p *lint.Pass, cut zonefiles.NameID) (mx []lint.Related, ok bool) {
	name := p.Zone.Names.Name(cut)
	record, ok := p.Zone.MXBelow(cut)
	if p.Graph.IsOpen() {
		return nil, false
	}
	if !ok && p.Zone.Has(cut, zonefiles.TypeMX) {
		record, ok = p.Zone.RRset(cut, zonefiles.TypeMX).At(0), true
	}
	if child := p.Lookup(name, zonefiles.TypeSOA).Zone; !ok && child != p.Zone {
		record, ok = mailOf(p.Graph, child)
	}
	if ok {
		return []lint.Related{place(record.Field(1), "the MX record of %s", show(record.OwnerName()))}, true
	}
	servers := p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeNS)
	for i := range servers.Len() {
		if server, ok := servers.At(i).Name(0); ok && server.IsAtOrBelow(name) {
			_, ok = mailOf(p.Graph, p.Zone)
			return []lint.Related{place(servers.At(i).Field(0), "a name server of %s", show(p.Source.Origin))}, ok
		}
	}
	return nil, false
}

// reportGlue checks the glue of one name server whose name is at or below the zone cut.
func reportGlue(p *lint.Pass, ns zonefiles.Record, server zonefiles.Name) {
	has := delivery.None
	if node, ok := p.Zone.Names.Find(server); ok {
		if p.Zone.Has(node, zonefiles.TypeA) {
			has |= delivery.IPv4
		}
		if p.Zone.Has(node, zonefiles.TypeAAAA) {
			has |= delivery.IPv6
		}
	}
	if has == delivery.Dual {
		return
	}
	mx, ok := mailBelow(p, ns.Owner())
	if !ok {
		return
	}
	f := lint.Finding{Subject: lint.Subject{Owner: ns.OwnerName(), Target: show(server)}, Span: ns.Field(0), Related: mx}
	child := show(ns.OwnerName())
	if has == delivery.None {
		if p.Source.MayHold(server, zonefiles.TypeA) || p.Source.MayHold(server, zonefiles.TypeAAAA) {
			p.Withhold()
			return
		}
		f.Message = fmt.Sprintf("name server %s of %s is inside %s itself but has no glue address here",
			show(server), child, child)
		f.Harm = fmt.Sprintf("resolvers cannot find this name server; if it is the only one, "+
			"nothing in %s can be looked up, including its MX records", child)
		f.Help = fmt.Sprintf("add A and AAAA records for %s next to the delegation (RFC 9471 s.2.1)", show(server))
		p.Report(f)
		return
	}
	// If the child zone is loaded, it says whether the server has a family that the glue lacks.
	found := p.Resolve(server)
	lost := found.Published &^ has
	if !found.IsKnown() || lost == delivery.None {
		return
	}
	f.Severity = lint.Warning
	f.Message = fmt.Sprintf("the glue of name server %s of %s lacks %s, which %s itself has",
		show(server), child, recordOf(lost), child)
	f.Harm = fmt.Sprintf("resolvers with only %s cannot look up anything in %s through this name server, "+
		"including its MX records", lost, child)
	f.Help = fmt.Sprintf("add %s for %s next to the delegation (RFC 9471 s.2.1)", recordOf(lost), show(server))
	for a := range p.Addresses(&found) {
		f.Related = append(f.Related, lint.Related{Span: a.Record.Span(), Message: "in the child zone"})
	}
	p.Report(f)
}
