package dns

import (
	"fmt"
	"net/netip"
	"strings"

	"mx46/zonefiles"
)

// IsAddressLiteral reports whether the whole of a name is an IPv4 or IPv6 address, put where a name belongs:
// "192.0.2.1.", or one in brackets as SMTP writes it (RFC 5321 s.4.1.3). IPv6 addresses have no dots and so are one
// label.
func IsAddressLiteral(name zonefiles.Name) bool {
	labels := name.Labels()
	if labels != 1 && (labels != 4 || !strings.ContainsRune("0123456789[:", rune(name.FirstLabel()[0]))) {
		return false // nearly always
	}
	text := name.Undotted()
	if inside, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimPrefix(strings.TrimSuffix(inside, "]"), "ipv6:")
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}

// IsHostname reports whether every label is letters, digits and hyphens, with no hyphen at either end (RFC 5321
// s.2.3.5, RFC 1123 s.2.1). The root is no name of a host.
func IsHostname(name zonefiles.Name) bool {
	for above := name; !above.IsRoot(); above = above.Parent() {
		if !isHostLabel(above.FirstLabel()) {
			return false
		}
	}
	return !name.IsRoot()
}

func isHostLabel[text string | []byte](label text) bool {
	for i := range len(label) {
		c := label[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' && i > 0 && i < len(label)-1) {
			return false
		}
	}
	return true
}

// IsHostname is the function IsHostname for a name at or below the origin that is not localhost either.
func (z *Zone) IsHostname(node zonefiles.NameID) bool {
	if !z.hostnames {
		return false
	}
	for ; node != z.Apex(); node = z.Names.Parent(node) {
		if !isHostLabel(z.Names.Label(node)) {
			return false
		}
	}
	return true
}

// IsLocalhost reports whether a name is localhost or below it (RFC 6761 s.6.3).
func IsLocalhost(name zonefiles.Name) bool {
	const localhost = "\x09localhost"
	return len(name) >= len(localhost) && name[len(name)-len(localhost):] == localhost && name.IsAtOrBelow(localhost)
}

// The names below which addresses have theirs (RFC 1035 s.3.5, RFC 3596 s.2.5).
const (
	reverse4 zonefiles.Name = "\x07in-addr\x04arpa"
	reverse6 zonefiles.Name = "\x03ip6\x04arpa"
)

// ReverseName is the name of an address, below in-addr.arpa or ip6.arpa.
func ReverseName(addr netip.Addr) zonefiles.Name {
	var b strings.Builder
	octets := addr.AsSlice()
	for i := len(octets) - 1; i >= 0; i-- {
		if addr.Is4() {
			label := fmt.Sprint(octets[i])
			b.WriteByte(byte(len(label)))
			b.WriteString(label)
			continue
		}
		const digits = "0123456789abcdef"
		b.Write([]byte{1, digits[octets[i]&15], 1, digits[octets[i]>>4]})
	}
	if addr.Is4() {
		return zonefiles.Name(b.String()) + reverse4
	}
	return zonefiles.Name(b.String()) + reverse6
}
