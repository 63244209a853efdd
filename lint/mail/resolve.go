package mail

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"net/netip"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

// This file finds the addresses of host names.

// Resolved is what is known of a host name's addresses, aliases followed.
type Resolved struct {
	Canonical zonefiles.Name // at the end of the aliases; the name itself where there is none
	A, AAAA   dns.Answer     // at Canonical
	Via       dns.Status     // Alias or Redirect where the name itself answers so, else Data
	Loop      bool           // the aliases come back to themselves, or are more than dns.MaxAliases
	// AddressSet is what the zones say, and for families that they leave open what the operator says, or else the lock.
	AddressSet
	Open delivery.Families // nobody knows whether the host has addresses of these
	// Narrowed are the families in which a zone publishes addresses, and the operator says that no mail server listens.
	Narrowed delivery.Families
	// Said is where the operator says in which families the host takes mail, which some of this rests on, and SaidFamilies
	// those families; empty where zones know all, and where that is in no file.
	Said         zonefiles.Span
	SaidFamilies delivery.Families
	// Seen is the line of the lock on which some of this rests; nil where zones and the operator know all.
	Seen *lock.Host
	// Plain is set where the name is one of a host (RFC 1123 s.2.1), and a loaded zone gives that name itself ordinary
	// addresses of both families, whose TTLs are equal within a family and near each other between the two.
	Plain bool
}

// AddressSet is what the A and AAAA records at one name amount to.
type AddressSet struct {
	Published delivery.Families // of addresses of any kind
	Usable    delivery.Families // of addresses that senders of the scope can use
	Addresses int               // how many records
	Digests   [2]uint64         // of the usable IPv4 and IPv6 addresses: the same for equal sets, 0 for none
	Mapped    bool              // some address is IPv4-mapped (RFC 4291 s.2.5.5.2)

	unjudged delivery.Families // with more records than an answer can hold
	ttls     [2]uint32         // of the first records of each family
	uneven   bool              // TTLs differ within a family
	odd      bool              // some address is not an ordinary global one
}

// IsKnown reports whether it is known in which families the host has addresses.
func (r *Resolved) IsKnown() bool { return r.Open == delivery.None }

// LeadsNowhere reports whether senders pass over the name: it has no address, is an address put where a name belongs,
// or means the sender itself.
func (r *Resolved) LeadsNowhere(name zonefiles.Name) bool {
	return r.Published == delivery.None && (r.IsKnown() || dns.IsAddressLiteral(name)) || dns.IsLocalhost(name)
}

// resolver finds the addresses of host names for one zone, and remembers the latest.
type resolver struct {
	zone    *dns.Zone // that asks; nil: none in particular
	graph   *dns.Graph
	scope   delivery.Scope
	near    zonefiles.NameID // the mail domain at hand
	facts   *Facts
	digests []uint64     // of the addresses at hand
	seed    maphash.Seed // random, so that no zone can be written to make hosts drive one another out of the cache
	shared  map[sharedNode]AddressSet
	cache   []remembered // a power of two of them
}

// remembered is what a resolver remembers of a host.
type remembered struct {
	graph    *dns.Graph
	zone     *dns.Zone
	scope    delivery.Scope
	name     zonefiles.Name
	resolved Resolved
}

// makeRoom lets a resolver remember more hosts where a graph may have more: very many small graphs would spend more on
// a large cache than on all else.
func (r *resolver) makeRoom(g *dns.Graph) {
	names := 0
	if g.IsOpen() {
		names = cacheSlots // or more, in zones yet to enter
	} else {
		for _, z := range g.Zones() {
			if names += z.Names.Len(); names >= cacheSlots {
				break
			}
		}
	}
	if slots := min(cacheSlots, 1<<bits.Len(uint(names))); len(r.cache) < slots {
		r.cache = make([]remembered, slots)
	}
}

// Resolve is what is known of a host name. It is valid until the next call.
func (r *resolver) Resolve(name zonefiles.Name) *Resolved {
	slot := &r.cache[maphash.String(r.seed, string(name))&uint64(len(r.cache)-1)]
	if slot.graph != r.graph || slot.zone != r.zone || slot.scope != r.scope || slot.name != name {
		slot.graph, slot.zone, slot.scope, slot.name, slot.resolved = r.graph, r.zone, r.scope, name, Resolved{}
		r.lookup(name, &slot.resolved)
	}
	return &slot.resolved
}

