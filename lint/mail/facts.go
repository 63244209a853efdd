package mail

import (
	"net/netip"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/lint/mtasts"
	"mx46/zonefiles"
)

// This file is what is known of hosts beside the zones.

// Facts are what is known and no zone file holds. Of a host, a loaded zone that is authoritative for its name knows
// best, then the operator, then the lock. The operator may take families away from what a zone publishes: its addresses
// there lead to no mail server.
type Facts struct {
	Hosts map[zonefiles.Name]HostFacts
	Below map[zonefiles.Name]HostFacts // of every name below one that has no facts of its own; the nearest count
	Links []Link
	// Final are the hosts that deliver without SMTP relay (RFC 3974 s.4.2), and where the operator says so; empty where
	// that is in no file.
	Final map[zonefiles.Name]zonefiles.Span
	Lock  *lock.Lock     // what DNS said of hosts outside the zones; nil: nothing
	NAT64 []netip.Prefix // translation prefixes of the operator's own (RFC 6052 s.2.2)
	// Policies are the MTA-STS policies of mail domains.
	Policies map[zonefiles.Name]*mtasts.Policy
}

// HostFacts are what the operator says of one host.
type HostFacts struct {
	Families    delivery.Families // in which the host takes mail
	HasFamilies bool
	Outbound    delivery.Families // in which the host opens connections
	HasOutbound bool
	SameHost    zonefiles.Name // another name of the same machine
	HasSameHost bool
	At          zonefiles.Span // where the operator says so; empty where that is in no file
}

// Of is what the operator says of a host.
func (f *Facts) Of(name zonefiles.Name) HostFacts {
	own, ok := f.Hosts[name]
	if ok || len(f.Below) == 0 {
		return own
	}
	for !name.IsRoot() {
		name = name.Parent()
		if own, ok = f.Below[name]; ok {
			break
		}
	}
	return own
}

// IsEmpty reports whether nothing is said of any host.
func (f *Facts) IsEmpty() bool { return len(f.Hosts) == 0 && len(f.Below) == 0 }

// Link is a transport between two hosts that needs no common family (RFC 3974 s.4.2).
type Link struct {
	From, To zonefiles.Name
	Via      string
	At       zonefiles.Span // as that of HostFacts
}
