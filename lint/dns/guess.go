package dns

import "mx46/zonefiles"

// This file keeps guesses from proving anything. The origin of a zone may be made from the name of its file alone. What
// the zone says of names that it writes relative to the origin holds whatever that is, while a name that is written in
// full, here or in another zone, may lie elsewhere: that this zone lacks it proves nothing, unless some such name is
// found here, which settles the origin. So do NS records of the origin that are all written in full: every zone has
// some at its apex.

// guess is what a zone of guessed origin says of itself.
type guess struct {
	isSettled bool                    // names written in full show that the origin is right
	inFull    map[zonefiles.Name]bool // names below the origin that records give in full and the zone lacks
}

// doubt marks a negative answer that rests on a guess, given to a question from a zone.
func (z *Zone) doubt(a *Answer, from *Zone, name zonefiles.Name) {
	if !a.Negative() || a.Status == NoData && z.flags[a.Node]&(hasA|hasAAAA) != 0 {
		return // that the name is there with an address is no chance
	}
	z.readGuess.Do(z.settle)
	if g := &z.guess; !g.isSettled && (from != z || g.inFull[name] || len(g.inFull) > maxInFull) {
		a.Uncertain = true
	}
}

// settle looks for names that are written in full.
func (z *Zone) settle() {
	z.guess.inFull = map[zonefiles.Name]bool{}
	if z.guess.isSettled = z.namesApex(); z.guess.isSettled {
		return
	}
	for i := range z.Len() {
		r := z.Record(i)
		field := hostField(r.Type())
		if field < 0 || r.IsRelative(field) {
			continue
		}
		name, ok := r.Name(field)
		if !ok || !name.IsAtOrBelow(z.Origin) {
			continue
		}
		if a := z.lookup(name, r.Type()); a.Status != NXDomain && a.Node != z.Apex() && !a.Wildcard {
			z.guess.isSettled = true
			return
		}
		if z.guess.inFull[name] = true; len(z.guess.inFull) > maxInFull {
			return
		}
	}
}

// namesApex reports whether the zone has an SOA record, and name servers for its origin, of which each record gives the
// owner in full.
func (z *Zone) namesApex() bool {
	servers := z.RRset(z.Apex(), zonefiles.TypeNS)
	seen := -1
	for i := range servers.Len() {
		server := servers.At(i).Index()
		for at := server; at > seen; at-- { // back to the record that states the owner
			stated, inFull := z.Record(at).StatesOwner()
			if stated && !inFull || !stated && at == 0 {
				return false
			}
			if stated {
				break
			}
		}
		seen = server
	}
	for range z.Owners(zonefiles.TypeSOA) {
		return servers.Len() > 0
	}
	return false
}

// hostField is the RDATA field of a type that names a host, or -1.
func hostField(t zonefiles.Type) int {
	switch t {
	case zonefiles.TypeNS, zonefiles.TypeCNAME, zonefiles.TypePTR:
		return 0
	case zonefiles.TypeMX:
		return 1
	case zonefiles.TypeSRV:
		return 3
	}
	return -1
}
