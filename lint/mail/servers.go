package mail

import (
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file finds out in which families resolvers reach the name servers of a zone.

// server is a name server: the families of its addresses, and the zone in which resolvers look those up; nil where that
// is not known, or where the addresses come with the delegation, as glue.
type server struct {
	families delivery.Families
	named    *dns.Zone
}

// reachKey is a zone, for senders of a scope.
type reachKey struct {
	zone  *dns.Zone
	scope delivery.Scope
}

// Reach is the families in which resolvers may find and reach some name server of a zone: one with an address that they
// can use there, whose own name they can look up there too, through name servers of its zone, and so on. What is not
// known is taken to be reached.
func (r *Reader) Reach(z *dns.Zone) delivery.Families {
	if known, ok := r.reached[reachKey{z, r.scope}]; ok {
		return known
	}
	own := r.servers(z)
	if !slices.ContainsFunc(own, func(s server) bool { return s.named != nil }) {
		families := delivery.None
		for _, s := range own {
			families |= s.families
		}
		r.remember(z, families)
		return families
	}
	// Zones may need one another: all that this one needs begin as reached, until nothing takes that away any more.
	need := map[*dns.Zone][]server{z: own}
	neededBy := map[*dns.Zone][]*dns.Zone{}
	reach := map[*dns.Zone]delivery.Families{z: delivery.Dual}
	queue := []*dns.Zone{z}
	for at := 0; at < len(queue); at++ {
		if at > 0 {
			need[queue[at]] = r.servers(queue[at])
		}
		for _, s := range need[queue[at]] {
			if s.named == nil {
				continue
			}
			neededBy[s.named] = append(neededBy[s.named], queue[at])
			if _, met := reach[s.named]; !met {
				reach[s.named] = delivery.Dual
				queue = append(queue, s.named)
			}
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		left := delivery.None
		for _, s := range need[at] {
			if s.named != nil {
				s.families &= reach[s.named]
			}
			left |= s.families
		}
		if left != reach[at] {
			reach[at] = left
			queue = append(queue, neededBy[at]...)
		}
	}
	for zone, families := range reach {
		r.remember(zone, families)
	}
	return reach[z]
}

func (r *Reader) remember(z *dns.Zone, families delivery.Families) {
	if r.reached == nil {
		r.reached = map[reachKey]delivery.Families{}
	}
	r.reached[reachKey{z, r.scope}] = families
}

// unknownServers are those of a zone of which nothing is known.
func unknownServers() []server { return []server{{families: delivery.Dual}} }

// servers are the name servers of a zone.
func (r *Reader) servers(z *dns.Zone) []server {
	// As the zone itself sees them, whichever zone asks: what is found out is remembered for all.
	defer func(zone *dns.Zone, near zonefiles.NameID) { r.zone, r.near = zone, near }(r.zone, r.near)
	r.zone, r.near = z, z.Apex()
	set := z.RRset(z.Apex(), zonefiles.TypeNS)
	if set.Len() == 0 || set.Len() > maxServers || z.MayHold(z.Origin, zonefiles.TypeNS) || !z.IsAlone() {
		return unknownServers()
	}
	list := make([]server, 0, set.Len())
	for i := range set.Len() {
		name, ok := set.At(i).Name(0)
		if !ok {
			return unknownServers()
		}
		found := r.Resolve(name)
		s := server{families: found.Usable | found.Open}
		switch {
		case name.IsAtOrBelow(z.Origin):
		case found.Seen != nil && found.Seen.DNS != delivery.None:
			s.families &= found.Seen.DNS
		case found.A.IsKnown():
			s.named = found.A.Zone
		}
		list = append(list, s)
	}
	return list
}

// LooksUp reports whether a resolver of some families may look up a name.
func (r *Reader) LooksUp(name zonefiles.Name, t zonefiles.Type, families delivery.Families) bool {
	if r.graph == nil {
		return true
	}
	if a := r.graph.Lookup(r.zone, name, t); a.Zone != nil && a.Status != dns.Referral {
		return r.Reach(a.Zone).Meets(families)
	}
	h := r.facts.Lock.Host(name)
	return h == nil || h.DNS == delivery.None || h.DNS.Meets(families)
}
