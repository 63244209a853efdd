package mail

import (
	"hash/maphash"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// Reader makes one Domain after the other, in the same memory.
type Reader struct {
	resolver
	domain   Domain
	relay    delivery.Relay
	byName   map[zonefiles.Name]int // hosts, in a domain of many targets
	machines map[zonefiles.Name]int // likewise
}

// manyTargets is how many MX records make looking a host up in a map cheaper than looking through the list.
const manyTargets = 16

// NewReader makes a reader that heeds what the operator says.
func NewReader(facts *Facts) *Reader {
	return &Reader{resolver: resolver{facts: facts, seed: maphash.MakeSeed()}}
}

// Enter has the reader read a zone from now on, for senders of a scope.
func (r *Reader) Enter(z *dns.Zone, scope delivery.Scope) { r.zone, r.scope = z, scope }

// Read gives the mail domain of an owner. It reports false where the owner is none: it is outside the zone, or hidden.
func (r *Reader) Read(owner zonefiles.NameID) (*Domain, bool) {
	z := r.zone
	if !z.Serves(owner) {
		return nil, false
	}
	r.near = owner
	r.byName, r.machines = nil, nil
	d := &r.domain
	*d = Domain{
		Zone: z, Owner: owner, reader: r, targets: d.targets[:0], hosts: d.hosts[:0], machines: d.machines[:0], links: d.links[:0],
	}
	if !z.Has(owner, zonefiles.TypeMX) {
		d.reader = nil
		return d, r.readImplicit(d)
	}
	d.MX = z.RRset(owner, zonefiles.TypeMX)
	if d.MX.Len() > dns.MaxRRset {
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
func (r *Reader) isHealthy(d *Domain) bool {
	z := d.Zone
	if d.MX.Len() > fewTargets || len(r.facts.Hosts) > 0 {
		return false
	}
	var nodes [fewTargets]zonefiles.NameID
	var digests [fewTargets]uint64 // of the hosts
	addresses := 0
	for i := range d.MX.Len() {
		record := d.MX.At(i)
		node, ok := record.NameID(1)
		if !ok || record.TTL() != d.MX.At(0).TTL() || slices.Contains(nodes[:i], node) || !z.ServesAddress(node) || !z.IsHostname(node) {
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
	d.Plain, d.AllDual, d.Distinct = true, true, true
	d.Addresses, d.Kinds = addresses, 1<<delivery.Global
	return true
}

// fill works out what stands behind a domain's MX records.
func (r *Reader) fill(d *Domain) {
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
func (r *Reader) readImplicit(d *Domain) bool {
	z := r.zone
	if d.Owner != z.Apex() || !z.Has(d.Owner, zonefiles.TypeA, zonefiles.TypeAAAA) || z.Has(d.Owner, zonefiles.TypeCNAME) || z.MayHold(z.Origin, zonefiles.TypeMX) ||
		dns.IsLocalhost(z.Origin) {
		return false
	}
	d.Implicit = true
	r.host(d, z.Origin, 0)
	r.finish(d)
	return true
}

// host is the index of a target's host, or -1 where senders pass the target by because it has no address, is no name of a host, or is
// the sender itself.
func (r *Reader) host(d *Domain, name zonefiles.Name, preference uint16) int {
	if at, ok := findHost(d, r.byName, name); ok {
		m := &d.machines[d.hosts[at].Machine]
		m.Preference = min(m.Preference, preference)
		return at
	}
	resolved := r.Resolve(name)
	if resolved.Known && resolved.Published == delivery.None || !resolved.Known && dns.IsAddressLiteral(name) || dns.IsLocalhost(name) {
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
func (r *Reader) machine(d *Domain, name zonefiles.Name, preference uint16, resolved *Resolved) int {
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

func (r *Reader) findMachine(d *Domain, key zonefiles.Name) (int, bool) {
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
func (r *Reader) finish(d *Domain) {
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
	d.Traits = d.traits()
	if !d.AllDual {
		r.relay.Reset(d.machines, d.links)
		d.relay = &r.relay
	}
}

// machineNamed is the machine behind one of the domain's host names.
func (r *Reader) machineNamed(d *Domain, name zonefiles.Name) (int, bool) {
	at, ok := findHost(d, r.byName, name)
	if !ok {
		return -1, false
	}
	return d.hosts[at].Machine, true
}
