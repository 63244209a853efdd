package lint

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"

	"mx46/lint/delivery"
	"mx46/zonefiles"
	"mx46/zonefiles/pages"
)

// This file holds the RR graph: zones as authoritative servers know them. Lookup answers as they would (RFC 1034 s.4.3.2), never
// from glue or from data that a zone cut or a DNAME hides.

// Graph is all zones of one view. It does not change once it is built.
type Graph struct {
	zones    []*Zone
	byOrigin map[zonefiles.Name][]*Zone
	all      nodeFlags // of all zones' names together
	reverse  bool      // some zone holds names of addresses
	mostMX   int       // see MostMX
}

// Zone is a zone in the graph: what was read, and an index over it.
type Zone struct {
	*zonefiles.Zone
	graph *Graph
	flags []nodeFlags // by NameID
	// The records of the name n are order[first[n]:first[n+1]], by type and then as they stand in the files.
	first      []uint32
	order      []uint32
	mayEnclose bool      // another zone's origin is below this one's
	hostnames  bool      // names below the origin can be names of hosts, and are not localhost
	all        nodeFlags // of all names together
	mostMX     int       // see Graph.MostMX

	readServers sync.Once
	servers     map[zonefiles.Name]bool // see IsNameServer
}

// nodeFlags says what is at a name.
type nodeFlags uint16

const (
	hasA nodeFlags = 1 << iota
	hasAAAA
	hasMX
	hasCNAME
	hasNS
	hasTXT
	hasDNAME
	hasRRSIG
	hasNSEC3
	hasPTR
	hasTLSA
	hasOther
	inZone   // at or below the apex
	occluded // below a zone cut or a DNAME
	exists   // has records, or is an empty non-terminal above some
	forked   // above several names that exist

	hasRecords = hasA | hasAAAA | hasMX | hasCNAME | hasNS | hasTXT | hasDNAME | hasRRSIG | hasPTR | hasTLSA | hasOther
)

func flagOf(t zonefiles.Type) nodeFlags {
	switch t {
	case zonefiles.TypeA:
		return hasA
	case zonefiles.TypeAAAA:
		return hasAAAA
	case zonefiles.TypeMX:
		return hasMX
	case zonefiles.TypeCNAME:
		return hasCNAME
	case zonefiles.TypeNS:
		return hasNS
	case zonefiles.TypeTXT:
		return hasTXT
	case zonefiles.TypeDNAME:
		return hasDNAME
	case zonefiles.TypeRRSIG:
		return hasRRSIG
	case zonefiles.TypeNSEC3:
		return hasNSEC3
	case zonefiles.TypePTR:
		return hasPTR
	case zonefiles.TypeTLSA:
		return hasTLSA
	}
	return hasOther
}

// NewGraph joins zones that one view serves. Zones without a known origin are left out of it.
func NewGraph(zones []*zonefiles.Zone) *Graph {
	g := &Graph{byOrigin: make(map[zonefiles.Name][]*Zone, len(zones))}
	for _, z := range zones {
		if z.OriginKnown {
			zone := newZone(g, z)
			g.zones = append(g.zones, zone)
			g.byOrigin[z.Origin] = append(g.byOrigin[z.Origin], zone)
			g.all |= zone.all
			g.mostMX = max(g.mostMX, zone.mostMX)
			g.reverse = g.reverse || z.Origin.IsAtOrBelow(reverse4) || z.Origin.IsAtOrBelow(reverse6)
		}
	}
	for _, z := range g.zones {
		for name := z.Origin; !name.IsRoot(); {
			name = name.Parent()
			for _, above := range g.byOrigin[name] {
				above.mayEnclose = true
			}
		}
	}
	return g
}

// Holds reports whether some zone has records of the type, or of another one that is as rare.
func (g *Graph) Holds(t zonefiles.Type) bool { return g.all&flagOf(t) != 0 }

// MostMX is a number that no name's MX records exceed.
func (g *Graph) MostMX() int { return g.mostMX }

// HoldsReverse reports whether some zone holds names of addresses, below in-addr.arpa or ip6.arpa.
func (g *Graph) HoldsReverse() bool { return g.reverse }

