package dns

// This file answers questions as an authoritative server would (RFC 1034 s.4.3.2), never from glue or from data that a
// zone cut or a DNAME hides.

import (
	"iter"

	"mx46/zonefiles"
)

// Status is what kind of answer a question gets.
type Status uint8

// The statuses. Of these, NoData and NXDomain are negative.
const (
	OutOfZone Status = iota // no loaded zone holds the name
	Ambiguous               // several files claim the zone, and they do not agree
	Data                    // records of the type
	Alias                   // a CNAME
	Redirect                // a DNAME above the name
	Referral                // below a zone cut whose zone is not loaded
	NoData                  // the name exists without the type; it may be an empty non-terminal
	NXDomain                // the name does not exist
)

// Answer is what an authoritative server says.
type Answer struct {
	Status   Status
	Zone     *Zone
	Node     zonefiles.NameID // the name, wildcard, cut or DNAME that answers; of NXDomain, the closest encloser
	Records  RRset            // of Data those asked for; of Alias, Redirect and Referral the CNAME, DNAME and NS records
	Wildcard bool             // the records are synthesised from a wildcard (RFC 4592)
	// Uncertain is set on a negative answer, or one from a wildcard, of a zone that lacks a part which may have held the
	// records, or whose origin is a guess on which the answer rests.
	Uncertain bool
}

// Negative reports whether the answer says that there is no such record.
func (a *Answer) Negative() bool { return a.Status == NoData || a.Status == NXDomain }

// IsKnown reports whether the answer settles which records of the type there are.
func (a *Answer) IsKnown() bool { return !a.Uncertain && (a.Status == Data || a.Negative()) }

// Evidence is the record that shows best why an answer is negative: another one of the name, or the zone's SOA, which
// the answer would carry (RFC 2308 s.3).
func (a *Answer) Evidence() (record zonefiles.Record, ok bool) {
	if !a.Negative() {
		return record, false
	}
	if a.Status == NoData {
		for _, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
			if set := a.Zone.RRset(a.Node, t); set.Len() > 0 {
				return set.At(0), true
			}
		}
		if all := a.Zone.Records(a.Node); all.Len() > 0 {
			return all.At(0), true
		}
	}
	if soa := a.Zone.RRset(a.Zone.Apex(), zonefiles.TypeSOA); soa.Len() > 0 {
		return soa.At(0), true
	}
	return record, false
}

// IsEmptyNonTerminal reports whether the name is known to exist only because names below it do.
func (a *Answer) IsEmptyNonTerminal() bool {
	return a.Status == NoData && !a.Zone.IsObserved() && a.Zone.flags[a.Node]&hasRecords == 0
}

// Lookup answers for a name and type. The zone asking sees itself rather than another file that claims the same origin;
// nil asks from nowhere in particular.
func (g *Graph) Lookup(from *Zone, name zonefiles.Name, t zonefiles.Type) Answer {
	if g.hidden && name.IsHidden() {
		if g.IsOpen() && from != nil && !from.IsTemplate {
			from.waits = true // perhaps no zone is a template
		}
		return Answer{}
	}
	if from != nil && !from.mayEnclose && name.IsAtOrBelow(from.Origin) &&
		(t != zonefiles.TypeDS || name != from.Origin) {
		return from.answerTo(from, name, t)
	}
	for origin := name; ; origin = origin.Parent() {
		// The DS of a zone's apex lies in the zone above (RFC 4035 s.3.1.4.1).
		if t != zonefiles.TypeDS || origin != name || origin.IsRoot() {
			if from != nil && from.Origin == origin {
				return from.answerTo(from, name, t)
			}
			if claims := g.claims(origin); len(claims) > 0 {
				return agreed(claims, name, t)
			}
		}
		if origin.IsRoot() {
			return Answer{}
		}
	}
}

// LookupBeside is Lookup of another type at a name whose answer is at hand: where that came from a node of a zone that
// alone speaks for the name, the node is not looked up again.
func (g *Graph) LookupBeside(from *Zone, name zonefiles.Name, t zonefiles.Type, known *Answer) Answer {
	if known.Status != Data && known.Status != NoData || known.Zone != from && !g.isAlone(known.Zone.Origin) {
		return g.Lookup(from, name, t)
	}
	a := known.Zone.answer(known.Node, t)
	a.Wildcard = known.Wildcard
	a = known.Zone.uncertain(a, name, t)
	if known.Zone.Guessed {
		known.Zone.doubt(&a, from, name)
	}
	return a
}

