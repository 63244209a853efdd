package lint

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file sees a zone as a sender of mail does: mail domains, their MX records, and the hosts behind those.

// Facts are what the operator knows and no zone file holds.
type Facts struct {
	Hosts map[zonefiles.Name]HostFacts
	Links []Link
	Final map[zonefiles.Name]bool // hosts that deliver without SMTP relay (RFC 3974 s.4.2)
	NAT64 []netip.Prefix          // translation prefixes of the operator's own (RFC 6052 s.2.2)
}

// HostFacts are what the operator says of one host.
type HostFacts struct {
	Families    delivery.Families // of a host whose addresses lie in no loaded zone
	HasFamilies bool
	Outbound    delivery.Families // in which the host opens connections
	HasOutbound bool
	SameHost    zonefiles.Name // another name of the same machine
	HasSameHost bool
}

// Link is a transport between two hosts that needs no common family (RFC 3974 s.4.2).
type Link struct {
	From, To zonefiles.Name
	Via      string
}

// Settings are what holds for one zone.
type Settings struct {
	Stack delivery.Families // what its mail domains are meant to be; None stands for Dual
	Scope delivery.Scope
	// Severities are those that differ from the rules' own.
	Severities map[string]Severity
	// Domain is what holds for one mail domain of the zone; nil where that is what holds for the zone. The function itself is nil
	// where no mail domain has settings of its own. It is called by several workers at a time.
	Domain func(zonefiles.Name) *Settings
}

// Wants reports whether mail domains are meant to have all the families of f.
func (s *Settings) Wants(f delivery.Families) bool {
	return s.Stack == delivery.None || s.Stack.Has(f)
}

// Severity is what the settings make of a rule's severity.
func (s *Settings) Severity(r *Rule) Severity {
	if severity, ok := s.Severities[r.Name]; ok {
		return severity
	}
	return r.Severity
}

// For is what holds for a mail domain of the zone.
func (s *Settings) For(domain zonefiles.Name) *Settings {
	if s.Domain != nil {
		if own := s.Domain(domain); own != nil {
			return own
		}
	}
	return s
}

// Domain is a mail domain: an owner of MX records, or an apex that takes mail at its own addresses. A rule must not keep it, since
// the next domain takes its place.
type Domain struct {
	Zone     *Zone
	Owner    zonefiles.NameID
	MX       RRset // empty where the MX is implicit
	Implicit bool  // no MX record, but an address at the name (RFC 5321 s.5.1)
	// AllDual is set where every machine is known to be dual-stack, and no rule about families has anything to say.
	AllDual bool
	// Plain is set where each MX record leads to a plain host of its own, and the records have one TTL: no rule about targets,
	// names or addresses has anything to say.
	Plain   bool
	healthy bool // see domainReader.isHealthy
	// Distinct is set where no two hosts have the same addresses; it may be left unset where they are many.
	Distinct  bool
	Kinds     KindSet // of all addresses of Hosts
	Addresses int     // address records of Hosts
	null      int     // null MX records
	dead      int     // targets that no sender can use

	// What follows is filled in at the first question, since most domains are healthy and nothing more is asked of them.
	reader   *domainReader // until then
	targets  []Target
	hosts    []Host
	machines []delivery.Host
	relay    *delivery.Relay
	links    []delivery.Link
	index    *domainIndex // see Domain.places
}

// Targets are the MX records, as they stand in the file.
func (d *Domain) Targets() []Target {
	d.fill()
	return d.targets
}

// Hosts are those of the targets that senders can use, by first appearance in Targets.
func (d *Domain) Hosts() []Host {
	d.fill()
	return d.hosts
}

// Machines are what stands behind the hosts, as it would be if every address that stands in the zone were usable: a family that is
// missing only because its address is unusable is the address rules' to tell. Host.Machine is an index of Machines.
func (d *Domain) Machines() []delivery.Host {
	d.fill()
	return d.machines
}

func (d *Domain) fill() {
	if r := d.reader; r != nil {
		d.reader = nil
		r.fill(d)
	}
}

// domainIndex tells where in the records a domain's hosts and machines are, for domains of any number of them.
type domainIndex struct {
	targetOfHost []int   // the first target that leads to a host
	first        []int   // the target of a machine with the lowest preference, and the first in the file among those
	hosts        [][]int // of a machine
}

// Target is one MX record.
type Target struct {
	Record     zonefiles.Record
	Preference uint16
	Name       zonefiles.Name
	Host       int // index of Domain.Hosts, or -1: a null MX or a target that no sender can use
}

// Host is an MX target as the zones know it.
type Host struct {
	Name     zonefiles.Name
	Resolved Resolved
	Machine  int
}

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

