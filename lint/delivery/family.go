package delivery

import "net/netip"

// Families is a set of IP versions. The zero Families is the empty set.
type Families uint8

// The families and what is made of them.
const (
	None Families = 0
	IPv4 Families = 1 << (iota - 1)
	IPv6
	Dual = IPv4 | IPv6
)

var familiesNames = [...]string{None: "none", IPv4: "IPv4", IPv6: "IPv6", Dual: "IPv4 and IPv6"}

// String names the set as messages do: "none", "IPv4", "IPv6" or "IPv4 and IPv6".
func (f Families) String() string { return familiesNames[f&Dual] }

// Word is the set as configuration writes it: "none", "ipv4", "ipv6" or "dual".
func (f Families) Word() string {
	return [...]string{None: "none", IPv4: "ipv4", IPv6: "ipv6", Dual: "dual"}[f&Dual]
}

// Meets reports whether the sets have a family in common.
func (f Families) Meets(g Families) bool { return f&g != 0 }

// Has reports whether f holds all of g.
func (f Families) Has(g Families) bool { return f&g == g }

// FamilyOf is the family in whose records (A or AAAA) the address stands: an IPv4-mapped address is an IPv6 one.
// It is None for the zero Addr.
func FamilyOf(addr netip.Addr) Families {
	switch {
	case addr.Is4():
		return IPv4
	case addr.Is6():
		return IPv6
	}
	return None
}