// Zones are the graph's zones, in the order given to NewGraph.
func (g *Graph) Zones() []*Zone { return g.zones }

func newZone(g *Graph, z *zonefiles.Zone) *Zone {
	names := z.Names
	zone := &Zone{Zone: z, graph: g, flags: pages.Make[nodeFlags](names.Len(), names.Len()), first: pages.Make[uint32](names.Len()+1, names.Len()+1), order: pages.Make[uint32](z.Len(), z.Len())}
	// A counting sort by owner: how many records has each, where do they begin, and then each to its place. Records of one owner
	// mostly stand together, so both passes go by runs of them, at four fifths of the cost.
	for i := 0; i < z.Len(); {
		start, owner, flags := i, z.Record(i).Owner(), nodeFlags(0)
		for ; i < z.Len() && z.Record(i).Owner() == owner; i++ {
			flags |= flagOf(z.Record(i).Type())
		}
		zone.first[owner+1] += uint32(i - start)
		zone.flags[owner] |= flags
	}
	for i := 1; i < len(zone.first); i++ {
		zone.first[i] += zone.first[i-1]
	}
	for i := 0; i < z.Len(); {
		owner := z.Record(i).Owner()
		at := zone.first[owner]
		for ; i < z.Len() && z.Record(i).Owner() == owner; i++ {
			zone.order[at] = uint32(i)
			at++
		}
		zone.first[owner] = at
	}
	copy(zone.first[1:], zone.first)
	zone.first[0] = 0
	zone.hostnames = IsHostname(z.Origin) && !IsLocalhost(z.Origin)
	zone.markTree()
	for id := range zone.flags {
		zone.all |= zone.flags[id]
		if count := int(zone.first[id+1] - zone.first[id]); count > zone.mostMX && zone.flags[id]&hasMX != 0 {
			zone.mostMX = count
		}
		sortByType(z, zone.order[zone.first[id]:zone.first[id+1]])
	}
	return zone
}

// sortByType sorts an owner's records. The few that most owners have are moved without a call for each comparison.
func sortByType(z *zonefiles.Zone, records []uint32) {
	if len(records) > 12 {
		slices.SortStableFunc(records, func(a, b uint32) int {
			return int(z.Record(int(a)).Type()) - int(z.Record(int(b)).Type())
		})
		return
	}
	for i := 1; i < len(records); i++ {
		r := records[i]
		t, at := z.Record(int(r)).Type(), i
		for ; at > 0 && z.Record(int(records[at-1])).Type() > t; at-- {
			records[at] = records[at-1]
		}
		records[at] = r
	}
}

// markTree says of each name whether it is in the zone, hidden and existing. Parents have lower numbers than their children.
func (z *Zone) markTree() {
	apex := z.Apex()
	z.flags[apex] |= inZone | exists
	for id := 1; id < len(z.flags); id++ {
		parent := z.Names.Parent(zonefiles.NameID(id))
		if above := z.flags[parent]; above&inZone != 0 {
			z.flags[id] |= inZone | above&occluded
			if above&hasDNAME != 0 || above&hasNS != 0 && parent != apex {
				z.flags[id] |= occluded
			}
		}
	}
	for id := len(z.flags) - 1; id > 0; id-- {
		records := z.flags[id] & hasRecords
		if records == hasRRSIG && (z.flags[id]&hasNSEC3 != 0 || z.signsNSEC3(zonefiles.NameID(id))) {
			records = 0 // to questions, the owner of an NSEC3 record does not exist (RFC 5155 s.7.2.8)
		}
		if records|z.flags[id]&exists != 0 {
			z.flags[id] |= exists
			parent := z.Names.Parent(zonefiles.NameID(id))
			if z.flags[parent]&exists != 0 { // by another child: its own turn comes later
				z.flags[parent] |= forked
			}
			z.flags[parent] |= exists
		}
	}
}

// signsNSEC3 reports whether an owner that has signatures alone has one of an NSEC3 record.
func (z *Zone) signsNSEC3(owner zonefiles.NameID) bool {
	all := z.Records(owner)
	for i := range all.Len() {
		if strings.EqualFold(all.At(i).Text(0), "NSEC3") {
			return true
		}
	}
	return false
}