// Name is the domain's name.
func (d *Domain) Name() zonefiles.Name { return d.Zone.Names.Name(d.Owner) }

// HasNullMX reports whether some MX record is a null MX (RFC 7505).
func (d *Domain) HasNullMX() bool { return d.null > 0 }

// HasDeadTarget reports whether some MX record, not a null MX, leads to no address.
func (d *Domain) HasDeadTarget() bool { return d.dead > 0 }

// AcceptsMail reports whether some host takes mail for the domain.
func (d *Domain) AcceptsMail() bool { return d.Plain || len(d.Hosts()) > 0 }

// Relay is the relay graph of Machines.
func (d *Domain) Relay() *delivery.Relay {
	if d.fill(); d.relay == nil {
		d.relay = delivery.NewRelay(d.machines, d.links)
	}
	return d.relay
}

// IsUncertain reports whether a part of a zone that could not be read may hold addresses of the machine.
func (d *Domain) IsUncertain(machine int) bool {
	for _, i := range d.HostsOf(machine) {
		if r := &d.Hosts()[i].Resolved; r.A.Uncertain || r.AAAA.Uncertain {
			return true
		}
	}
	return false
}

// places is the domain's index, made at the first question.
func (d *Domain) places() *domainIndex {
	if d.index != nil {
		return d.index
	}
	x := &domainIndex{make([]int, len(d.Hosts())), make([]int, len(d.Machines())), make([][]int, len(d.Machines()))}
	for i := range d.Hosts() {
		x.targetOfHost[i] = -1
		m := d.Hosts()[i].Machine
		x.hosts[m] = append(x.hosts[m], i)
	}
	for m := range x.first {
		x.first[m] = -1
	}
	for i := range d.Targets() {
		t := &d.Targets()[i]
		if t.Host < 0 {
			continue
		}
		if x.targetOfHost[t.Host] < 0 {
			x.targetOfHost[t.Host] = i
		}
		if m := d.Hosts()[t.Host].Machine; x.first[m] < 0 || t.Preference < d.Targets()[x.first[m]].Preference {
			x.first[m] = i
		}
	}
	d.index = x
	return x
}

// HostsOf lists the names of a machine, by index of Hosts.
func (d *Domain) HostsOf(machine int) []int { return d.places().hosts[machine] }

// FirstTarget is the MX record of a machine with the lowest preference, and the first in the file among those. An implicit MX has none.
func (d *Domain) FirstTarget(machine int) *Target { return &d.Targets()[d.places().first[machine]] }

// TargetOf is the first MX record that names a host. An implicit MX has none.
func (d *Domain) TargetOf(host int) *Target { return &d.Targets()[d.places().targetOfHost[host]] }

// resolver finds the addresses behind host names for one zone, and remembers the latest.
type resolver struct {
	graph    *Graph
	zone     *Zone
	near     zonefiles.NameID // the mail domain at hand
	facts    *Facts
	settings *Settings
	digests  []uint64                // of the addresses at hand
	seed     maphash.Seed            // so that no zone can be written to make hosts drive one another out of the cache
	shared   map[sharedNode]Resolved // see sharedBy
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
			found.Families, found.Published, found.Kinds = before.Families, before.Published, before.Kinds
			found.Addresses, found.Digest = before.Addresses, before.Digest
			found.Known = found.Known && before.Known
			return
		}
	}
	var ttls [2]uint32
	even := true
	r.digests = r.digests[:0]
	for f, records := range [...]RRset{found.A.Records, found.AAAA.Records} {
		if records.Len() > MaxRRset {
			found.Known = false
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
			r.shared = map[sharedNode]Resolved{}
		}
		r.shared[node] = *found
	}
}

// sharedNode is where the addresses of more than one name stand.
type sharedNode struct {
	zone  *Zone
	node  zonefiles.NameID
	scope delivery.Scope
}

// manyAddresses is how many make it worth while to look at those behind aliases once.
const manyAddresses = 64

