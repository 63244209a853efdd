package delivery

// The IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), entry by entry in the registries'
// order, and below them the blocks that other registries and RFCs set apart. The latest allocation among them is of
// 2025-04.

// entry is one row: the block, the kind that the rules make of it, its name, its document, and whether it is globally
// reachable.
type entry struct {
	prefix    string
	kind      Kind
	name, rfc string
	reachable bool
}

var registry4 = []entry{
	{"0.0.0.0/8", Scoped, "This network", "RFC 791", false},
	{"0.0.0.0/32", Scoped, "This host on this network", "RFC 1122", false},
	{"10.0.0.0/8", Private, "Private-Use", "RFC 1918", false},
	{"100.64.0.0/10", Private, "Shared Address Space", "RFC 6598", false},
	{"127.0.0.0/8", Scoped, "Loopback", "RFC 1122", false},
	{"169.254.0.0/16", Scoped, "Link Local", "RFC 3927", false},
	{"172.16.0.0/12", Private, "Private-Use", "RFC 1918", false},
	{"192.0.0.0/24", SpecialPurpose, "IETF Protocol Assignments", "RFC 6890", false},
	{"192.0.0.0/29", SpecialPurpose, "IPv4 Service Continuity Prefix", "RFC 7335", false},
	{"192.0.0.8/32", SpecialPurpose, "IPv4 dummy address", "RFC 7600", false},
	{"192.0.0.9/32", SpecialPurpose, "Port Control Protocol Anycast", "RFC 7723", true},
	{"192.0.0.10/32", SpecialPurpose, "Traversal Using Relays around NAT Anycast", "RFC 8155", true},
	{"192.0.0.170/31", SpecialPurpose, "NAT64/DNS64 Discovery", "RFC 8880", false}, // 192.0.0.170/32 and 192.0.0.171/32
	{"192.0.2.0/24", Documentation, "Documentation (TEST-NET-1)", "RFC 5737", false},
	{"192.31.196.0/24", SpecialPurpose, "AS112-v4", "RFC 7535", true},
	{"192.52.193.0/24", SpecialPurpose, "AMT", "RFC 7450", true},
	{"192.88.99.0/24", SpecialPurpose, "Deprecated (6to4 Relay Anycast)", "RFC 7526", false}, // terminated 2015-03
	{"192.88.99.2/32", SpecialPurpose, "6a44-relay anycast address", "RFC 6751", false},
	{"192.168.0.0/16", Private, "Private-Use", "RFC 1918", false},
	{"192.175.48.0/24", SpecialPurpose, "Direct Delegation AS112 Service", "RFC 7534", true},
	{"198.18.0.0/15", SpecialPurpose, "Benchmarking", "RFC 2544", false},
	{"198.51.100.0/24", Documentation, "Documentation (TEST-NET-2)", "RFC 5737", false},
	{"203.0.113.0/24", Documentation, "Documentation (TEST-NET-3)", "RFC 5737", false},
	{"240.0.0.0/4", SpecialPurpose, "Reserved", "RFC 1112", false},
	{"255.255.255.255/32", Scoped, "Limited Broadcast", "RFC 919", false},

	// Beside the registry.
	{"224.0.0.0/4", Scoped, "Multicast", "RFC 5771", false},
}

var registry6 = []entry{
	{"::1/128", Scoped, "Loopback Address", "RFC 4291", false},
	{"::/128", Scoped, "Unspecified Address", "RFC 4291", false},
	{"::ffff:0:0/96", Translated, "IPv4-mapped Address", "RFC 4291", false},
	{"64:ff9b::/96", Translated, "IPv4-IPv6 Translat.", "RFC 6052", true},
	{"64:ff9b:1::/48", Translated, "IPv4-IPv6 Translat.", "RFC 8215", false},
	{"100::/64", SpecialPurpose, "Discard-Only Address Block", "RFC 6666", false},
	{"100:0:0:1::/64", SpecialPurpose, "Dummy IPv6 Prefix", "RFC 9780", false},
	{"2001::/23", SpecialPurpose, "IETF Protocol Assignments", "RFC 2928", false},
	{"2001::/32", SpecialPurpose, "TEREDO", "RFC 4380", false}, // reachable: N/A
	{"2001:1::1/128", SpecialPurpose, "Port Control Protocol Anycast", "RFC 7723", true},
	{"2001:1::2/128", SpecialPurpose, "Traversal Using Relays around NAT Anycast", "RFC 8155", true},
	{"2001:1::3/128", SpecialPurpose, "DNS-SD Service Registration Protocol Anycast", "RFC 9665", true},
	{"2001:2::/48", SpecialPurpose, "Benchmarking", "RFC 5180", false},
	{"2001:3::/32", SpecialPurpose, "AMT", "RFC 7450", true},
	{"2001:4:112::/48", SpecialPurpose, "AS112-v6", "RFC 7535", true},
	{"2001:10::/28", SpecialPurpose, "Deprecated (previously ORCHID)", "RFC 4843", false}, // terminated 2014-03
	{"2001:20::/28", SpecialPurpose, "ORCHIDv2", "RFC 7343", true},
	{"2001:30::/28", SpecialPurpose, "Drone Remote ID Protocol Entity Tags (DETs) Prefix", "RFC 9374", true},
	{"2001:db8::/32", Documentation, "Documentation", "RFC 3849", false},
	{"2002::/16", SpecialPurpose, "6to4", "RFC 3056", false}, // reachable: N/A
	{"2620:4f:8000::/48", SpecialPurpose, "Direct Delegation AS112 Service", "RFC 7534", true},
	{"3fff::/20", Documentation, "Documentation", "RFC 9637", false},
	{"5f00::/16", SpecialPurpose, "Segment Routing (SRv6) SIDs", "RFC 9602", false},
	{"fc00::/7", Private, "Unique-Local", "RFC 4193", false},
	{"fe80::/10", Scoped, "Link-Local Unicast", "RFC 4291", false},

	// Beside the registry. Global unicast addresses are assigned out of 2000::/3 alone (RFC 4291 s.2.4 and IANA's IPv6
	// address space).
	{"::/96", Translated, "IPv4-compatible", "RFC 4291", false},
	{"fec0::/10", Scoped, "Site-Local (deprecated)", "RFC 3879", false},
	{"ff00::/8", Scoped, "Multicast", "RFC 4291", false},
	{"3ffe::/16", SpecialPurpose, "6bone (returned)", "RFC 3701", false},
	{"::/3", SpecialPurpose, "Reserved by IETF", "RFC 4291", false},
	{"4000::/2", SpecialPurpose, "Reserved by IETF", "RFC 4291", false},
	{"8000::/1", SpecialPurpose, "Reserved by IETF", "RFC 4291", false},
}
