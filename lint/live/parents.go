package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mx46/lint/delivery"
	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file asks how the zones above refer to zones.

// parent asks for the zone above a zone, its name servers and their addresses.
func (v *observer) parent(zone zonefiles.Name) {
	soa := v.ask(zone.Parent(), dns.TypeSOA)
	if soa == nil {
		return
	}
	if ns := v.ask(soa.zone, dns.TypeNS); ns != nil && ns.end == soa.zone {
		for _, server := range ns.servers[:min(len(ns.servers), maxParents)] {
			v.addresses(server)
		}
	}
}

// askParents asks a server of each parent zone, one question. A server that serves both zones refers nobody.
func (v *observer) askParents(ctx context.Context, o *Observation, s *sorter, domains []zonefiles.Name) error {
	done := map[zonefiles.Name]bool{}
	for _, d := range domains {
		zone, ok := v.apex(d)
		if !ok || done[zone] {
			continue
		}
		done[zone] = true
		referral, message := v.refer(ctx, o, zone)
		if referral == nil {
			continue
		}
		file, err := s.files.AddAnswer(message.uri(zone, dns.TypeNS), referralText(zone, referral, message))
		if err != nil {
			return err
		}
		referral.Answer = zonefiles.Span{File: file.ID, End: uint32(len(file.Data) - 1)}
		o.seen(zone).Referral = referral
	}
	return nil
}

// parents are the addresses of servers of the zone above a zone.
func (v *observer) parents(zone zonefiles.Name) (all []netip.Addr) {
	soa := v.ask(zone.Parent(), dns.TypeSOA)
	if soa == nil {
		return nil
	}
	ns := v.ask(soa.zone, dns.TypeNS)
	if ns == nil {
		return nil
	}
	for _, server := range ns.servers[:min(len(ns.servers), maxParents)] {
		addresses, _ := v.addresses(server)
		all = append(all, addresses...)
	}
	return all
}

// refer asks servers of the zone above, one after the other, until one refers to the zone's.
func (v *observer) refer(ctx context.Context, o *Observation, zone zonefiles.Name) (*observed.Referral, origin) {
	for _, addr := range v.parents(zone) {
		message, tcp, err := v.askParent(ctx, o, zone, addr)
		if err != nil {
			continue
		}
		if referral := readReferral(message, zone); referral != nil {
			return referral, origin{v.client.address(addr), tcp}
		}
	}
	return nil, origin{}
}

// hearsParent reports whether a server of the zone above says anything over a family.
func (v *observer) hearsParent(
	ctx context.Context, o *Observation, zone zonefiles.Name, family delivery.Families,
) bool {
	return slices.ContainsFunc(v.parents(zone), func(addr netip.Addr) bool {
		if delivery.FamilyOf(addr) != family {
			return false
		}
		_, _, err := v.askParent(ctx, o, zone, addr)
		return err == nil
	})
}

// errNotAsked is of servers that are not spoken to.
var errNotAsked = errors.New("not asked")

// askParent asks a server at an address, once, for the name servers of a zone below its own.
func (v *observer) askParent(
	ctx context.Context, o *Observation, zone zonefiles.Name, addr netip.Addr,
) (message []byte, tcp bool, err error) {
	if !v.mayContact(o, addr) {
		return nil, false, errNotAsked
	}
	a := v.client.asker(NewResolver(v.client.address(addr)))
	defer a.close()
	a.query = appendQuery(nil, uint16(rand.Uint32()), question{name: zone, of: dns.TypeNS, direct: true}, true)
	wait := v.client.Servers.orDefault().Waits[0]
	message, err = a.overUDP(ctx, wait)
	if tcp = err == nil && isTruncated(message); tcp { // without all the glue
		message, err = a.overTCP(ctx, wait)
	}
	return message, tcp, err
}

// readReferral reads the name servers in a referral to a zone, and their glue; nil where the message is none.
func readReferral(message []byte, zone zonefiles.Name) *observed.Referral {
	var m dns.Msg
	if err := m.Unpack(message); err != nil || m.Authoritative || len(m.Answer) > 0 ||
		len(m.Ns)+len(m.Extra) > maxRecords {
		return nil
	}
	var r observed.Referral
	for _, record := range m.Ns {
		ns, ok := record.(*dns.NS)
		owner, known := ownerOf(record)
		if !ok || !known || owner != zone {
			continue
		}
		if name, ok := nameOf(ns.Ns); ok && len(r.Servers) < maxServers {
			r.Servers = append(r.Servers, observed.Glue{Name: name})
		}
	}
	for _, record := range m.Extra {
		owner, known := ownerOf(record)
		at := slices.IndexFunc(r.Servers, func(g observed.Glue) bool { return known && g.Name == owner })
		if at < 0 {
			continue
		}
		switch record.(type) {
		case *dns.A:
			r.Servers[at].Families |= delivery.IPv4
		case *dns.AAAA:
			r.Servers[at].Families |= delivery.IPv6
		}
	}
	if len(r.Servers) == 0 {
		return nil
	}
	return &r
}

func referralText(zone zonefiles.Name, r *observed.Referral, from origin) (text []byte) {
	for _, server := range r.Servers {
		text = append(text, noteText(zone, dns.TypeNS,
			"referral to "+server.Name.String()+" with addresses of "+server.Families.String(), from)...)
	}
	return text
}