// Walk asks for a name, then for the name that its alias leads to, and so on: each name with its answer, of which the
// last is no alias, or one that leads nowhere. It has no end where the aliases loop. Of the type CNAME itself no alias
// leads on.
func (g *Graph) Walk(from *Zone, name zonefiles.Name, t zonefiles.Type) iter.Seq2[zonefiles.Name, Answer] {
	return func(yield func(zonefiles.Name, Answer) bool) {
		for name, ok := name, true; ok; {
			a := g.Lookup(from, name, t)
			if !yield(name, a) {
				return
			}
			name, ok = AliasTarget(name, &a)
		}
	}
}

// Follow is Lookup that follows aliases: the answer at their end, the name there, how the name itself answered (Alias
// or Redirect, else Data), and whether the aliases never end or are more than MaxAliases.
func (g *Graph) Follow(from *Zone, name zonefiles.Name, t zonefiles.Type) (
	a Answer, end zonefiles.Name, via Status, loop bool,
) {
	via = Data
	aliases := 0
	for end, a = range g.Walk(from, name, t) {
		if aliases == 0 && (a.Status == Alias || a.Status == Redirect) {
			via = a.Status
		}
		if aliases > MaxAliases {
			return a, end, via, true
		}
		aliases++
	}
	return a, end, via, false
}

// Flatten is the answer for a name's addresses, given that of the zones' records alone: if that is not known, and the
// name's servers answer with the addresses of another name, as for an ALIAS record, it is the answer for that one.
func (g *Graph) Flatten(from *Zone, name zonefiles.Name, t zonefiles.Type, answer Answer) Answer {
	a, onlySource := answer, true
	for range MaxAliases {
		if a.Zone == nil || a.IsKnown() {
			break
		}
		target, only, ok := a.Zone.AddressesOf(name, t)
		if !ok || a.Zone != from && !a.Zone.IsAlone() {
			return answer
		}
		onlySource = onlySource && only
		var loop bool
		if a, name, _, loop = g.Follow(from, target, t); loop {
			return answer
		}
	}
	switch {
	case a.Status == Data && a.IsKnown():
		return a
	case a.Negative() && a.IsKnown() && answer.Status == NoData && onlySource:
		answer.Uncertain = false
	}
	return answer
}

// AliasTarget is where the CNAME or the DNAME of an answer leads the name; it reports false where the answer has
// neither, or leads nowhere.
func AliasTarget(name zonefiles.Name, a *Answer) (zonefiles.Name, bool) {
	if a.Records.Len() == 0 {
		return name, false
	}
	switch a.Status {
	case Alias:
		return a.Records.At(0).Name(0)
	case Redirect:
		target, ok := a.Records.At(0).Name(0)
		if !ok {
			return name, false
		}
		// The owner of the DNAME is replaced by its target (RFC 6672 s.2.2); a result that is too long leads nowhere.
		owner := a.Records.At(0).OwnerName()
		return name[:len(name)-len(owner)] + target, len(name)-len(owner)+len(target) <= maxNameOctets
	}
	return name, false
}

// agreed is the answer of several zones of one origin, if they all say the same.
func agreed(claims []*Zone, name zonefiles.Name, t zonefiles.Type) Answer {
	first := claims[0].answerTo(nil, name, t)
	for _, other := range claims[1:] {
		if a := other.lookup(name, t); a.Status != first.Status || !sameData(first.Records, a.Records) {
			return Answer{Status: Ambiguous, Zone: claims[0]}
		}
	}
	return first
}

// LookupNear is Lookup for a name with addresses of its own in a zone which alone speaks for it; it reports false for
// any other name. Names that were read near another, in the same file, are found quickest.
func (z *Zone) LookupNear(near zonefiles.NameID, name zonefiles.Name, t zonefiles.Type) (Answer, bool) {
	node, ok := z.Names.FindNear(near, name)
	if !ok || !z.ServesAddress(node) {
		return Answer{}, false
	}
	return z.uncertain(z.answer(node, t), name, t), true
}

// ServesAddress reports whether a node has addresses of its own that are given to those who ask for it, whichever other
// zones are loaded.
func (z *Zone) ServesAddress(node zonefiles.NameID) bool {
	flags := z.flags[node]
	return flags&(hasA|hasAAAA) != 0 && flags&(inZone|occluded|hasCNAME) == inZone && !z.mayEnclose && !z.IsCut(node)
}

// answerTo is lookup for a question from a zone, this one or another.
func (z *Zone) answerTo(from *Zone, name zonefiles.Name, t zonefiles.Type) Answer {
	a := z.lookup(name, t)
	if z.Guessed {
		z.doubt(&a, from, name)
	}
	return a
}

// lookup answers for a name at or below the origin, from this zone alone.
func (z *Zone) lookup(name zonefiles.Name, t zonefiles.Type) Answer {
	return z.lookupBelow(z.Apex(), len(z.Origin), name, t)
}

