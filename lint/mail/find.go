package mail

import (
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

// This file finds the mail domain of any name, for a simulation.

// Find is the mail domain of a name as its senders find it (RFC 3974 s.3 step 1), targets that lead nowhere among its
// hosts.
func (r *Reader) Find(name zonefiles.Name) *delivery.Domain {
	found := &delivery.Domain{Name: name, Named: map[zonefiles.Name]int{}}
	if r.graph == nil {
		return found
	}
	for name, a := range r.graph.Walk(r.zone, name, zonefiles.TypeMX) {
		found.Name, found.MX = name, a
		if found.Loop = len(found.Aliases) > dns.MaxAliases; found.Loop {
			return found
		}
		if target, ok := dns.AliasTarget(name, &a); ok {
			found.Aliases = append(found.Aliases, delivery.Alias{Name: name, Target: target, Record: a.Records.At(0)})
		}
	}
	d := r.next()
	d.reader = nil
	r.keepDead = true
	switch {
	case found.MX.Status == dns.Data:
		d.MX = found.MX.Records
		for _, record := range byPreference(d.MX) {
			r.target(d, record)
		}
		r.finish(d)
	case found.IsImplicit():
		d.targets = append(d.targets, Target{Name: found.Name, Host: r.host(d, found.Name, 0)})
		r.finish(d)
	}
	r.keepDead = false
	r.describe(d, found)
	return found
}

// simulate is mail to a name, in the memory of another domain than the one at hand.
func (r *Reader) simulate(name zonefiles.Name) *delivery.Simulation {
	r.domain, r.spare = r.spare, r.domain
	found := r.Find(name)
	r.domain, r.spare = r.spare, r.domain
	return &delivery.Simulation{Domain: found, Scope: r.scope, NAT64: r.facts.NAT64}
}

// byPreference are MX records by preference, then as in the file.
func byPreference(mx dns.RRset) []zonefiles.Record {
	records := make([]zonefiles.Record, mx.Len())
	for i := range records {
		records[i] = mx.At(i)
	}
	slices.SortStableFunc(records, func(a, b zonefiles.Record) int { return int(a.Number(0)) - int(b.Number(0)) })
	return records
}

// describe fills in targets, hosts and machines.
func (r *Reader) describe(d *Domain, found *delivery.Domain) {
	found.Machines, found.Offers, found.Links = slices.Clone(d.machines), slices.Clone(d.offers), slices.Clone(d.links)
	found.Names = make([][]zonefiles.Name, len(d.machines))
	for i := range d.targets {
		if t := &d.targets[i]; t.Host >= 0 {
			target := delivery.Target{Record: t.Record, Preference: t.Preference, Host: t.Host}
			found.Targets = append(found.Targets, target)
		}
	}
	for i := range d.hosts {
		addHost(found, r.hostOf(d.hosts[i].Name, &d.hosts[i].Resolved), d.hosts[i].Machine)
	}
	for m, stand := range d.stands {
		found.Named[stand] = m
		about := r.machines.said[stand]
		if about == nil {
			continue
		}
		for _, name := range about.names {
			found.Named[name] = m
		}
		for _, h := range r.joinedHosts(stand, about.joined) {
			if _, isTarget := findHost(d, r.byName, h.Name); !isTarget {
				addHost(found, h, m)
			}
		}
	}
	named := make([]bool, len(d.hosts))
	for _, t := range found.Targets {
		if h := &found.Hosts[t.Host]; !named[t.Host] {
			named[t.Host] = true
			found.Names[h.Machine] = append(found.Names[h.Machine], h.Name)
		}
	}
}

// joinedHosts are the names of a machine that the operator joined, worked out once for all domains of a zone.
func (r *Reader) joinedHosts(stand zonefiles.Name, names []zonefiles.Name) []delivery.Host {
	hosts, ok := r.joinedAs[stand]
	if !ok && len(names) > 0 {
		for _, name := range names {
			hosts = append(hosts, r.hostOf(name, r.Resolve(name)))
		}
		if r.joinedAs == nil {
			r.joinedAs = map[zonefiles.Name][]delivery.Host{}
		}
		r.joinedAs[stand] = hosts
	}
	return hosts
}

func (r *Reader) hostOf(name zonefiles.Name, resolved *Resolved) delivery.Host {
	h := delivery.Host{
		Name: name, Chain: r.chain(name), Loop: resolved.Loop, A: resolved.A, AAAA: resolved.AAAA,
		Usable: resolved.Usable, Open: resolved.Open, Narrowed: resolved.Narrowed,
		Mapped: resolved.Mapped,
	}
	if seen := resolved.Seen; seen != nil {
		h.Line, h.Exists = seen.Line, seen.State == lock.NoData || seen.State == lock.Addresses
		for family, answer := range map[delivery.Families]*dns.Answer{delivery.IPv4: &h.A, delivery.IPv6: &h.AAAA} {
			if answer.Status != dns.Data {
				h.Dead |= resolved.Published &^ resolved.Usable & family
			}
		}
	}
	if resolved.LeadsNowhere(name) {
		h.Usable, h.Open = delivery.None, delivery.None
	}
	return h
}

func addHost(found *delivery.Domain, h delivery.Host, machine int) {
	h.Machine = machine
	for _, name := range h.Chain {
		found.Named[name] = machine
	}
	found.Hosts = append(found.Hosts, h)
}
