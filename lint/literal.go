package lint

import (
	"net/netip"
	"strings"

	"mx46/zonefiles"
)

// IsAddressLiteral reports whether a name is an IPv4 or IPv6 address put where a name belongs: "192.0.2.1." or, made absolute by
// the origin behind it, "192.0.2.1". IPv6 addresses have no dots and so are one label.
func IsAddressLiteral(name zonefiles.Name) bool {
	if name.IsRoot() {
		return false
	}
	first := name.FirstLabel()
	if strings.Contains(first, ":") {
		addr, err := netip.ParseAddr(strings.Trim(first, "[]"))
		return err == nil && addr.Is6()
	}
	var quad [4]string
	for i := range quad {
		quad[i] = name.FirstLabel()
		if len(quad[i]) == 0 || len(quad[i]) > 3 || quad[i][0] < '0' || quad[i][0] > '9' {
			return false
		}
		name = name.Parent()
	}
	addr, err := netip.ParseAddr(strings.Join(quad[:], "."))
	return err == nil && addr.Is4()
}
