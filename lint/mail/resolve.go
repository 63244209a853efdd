package mail

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file finds the addresses behind host names.

// Resolved is what the zones say of a host name's addresses, aliases followed.
type Resolved struct {
	Canonical zonefiles.Name // at the end of the aliases; the name itself where there is none
	A, AAAA   dns.Answer     // at Canonical
	Via       dns.Status     // Alias or Redirect where the name itself answers so, else Data
	Loop      bool           // the aliases come back to themselves, or are more than dns.MaxAliases
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
	zone    *dns.Zone
	scope   delivery.Scope
	near    zonefiles.NameID // the mail domain at hand
	facts   *Facts
	digests []uint64                 // of the addresses at hand
	seed    maphash.Seed             // so that no zone can be written to make hosts drive one another out of the cache
	shared  map[sharedNode]addresses // see sharedBy
	cache   [cacheSlots]struct {
		zone     *dns.Zone
		scope    delivery.Scope
		name     zonefiles.Name
		resolved Resolved
	}
}

// cacheSlots is enough for zones whose domains share their MX hosts; it need not hold every host of a zone whose domains do not.
const cacheSlots = 256

// Resolve is what is known of a host name. It is valid until the next call.
func (r *resolver) Resolve(name zonefiles.Name) *Resolved {
	slot := &r.cache[maphash.String(r.seed, string(name))%cacheSlots]
	if slot.zone != r.zone || slot.scope != r.scope || slot.name != name {
		slot.zone, slot.scope, slot.name, slot.resolved = r.zone, r.scope, name, Resolved{}
		r.lookup(name, &slot.resolved)
	}
	return &slot.resolved
}

func (r *resolver) lookup(name zonefiles.Name, found *Resolved) {
	if a, ok := r.zone.LookupNear(r.near, name, zonefiles.TypeA); ok {
		found.A, found.Canonical, found.Via = a, name, dns.Data
	} else {
		found.A, found.Canonical, found.Via, found.Loop = r.zone.Graph().Follow(r.zone, name, zonefiles.TypeA)
	}
	if found.Loop || found.A.Status == dns.Redirect { // a DNAME that leads nowhere; see AliasTarget
		found.Known = true
	} else {
		r.addresses(found)
	}
	r.stated(name, found)
}

// addresses fills in the families of the canonical name.
func (r *resolver) addresses(found *Resolved) {
	found.AAAA = r.zone.Graph().LookupBeside(r.zone, found.Canonical, zonefiles.TypeAAAA, &found.A)
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
	for f, records := range [...]dns.RRset{found.A.Records, found.AAAA.Records} {
		if records.Len() > dns.MaxRRset {
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
			if class.Usable(r.scope) {
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
	found.Plain = found.Known && found.Via == dns.Data && !found.A.Wildcard && found.Published == delivery.Dual &&
		found.Kinds == 1<<delivery.Global && even && !TTLSkew(ttls[0], ttls[1]) && dns.IsHostname(found.Canonical) && !dns.IsLocalhost(found.Canonical)
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
	zone  *dns.Zone
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
	return sharedNode{found.A.Zone, found.A.Node, r.scope}, many && same && (found.A.Wildcard || found.Via != dns.Data)
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

func isKnown(a *dns.Answer) bool {
	return a.Status == dns.Data || (a.Negative() && !a.Uncertain)
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
