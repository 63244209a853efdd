package mail

import (
	"net/netip"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

// This file is what is known of hosts beside the zones.

// Facts are what is known and no zone file holds. Of a host, a loaded zone that is authoritative for its name knows
// best, then the operator, then the lock.
type Facts struct {
	Hosts map[zonefiles.Name]HostFacts
	Links []Link
	Final map[zonefiles.Name]bool // hosts that deliver without SMTP relay (RFC 3974 s.4.2)
	Lock  *lock.Lock              // what DNS said of hosts outside the zones; nil: nothing
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
