package dns

import (
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
	// The records of the name n are order[first[n]:first[n+1]], by type and then as they stand in the files.
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
		flags: make([]nodeFlags, names.Len()), first: make([]uint32, names.Len()+1), order: make([]uint32, z.Len()),
	}
	// A counting sort by owner: how many records has each, where do they begin, and then each to its place. Records of
	// one owner mostly stand together, so both passes go by runs of them, at four fifths of the cost.
	for i := 0; i < z.Len(); {
		start, owner, flags := i, z.Record(i).Owner(), nodeFlags(0)
		for ; i < z.Len() && z.Record(i).Owner() == owner; i++ {
			flags |= flagOf(z.Record(i).Type())
		}
		zone.first[owner+1] += uint32(i - start)
		zone.flags[owner] |= flags
		zone.all |= flags
	}
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

// sortOwners sorts the records of each of some owners by type, and gives a number that no owner's MX records exceed.
func (z *Zone) sortOwners(from, to int) (mostMX int) {
	for id := from; id < to; id++ {
		records := z.order[z.first[id]:z.first[id+1]]
		if len(records) > mostMX && z.flags[id]&hasMX != 0 {
			mostMX = len(records)
		}
		sortByType(z.Zone, records)
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

// countBelow is how many of some records, sorted by type, have a lower type than t. Most names have few records; one
// may have very many.
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
