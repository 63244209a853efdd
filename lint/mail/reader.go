package mail

import (
	"hash/maphash"
	"math"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/spf"
	"mx46/zonefiles"
)

// Reader makes one Domain after the other, in the same memory.
type Reader struct {
	resolver
	machines machines // of the operator's facts, in the graph at hand
	domain   Domain
	spare    Domain // see simulate
	relay    delivery.Relay
	reached  map[reachKey]delivery.Families
	inOpen   bool                                // the graph was open when the reader entered the zone
	keepDead bool                                // names that lead nowhere are hosts too
	nodes    [maxHealthyTargets]zonefiles.NameID // of the hosts of a healthy domain; see isHealthy
	byName   map[zonefiles.Name]int              // hosts, in a domain of many targets
	byStand  map[zonefiles.Name]int              // machines, likewise
	joined   map[zonefiles.Name][]delivery.Offer // by the name that stands for the machine; see joinedOffers
	joinedAs map[zonefiles.Name][]delivery.Host  // likewise; see joinedHosts
}

// NewReader makes a reader that heeds what the operator says.
func NewReader(facts *Facts) *Reader {
	return &Reader{resolver: resolver{facts: facts, seed: maphash.MakeSeed(), cache: make([]remembered, 1)}}
}

// Enter has the reader read a zone from now on, for senders of a scope.
func (r *Reader) Enter(z *dns.Zone, scope delivery.Scope) {
	inOpen := z != nil && z.Graph().IsOpen()
	if r.inOpen && (z != r.zone || !inOpen) {
		r.shared = nil // which holds on to zones, as does what is reached
		if len(r.reached) <= fewReached {
			clear(r.reached)
		} else {
			r.reached = nil
		}
	}
	if r.inOpen && !inOpen { // what the zone was not told before, it may be told now; see dns.Zone.Waits
		clear(r.cache)
	}
	if r.inOpen || z != r.zone || scope != r.scope {
		r.joined, r.joinedAs = nil, nil
	}
	r.zone, r.scope, r.inOpen = z, scope, inOpen
	if z != nil && z.Graph() != r.graph {
		r.enterGraph(z.Graph())
	}
}

// enterGraph joins the names in the operator's facts to machines, as no zone in particular sees them.
func (r *Reader) enterGraph(g *dns.Graph) {
	zone := r.zone
	r.zone, r.graph, r.near = nil, g, 0
	r.reached = nil
	r.makeRoom(g)
	r.machines = r.join()
	r.zone = zone
}

// Read gives the mail domain of an owner. It reports false where the owner is none: it is outside the zone, or hidden.
func (r *Reader) Read(owner zonefiles.NameID) (*Domain, bool) {
	z := r.zone
	if !z.Serves(owner) {
		return nil, false
	}
	r.near = owner
	d := r.next()
	d.Zone, d.Owner = z, owner
	if !z.Has(owner, zonefiles.TypeMX) {
		d.reader = nil
		d.Traits |= OddSPF
		return d, r.readImplicit(d)
	}
	d.MX = z.RRset(owner, zonefiles.TypeMX)
	if d.MX.Len() > dns.MaxRRset {
		return nil, false
	}
	if !r.isHealthy(d) {
		d.fill()
	}
	r.readSPF(d)
	return d, true
}

// readSPF says whether there may be something to say of the SPF records of a domain and its hosts.
func (r *Reader) readSPF(d *Domain) {
	odd := d.Traits != 0 || r.hostsHaveText(d)
	set := d.Zone.RRset(d.Owner, zonefiles.TypeTXT)
	policies := 0
	for i := range set.Len() {
		if line := set.At(i).RDATALine(); spf.MayBe(line) {
			policies++
			odd = odd || policies > 1 || !spf.IsPlain(line)
		}
	}
	if policies == 0 {
		d.Traits |= NoSPF
	}
	if odd {
		d.Traits |= OddSPF
	}
}

