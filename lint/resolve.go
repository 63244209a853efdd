package lint

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file finds the addresses behind host names.

// Resolved is what the zones say of a host name's addresses, aliases followed.
type Resolved struct {
	Canonical zonefiles.Name // at the end of the aliases; the name itself where there is none
	A, AAAA   Answer         // at Canonical
	Via       Status         // Alias or Redirect where the name itself answers so, else Data
	Loop      bool           // the aliases come back to themselves, or are more than delivery.MaxAliases
	Families  delivery.Families
	Published delivery.Families // those with an address of any kind
	Known     bool
	Kinds     KindSet // of the addresses
	// Addresses counts the address records, and Digest is the same for equal sets of addresses.
	Addresses int
	Digest    uint64
	// Plain is set where the name is one of a host (RFC 1123 s.2.1), and a loaded zone gives that name itself ordinary addresses
	// of both families, whose TTLs are equal within a family and near each other between the two.
	Plain bool
}

// KindSet is a set of kinds of addresses.
type KindSet uint8

// Has reports whether the set holds a kind.
func (s KindSet) Has(k delivery.Kind) bool { return s&(1<<k) != 0 }

// Only reports whether a kind is all that the set holds.
func (s KindSet) Only(k delivery.Kind) bool { return s == 1<<k }

// resolver finds the addresses behind host names for one zone, and remembers the latest.
type resolver struct {
	graph    *Graph
	zone     *Zone
	near     zonefiles.NameID // the mail domain at hand
	facts    *Facts
	settings *Settings
	digests  []uint64                 // of the addresses at hand
	seed     maphash.Seed             // so that no zone can be written to make hosts drive one another out of the cache
	shared   map[sharedNode]addresses // see sharedBy
	cache    [cacheSlots]struct {
		zone     *Zone
		scope    delivery.Scope
		name     zonefiles.Name
		resolved Resolved
	}
}

// cacheSlots is enough for zones whose domains share their MX hosts; it need not hold every host of a zone whose domains do not.
const cacheSlots = 256

// resolve is what is known of a host name. It is valid until the next call.
func (r *resolver) resolve(name zonefiles.Name) *Resolved {
	slot := &r.cache[maphash.String(r.seed, string(name))%cacheSlots]
	if slot.zone != r.zone || slot.scope != r.settings.Scope || slot.name != name {
		slot.zone, slot.scope, slot.name, slot.resolved = r.zone, r.settings.Scope, name, Resolved{}
		r.lookup(name, &slot.resolved)
	}
	return &slot.resolved
}

func (r *resolver) lookup(name zonefiles.Name, found *Resolved) {
	if node, ok := r.zone.served(name, r.near); ok {
		found.A = r.zone.uncertain(r.zone.answer(node, zonefiles.TypeA), name, zonefiles.TypeA)
		found.Canonical, found.Via = name, Data
	} else {
		found.A, found.Canonical, found.Via, found.Loop = r.graph.Follow(r.zone, name, zonefiles.TypeA)
	}
	if found.Loop || found.A.Status == Redirect { // a DNAME that leads nowhere; see AliasTarget
		found.Known = true
	} else {
		r.addresses(found)
	}
	r.stated(name, found)
}

// AliasTarget is where the CNAME or the DNAME of an answer leads the name; it reports false where the answer has neither, or leads
// nowhere.
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

// maxNameOctets is the length of the longest Name (RFC 1035 s.2.3.4), the root's octet not counted.
const maxNameOctets = 254