// RRset is some records of one owner, as they stand in the files. The zero RRset is empty.
type RRset struct {
	zone  *zonefiles.Zone
	index []uint32
}

// MaxRRset is how many records an answer of 65,535 octets can hold at most (RFC 1035 s.4.2.2): 12 octets of header, 5 of question and
// at least 13 for each record. Larger RRsets cannot be served, and are not judged.
const MaxRRset = (65535 - 12 - 5) / 13

// Len is the number of records.
func (s RRset) Len() int { return len(s.index) }

// At is the record number i, from 0.
func (s RRset) At(i int) zonefiles.Record { return s.zone.Record(int(s.index[i])) }

// Owners are the names with records of a type, served or not, in the order of their numbers.
func (z *Zone) Owners(t zonefiles.Type) iter.Seq[zonefiles.NameID] {
	flag := flagOf(t)
	return func(yield func(zonefiles.NameID) bool) {
		if z.all&flag == 0 {
			return
		}
		for id, flags := range z.flags {
			if flags&flag != 0 && z.has(zonefiles.NameID(id), t) && !yield(zonefiles.NameID(id)) {
				return
			}
		}
	}
}

// Outside are the names with records that are not at or below the origin.
func (z *Zone) Outside() iter.Seq[zonefiles.NameID] {
	return func(yield func(zonefiles.NameID) bool) {
		for id, flags := range z.flags {
			if flags&hasRecords != 0 && flags&inZone == 0 && !yield(zonefiles.NameID(id)) {
				return
			}
		}
	}
}

// Hides is the name of the zone cut, or of the DNAME, that hides an owner's records from all who ask, and its number; false where
// they are served. At a zone cut itself, no records are but those that make the cut, and what proves it.
func (z *Zone) Hides(owner zonefiles.NameID) (zonefiles.NameID, bool) {
	var top zonefiles.NameID
	hidden := false
	if z.flags[owner]&inZone == 0 {
		return 0, false
	}
	for id := owner; id != z.Apex(); id = z.Names.Parent(id) {
		if z.IsCut(id) || id != owner && z.flags[id]&hasDNAME != 0 {
			top, hidden = id, true
		}
	}
	if owner != z.Apex() && z.flags[z.Apex()]&hasDNAME != 0 {
		top, hidden = z.Apex(), true
	}
	return top, hidden
}

// IsNameServer reports whether some zone cut of the zone names a host as a name server, so that addresses of it are glue.
func (z *Zone) IsNameServer(name zonefiles.Name) bool {
	z.readServers.Do(func() {
		z.servers = map[zonefiles.Name]bool{}
		for cut := range z.Owners(zonefiles.TypeNS) {
			set := z.RRset(cut, zonefiles.TypeNS)
			for i := range set.Len() {
				if server, ok := set.At(i).Name(0); ok && z.IsCut(cut) {
					z.servers[server] = true
				}
			}
		}
	})
	return z.servers[name]
}

// Records are all records of an owner, by type.
func (z *Zone) Records(owner zonefiles.NameID) RRset {
	return RRset{z.Zone, z.order[z.first[owner]:z.first[owner+1]]}
}

// RRset is the owner's records of one type, served or not.
func (z *Zone) RRset(owner zonefiles.NameID, t zonefiles.Type) RRset {
	if z.flags[owner]&flagOf(t) == 0 {
		return RRset{}
	}
	all := z.Records(owner)
	start := z.countBelow(all.index, t)
	end := start + z.countBelow(all.index[start:], t+1)
	all.index = all.index[start:end]
	return all
}

// countBelow is how many of some records, sorted by type, have a lower type than t. Most names have few records; one may have very many.
func (z *Zone) countBelow(index []uint32, t zonefiles.Type) int {
	const few = 16
	if len(index) > few {
		return sort.Search(len(index), func(i int) bool { return z.Record(int(index[i])).Type() >= t })
	}
	count := 0
	for count < len(index) && z.Record(int(index[count])).Type() < t {
		count++
	}
	return count
}