// hostsHaveText reports whether some MX host of a healthy domain has a TXT record.
func (r *Reader) hostsHaveText(d *Domain) bool {
	if d.reader != nil {
		hasText := func(node zonefiles.NameID) bool { return d.Zone.Has(node, zonefiles.TypeTXT) }
		return slices.ContainsFunc(r.nodes[:d.MX.Len()], hasText)
	}
	return slices.ContainsFunc(d.hosts, func(h Host) bool {
		return h.Resolved.A.Zone.Has(h.Resolved.A.Node, zonefiles.TypeTXT)
	})
}

// next is an empty domain, to be filled.
func (r *Reader) next() *Domain {
	d := &r.domain
	*d = Domain{
		reader: r, finder: r, graph: &r.relay, targets: d.targets[:0], hosts: d.hosts[:0], machines: d.machines[:0],
		stands: d.stands[:0], offers: d.offers[:0], links: d.links[:0],
	}
	r.byName, r.byStand = nil, nil
	return d
}

// isHealthy reports whether nothing is wrong with a domain's MX hosts, in one walk over the records that allocates
// nothing. The domain is filled in once it is asked for more. This takes a quarter off a lint of a million records of
// healthy mail domains on one CPU.
func (r *Reader) isHealthy(d *Domain) bool {
	if d.MX.Len() > maxHealthyTargets || !r.facts.IsEmpty() {
		return false
	}
	var digests [maxHealthyTargets][2]uint64
	addresses := 0
	for i := range d.MX.Len() {
		record := d.MX.At(i)
		node, ok := record.NameID(1)
		if !ok || record.TTL() != d.MX.At(0).TTL() || slices.Contains(r.nodes[:i], node) {
			return false
		}
		count, digest := r.healthyHost(d.Zone, node)
		if count == 0 {
			return false
		}
		for _, other := range digests[:i] {
			if other[0] == digest[0] || other[1] == digest[1] {
				return false
			}
		}
		addresses += count
		r.nodes[i], digests[i] = node, digest
	}
	d.Addresses = addresses
	return true
}

// healthyHost counts the addresses of a host about which there is nothing to say, and gives their digests as AddressSet
// has them. The count is 0 where there is something.
func (r *Reader) healthyHost(z *dns.Zone, node zonefiles.NameID) (count int, digests [2]uint64) {
	if !z.ServesAddress(node) || !z.IsHostname(node) {
		return 0, digests
	}
	var ttls [2]uint32
	var seen [maxHealthyAddresses]uint64
	for f, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
		set := z.RRset(node, t)
		if set.Len() == 0 || count+set.Len() > maxHealthyAddresses {
			return 0, digests
		}
		ttls[f] = set.At(0).TTL()
		for k := range set.Len() {
			addr := set.At(k).Addr()
			if set.At(k).TTL() != ttls[f] || delivery.Classify(addr, r.facts.NAT64...).Kind != delivery.Global {
				return 0, digests
			}
			seen[count] = digest(addr)
			if slices.Contains(seen[:count], seen[count]) {
				return 0, digests
			}
			digests[f] += seen[count]
			count++
		}
	}
	if TTLSkew(ttls[0], ttls[1]) {
		return 0, digests
	}
	return count, digests
}

// fill works out which hosts and machines a domain's MX records lead to.
func (r *Reader) fill(d *Domain) {
	d.Addresses = 0
	for i := range d.MX.Len() {
		r.target(d, d.MX.At(i))
	}
	r.finish(d)
}

// target adds one MX record, and the host and the machine that it leads to.
func (r *Reader) target(d *Domain, record zonefiles.Record) {
	if len(d.targets) == minIndexed {
		r.index(d)
	}
	name, _ := record.Name(1)
	t := Target{Record: record, Preference: uint16(record.Number(0)), Name: name, Host: -1}
	if name.IsRoot() {
		d.Traits |= NullMX | OddTarget
	} else if t.Host = r.host(d, name, t.Preference); t.Host < 0 {
		d.Traits |= DeadTarget | OddTarget
	}
	if record.TTL() != d.MX.At(0).TTL() {
		d.Traits |= OddTarget
	}
	d.targets = append(d.targets, t)
}

