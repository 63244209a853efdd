package zonefiles

import (
	"iter"
	"maps"
)

// This file keeps account of what a zone lacks because it could not be read. What rests on the absence of records has
// to ask MayHold, and of a name that does not exist MaySynthesise too.

// gapSet is a set of RR types of which records may be missing. The types that somebody asks for have a bit each; all
// others share one.
type gapSet uint16

const (
	gapBelow gapSet = 1 << iota // at a name below
	gapOther

	gapTyped // the bit of the first of gapTypes

	anyGap = ^gapBelow
)

// gapTypes are the types with a bit of their own.
var gapTypes = [...]Type{
	TypeA, TypeAAAA, TypeMX, TypeCNAME, TypeNS, TypeDNAME, TypeTXT, TypeSOA, TypePTR, TypeTLSA, TypeRRSIG, TypeNSEC,
	TypeNSEC3, TypeZONEMD,
}

// gapsOf is the set of one type, or of all for type 0.
func gapsOf(t Type) gapSet {
	if t == 0 {
		return anyGap
	}
	for i, typed := range gapTypes {
		if typed == t {
			return gapTyped << i
		}
	}
	return gapOther
}

// gaps are what a zone lacks. They take two bytes for each name, however many they are.
type gaps struct {
	anywhere gapSet // of any owner
	at       []gapSet
	all      gapSet // of any owner or of some
	typed    gapSet // of these, those whose type is known
}

// gap is one thing that is missing.
type gap struct {
	anywhere bool   // it could have been of any owner, not of this one alone
	owner    NameID // of records
	typ      Type   // 0: any
}

func (z *Zone) addGap(g gap) {
	of := &z.gaps
	set := gapsOf(g.typ)
	of.all |= set
	if g.typ != 0 {
		of.typed |= set
	}
	if g.anywhere {
		of.anywhere |= set
		return
	}
	if missing := int(g.owner) + 1 - len(of.at); missing > 0 {
		of.at = append(of.at, make([]gapSet, missing)...)
	}
	of.at[g.owner] |= set
	for id := g.owner; id != rootID; {
		if id = z.Names.Parent(id); of.at[id]&gapBelow != 0 {
			break
		}
		of.at[id] |= gapBelow
	}
}

// HasGaps reports whether a part of the zone could not be read.
func (z *Zone) HasGaps() bool { return z.gaps.all != 0 || len(z.aliases) > 0 }

// Lacks reports whether there is a record of that type that could not be read.
func (z *Zone) Lacks(t Type) bool { return z.gaps.typed&gapsOf(t) != 0 }

// MayHold reports whether a part of the zone that could not be read, or that name servers were not asked for, may have
// held records of that owner and type. Type 0 asks for any type, and for names below, too.
func (z *Zone) MayHold(owner Name, t Type) bool {
	if z.IsObserved() && !z.wasAsked(owner, t) {
		return true
	}
	if !z.HasGaps() {
		return false
	}
	id, ok := z.Names.Find(owner)
	if _, isAlias := z.aliases[id]; ok && isAlias && (t == 0 || t == TypeA || t == TypeAAAA) {
		return true
	}
	return z.mayHoldAt(id, ok, t)
}

// mayHoldAt is MayHold of a name that may be among Names, for what could not be read.
func (z *Zone) mayHoldAt(id NameID, ok bool, t Type) bool {
	set := gapsOf(t)
	if t == 0 {
		set |= gapBelow
	}
	return z.gaps.anywhere&set != 0 || ok && int(id) < len(z.gaps.at) && z.gaps.at[id]&set != 0
}

// MaySynthesise reports whether a wildcard of which a record could not be read may answer for a name that does not
// exist.
func (z *Zone) MaySynthesise(name Name, t Type) bool {
	if len(z.gaps.at) == 0 && len(z.aliases) == 0 {
		return false
	}
	for len(name) > len(z.Origin) {
		name = name.Parent()
		if above, ok := z.Names.Find(name); ok {
			wildcard, ok := z.Names.Child(above, []byte{'*'})
			if _, isAlias := z.aliases[wildcard]; ok && isAlias || z.mayHoldAt(wildcard, ok, t) {
				return true
			}
		}
	}
	return false
}

// An alias is where name servers look up the addresses that they answer with: the target of an ALIAS record.

// severalTargets stands for a target where a name has more than one.
const severalTargets Name = ""

// addAlias notes an alias.
func (z *Zone) addAlias(owner NameID, target Name) {
	if z.aliases == nil {
		z.aliases = map[NameID]Name{}
	}
	if known, ok := z.aliases[owner]; ok && known != target {
		target = severalTargets
	}
	z.aliases[owner] = target
}

// AliasOwners are the names whose addresses come from elsewhere.
func (z *Zone) AliasOwners() iter.Seq[NameID] { return maps.Keys(z.aliases) }

// AddressesOf is the name whose addresses name servers answer with when they are asked for those of an owner; false
// where there is no such name. It is the only source of records of a type unless some of the zone could not be read.
func (z *Zone) AddressesOf(owner Name, t Type) (target Name, only, ok bool) {
	if len(z.aliases) == 0 {
		return "", false, false
	}
	id, found := z.Names.Find(owner)
	if target, ok = z.aliases[id]; !found || !ok || target == severalTargets {
		return "", false, false
	}
	return target, !z.mayHoldAt(id, true, t) && !z.mayHoldAt(id, true, TypeCNAME), true
}
