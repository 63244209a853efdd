package dns

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"

	"mx46/zonefiles"
)

// Zone is a zone in the graph: what was read, and an index over it.
type Zone struct {
	*zonefiles.Zone
	graph *Graph
	flags []nodeFlags // by NameID
	// The records of the name n have the places from first[n] up to first[n+1], by type and then as they stand in the
	// files. The record at a place is order's, or beyond the end of that, the record of that number: the names of most
	// large zones, and the types of each, stand in the file as they do here, but for the SOA record.
	first      []uint32
	order      []uint32
	mayEnclose bool      // another zone's origin is below this one's
	hostnames  bool      // names below the origin can be names of hosts, and are not localhost
	all        nodeFlags // of all names together
	mostMX     int       // see Graph.MostMX
	waits      bool      // see Waits

	readGuess sync.Once
	guess     guess // see Zone.doubt

	readServers sync.Once
	servers     map[zonefiles.Name]bool // see IsNameServer
}

func newZone(g *Graph, z *zonefiles.Zone) *Zone {
	names := z.Names
	zone := &Zone{
		Zone: z, graph: g,
		flags: make([]nodeFlags, names.Len()), first: make([]uint32, names.Len()+1),
	}
	unsorted := zone.countRecords()
	for owner := range z.AliasOwners() {
		zone.flags[owner] |= hasOther
	}
	// The tree rests on the types alone, but for signatures, so that it can be marked meanwhile.
	var meanwhile sync.WaitGroup
	marked := names.Len() >= largeZone && zone.all&hasRRSIG == 0
	if marked {
		meanwhile.Go(zone.markTree)
	}
	for i := 1; i < len(zone.first); i++ {
		zone.first[i] += zone.first[i-1]
	}
	zone.orderRecords(unsorted)
	zone.hostnames = IsHostname(z.Origin) && !IsLocalhost(z.Origin)
	if meanwhile.Wait(); !marked {
		zone.markTree()
	}
	if names.Len() < largeZone {
		zone.mostMX = zone.sortOwners(0, names.Len())
		return zone
	}
	half, mostMX := names.Len()/2, 0 // of the first half
	meanwhile.Go(func() { mostMX = zone.sortOwners(0, half) })
	zone.mostMX = zone.sortOwners(half, names.Len())
	meanwhile.Wait()
	zone.mostMX = max(zone.mostMX, mostMX)
	return zone
}

// largeZone is how many names make it worth while to index a zone on two CPUs.
const largeZone = 1 << 14

// countRecords fills in flags, and in first how many records the name before has. It gives the number of the first
// record from which on all stand in order.
//
// This is the first pass of a counting sort by owner: how many records has each, where do they begin, and then each to
// its place. Records of one owner mostly stand together, so both passes go by runs of them, at four fifths of the cost.
func (z *Zone) countRecords() (unsorted int) {
	var last zonefiles.NameID // of the owners so far
	var lastType zonefiles.Type
	for i := 0; i < z.Len(); {
		start, owner, flags := i, z.Record(i).Owner(), nodeFlags(0)
		if owner > last {
			last, lastType = owner, 0
		}
		for ; i < z.Len() && z.Record(i).Owner() == owner; i++ {
			t := z.Record(i).Type()
			flags |= flagOf(t)
			if owner < last || t < lastType {
				unsorted = i + 1
			} else {
				lastType = t
			}
		}
		z.first[owner+1] += uint32(i - start)
		z.flags[owner] |= flags
		z.all |= flags
	}
	return unsorted
}

// orderRecords puts records in order, by owner at least, of which those from a number on are so already.
func (z *Zone) orderRecords(unsorted int) {
	if z.Names.Len() >= largeZone && unsorted <= z.Len()/256 {
		z.order = make([]uint32, unsorted)
		for i := range z.order {
			z.order[i] = uint32(i)
		}
		slices.SortStableFunc(z.order, func(a, b uint32) int {
			x, y := z.Record(int(a)), z.Record(int(b))
			return cmp.Or(cmp.Compare(x.Owner(), y.Owner()), cmp.Compare(x.Type(), y.Type()))
		})
		return
	}
	z.order = make([]uint32, z.Len())
	for i := 0; i < z.Len(); {
		owner := z.Record(i).Owner()
		at := z.first[owner]
		for ; i < z.Len() && z.Record(i).Owner() == owner; i++ {
			z.order[at] = uint32(i)
			at++
		}
		z.first[owner] = at
	}
	copy(z.first[1:], z.first)
	z.first[0] = 0
}

