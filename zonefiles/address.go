package zonefiles

import (
	"encoding/binary"
	"net/netip"
)

// Addresses as the RDATA of A and AAAA records has them.

// parseIPv4 reads a dotted quad without leading zeros.
func parseIPv4(text []byte) (netip.Addr, bool) {
	addr, size := ipv4(text)
	if size == 0 || size != len(text) {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}), true
}

// ipv4 reads the dotted quad that text begins with, and gives its length; 0 where there is none.
func ipv4(text []byte) (addr uint32, size int) {
	for octet := range 4 {
		if octet > 0 {
			if size >= len(text) || text[size] != '.' {
				return 0, 0
			}
			size++
		}
		value, from := uint32(0), size
		for size < len(text) {
			digit := uint32(text[size] - '0')
			if digit > 9 || value == 0 && size > from {
				break
			}
			value = value*10 + digit
			size++
			if value > 255 {
				return 0, 0
			}
		}
		if size == from {
			return 0, 0
		}
		addr = addr<<8 | value
	}
	if size < len(text) && isDigit(text[size]) {
		return 0, 0 // after a leading zero
	}
	return addr, size
}

// parseIPv6 reads an IPv6 address without a zone, as netip does.
func parseIPv6(text []byte) (netip.Addr, bool) {
	octets, size := ipv6(text)
	if size == 0 || size != len(text) {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16(octets), true
}

// uint128 is an IPv6 address, or some groups of one, the last one lowest.
type uint128 struct{ high, low uint64 }

// shift makes room for more bits.
func (u uint128) shift(bits uint) uint128 {
	return uint128{u.high<<bits | u.low>>(64-bits) | u.low<<(bits-64), u.low << bits}
}

// ipv6 reads the IPv6 address that text begins with, and gives its length; 0 where there is none. It is quicker than
// netip, for hosting zones are full of them.
func ipv6(text []byte) (octets [16]byte, size int) {
	var value, before uint128 // of the groups at hand, and of those that precede "::"
	groups, gap := uint(0), noGap
	if len(text) > 1 && text[0] == ':' && text[1] == ':' {
		gap, size = 0, 2
	}
	for {
		from, group := size, uint64(0)
		for size < len(text) && hexValue[text[size]] != noHex {
			group = group<<4 | uint64(hexValue[text[size]])
			size++
		}
		if size == from && groups == gap {
			break // "::" ends it
		}
		if size == from || size-from > 4 || groups == 8 {
			return octets, 0
		}
		if size < len(text) && text[size] == '.' {
			quad, length := ipv4(text[from:])
			if length == 0 || groups > 6 {
				return octets, 0
			}
			value = value.shift(32)
			value.low |= uint64(quad)
			groups, size = groups+2, from+length
			break
		}
		value = value.shift(16)
		value.low |= group
		groups++
		if size == len(text) || text[size] != ':' {
			break
		}
		if size++; size < len(text) && text[size] == ':' {
			if gap != noGap {
				return octets, 0
			}
			gap, before, value = groups, value, uint128{}
			size++
		}
	}
	if (gap == noGap) != (groups == 8) {
		return octets, 0
	}
	if gap != noGap {
		before = before.shift(16 * (8 - gap))
		value.high |= before.high
		value.low |= before.low
	}
	binary.BigEndian.PutUint64(octets[:8], value.high)
	binary.BigEndian.PutUint64(octets[8:], value.low)
	return octets, size
}

// noGap is where "::" is in an address without it.
const noGap uint = 9

// noHex is what hexValue has for bytes that are no hexadecimal digit.
const noHex = 0xff

var hexValue = func() (values [256]byte) {
	for c := range values {
		switch b := lower(byte(c)); {
		case isDigit(b):
			values[c] = b - '0'
		case 'a' <= b && b <= 'f':
			values[c] = b - 'a' + 10
		default:
			values[c] = noHex
		}
	}
	return values
}()
