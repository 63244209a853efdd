package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file is shared by the rules about name servers.

// nameServers are a zone's own name servers.
type nameServers struct {
	set       dns.RRset
	known     bool // the addresses of every one
	published delivery.Families
	usable    delivery.Families
	elsewhere bool              // no zone here has the addresses of any of them
	reach     delivery.Families // see mail.Reader.Reach; what is not known is among it
}

func nameServersOf(p *lint.Pass) nameServers {
	s := nameServers{set: p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeNS), reach: p.Reach()}
	s.elsewhere = true
	s.known = s.set.Len() > 0 && !p.Source.MayHold(p.Source.Origin, zonefiles.TypeNS)
	for i := range s.set.Len() {
		name, ok := s.set.At(i).Name(0)
		found := p.Resolve(name)
		s.known = s.known && ok && found.IsKnown()
		s.elsewhere = s.elsewhere && isElsewhere(&found)
		s.published |= found.Published
		s.usable |= found.Usable
	}
	return s
}

// serverLines is what is known of the addresses of name servers, as related places.
func serverLines(p *lint.Pass, s *nameServers) (lines []lint.Related) {
	for i := range s.set.Len() {
		name, _ := s.set.At(i).Name(0)
		found := p.Resolve(name)
		lines = append(lines, seenLines(name, &found)...)
		for a := range p.Addresses(&found) {
			lines = append(lines, ofHost(a.Record.Field(0), "%s has %s", show(name), a.Record.Text(0)))
		}
	}
	return lines
}

// mailThrough is what senders look up in the zone, to harm them with: its MX records, where it has some other than null
// MX, or an MX host that it holds, with the record that names it. Nothing says that mail needs any other zone.
func mailThrough(p *lint.Pass) (what string, mx []lint.Related, ok bool) {
	record, ok := mailOf(p.Graph, p.Zone)
	if !ok {
		return "", nil, false
	}
	if record.Zone() == p.Source {
		return "its MX records", nil, true
	}
	host, _ := record.Name(1)
	domain := show(record.OwnerName())
	return fmt.Sprintf("%s, an MX host of %s, whatever addresses it has", show(host), domain),
		[]lint.Related{place(record.Field(1), "the MX record of %s", domain)}, true
}

// mailOf is an MX record for which senders ask a zone: one of its own, other than a null MX, or else one that names an
// MX host in it.
func mailOf(g *dns.Graph, z *dns.Zone) (mx zonefiles.Record, ok bool) {
	for owner := range z.Owners(zonefiles.TypeMX) {
		set := z.RRset(owner, zonefiles.TypeMX)
		for i := range set.Len() {
			if name, ok := set.At(i).Name(1); ok && !name.IsRoot() {
				return set.At(i), true
			}
		}
	}
	return g.MXHost(z)
}

// reportReach reports a zone that resolvers of one family cannot ask.
func reportReach(p *lint.Pass, lost delivery.Families) {
	if p.Reach().Has(lost) {
		return
	}
	s := nameServersOf(p)
	isInternal := s.published != delivery.None && s.usable == delivery.None // the rules about addresses speak
	isDead := s.reach == delivery.None && lost == delivery.IPv6             // ns-no-ipv4 speaks
	if s.set.Len() == 0 || isInternal || isDead {
		return
	}
	what, mx, ok := mailThrough(p)
	if !ok {
		return
	}
	zone := show(p.Source.Origin)
	f := lint.Finding{
		Subject: lint.Subject{Owner: p.Source.Origin},
		Span:    s.set.At(0).Field(0),
		Related: mx,
	}
	switch {
	case s.published == delivery.None:
		f.Message = fmt.Sprintf("no name server of %s has an address", zone)
		f.Help = "give the name servers A and AAAA records"
	case !s.published.Has(lost):
		f.Message = fmt.Sprintf("no name server of %s has %s", zone, recordOf(lost))
		f.Help = fmt.Sprintf("give one of them %s, or add a name server that has one (RFC 3901 s.4)", recordOf(lost))
		if s.elsewhere {
			name, _ := s.set.At(0).Name(0)
			f.Help = fmt.Sprintf("ask the operator of %s for %s, or add a name server that has one (RFC 3901 s.4)",
				show(name), recordOf(lost))
		}
	case !s.usable.Has(lost):
		f.Message = fmt.Sprintf("no name server of %s has an %s address that senders can use", zone, lost)
		f.Help = fmt.Sprintf("give one of them a global %s address", lost)
	default:
		f.Message = fmt.Sprintf("no name server of %s can be found over %s: those with %s addresses have names in zones "+
			"whose own name servers have none", zone, lost, lost)
		f.Help = "name a name server within the zone itself, so that its addresses come with the delegation (RFC 3901 s.4)"
	}
	switch {
	case s.reach == delivery.None:
		f.Harm = fmt.Sprintf("nobody can look up %s: mail is delayed and then bounces", zone)
	case lost == delivery.IPv4:
		f.Harm = fmt.Sprintf("senders whose resolvers have only IPv4 cannot look up %s", what)
	default:
		f.Harm = fmt.Sprintf("IPv6-only senders that resolve names themselves cannot look up %s", what)
	}
	var names []zonefiles.Name
	for i := range s.set.Len() {
		name, _ := s.set.At(i).Name(0)
		names = append(names, name)
	}
	f.Related = append(f.Related, serverLines(p, &s)...)
	f.Cause = causeOf(p.Source.Origin, names...)
	p.Report(f)
}