// sharedBy is the node at which a host's addresses stand, and whether very many names may lead to it: a wildcard, or the end of aliases
// with many addresses. It is looked at once.
func (r *resolver) sharedBy(found *Resolved) (node sharedNode, ok bool) {
	many := found.Via != Data && found.A.Records.Len()+found.AAAA.Records.Len() > manyAddresses
	same := found.A.Zone == found.AAAA.Zone && found.A.Node == found.AAAA.Node
	return sharedNode{found.A.Zone, found.A.Node, r.settings.Scope}, same && (found.A.Wildcard || many)
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

// domainReader makes one Domain after the other, in the same memory.
type domainReader struct {
	resolver
	domain   Domain
	relay    delivery.Relay
	byName   map[zonefiles.Name]int // hosts, in a domain of many targets
	machines map[zonefiles.Name]int // likewise
}

// manyTargets is how many MX records make looking a host up in a map cheaper than looking through the list.
const manyTargets = 16

// read fills d with the mail domain of an owner. It reports false where the owner is none: it is outside the zone, or hidden.
func (r *domainReader) read(owner zonefiles.NameID) (*Domain, bool) {
	z := r.zone
	flags := z.flags[owner]
	if flags&inZone == 0 || flags&occluded != 0 || z.IsCut(owner) {
		return nil, false
	}
	r.near = owner
	d := &r.domain
	*d = Domain{
		Zone: z, Owner: owner, reader: r, targets: d.targets[:0], hosts: d.hosts[:0], machines: d.machines[:0], links: d.links[:0],
	}
	if flags&hasMX == 0 {
		d.reader = nil
		return d, r.readImplicit(d)
	}
	d.MX = z.RRset(owner, zonefiles.TypeMX)
	if d.MX.Len() > MaxRRset {
		return nil, false
	}
	if !r.isHealthy(d) {
		d.fill()
	}
	return d, true
}

// How many MX records a domain may have, and addresses each of its hosts, for isHealthy to look at them.
const (
	fewTargets   = 8
	fewAddresses = 8
)

// isHealthy reports whether nothing is wrong with a domain's MX hosts, in one walk over the records that makes nothing: it sets
// Plain, AllDual and Distinct, and the rest is left until it is asked for. This takes a quarter off a lint of a million records of
// healthy mail domains on one CPU.
func (r *domainReader) isHealthy(d *Domain) bool {
	z := d.Zone
	if d.MX.Len() > fewTargets || !z.hostnames || z.mayEnclose || len(r.facts.Hosts) > 0 {
		return false
	}
	var nodes [fewTargets]zonefiles.NameID
	var digests [fewTargets]uint64 // of the hosts
	addresses := 0
	for i := range d.MX.Len() {
		record := d.MX.At(i)
		node, ok := record.NameID(1)
		if !ok || record.TTL() != d.MX.At(0).TTL() || slices.Contains(nodes[:i], node) || !z.serves(node) || !z.isHostname(node) {
			return false
		}
		var ttls [2]uint32
		var own [fewAddresses]uint64 // digests of the host's addresses
		n := 0
		for f, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
			set := z.RRset(node, t)
			if set.Len() == 0 || n+set.Len() > fewAddresses {
				return false
			}
			ttls[f] = set.At(0).TTL()
			for k := range set.Len() {
				addr := set.At(k).Addr()
				if set.At(k).TTL() != ttls[f] || delivery.Classify(addr, r.facts.NAT64...).Kind != delivery.Global {
					return false
				}
				own[n] = digest(addr)
				if slices.Contains(own[:n], own[n]) {
					return false
				}
				digests[i] += own[n]
				n++
			}
		}
		addresses += n
		if TTLSkew(ttls[0], ttls[1]) || slices.Contains(digests[:i], digests[i]) {
			return false
		}
		nodes[i] = node
	}
	d.healthy, d.Plain, d.AllDual, d.Distinct = true, true, true, true
	d.Addresses, d.Kinds = addresses, 1<<delivery.Global
	return true
}

// fill works out what stands behind a domain's MX records.
func (r *domainReader) fill(d *Domain) {
	r.byName, r.machines = nil, nil
	if d.MX.Len() > manyTargets {
		r.byName, r.machines = map[zonefiles.Name]int{}, map[zonefiles.Name]int{}
	}
	d.null, d.dead, d.Addresses, d.Kinds = 0, 0, 0, 0
	for i := range d.MX.Len() {
		record := d.MX.At(i)
		name, _ := record.Name(1)
		t := Target{Record: record, Preference: uint16(record.Number(0)), Name: name, Host: -1}
		if name.IsRoot() {
			d.null++
		} else {
			t.Host = r.host(d, name, t.Preference)
			if t.Host < 0 {
				d.dead++
			}
		}
		d.targets = append(d.targets, t)
	}
	r.finish(d)
}

// readImplicit reads the domain of an apex without MX records (RFC 3974 s.3 step 1).
func (r *domainReader) readImplicit(d *Domain) bool {
	z := r.zone
	if d.Owner != z.Apex() || z.flags[d.Owner]&(hasA|hasAAAA) == 0 || z.flags[d.Owner]&hasCNAME != 0 || z.MayHold(z.Origin, zonefiles.TypeMX) ||
		IsLocalhost(z.Origin) {
		return false
	}
	d.Implicit = true
	r.host(d, z.Origin, 0)
	r.finish(d)
	return true
}

