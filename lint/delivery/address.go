package delivery

// Which addresses of an MX host the internet can use: the IANA special-purpose registries and what stands beside them.

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// Kind sorts addresses by what is to be said about them in an A or AAAA record of an MX host. Every address has one
// kind; the zero Kind, NotAddress, belongs to the zero netip.Addr alone.
type Kind uint8

// The kinds.
const (
	NotAddress     Kind = iota
	Global              // ordinary unicast, in no registry of special purposes
	Documentation       // RFC 5737, RFC 3849, RFC 9637
	SpecialPurpose      // any other registry entry, reachable or not, and address space that is not in use
	Translated          // stands for an IPv4 address (RFC 6052, RFC 4291 s.2.5.5)
	Private             // RFC 1918, RFC 6598, RFC 4193: routed within a site or a provider
	Scoped              // link-local, site-local, loopback, unspecified, multicast, broadcast
)

// KindSet is a set of kinds of addresses.
type KindSet uint8

// Has reports whether the set holds a kind.
func (s KindSet) Has(k Kind) bool { return s&(1<<k) != 0 }

// Only reports whether a kind is all that the set holds.
func (s KindSet) Only(k Kind) bool { return s == 1<<k }

// Scope says from where a zone's mail comes.
type Scope uint8

// The scopes. Public is the zero Scope.
const (
	Public   Scope = iota // from anywhere on the internet
	Internal              // from within the site: private addresses will do
)

// String is "public" or "internal".
func (s Scope) String() string { return [...]string{Public: "public", Internal: "internal"}[s] }

// Class is what is known about an address.
type Class struct {
	Kind      Kind
	Prefix    netip.Prefix // the longest match in the registry; not valid for a Global address
	Name      string       // the registry's name of that prefix: "Private-Use", "TEREDO"
	RFC       string       // the document that defines it: "RFC 1918"
	Reachable bool         // "Globally Reachable" in the registry (RFC 8190); false where it says N/A (6to4, Teredo)
}

// Usable reports whether senders of the scope can route to the address. Documentation prefixes stand for real ones and
// count as usable. A translated address is not: only networks with that very translator reach it.
func (c Class) Usable(scope Scope) bool {
	switch c.Kind {
	case Documentation:
		return true
	case Private:
		return scope == Internal
	case Global, SpecialPurpose:
		return c.Reachable
	}
	return false
}

// Classify judges an address by the longest match in the registry. An IPv6 address below one of the nat64 prefixes,
// which are those that the operator translates to IPv4 with (RFC 6052 s.2.2), is Translated before all else. A zone is
// left aside.
func Classify(addr netip.Addr, nat64 ...netip.Prefix) Class {
	var hi, lo uint64
	var candidates []block
	switch {
	case addr.Is4():
		octets := addr.As4()
		hi = uint64(binary.BigEndian.Uint32(octets[:])) << 32
		candidates = blocks4[octets[0]]
	case addr.Is6():
		octets := addr.As16()
		hi, lo = binary.BigEndian.Uint64(octets[:8]), binary.BigEndian.Uint64(octets[8:])
		for _, prefix := range nat64 {
			if prefix.Contains(addr.WithZone("")) {
				return Class{Kind: Translated, Prefix: prefix, Name: "declared NAT64 prefix", RFC: "RFC 6052"}
			}
		}
		candidates = blocks6[octets[0]]
	default:
		return Class{}
	}
	for i := range candidates {
		if b := &candidates[i]; hi&b.maskHi == b.hi && lo&b.maskLo == b.lo {
			return *b.class
		}
	}
	return Class{Kind: Global, Reachable: true}
}

// block is a registry entry ready for comparison. An IPv4 address takes the upper 32 bits of hi.
type block struct {
	hi, lo, maskHi, maskLo uint64
	class                  *Class
}

// blocks4 and blocks6 hold, under an address's first octet, the entries that can match it, the longest prefix first.
// Most ordinary addresses find nothing there. They are filled once and never change.
var (
	blocks4 = indexRegistry(registry4)
	blocks6 = indexRegistry(registry6)
)

func indexRegistry(entries []entry) *[256][]block {
	index := new([256][]block)
	for _, e := range entries {
		prefix := netip.MustParsePrefix(e.prefix)
		b := block{class: &Class{Kind: e.kind, Prefix: prefix, Name: e.name, RFC: e.rfc, Reachable: e.reachable}}
		bits := prefix.Bits()
		var octets [16]byte
		copy(octets[:], prefix.Addr().AsSlice())
		b.hi, b.lo = binary.BigEndian.Uint64(octets[:8]), binary.BigEndian.Uint64(octets[8:])
		b.maskHi = ^(^uint64(0) >> min(bits, 64))
		b.maskLo = ^(^uint64(0) >> max(bits-64, 0))
		first := int(octets[0])
		last := first + 1<<max(8-bits, 0) - 1
		for octet := first; octet <= last; octet++ {
			index[octet] = append(index[octet], b)
		}
	}
	for octet := range index {
		slices.SortStableFunc(index[octet], func(a, b block) int {
			return b.class.Prefix.Bits() - a.class.Prefix.Bits()
		})
	}
	return index
}