// lookupBelow is lookup for a name at or below a node of size octets that is not hidden.
func (z *Zone) lookupBelow(node zonefiles.NameID, size int, name zonefiles.Name, t zonefiles.Type) Answer {
	// The labels below the node, the last one first.
	var starts [128]uint8
	below := len(name) - size
	count := 0
	for at := 0; at < below; at += 1 + int(name[at]) {
		starts[count] = uint8(at)
		count++
	}
	for count--; count >= 0; count-- {
		if z.flags[node]&hasDNAME != 0 {
			return Answer{Status: Redirect, Zone: z, Node: node, Records: z.RRset(node, zonefiles.TypeDNAME)}
		}
		child, ok := z.Names.ChildOf(node, name[starts[count]:].FirstLabel())
		if !ok || z.flags[child]&exists == 0 {
			return z.uncertain(z.synthesise(node, t), name, t)
		}
		node = child
		if z.IsCut(node) && (t != zonefiles.TypeDS || count > 0) {
			return Answer{Status: Referral, Zone: z, Node: node, Records: z.RRset(node, zonefiles.TypeNS)}
		}
	}
	return z.uncertain(z.answer(node, t), name, t)
}

// AnswersBelow reports whether there may be anything but a negative answer for the name that has some labels, the
// topmost first, below a node which is served.
func (z *Zone) AnswersBelow(node zonefiles.NameID, labels ...string) bool {
	if z.mayEnclose {
		return true
	}
	for _, label := range labels {
		if z.flags[node]&hasDNAME != 0 {
			return true
		}
		child, ok := z.Names.ChildOf(node, label)
		if !ok || z.flags[child]&exists == 0 {
			_, hasWildcard := z.Names.ChildOf(node, "*")
			return hasWildcard
		}
		node = child
	}
	return true
}

// synthesise answers for a name that does not exist, from the wildcard at its closest encloser (RFC 4592 s.3.3.1).
func (z *Zone) synthesise(encloser zonefiles.NameID, t zonefiles.Type) Answer {
	wildcard, ok := z.Names.Child(encloser, []byte{'*'})
	if !ok || z.flags[wildcard]&exists == 0 {
		return Answer{Status: NXDomain, Zone: z, Node: encloser}
	}
	if z.IsCut(wildcard) {
		return Answer{
			Status: Referral, Zone: z, Node: wildcard, Records: z.RRset(wildcard, zonefiles.TypeNS), Wildcard: true,
		}
	}
	a := z.answer(wildcard, t)
	a.Wildcard = true
	return a
}

// answer is what the node itself holds.
func (z *Zone) answer(node zonefiles.NameID, t zonefiles.Type) Answer {
	if z.flags[node]&hasCNAME != 0 && t != zonefiles.TypeCNAME {
		return Answer{Status: Alias, Zone: z, Node: node, Records: z.RRset(node, zonefiles.TypeCNAME)}
	}
	if records := z.RRset(node, t); records.Len() > 0 {
		return Answer{Status: Data, Zone: z, Node: node, Records: records}
	}
	return Answer{Status: NoData, Zone: z, Node: node}
}

// uncertain marks an answer that a missing part of the zone could turn round, or a missing CNAME: a negative one, and
// one from a wildcard.
func (z *Zone) uncertain(a Answer, name zonefiles.Name, t zonefiles.Type) Answer {
	switch {
	case !a.Negative() && !a.Wildcard:
	case z.IsObserved():
		a.Uncertain = z.MayHold(name, t) // who answers for the name knows what is above it
	case z.HasGaps():
		a.Uncertain = z.MayHold(name, t) || z.MayHold(name, zonefiles.TypeCNAME) || z.mayHide(a, name) ||
			(a.Status == NXDomain || a.Wildcard) && (z.MaySynthesise(name, t) || z.MaySynthesise(name, zonefiles.TypeCNAME))
	}
	return a
}

// mayHide reports whether a missing record could make the name exist, or keep a question from coming this far: as a
// zone cut or a DNAME above it, or as a node that would have been a closer encloser than the wildcard's.
func (z *Zone) mayHide(a Answer, name zonefiles.Name) bool {
	if a.Status != NXDomain && !a.Wildcard {
		return false
	}
	if z.MayHold(name, 0) {
		return true
	}
	encloser := len(name) // of the wildcard
	if a.Wildcard {
		encloser = len(z.Names.Name(z.Names.Parent(a.Node)))
	}
	for above := name.Parent(); len(above) > len(z.Origin); above = above.Parent() {
		if len(above) > encloser && z.MayHold(above, 0) ||
			z.MayHold(above, zonefiles.TypeNS) || z.MayHold(above, zonefiles.TypeDNAME) {
			return true
		}
	}
	return false
}
