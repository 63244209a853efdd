package mail

import (
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file finds what the operator says of hosts that mail has nothing to do with.

// Unmet are the names of hosts in the facts that zones do not lead to: no MX or NS record names them or an alias of
// them, and they are no zone that takes mail at its own addresses. A wildcard stands for the names below another one.
// Where an alias may lead to a name, it is not among them.
func (f *Facts) Unmet(views [][]*zonefiles.Zone) map[zonefiles.Name]bool {
	u := unmet{
		facts: f, names: map[zonefiles.Name]bool{},
		aliases: map[zonefiles.Name]zonefiles.Name{}, redirects: map[zonefiles.Name]bool{},
	}
	u.addFacts()
	u.meetAll(views)
	if len(u.names) == 0 {
		return u.names
	}
	for n := 0; n < dns.MaxAliases && u.addAliases(views); n++ {
	}
	u.meetAll(views)
	u.meetRedirects()
	return u.names
}

// unmet is the names that nothing has led to so far.
type unmet struct {
	facts   *Facts
	names   map[zonefiles.Name]bool
	aliases map[zonefiles.Name]zonefiles.Name // that lead to some of them, each with the next name on the way
	// Below these, aliases may lead anywhere.
	redirects map[zonefiles.Name]bool
}

func (u *unmet) addFacts() {
	for name, facts := range u.facts.Hosts {
		u.names[name] = true
		if facts.HasSameHost {
			u.names[facts.SameHost] = true
		}
	}
	for name := range u.facts.Below {
		u.names[below(name)] = true
	}
	for name := range u.facts.Final {
		u.names[name] = true
	}
	for _, l := range u.facts.Links {
		u.names[l.From], u.names[l.To] = true, true
	}
}

// below is the wildcard that stands for the names below one.
func below(name zonefiles.Name) zonefiles.Name {
	wildcard, _ := name.Child("*") // it came from one
	return wildcard
}

// meet takes out a name that records lead to, and what its aliases lead to.
func (u *unmet) meet(name zonefiles.Name) {
	for range dns.MaxAliases {
		delete(u.names, name)
		delete(u.names, u.wildcardOf(name))
		next, isAlias := u.aliases[name]
		if !isAlias {
			return
		}
		name = next
	}
}

// wildcardOf is the wildcard whose facts are those of a name; the root where there is none.
func (u *unmet) wildcardOf(name zonefiles.Name) zonefiles.Name {
	if _, own := u.facts.Hosts[name]; own || len(u.facts.Below) == 0 {
		return zonefiles.Root
	}
	for !name.IsRoot() {
		name = name.Parent()
		if _, ok := u.facts.Below[name]; ok {
			return below(name)
		}
	}
	return zonefiles.Root
}

// meetAll takes out the names that records name.
func (u *unmet) meetAll(views [][]*zonefiles.Zone) {
	for _, zones := range views {
		for _, z := range zones {
			if len(u.names) == 0 {
				return
			}
			u.meetZone(z)
		}
	}
}

func (u *unmet) meetZone(z *zonefiles.Zone) {
	apex, _ := z.Names.Find(z.Origin)
	hasMX, hasAddress := false, false
	for i := range z.Len() {
		r := z.Record(i)
		field := 0
		switch r.Type() {
		case zonefiles.TypeMX:
			field = 1
			hasMX = hasMX || r.Owner() == apex
		case zonefiles.TypeNS:
		case zonefiles.TypeA, zonefiles.TypeAAAA:
			hasAddress = hasAddress || r.Owner() == apex
			continue
		default:
			continue
		}
		if name, ok := r.Name(field); ok {
			u.meet(name)
		}
	}
	if hasAddress && !hasMX {
		u.meet(z.Origin)
	}
}

// addAliases adds the aliases that lead to names or to aliases which are known. It reports whether there are more.
func (u *unmet) addAliases(views [][]*zonefiles.Zone) (more bool) {
	add := func(alias, to zonefiles.Name) {
		_, isKnown := u.aliases[alias]
		_, isOnTheWay := u.aliases[to]
		if !isKnown && (isOnTheWay || u.names[to] || u.names[u.wildcardOf(to)]) {
			u.aliases[alias] = to
			more = true
		}
	}
	for _, h := range u.facts.Lock.Hosts() {
		if !h.Alias.IsRoot() {
			add(h.Name, h.Alias)
		}
	}
	for _, zones := range views {
		for _, z := range zones {
			for i := range z.Len() {
				r := z.Record(i)
				if r.Type() != zonefiles.TypeCNAME && r.Type() != zonefiles.TypeDNAME {
					continue
				}
				to, ok := r.Name(0)
				switch {
				case !ok:
				case r.Type() == zonefiles.TypeDNAME:
					delete(u.names, u.wildcardOf(to))
					u.redirects[to] = true
				case r.OwnerName().IsWildcard():
					u.meet(to)
				default:
					add(r.OwnerName(), to)
				}
			}
		}
	}
	return more
}

// meetRedirects takes out the names that a DNAME may lead to.
func (u *unmet) meetRedirects() {
	for name := range u.names {
		for at := name; len(u.redirects) > 0; at = at.Parent() {
			if u.redirects[at] {
				delete(u.names, name)
			}
			if at.IsRoot() {
				break
			}
		}
	}
}