// index makes the maps in which hosts and machines are found from now on.
func (r *Reader) index(d *Domain) {
	r.byName, r.byStand = map[zonefiles.Name]int{}, map[zonefiles.Name]int{}
	for at := range d.hosts {
		r.byName[d.hosts[at].Name] = at
	}
	for at, stand := range d.stands {
		r.byStand[stand] = at
	}
}

// readImplicit reads the domain of an apex without MX records (RFC 3974 s.3 step 1).
func (r *Reader) readImplicit(d *Domain) bool {
	z := r.zone
	if d.Owner != z.Apex() || !z.Has(d.Owner, zonefiles.TypeA, zonefiles.TypeAAAA) ||
		z.Has(d.Owner, zonefiles.TypeCNAME) || z.MayHold(z.Origin, zonefiles.TypeMX) || dns.IsLocalhost(z.Origin) {
		return false
	}
	d.Implicit = true
	r.host(d, z.Origin, 0)
	r.finish(d)
	return true
}

// host is the index of the host that an MX record leads to, or -1 where senders pass over the record.
func (r *Reader) host(d *Domain, name zonefiles.Name, preference uint16) int {
	at, ok := findHost(d, r.byName, name)
	if !ok {
		resolved := r.Resolve(name)
		if resolved.LeadsNowhere(name) && !r.keepDead {
			return -1
		}
		at = len(d.hosts)
		d.hosts = append(d.hosts, Host{Name: name, Resolved: *resolved, Machine: r.machine(d, name, resolved)})
		if r.byName != nil {
			r.byName[name] = at
		}
	}
	r.offer(d, at, int(preference))
	return at
}

func findHost(d *Domain, byName map[zonefiles.Name]int, name zonefiles.Name) (int, bool) {
	if byName != nil {
		at, ok := byName[name]
		return at, ok
	}
	for at := range d.hosts {
		if d.hosts[at].Name == name {
			return at, true
		}
	}
	return -1, false
}

// offer adds what a host offers under one preference to its machine.
func (r *Reader) offer(d *Domain, at, preference int) {
	h := &d.hosts[at]
	o := delivery.Offer{
		Machine: h.Machine, Preference: preference, Name: h.Resolved.Canonical,
		Published: h.Resolved.Published, Usable: h.Resolved.Usable, Open: h.Resolved.Open,
	}
	if h.Resolved.LeadsNowhere(h.Name) {
		o.Published, o.Usable, o.Open = delivery.None, delivery.None, delivery.None
	}
	d.offers = append(d.offers, o)
	m := &d.machines[h.Machine]
	counts, counted := o.Published|o.Open != delivery.None, m.Published|m.Open != delivery.None
	switch {
	case counts == counted:
		m.Preference = min(m.Preference, uint16(preference))
	case counts: // names that lead nowhere no longer count
		m.Preference = uint16(preference)
	}
	m.Published |= o.Published
	m.Usable |= o.Usable
	m.Open |= o.Open
}

