package zonefiles

import "net/netip"

// Addresses as the RDATA of A and AAAA records has them.

// parseIPv4 reads a dotted quad without leading zeros.
func parseIPv4(text []byte) (netip.Addr, bool) {
	if len(text) < 7 || len(text) > 15 {
		return netip.Addr{}, false
	}
	var octets [4]byte
	n, digits, value := 0, 0, 0
	for _, c := range text {
		switch {
		case isDigit(c):
			if digits > 0 && value == 0 {
				return netip.Addr{}, false
			}
			value = value*10 + int(c-'0')
			digits++
			if value > 255 {
				return netip.Addr{}, false
			}
		case c == '.' && digits > 0 && n < 3:
			octets[n] = byte(value)
			n, digits, value = n+1, 0, 0
		default:
			return netip.Addr{}, false
		}
	}
	if n != 3 || digits == 0 {
		return netip.Addr{}, false
	}
	octets[3] = byte(value)
	return netip.AddrFrom4(octets), true
}

// parseIPv6 reads an IPv6 address without a zone: what netip reads, in a quarter less time, for hosting zones are full
// of them. It needs no string to be lent.
func parseIPv6(text []byte) (addr netip.Addr, ok bool) {
	if len(text) < 2 || len(text) > 45 {
		return addr, false
	}
	var octets [16]byte
	n, gap, i := 0, -1, 0 // octets read; where "::" is among them; offset in text
	if text[0] == ':' {
		if text[1] != ':' {
			return addr, false
		}
		gap, i = 0, 2
	}
	for i < len(text) {
		value, digits := hexGroup(text[i:])
		if digits == 0 || digits > 4 || n == 16 {
			return addr, false
		}
		end := i + digits
		if end < len(text) && text[end] == '.' {
			quad, ok := parseIPv4(text[i:])
			if !ok || n > 12 {
				return addr, false
			}
			four := quad.As4()
			n += copy(octets[n:], four[:])
			break
		}
		octets[n], octets[n+1] = byte(value>>8), byte(value)
		n += 2
		if end == len(text) {
			break
		}
		if text[end] != ':' || end+1 == len(text) {
			return addr, false
		}
		if i = end + 1; text[i] == ':' {
			if gap >= 0 {
				return addr, false
			}
			gap = n
			i++
		}
	}
	if (gap < 0) != (n == 16) {
		return addr, false
	}
	if gap >= 0 {
		copy(octets[16-(n-gap):], octets[gap:n])
		clear(octets[gap : 16-(n-gap)])
	}
	return netip.AddrFrom16(octets), true
}

// hexGroup reads the hexadecimal digits that text begins with.
func hexGroup(text []byte) (value uint, digits int) {
	for digits < len(text) && hexValue[text[digits]] != noHex {
		value = value<<4 | uint(hexValue[text[digits]])
		digits++
	}
	return value, digits
}

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