// Has reports whether the owner has records of one of the types, each of which is one that rules ask for; see Graph.Holds.
func (z *Zone) Has(owner zonefiles.NameID, types ...zonefiles.Type) bool {
	for _, t := range types {
		if z.flags[owner]&flagOf(t) != 0 {
			return true
		}
	}
	return false
}

// has reports whether the owner has records of a type.
func (z *Zone) has(owner zonefiles.NameID, t zonefiles.Type) bool {
	flag := flagOf(t)
	return z.flags[owner]&flag != 0 && (flag != hasOther || z.RRset(owner, t).Len() > 0)
}

// Exists reports whether the owner has records, or is an empty non-terminal above some.
func (z *Zone) Exists(owner zonefiles.NameID) bool { return z.flags[owner]&exists != 0 }

// Encloser is the closest encloser that an owner would have if neither it nor any name below it existed: a wildcard there would
// answer for it then, and no other one would (RFC 4592 s.3.3.1).
func (z *Zone) Encloser(owner zonefiles.NameID) zonefiles.NameID {
	for owner != z.Apex() {
		owner = z.Names.Parent(owner)
		if z.flags[owner]&(hasRecords|forked) != 0 {
			break
		}
	}
	return owner
}

// InZone reports whether the owner is at or below the origin.
func (z *Zone) InZone(owner zonefiles.NameID) bool { return z.flags[owner]&inZone != 0 }

// Occluded reports whether a zone cut or a DNAME above the owner hides it.
func (z *Zone) Occluded(owner zonefiles.NameID) bool { return z.flags[owner]&occluded != 0 }

// IsCut reports whether the owner is delegated to another zone.
func (z *Zone) IsCut(owner zonefiles.NameID) bool {
	return z.flags[owner]&hasNS != 0 && owner != z.Apex()
}

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
	Node     zonefiles.NameID // in Zone.Names: the name, the wildcard, the cut or the DNAME that answers; of NXDomain, the closest encloser
	Records  RRset            // of Data the records asked for; of Alias, Redirect and Referral the CNAME, DNAME and NS records
	Wildcard bool             // the records are synthesised from a wildcard (RFC 4592)
	// Uncertain is set on a negative answer of a zone that lacks a part which may have held the records.
	Uncertain bool
}

// Negative reports whether the answer says that there is no such record.
func (a *Answer) Negative() bool { return a.Status == NoData || a.Status == NXDomain }

// IsEmptyNonTerminal reports whether the name exists only because names below it do.
func (a *Answer) IsEmptyNonTerminal() bool {
	return a.Status == NoData && a.Zone.flags[a.Node]&hasRecords == 0
}

// Lookup answers for a name and type. The zone asking sees itself rather than another file that claims the same origin; nil asks
// from nowhere in particular.
func (g *Graph) Lookup(from *Zone, name zonefiles.Name, t zonefiles.Type) Answer {
	if from != nil && !from.mayEnclose && name.IsAtOrBelow(from.Origin) && (t != zonefiles.TypeDS || name != from.Origin) {
		return from.lookup(name, t)
	}
	for origin := name; ; origin = origin.Parent() {
		// The DS of a zone's apex lies in the zone above (RFC 4035 s.3.1.4.1).
		if claims := g.byOrigin[origin]; len(claims) > 0 && (t != zonefiles.TypeDS || origin != name || origin.IsRoot()) {
			if from != nil && from.Origin == origin {
				return from.lookup(name, t)
			}
			return agreed(claims, name, t)
		}
		if origin.IsRoot() {
			return Answer{}
		}
	}
}

// lookupBeside is Lookup of another type at a name whose answer is at hand: where that came from a node of a zone that alone speaks
// for the name, the node is not looked up again.
func (g *Graph) lookupBeside(from *Zone, name zonefiles.Name, t zonefiles.Type, known *Answer) Answer {
	if known.Status != Data && known.Status != NoData || known.Zone != from && len(g.byOrigin[known.Zone.Origin]) > 1 {
		return g.Lookup(from, name, t)
	}
	a := known.Zone.answer(known.Node, t)
	a.Wildcard = known.Wildcard
	return known.Zone.uncertain(a, name, t)
}

