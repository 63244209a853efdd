package delivery

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestClassify(t *testing.T) {
	type usable struct{ public, internal bool }
	var (
		always   = usable{true, true}
		inside   = usable{false, true}
		never    = usable{false, false}
		declared = []netip.Prefix{netip.MustParsePrefix("2001:db8:64::/96"), netip.MustParsePrefix("2a00:64::/32")}
	)
	for _, test := range []struct {
		addr, prefix, name, rfc string
		kind                    Kind
		usable                  usable
	}{
		{"8.8.8.8", "", "", "", Global, always},
		{"1.0.0.1", "", "", "", Global, always},
		{"172.15.255.255", "", "", "", Global, always},
		{"172.32.0.0", "", "", "", Global, always},
		{"223.255.255.255", "", "", "", Global, always},
		{"10.1.2.3", "10.0.0.0/8", "Private-Use", "RFC 1918", Private, inside},
		{"172.16.0.0", "172.16.0.0/12", "Private-Use", "RFC 1918", Private, inside},
		{"172.31.255.255", "172.16.0.0/12", "Private-Use", "RFC 1918", Private, inside},
		{"192.168.255.255", "192.168.0.0/16", "Private-Use", "RFC 1918", Private, inside},
		{"100.127.255.255", "100.64.0.0/10", "Shared Address Space", "RFC 6598", Private, inside},
		{"100.128.0.0", "", "", "", Global, always},
		{"0.0.0.0", "0.0.0.0/32", "This host on this network", "RFC 1122", Scoped, never},
		{"0.0.0.1", "0.0.0.0/8", "This network", "RFC 791", Scoped, never},
		{"127.0.0.1", "127.0.0.0/8", "Loopback", "RFC 1122", Scoped, never},
		{"169.254.169.254", "169.254.0.0/16", "Link Local", "RFC 3927", Scoped, never},
		{"224.0.0.1", "224.0.0.0/4", "Multicast", "RFC 5771", Scoped, never},
		{"255.255.255.254", "240.0.0.0/4", "Reserved", "RFC 1112", SpecialPurpose, never},
		{"255.255.255.255", "255.255.255.255/32", "Limited Broadcast", "RFC 919", Scoped, never},
		{"192.0.2.25", "192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737", Documentation, always},
		{"192.0.0.1", "192.0.0.0/29", "IPv4 Service Continuity Prefix", "RFC 7335", SpecialPurpose, never},
		{"192.0.0.9", "192.0.0.9/32", "Port Control Protocol Anycast", "RFC 7723", SpecialPurpose, always},
		{"192.0.0.11", "192.0.0.0/24", "IETF Protocol Assignments", "RFC 6890", SpecialPurpose, never},
		{"192.0.0.171", "192.0.0.170/31", "NAT64/DNS64 Discovery", "RFC 8880", SpecialPurpose, never},
		{"192.175.48.6", "192.175.48.0/24", "Direct Delegation AS112 Service", "RFC 7534", SpecialPurpose, always},
		{"192.88.99.1", "192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "RFC 7526", SpecialPurpose, never},
		{"198.19.255.255", "198.18.0.0/15", "Benchmarking", "RFC 2544", SpecialPurpose, never},

		{"2a00:1450:4001::1b", "", "", "", Global, always},
		{"2001:470::1", "", "", "", Global, always},
		{"2001:200::1", "", "", "", Global, always},
		{"2620:4f:8001::1", "", "", "", Global, always},
		{"3fff:1000::1", "", "", "", Global, always},
		{"::", "::/128", "Unspecified Address", "RFC 4291", Scoped, never},
		{"::1", "::1/128", "Loopback Address", "RFC 4291", Scoped, never},
		{"::192.0.2.1", "::/96", "IPv4-compatible", "RFC 4291", Translated, never},
		{"::ffff:8.8.8.8", "::ffff:0.0.0.0/96", "IPv4-mapped Address", "RFC 4291", Translated, never},
		{"64:ff9b::808:808", "64:ff9b::/96", "IPv4-IPv6 Translat.", "RFC 6052", Translated, never},
		{"64:ff9b:1:ffff::1", "64:ff9b:1::/48", "IPv4-IPv6 Translat.", "RFC 8215", Translated, never},
		{"64:ff9b:2::1", "::/3", "Reserved by IETF", "RFC 4291", SpecialPurpose, never},
		{"100::1", "100::/64", "Discard-Only Address Block", "RFC 6666", SpecialPurpose, never},
		{"100:0:0:1::1", "100:0:0:1::/64", "Dummy IPv6 Prefix", "RFC 9780", SpecialPurpose, never},
		{"2001::1", "2001::/32", "TEREDO", "RFC 4380", SpecialPurpose, never},
		{"2001:1::3", "2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", "RFC 9665", SpecialPurpose, always},
		{"2001:1::4", "2001::/23", "IETF Protocol Assignments", "RFC 2928", SpecialPurpose, never},
		{"2001:2::1", "2001:2::/48", "Benchmarking", "RFC 5180", SpecialPurpose, never},
		{"2001:4:112::1", "2001:4:112::/48", "AS112-v6", "RFC 7535", SpecialPurpose, always},
		{"2001:1f::1", "2001:10::/28", "Deprecated (previously ORCHID)", "RFC 4843", SpecialPurpose, never},
		{"2001:2f::1", "2001:20::/28", "ORCHIDv2", "RFC 7343", SpecialPurpose, always},
		{"2001:db8::25", "2001:db8::/32", "Documentation", "RFC 3849", Documentation, always},
		{"3fff:fff::1", "3fff::/20", "Documentation", "RFC 9637", Documentation, always},
		{"2002:c000:201::1", "2002::/16", "6to4", "RFC 3056", SpecialPurpose, never},
		{"3ffe::1", "3ffe::/16", "6bone (returned)", "RFC 3701", SpecialPurpose, never},
		{"5f00::1", "5f00::/16", "Segment Routing (SRv6) SIDs", "RFC 9602", SpecialPurpose, never},
		{"4000::1", "4000::/2", "Reserved by IETF", "RFC 4291", SpecialPurpose, never},
		{"8000::1", "8000::/1", "Reserved by IETF", "RFC 4291", SpecialPurpose, never},
		{"fd12:3456::1", "fc00::/7", "Unique-Local", "RFC 4193", Private, inside},
		{"fe80::1", "fe80::/10", "Link-Local Unicast", "RFC 4291", Scoped, never},
		{"fe80::1%eth0", "fe80::/10", "Link-Local Unicast", "RFC 4291", Scoped, never},
		{"fec0::1", "fec0::/10", "Site-Local (deprecated)", "RFC 3879", Scoped, never},
		{"ff0e::1", "ff00::/8", "Multicast", "RFC 4291", Scoped, never},

		{"2001:db8:64::c000:201", "2001:db8:64::/96", "declared NAT64 prefix", "RFC 6052", Translated, never},
		{"2a00:64:1::1", "2a00:64::/32", "declared NAT64 prefix", "RFC 6052", Translated, never},
	} {
		t.Run(test.addr, func(t *testing.T) {
			c := Classify(netip.MustParseAddr(test.addr), declared...)
			prefix := ""
			if c.Prefix.IsValid() {
				prefix = c.Prefix.String()
			}
			if c.Kind != test.kind || prefix != test.prefix || c.Name != test.name || c.RFC != test.rfc {
				t.Errorf("is %v %q %q %q", c.Kind, prefix, c.Name, c.RFC)
			}
			if got := (usable{c.Usable(Public), c.Usable(Internal)}); got != test.usable {
				t.Errorf("usable %v, want %v", got, test.usable)
			}
		})
	}
}

func TestTheZeroAddrIsNoAddress(t *testing.T) {
	if c := Classify(netip.Addr{}); c != (Class{}) || c.Usable(Internal) || FamilyOf(netip.Addr{}) != None {
		t.Errorf("classified as %+v", c)
	}
}

func TestNoRegistryPrefixHasHostBits(t *testing.T) {
	for _, e := range append(append([]entry{}, registry4...), registry6...) {
		if p := netip.MustParsePrefix(e.prefix); p != p.Masked() {
			t.Errorf("%s should be %s", e.prefix, p.Masked())
		}
	}
}

// The index by first octet must find what a plain search through the whole table finds.
func TestClassifyFindsTheLongestMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.SampledFrom([][]entry{registry4, registry6}).Draw(t, "table")
		near := netip.MustParsePrefix(rapid.SampledFrom(table).Draw(t, "near").prefix)
		octets := near.Addr().AsSlice()
		for _, at := range rapid.SliceOfN(rapid.IntRange(0, len(octets)-1), 0, 3).Draw(t, "changed") {
			octets[at] = rapid.Byte().Draw(t, "octet")
		}
		addr, _ := netip.AddrFromSlice(octets)
		want := Class{Kind: Global, Reachable: true}
		for _, e := range table {
			p := netip.MustParsePrefix(e.prefix)
			if p.Contains(addr) && (want.Kind == Global || p.Bits() > want.Prefix.Bits()) {
				want = Class{e.kind, p, e.name, e.rfc, e.reachable}
			}
		}
		if got := Classify(addr); got != want {
			t.Errorf("%v is %+v, want %+v", addr, got, want)
		}
	})
}

func TestClassifyDoesNotAllocate(t *testing.T) {
	addr := netip.MustParseAddr("2001:db8::1")
	if n := testing.AllocsPerRun(100, func() { Classify(addr) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPrivateAddressesAreUsableWithinTheSite(t *testing.T) {
	class := Classify(netip.MustParseAddr("192.168.0.1"))
	if class.Usable(Public) || !class.Usable(Internal) {
		t.Errorf("public %v, internal %v", class.Usable(Public), class.Usable(Internal))
	}
}

func BenchmarkClassify(b *testing.B) {
	for _, text := range []string{"8.8.8.8", "192.0.2.1", "2a00:1450::1b", "2001:470::1", "2001:db8::1"} {
		addr := netip.MustParseAddr(text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Classify(addr)
			}
		})
	}
}
