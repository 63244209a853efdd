// Package mail sees zones as a sender of mail does: mail domains, their MX records, the hosts that those name, and the
// machines that take the mail.
package mail

import (
	"cmp"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// Domain is a mail domain: an owner of MX records, or an apex that takes mail at its own addresses. A rule must not
// keep it, since the next domain takes its place.
type Domain struct {
	Zone      *dns.Zone
	Owner     zonefiles.NameID
	MX        dns.RRset // empty where the MX is implicit
	Implicit  bool      // no MX record, but an address at the name (RFC 5321 s.5.1)
	Traits    Trait     // what is out of the ordinary
	Addresses int       // address records of Hosts

	// What follows is filled in at the first question, since most domains are healthy and nothing more is asked of
	// them.
	reader   *Reader // until then
	targets  []Target
	hosts    []Host
	machines []delivery.Machine
	stands   []zonefiles.Name // by machine: the name that stands for it; see machines
	offers   []delivery.Offer
	links    []delivery.Link
	relay    *delivery.Relay // nil until Relay is asked for
	graph    *delivery.Relay // its memory
	finder   *Reader         // of the domain; see IsUndecided
	verdict  verdict
	index    *domainIndex // see Domain.places
}

// Targets are the MX records, in the order of the file.
func (d *Domain) Targets() []Target {
	d.fill()
	return d.targets
}

// Hosts are those of the targets that senders can use, by first appearance in Targets.
func (d *Domain) Hosts() []Host {
	d.fill()
	return d.hosts
}

// Machines are those that the hosts are names of. Host.Machine is an index of Machines.
func (d *Domain) Machines() []delivery.Machine {
	d.fill()
	return d.machines
}

// Offers are what the hosts, and other names of the machines, offer to senders; see delivery.Offer.
func (d *Domain) Offers() []delivery.Offer {
	d.fill()
	return d.offers
}

func (d *Domain) fill() {
	if r := d.reader; r != nil {
		d.reader = nil
		r.fill(d)
	}
}

// domainIndex says where in the records a domain's hosts and machines are, for domains of any number of them.
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
func (d *Domain) HasNullMX() bool { return d.Traits&NullMX != 0 }

// AcceptsMail reports whether some host takes mail for the domain.
func (d *Domain) AcceptsMail() bool { return d.reader != nil || len(d.hosts) > 0 }

// LacksTLSA reports whether nothing can be said of TLSA records for SMTP, since there is nothing at _25._tcp below the
// domain or any host of it. It asks nothing of domains that have something wrong with them.
func (d *Domain) LacksTLSA() bool {
	if d.reader == nil {
		return false
	}
	answers := func(node zonefiles.NameID) bool { return d.Zone.AnswersBelow(node, "_tcp", "_25") }
	return !answers(d.Owner) && !slices.ContainsFunc(d.reader.nodes[:d.MX.Len()], answers)
}

// Relay is the relay graph of Machines.
func (d *Domain) Relay() *delivery.Relay {
	if d.fill(); d.relay == nil {
		d.relay = d.graph
		d.relay.Reset(d.machines, d.offers, d.links)
	}
	return d.relay
}

// verdict says whether a simulation of mail to a domain has ended, and how.
type verdict uint8

const (
	notSimulated verdict = iota
	decided
	undecided
)

// IsUndecided reports whether what is not known may change how mail to the domain ends, for some class of senders. That
// is what mx46 trace is asked, too, so that lint cannot contradict it.
func (d *Domain) IsUndecided() bool {
	if d.verdict == notSimulated {
		d.verdict = decided
		if d.isUndecided() {
			d.verdict = undecided
		}
	}
	return d.verdict == undecided
}

// isUndecided asks a simulation where nothing simpler settles it.
func (d *Domain) isUndecided() bool {
	isOpen := func(o delivery.Offer) bool { return o.Open != delivery.None }
	switch {
	case d.IsAlias(): // senders follow it and do not see the MX records beside it
	case d.Traits&^(NoSPF|OddSPF) == 0 || !slices.ContainsFunc(d.Offers(), isOpen) || d.primariesAreDual():
		return false
	case d.isAllOpen():
		return true
	}
	return d.finder.simulate(d.Name()).IsUndecided()
}

// IsAlias reports whether the domain's name has a CNAME record beside its MX records.
func (d *Domain) IsAlias() bool { return d.Zone.Has(d.Owner, zonefiles.TypeCNAME) }

// isAllOpen reports whether nothing is known of any MX record's host: a mail arrives at the primary if that has the
// sender's family, and nowhere if no host has an address. It saves a hoster's zones most of their simulations.
func (d *Domain) isAllOpen() bool {
	return d.Traits&(DeadTarget|NullMX) == 0 && !slices.ContainsFunc(d.offers, func(o delivery.Offer) bool {
		return o.Open != delivery.Dual
	})
}

// primariesAreDual reports whether senders of all classes reach the hosts of the lowest preference, which saves most of
// the other simulations.
func (d *Domain) primariesAreDual() bool {
	lowest := slices.MinFunc(d.offers, func(a, b delivery.Offer) int { return cmp.Compare(a.Preference, b.Preference) })
	return d.Traits&(DeadTarget|NullMX) == 0 && !slices.ContainsFunc(d.offers, func(o delivery.Offer) bool {
		return o.Preference == lowest.Preference && o.Usable != delivery.Dual
	})
}

// FirstUnknown is the name of the host with the lowest preference of those that are not wholly known; the domain's own
// where there is none.
func (d *Domain) FirstUnknown() zonefiles.Name {
	first := delivery.Offer{Name: d.Name(), Preference: delivery.Unlisted + 1}
	for _, o := range d.Offers() {
		if o.Open != delivery.None && o.Preference < first.Preference {
			first = o
		}
	}
	return first.Name
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

// FirstTarget is the MX record of a machine with the lowest preference, and the first in the file among those. An
// implicit MX has none.
func (d *Domain) FirstTarget(machine int) *Target { return &d.Targets()[d.places().first[machine]] }

// TargetOf is the first MX record that names a host. An implicit MX has none.
func (d *Domain) TargetOf(host int) *Target { return &d.Targets()[d.places().targetOfHost[host]] }

// Trait is something about a mail domain that most have not.
type Trait uint8

// The traits.
const (
	OddTarget   Trait = 1 << iota // an MX record that leads not straight to an ordinary host of its own, or odd TTLs
	OddFamily                     // a machine that is not known to be dual-stack
	OddAddress                    // an address that is not an ordinary global one
	SameAddress                   // two hosts that may have the same addresses, all or those of one family
	DeadTarget                    // a target that no sender can use
	NullMX
	NoSPF  // no SPF record
	OddSPF // an SPF record, of the domain or of an MX host, that is worth a closer look, as any is with another trait
)