// addresses fills in the families of the canonical name.
func (r *resolver) addresses(found *Resolved) {
	found.AAAA = r.graph.lookupBeside(r.zone, found.Canonical, zonefiles.TypeAAAA, &found.A)
	found.Known = isKnown(&found.A) && isKnown(&found.AAAA)
	node, isShared := r.sharedBy(found)
	if isShared {
		if before, again := r.shared[node]; again {
			found.Families, found.Published, found.Kinds = before.families, before.published, before.kinds
			found.Addresses, found.Digest = before.count, before.digest
			found.Known = found.Known && !before.tooMany
			return
		}
	}
	var ttls [2]uint32
	even, tooMany := true, false
	r.digests = r.digests[:0]
	for f, records := range [...]RRset{found.A.Records, found.AAAA.Records} {
		if records.Len() > MaxRRset {
			found.Known, tooMany = false, true
			continue
		}
		for i := range records.Len() {
			record := records.At(i)
			if record.Type() != zonefiles.TypeA && record.Type() != zonefiles.TypeAAAA {
				break // the NS records of a referral
			}
			addr := record.Addr()
			family := delivery.IPv4
			if record.Type() == zonefiles.TypeAAAA {
				family = delivery.IPv6
			}
			class := delivery.Classify(addr, r.facts.NAT64...)
			found.Published |= family
			found.Kinds |= 1 << class.Kind
			if class.Usable(r.settings.Scope) {
				found.Families |= family
			}
			if i == 0 {
				ttls[f] = record.TTL()
			}
			even = even && ttls[f] == record.TTL()
			found.Addresses++
			r.digests = append(r.digests, digest(addr))
		}
	}
	slices.Sort(r.digests)
	for _, d := range slices.Compact(r.digests) { // a record that stands twice is one (RFC 2181 s.5)
		found.Digest += d
	}
	found.Plain = found.Known && found.Via == Data && !found.A.Wildcard && found.Published == delivery.Dual &&
		found.Kinds == 1<<delivery.Global && even && !TTLSkew(ttls[0], ttls[1]) && IsHostname(found.Canonical) && !IsLocalhost(found.Canonical)
	if isShared {
		if r.shared == nil {
			r.shared = map[sharedNode]addresses{}
		}
		r.shared[node] = addresses{found.Families, found.Published, found.Kinds, found.Addresses, found.Digest, tooMany}
	}
}

// addresses are those at a node, whichever name led there.
type addresses struct {
	families, published delivery.Families
	kinds               KindSet
	count               int
	digest              uint64
	tooMany             bool // in one RRset
}

// sharedNode is where the addresses of more than one name stand.
type sharedNode struct {
	zone  *Zone
	node  zonefiles.NameID
	scope delivery.Scope
}

// manyAddresses is how many make it worth while to look at those of many names once.
const manyAddresses = 64

// sharedBy is the node at which a host's addresses stand, and whether they are to be looked at once: there are many of them, and many
// names may lead there, aliases or those that a wildcard answers for.
func (r *resolver) sharedBy(found *Resolved) (node sharedNode, ok bool) {
	many := found.A.Records.Len()+found.AAAA.Records.Len() > manyAddresses
	same := found.A.Zone == found.AAAA.Zone && found.A.Node == found.AAAA.Node
	return sharedNode{found.A.Zone, found.A.Node, r.settings.Scope}, many && same && (found.A.Wildcard || found.Via != Data)
}

// digest spreads an address over 64 bits. Those of a set are added up.
func digest(addr netip.Addr) uint64 {
	octets := addr.As16()
	const prime = 0x9E3779B97F4A7C15 // as in zonefiles' tree of names
	h := binary.BigEndian.Uint64(octets[:8])*prime ^ binary.BigEndian.Uint64(octets[8:])
	h ^= h >> 32
	return h * prime
}

// TTLSkew reports whether one of two TTLs is ten times the other or more (rule addr-ttl-skew).
func TTLSkew(a, b uint32) bool {
	return uint64(max(a, b)) >= 10*uint64(max(min(a, b), 1))
}

func isKnown(a *Answer) bool {
	return a.Status == Data || (a.Negative() && !a.Uncertain)
}

// stated lets the operator's word count for a host that the zones do not know.
func (r *resolver) stated(name zonefiles.Name, found *Resolved) {
	facts, ok := r.facts.Hosts[name]
	if !ok {
		facts, ok = r.facts.Hosts[found.Canonical]
	}
	if ok && facts.HasFamilies && !found.Known {
		found.Families, found.Published, found.Known = facts.Families, facts.Families, true
	}
}
