package lint

import (
	"slices"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file sees a zone as a sender of mail does: mail domains, their MX records, and the hosts behind those.

// Domain is a mail domain: an owner of MX records, or an apex that takes mail at its own addresses. A rule must not keep it, since
// the next domain takes its place.
type Domain struct {
	Zone     *Zone
	Owner    zonefiles.NameID
	MX       RRset // empty where the MX is implicit
	Implicit bool  // no MX record, but an address at the name (RFC 5321 s.5.1)
	Traits   Trait // what is out of the ordinary
	// AllDual is set where every machine is known to be dual-stack, and no rule about families has anything to say.
	AllDual bool
	// Plain is set where each MX record leads to a plain host of its own, and the records have one TTL: no rule about targets,
	// names or addresses has anything to say.
	Plain bool
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
	d.Plain, d.AllDual, d.Distinct = true, true, true
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
	d.Traits = d.traits()
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

// Trait is something about a mail domain that most have not.
type Trait uint8

// The traits.
const (
	OddTarget   Trait = 1 << iota // an MX record that does not lead straight to an ordinary host of its own, or TTLs that differ
	OddFamily                     // a machine that is not known to be dual-stack
	OddAddress                    // an address that is not an ordinary global one
	SameAddress                   // two hosts that may have the same addresses
	DeadTarget                    // a target that no sender can use
	NullMX
)

func (d *Domain) traits() (t Trait) {
	for _, has := range [...]struct {
		is    bool
		trait Trait
	}{
		{!d.Plain, OddTarget},
		{!d.AllDual, OddFamily},
		{d.Kinds&^(1<<delivery.Global) != 0, OddAddress},
		{!d.Distinct, SameAddress},
		{d.dead > 0, DeadTarget},
		{d.null > 0, NullMX},
	} {
		if has.is {
			t |= has.trait
		}
	}
	return t
}