// at is the record at a place.
func (z *Zone) at(place uint32) zonefiles.Record {
	if int(place) < len(z.order) {
		place = z.order[place]
	}
	return z.Record(int(place))
}

// sortOwners sorts the records of each of some owners by type, and gives a number that no owner's MX records exceed.
func (z *Zone) sortOwners(from, to int) (mostMX int) {
	areSorted := len(z.order) < z.Len()
	for id := from; id < to; id++ {
		start, end := z.first[id], z.first[id+1]
		if z.flags[id]&hasMX != 0 {
			mostMX = max(mostMX, int(end-start))
		}
		if !areSorted {
			sortByType(z.Zone, z.order[start:end])
		}
	}
	return mostMX
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

// markTree says of each name whether it is in the zone, hidden and existing. Parents have lower numbers than their
// children.
func (z *Zone) markTree() {
	apex := z.Apex()
	z.flags[apex] |= inZone | exists
	if z.IsObserved() {
		for id := range z.Witnessed() {
			z.flags[id] |= exists
		}
	}
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

// Owners are the names with records of a type, served or not, in the order of their numbers.
func (z *Zone) Owners(t zonefiles.Type) iter.Seq[zonefiles.NameID] {
	flag := flagOf(t)
	return func(yield func(zonefiles.NameID) bool) {
		if z.all&flag == 0 {
			return
		}
		for id, flags := range z.flags {
			if flags&flag != 0 && z.Has(zonefiles.NameID(id), t) && !yield(zonefiles.NameID(id)) {
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

// Hides is the name of the zone cut, or of the DNAME, that hides an owner's records from all who ask, and its number;
// false where they are served. At a zone cut itself, no records are but those that make the cut, and what proves it.
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

// IsNameServer reports whether some zone cut of the zone names a host as a name server, so that addresses of it are
// glue.
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
	return RRset{z, z.first[owner], z.first[owner+1]}
}

// RRset is the owner's records of one type, served or not.
func (z *Zone) RRset(owner zonefiles.NameID, t zonefiles.Type) RRset {
	if z.flags[owner]&flagOf(t) == 0 {
		return RRset{}
	}
	set := z.Records(owner)
	set.from += set.countBelow(t)
	set.to = set.from + set.countBelow(t+1)
	return set
}

// countBelow is how many of some records, sorted by type, have a lower type than t. Most names have few records; one
// may have very many.
func (s RRset) countBelow(t zonefiles.Type) uint32 {
	const few = 16
	if s.Len() > few {
		return uint32(sort.Search(s.Len(), func(i int) bool { return s.At(i).Type() >= t }))
	}
	at := s.from
	for at < s.to && s.zone.at(at).Type() < t {
		at++
	}
	return at - s.from
}

// Has reports whether the owner has records of one of the types, served or not.
func (z *Zone) Has(owner zonefiles.NameID, types ...zonefiles.Type) bool {
	for _, t := range types {
		if flag := flagOf(t); z.flags[owner]&flag != 0 && (flag != hasOther || z.RRset(owner, t).Len() > 0) {
			return true
		}
	}
	return false
}

// Types is the set of the types of an owner's records, served or not.
func (z *Zone) Types(owner zonefiles.NameID) TypeSet { return TypeSet(z.flags[owner] & hasTypes) }

// Exists reports whether the owner has records, or is an empty non-terminal above some.
func (z *Zone) Exists(owner zonefiles.NameID) bool { return z.flags[owner]&exists != 0 }

// Encloser is the closest encloser that an owner would have if neither it nor any name below it existed: a wildcard
// there would answer for it then, and no other one would (RFC 4592 s.3.3.1).
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

// Serves reports whether the owner's records are given to those who ask: it is in the zone, not hidden, and no zone
// cut.
func (z *Zone) Serves(owner zonefiles.NameID) bool {
	return z.flags[owner]&(inZone|occluded) == inZone && !z.IsCut(owner)
}

// IsAlone reports whether no other file claims the zone's origin.
func (z *Zone) IsAlone() bool { return z.graph.isAlone(z.Origin) }

// Graph is what the zone is in.
func (z *Zone) Graph() *Graph { return z.graph }

// IsCut reports whether the owner is delegated to another zone.
func (z *Zone) IsCut(owner zonefiles.NameID) bool {
	return z.flags[owner]&hasNS != 0 && owner != z.Apex()
}
