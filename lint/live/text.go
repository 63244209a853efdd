package live

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// This file writes answers as master-file text.

// origin says where an answer comes from.
type origin struct {
	server netip.AddrPort
	tcp    bool
}

// String names the server, its address family and the transport.
func (o origin) String() string {
	family, transport := "IPv6", "UDP"
	if o.server.Addr().Unmap().Is4() {
		family = "IPv4"
	}
	if o.tcp {
		transport = "TCP"
	}
	return "from " + shownAddress(o.server) + " over " + family + ", " + transport
}

// shownAddress is an address, with its port where that is not the usual one.
func shownAddress(server netip.AddrPort) string {
	if server.Port() == Port {
		return server.Addr().String()
	}
	return server.String()
}

// uri is the URI of a question to a server (RFC 4501).
func (o origin) uri(name zonefiles.Name, of uint16) string {
	host := shownAddress(o.server)
	if o.server.Port() == Port && o.server.Addr().Is6() {
		host = "[" + host + "]"
	}
	host = strings.ReplaceAll(host, "%", "%25") // before the zone of an address (RFC 6874)
	shown := name.Undotted()
	b := make([]byte, 0, len("dns://?type=TYPE65535")+len(host)+len(shown))
	b = append(append(append(b, "dns://"...), host...), '/')
	for _, c := range []byte(shown) {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "%%%02X", c)
		}
	}
	return string(append(append(b, "?type="...), typeName(of)...))
}

// URI is the URI of a transfer of a zone from the server.
func (r *Resolver) URI(zone zonefiles.Name) string {
	return origin{server: r.Address}.uri(zone, dns.TypeAXFR)
}

func typeName(of uint16) string {
	if of == dns.TypeAXFR { // which no zone holds
		return "AXFR"
	}
	return zonefiles.Type(of).String()
}

// recordsText is records of one owner, a line each, in an order that servers do not change from one answer to the next.
func recordsText(owner zonefiles.Name, records []dns.RR, from origin) []byte {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b dns.RR) int {
		x, okX := a.(*dns.MX)
		y, okY := b.(*dns.MX)
		if okX && okY && x.Preference != y.Preference {
			return cmp.Compare(x.Preference, y.Preference)
		}
		return cmp.Compare(rdataText(a), rdataText(b))
	})
	name, comment := owner.String(), " ; "+from.String()+"\n"
	var b []byte
	for _, r := range records {
		h := r.Header()
		b = strconv.AppendUint(append(append(b, name...), ' '), uint64(h.Ttl), 10)
		b = append(append(append(b, " IN "...), typeName(h.Rrtype)...), ' ')
		b = append(append(b, rdataText(r)...), comment...)
	}
	return b
}

// rdataText is a record's RDATA in presentation form.
func rdataText(r dns.RR) string { return strings.TrimPrefix(r.String(), r.Header().String()) }

// denialText says in a comment that there are no records.
func denialText(name zonefiles.Name, of uint16, state status, from origin) []byte {
	said := "no such data (NOERROR)"
	if state == nxDomain {
		said = "no such name (NXDOMAIN)"
	}
	return noteText(name, of, said, from)
}

// noteText says in a comment what came in place of an answer.
func noteText(name zonefiles.Name, of uint16, said string, from origin) []byte {
	return []byte("; " + name.String() + " " + typeName(of) + ": " + said + ", " + from.String() + "\n")
}