// host is the index of a target's host, or -1 where senders pass the target by because it has no address, is no name of a host, or is
// the sender itself.
func (r *domainReader) host(d *Domain, name zonefiles.Name, preference uint16) int {
	if at, ok := findHost(d, r.byName, name); ok {
		m := &d.machines[d.hosts[at].Machine]
		m.Preference = min(m.Preference, preference)
		return at
	}
	resolved := r.resolve(name)
	if resolved.Known && resolved.Published == delivery.None || !resolved.Known && IsAddressLiteral(name) || IsLocalhost(name) {
		return -1
	}
	at := len(d.hosts)
	d.hosts = append(d.hosts, Host{Name: name, Resolved: *resolved, Machine: r.machine(d, name, preference, resolved)})
	if r.byName != nil {
		r.byName[name] = at
	}
	return at
}

func findHost(d *Domain, byName map[zonefiles.Name]int, name zonefiles.Name) (int, bool) {
	if byName != nil {
		at, ok := byName[name]
		return at, ok
	}
	for i := range d.hosts {
		if d.hosts[i].Name == name {
			return i, true
		}
	}
	return -1, false
}

// machine is the index of the machine behind a host name: aliases of one canonical name are one machine, and so are the names of
// which the operator says it.
func (r *domainReader) machine(d *Domain, name zonefiles.Name, preference uint16, resolved *Resolved) int {
	key := resolved.Canonical
	facts, ok := r.facts.Hosts[name]
	if !ok {
		facts = r.facts.Hosts[key]
	}
	if facts.HasSameHost {
		key = facts.SameHost
		if other := r.facts.Hosts[key]; other.HasOutbound {
			facts.Outbound, facts.HasOutbound = facts.Outbound|other.Outbound, true
		}
	}
	if at, ok := r.findMachine(d, key); ok {
		m := &d.machines[at]
		m.OtherNames = append(m.OtherNames, string(name))
		m.Preference = min(m.Preference, preference)
		m.Families |= resolved.Published
		m.Known = m.Known && resolved.Known
		m.Final = m.Final || r.facts.Final[name]
		m.Outbound, m.HasOutbound = m.Outbound|facts.Outbound, m.HasOutbound || facts.HasOutbound
		return at
	}
	at := len(d.machines)
	d.machines = append(d.machines, delivery.Host{
		Name: string(key), Preference: preference, Families: resolved.Published, Known: resolved.Known,
		Outbound: facts.Outbound, HasOutbound: facts.HasOutbound, Final: r.facts.Final[name],
	})
	if r.machines != nil {
		r.machines[key] = at
	}
	return at
}

func (r *domainReader) findMachine(d *Domain, key zonefiles.Name) (int, bool) {
	if r.machines != nil {
		at, ok := r.machines[key]
		return at, ok
	}
	for i := range d.machines {
		if d.machines[i].Name == string(key) {
			return i, true
		}
	}
	return -1, false
}

// finish works out what rests on all machines together.
func (r *domainReader) finish(d *Domain) {
	d.Plain = d.null == 0 && d.dead == 0 && len(d.hosts) == len(d.targets)
	for i := range d.MX.Len() {
		d.Plain = d.Plain && d.MX.At(i).TTL() == d.MX.At(0).TTL()
	}
	d.Distinct = len(d.hosts) <= fewTargets
	for i := range d.hosts {
		resolved := &d.hosts[i].Resolved
		d.Kinds |= resolved.Kinds
		d.Addresses += resolved.Addresses
		for k := range d.hosts[:min(i, fewTargets)] {
			other := &d.hosts[k].Resolved
			d.Distinct = d.Distinct && (other.Digest != resolved.Digest || resolved.Addresses == 0)
		}
		d.Plain = d.Plain && resolved.Plain
	}
	d.AllDual = true
	for i := range d.machines {
		m := &d.machines[i]
		if !m.Known || m.Families != delivery.Dual || m.HasOutbound {
			d.AllDual = false
		}
	}
	for _, link := range r.facts.Links {
		from, okFrom := r.machineNamed(d, link.From)
		to, okTo := r.machineNamed(d, link.To)
		if okFrom && okTo {
			d.links = append(d.links, delivery.Link{From: from, To: to, Via: link.Via})
		}
	}
	if !d.AllDual {
		r.relay.Reset(d.machines, d.links)
		d.relay = &r.relay
	}
}

// machineNamed is the machine behind one of the domain's host names.
func (r *domainReader) machineNamed(d *Domain, name zonefiles.Name) (int, bool) {
	at, ok := findHost(d, r.byName, name)
	if !ok {
		return -1, false
	}
	return d.hosts[at].Machine, true
}