// Walk asks for a name, then for the name that its alias leads to, and so on: each name with its answer, of which the last is no
// alias, or one that leads nowhere. It has no end where the aliases loop. Of the type CNAME itself no alias leads on.
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

// Follow is Lookup that follows aliases: the answer at their end, the name there, how the name itself answered (Alias or Redirect,
// else Data), and whether the aliases never end or are more than delivery.MaxAliases.
func (g *Graph) Follow(from *Zone, name zonefiles.Name, t zonefiles.Type) (a Answer, end zonefiles.Name, via Status, loop bool) {
	via = Data
	aliases := 0
	for end, a = range g.Walk(from, name, t) {
		if aliases == 0 && (a.Status == Alias || a.Status == Redirect) {
			via = a.Status
		}
		if aliases > delivery.MaxAliases {
			return a, end, via, true
		}
		aliases++
	}
	return a, end, via, false
}

// agreed is the answer of several zones of one origin, if they all say the same.
func agreed(claims []*Zone, name zonefiles.Name, t zonefiles.Type) Answer {
	first := claims[0].lookup(name, t)
	for _, other := range claims[1:] {
		if a := other.lookup(name, t); a.Status != first.Status || !sameData(first.Records, a.Records) {
			return Answer{Status: Ambiguous, Zone: claims[0]}
		}
	}
	return first
}

func sameData(a, b RRset) bool {
	return slices.Equal(a.canonical(), b.canonical())
}

// canonical is the set's data, sorted.
func (s RRset) canonical() []string {
	data := make([]string, 0, s.Len())
	for i := range s.Len() {
		data = append(data, s.At(i).CanonicalRDATA())
	}
	slices.Sort(data)
	return data
}

// served is the node of a name that has addresses of its own in a zone which alone speaks for it. Names that were read near another
// are found quickest.
func (z *Zone) served(name zonefiles.Name, near zonefiles.NameID) (zonefiles.NameID, bool) {
	if z.mayEnclose {
		return 0, false
	}
	node, ok := z.Names.FindNear(near, name)
	return node, ok && z.serves(node)
}

// serves reports whether the node has addresses of its own that are given to those who ask.
func (z *Zone) serves(node zonefiles.NameID) bool {
	return z.flags[node]&(hasA|hasAAAA) != 0 && z.flags[node]&(inZone|occluded|hasCNAME) == inZone && !z.IsCut(node)
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

// synthesise answers for a name that does not exist, from the wildcard at its closest encloser (RFC 4592 s.3.3.1).
func (z *Zone) synthesise(encloser zonefiles.NameID, t zonefiles.Type) Answer {
	wildcard, ok := z.Names.Child(encloser, []byte{'*'})
	if !ok || z.flags[wildcard]&exists == 0 {
		return Answer{Status: NXDomain, Zone: z, Node: encloser}
	}
	if z.IsCut(wildcard) {
		return Answer{Status: Referral, Zone: z, Node: wildcard, Records: z.RRset(wildcard, zonefiles.TypeNS), Wildcard: true}
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

// uncertain marks a negative answer that a missing part of the zone could turn round, and so too one that a missing CNAME could.
func (z *Zone) uncertain(a Answer, name zonefiles.Name, t zonefiles.Type) Answer {
	if len(z.Gaps) > 0 && (a.Negative() || a.Wildcard) {
		a.Uncertain = z.MayHold(name, t) || z.MayHold(name, zonefiles.TypeCNAME) || z.mayHide(a, name)
	}
	return a
}

// mayHide reports whether a missing record could make the name exist, or keep a question from coming this far: as a zone cut or a
// DNAME above it, or as a node that would have been a closer encloser than the wildcard's.
func (z *Zone) mayHide(a Answer, name zonefiles.Name) bool {
	if a.Status != NXDomain && !a.Wildcard {
		return false
	}
	if z.MayHold(name, 0) {
		return true
	}
	for above := name.Parent(); len(above) > len(z.Origin); above = above.Parent() {
		if a.Wildcard && z.MayHold(above, 0) || z.MayHold(above, zonefiles.TypeNS) || z.MayHold(above, zonefiles.TypeDNAME) {
			return true
		}
	}
	return false
}