func (r *resolver) lookup(name zonefiles.Name, found *Resolved) {
	near := false
	if r.zone != nil {
		found.A, near = r.zone.LookupNear(r.near, name, zonefiles.TypeA)
	}
	if near {
		found.Canonical, found.Via = name, dns.Data
	} else {
		found.A, found.Canonical, found.Via, found.Loop = r.graph.Follow(r.zone, name, zonefiles.TypeA)
	}
	if found.Loop || found.A.Status == dns.Redirect { // a DNAME that leads nowhere; see dns.AliasTarget
		return
	}
	r.addresses(found)
	r.applyFacts(name, found)
	if found.Open != delivery.None {
		r.applyLock(found)
	}
}

// applyFacts heeds the families that the operator declares for the name, or else for one that its aliases lead to: they
// fill in what no zone knows, and narrow what a zone publishes.
func (r *resolver) applyFacts(name zonefiles.Name, found *Resolved) {
	if r.facts.IsEmpty() {
		return
	}
	for _, name := range r.chain(name) {
		facts := r.facts.Of(name)
		if !facts.HasFamilies {
			continue
		}
		if found.Open != delivery.None {
			found.Said, found.SaidFamilies = facts.At, facts.Families
		}
		found.Published |= facts.Families & found.Open
		found.Usable |= facts.Families & found.Open
		found.Open = delivery.None
		if left := found.Published & facts.Families; left != found.Published && left != delivery.None {
			found.Said, found.SaidFamilies = facts.At, facts.Families
			r.narrow(found, found.Published&^left)
		}
		return
	}
}

// narrow takes the addresses of families away that lead to no mail server.
func (r *resolver) narrow(found *Resolved, families delivery.Families) {
	found.Narrowed, found.AddressSet = families, AddressSet{}
	for family, answer := range map[delivery.Families]*dns.Answer{delivery.IPv4: &found.A, delivery.IPv6: &found.AAAA} {
		if families.Has(family) && answer.Status == dns.Data {
			answer.Status, answer.Records = dns.NoData, dns.RRset{}
		}
	}
	r.judge(&found.AddressSet, delivery.IPv4, &found.A)
	r.judge(&found.AddressSet, delivery.IPv6, &found.AAAA)
	found.Plain = false
}

// applyLock fills in what the lock says of the canonical name. An alias that it knows may lead back to what zones and
// the operator know better.
func (r *resolver) applyLock(found *Resolved) {
	h := r.facts.Lock.Host(found.Canonical)
	if h == nil {
		return
	}
	if !h.Alias.IsRoot() && found.Open == delivery.Dual {
		if found.Via == dns.Data {
			found.Via = dns.Alias
		}
		found.A, found.Canonical, _, found.Loop = r.graph.Follow(r.zone, h.Alias, zonefiles.TypeA)
		found.AddressSet, found.Open = AddressSet{}, delivery.None
		if !found.Loop && found.A.Status != dns.Redirect {
			r.addresses(found)
			r.applyFacts(h.Alias, found)
		}
	}
	found.Seen, found.Plain = h, false
	if h.State == lock.Unknown {
		return
	}
	for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
		if found.Open.Has(family) {
			found.Published |= h.Published() & family
			found.Usable |= h.Families(r.scope) & family
			found.odd = found.odd || h.Seen(family).Found&^(1<<delivery.Global) != 0
		}
	}
	found.Open = delivery.None
}

// chain is a name and those that its aliases lead to. It has one name where they never end.
func (r *resolver) chain(name zonefiles.Name) []zonefiles.Name {
	names, known := r.walk(nil, name)
	if known {
		return names
	}
	if h := r.facts.Lock.Host(names[len(names)-1]); h != nil && !h.Alias.IsRoot() {
		more, _ := r.walk(names, h.Alias)
		if len(more) > len(names) {
			return more
		}
	}
	return names
}

// walk appends a name and those that its aliases lead to, by the zones alone; only the name where they never end. It
// reports whether the zones know what there is at their end.
func (r *resolver) walk(names []zonefiles.Name, name zonefiles.Name) (_ []zonefiles.Name, known bool) {
	before := len(names)
	for name, a := range r.graph.Walk(r.zone, name, zonefiles.TypeA) {
		if len(names)-before > dns.MaxAliases {
			return names[:before+1], true
		}
		names = append(names, name)
		known = a.IsKnown()
	}
	return names, known
}