// joinedOffers are what the names of a machine that the operator joined offer to the machine itself, to send from. They
// are worked out once for all domains of a zone: what is known of them in one offer, and the others by name.
func (r *Reader) joinedOffers(stand zonefiles.Name, names []zonefiles.Name) []delivery.Offer {
	if offers, ok := r.joined[stand]; ok {
		return offers
	}
	var known, open []delivery.Offer
	byName := map[zonefiles.Name]int{} // in open
	for _, name := range names {
		found := r.Resolve(name)
		if found.LeadsNowhere(name) {
			continue
		}
		into, at := &known, 0
		if !found.IsKnown() {
			into, at = &open, maxJoinedOpen-1
			if seen, ok := byName[found.Canonical]; ok {
				at = seen
			}
		}
		if at >= len(*into) {
			at = len(*into)
			*into = append(*into, delivery.Offer{Preference: delivery.Unlisted, Name: found.Canonical})
		}
		o := &(*into)[at]
		o.Published |= found.Published
		o.Usable |= found.Usable
		o.Open |= found.Open
		if o.Open != delivery.None {
			byName[found.Canonical] = at
		}
	}
	if r.joined == nil {
		r.joined = map[zonefiles.Name][]delivery.Offer{}
	}
	r.joined[stand] = append(known, open...)
	return r.joined[stand]
}

// machine is the index of the machine that a host is a name of.
func (r *Reader) machine(d *Domain, name zonefiles.Name, resolved *Resolved) int {
	stand := r.machines.of(name, resolved)
	if at, ok := r.findMachine(d, stand); ok {
		return at
	}
	at := len(d.machines)
	m := delivery.Machine{Preference: math.MaxUint16}
	if about := r.machines.said[stand]; about != nil {
		m.Outbound, m.HasOutbound, m.Final, m.Linked = about.outbound, about.hasOutbound, about.final, about.linked
	}
	d.machines, d.stands = append(d.machines, m), append(d.stands, stand)
	if r.byStand != nil {
		r.byStand[stand] = at
	}
	return at
}

// SaidNames are the names of a domain's machine that the operator speaks of, sorted. Not all need be in an MX record.
func (r *Reader) SaidNames(d *Domain, machine int) []zonefiles.Name {
	d.fill()
	if about := r.machines.said[d.stands[machine]]; about != nil {
		return about.names
	}
	return nil
}

// Machine is the name that stands for the machine that a name is one of, and the same for all of its names.
func (r *Reader) Machine(name zonefiles.Name) zonefiles.Name {
	return r.machines.of(name, r.Resolve(name))
}

func (r *Reader) findMachine(d *Domain, stand zonefiles.Name) (int, bool) {
	if r.byStand != nil {
		at, ok := r.byStand[stand]
		return at, ok
	}
	at := slices.Index(d.stands, stand)
	return at, at >= 0
}

// finish works out what rests on all hosts and machines together.
func (r *Reader) finish(d *Domain) {
	for m, stand := range d.stands {
		if about := r.machines.said[stand]; about != nil {
			for _, o := range r.joinedOffers(stand, about.joined) {
				o.Machine = m
				d.offers = append(d.offers, o)
			}
		}
	}
	for _, link := range r.machines.links {
		from, okFrom := r.findMachine(d, link.From)
		to, okTo := r.findMachine(d, link.To)
		if okFrom && okTo {
			d.links = append(d.links, delivery.Link{From: from, To: to, Via: link.Via})
		}
	}
	if len(d.hosts) < len(d.targets) {
		d.Traits |= OddTarget
	}
	for i := range d.hosts {
		resolved := &d.hosts[i].Resolved
		if resolved.odd {
			d.Traits |= OddAddress
		}
		d.Addresses += resolved.Addresses
		if !resolved.Plain {
			d.Traits |= OddTarget
		}
		for k := range d.hosts[:min(i, maxCompared)] {
			if i >= maxCompared || sharesAddresses(&d.hosts[k].Resolved, resolved) {
				d.Traits |= SameAddress
			}
		}
	}
	for i := range d.machines {
		if m := &d.machines[i]; m.Published != delivery.Dual || m.HasOutbound {
			d.Traits |= OddFamily
		}
	}
}

// sharesAddresses reports whether two hosts may have the same usable addresses in some family.
func sharesAddresses(a, b *Resolved) bool {
	for f, digest := range a.Digests {
		if digest != 0 && digest == b.Digests[f] {
			return true
		}
	}
	return false
}