// addresses fills in the families of the canonical name.
func (r *resolver) addresses(found *Resolved) {
	found.AAAA = r.graph.LookupBeside(r.zone, found.Canonical, zonefiles.TypeAAAA, &found.A)
	if !found.A.IsKnown() || !found.AAAA.IsKnown() {
		found.A = r.graph.Flatten(r.zone, found.Canonical, zonefiles.TypeA, found.A)
		found.AAAA = r.graph.Flatten(r.zone, found.Canonical, zonefiles.TypeAAAA, found.AAAA)
	}
	node, isShared := r.sharedBy(found)
	var set AddressSet
	again := false
	if isShared {
		set, again = r.shared[node]
	}
	if !again {
		r.judge(&set, delivery.IPv4, &found.A)
		r.judge(&set, delivery.IPv6, &found.AAAA)
	}
	if isShared && !again {
		if r.shared == nil {
			r.shared = map[sharedNode]AddressSet{}
		}
		r.shared[node] = set
	}
	found.AddressSet = set
	if !found.A.IsKnown() || set.unjudged.Has(delivery.IPv4) {
		found.Open |= delivery.IPv4
	}
	if !found.AAAA.IsKnown() || set.unjudged.Has(delivery.IPv6) {
		found.Open |= delivery.IPv6
	}
	found.Plain = found.IsKnown() && found.Via == dns.Data && !found.A.Wildcard && found.Published == delivery.Dual &&
		!set.odd && !set.uneven && !TTLSkew(set.ttls[0], set.ttls[1]) &&
		dns.IsHostname(found.Canonical) && !dns.IsLocalhost(found.Canonical)
}

// judge adds the addresses of one family.
func (r *resolver) judge(set *AddressSet, family delivery.Families, a *dns.Answer) {
	if a.Status != dns.Data || a.Uncertain {
		return
	}
	if a.Records.Len() > dns.MaxRRset {
		set.unjudged |= family
		return
	}
	ttl := a.Records.At(0).TTL()
	r.digests = r.digests[:0]
	for i := range a.Records.Len() {
		record := a.Records.At(i)
		addr := record.Addr()
		class := delivery.Classify(addr, r.facts.NAT64...)
		set.odd = set.odd || class.Kind != delivery.Global
		set.Mapped = set.Mapped || addr.Is4In6()
		set.uneven = set.uneven || record.TTL() != ttl
		if class.Usable(r.scope) {
			set.Usable |= family
			r.digests = append(r.digests, digest(addr))
		}
	}
	set.Published |= family
	set.Addresses += a.Records.Len()
	set.ttls[family>>1] = ttl
	slices.Sort(r.digests)
	for _, d := range slices.Compact(r.digests) { // identical records are one (RFC 2181 s.5)
		set.Digests[family>>1] += d
	}
}

// sharedNode is where the addresses of several names are.
type sharedNode struct {
	zone  *dns.Zone
	node  zonefiles.NameID
	scope delivery.Scope
}

// sharedBy is the node that holds a host's addresses, and whether to judge them once for all names that lead there,
// aliases or those that a wildcard answers for: there are many addresses, and there may be many names.
func (r *resolver) sharedBy(found *Resolved) (node sharedNode, ok bool) {
	many := found.A.Records.Len()+found.AAAA.Records.Len() > minShared
	same := found.A.Zone == found.AAAA.Zone && found.A.Node == found.AAAA.Node
	return sharedNode{found.A.Zone, found.A.Node, r.scope}, many && same && (found.A.Wildcard || found.Via != dns.Data)
}

// digest spreads an address over 64 bits. Those of a set are added up.
func digest(addr netip.Addr) uint64 {
	octets := addr.As16()
	h := binary.BigEndian.Uint64(octets[:8])*goldenRatio ^ binary.BigEndian.Uint64(octets[8:])
	h ^= h >> 32
	return h * goldenRatio
}

// goldenRatio is 2^64 divided by the golden ratio, as in Fibonacci hashing.
const goldenRatio = 0x9E3779B97F4A7C15

// TTLSkew reports whether one of two TTLs is ten times the other or more (rule addr-ttl-skew).
func TTLSkew(a, b uint32) bool {
	return max(a, b) != zonefiles.UnknownTTL && uint64(max(a, b)) >= 10*uint64(max(min(a, b), 1))
}
