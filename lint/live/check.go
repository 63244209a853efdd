package live

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// This file finds out whether a resolver says what the world says, before it is asked about hosts.

// The ways in which a resolver shows that its answers are no facts.
var (
	ErrLies = errors.New("it answers for names that do not exist, so its other answers are no facts; " +
		"ask another resolver (--resolver)")
	ErrHidesAAAA = errors.New("it hides AAAA records; ask another resolver (--resolver)")
)

// Check asks a resolver what is known of an honest one, and learns whether it makes up addresses for NAT64:
//
//   - AAAA of ipv4only.arpa exists behind DNS64 alone, and says in which prefixes addresses are made up (RFC 7050 s.3);
//   - a name below invalid does not exist (RFC 6761 s.6.4);
//   - a.root-servers.net has an AAAA record.
//
// With AssumeHonest, as for a network with a root of its own, the second and the third are not asked, and the first
// may fail. The error wraps ErrLies or ErrHidesAAAA, or says why the resolver cannot be asked.
func (c *Client) Check(ctx context.Context, r *Resolver) error {
	a := c.asker(r)
	defer a.close()
	var denial unproved // in a resolver's own words, as resolvers may have them for names of special use (RFC 6761)
	found, err := a.ask(ctx, question{name: ipv4only, of: dns.TypeAAAA})
	if err != nil && !errors.As(err, &denial) && (ctx.Err() != nil || !c.AssumeHonest) {
		return fmt.Errorf("resolver %s: %w", r, err)
	}
	r.prefixes = translationPrefixes(found.addresses)
	if c.AssumeHonest {
		return nil
	}
	random, err := invalid.Child("mx46-" + strings.ToLower(rand.Text()))
	if err != nil {
		return err
	}
	found, err = a.ask(ctx, question{name: random, of: dns.TypeA})
	switch isDenial := errors.As(err, &denial); {
	case err != nil && !isDenial:
		return fmt.Errorf("resolver %s: %w", r, err)
	case isDenial && denial != dns.RcodeNameError, err == nil && found.status != nxDomain && !found.missing:
		return fmt.Errorf("resolver %s: %w", r, ErrLies)
	}
	found, err = a.ask(ctx, question{name: rootServer, of: dns.TypeAAAA})
	switch isDenial := errors.As(err, &denial); {
	case err != nil && !isDenial:
		return fmt.Errorf("resolver %s: %w", r, err)
	case isDenial, found.status != data:
		return fmt.Errorf("resolver %s: %w", r, ErrHidesAAAA)
	}
	return nil
}

const (
	ipv4only   = zonefiles.Name("\x08ipv4only\x04arpa")
	invalid    = zonefiles.Name("\x07invalid")
	rootServer = zonefiles.Name("\x01a\x0croot-servers\x03net")
)

// translated is where an IPv4 address lies in one that a translator makes of it, by the length of the prefix (RFC
// 6052 s.2.2).
var translated = [...]struct {
	bits   int
	octets [4]int
}{
	{32, [4]int{4, 5, 6, 7}},
	{40, [4]int{5, 6, 7, 9}},
	{48, [4]int{6, 7, 9, 10}},
	{56, [4]int{7, 9, 10, 11}},
	{64, [4]int{9, 10, 11, 12}},
	{96, [4]int{12, 13, 14, 15}},
}

// embedded is the IPv4 address in an address below a prefix of a translator; it reports false where there is none.
func embedded(addr netip.Addr, bits int) (netip.Addr, bool) {
	octets := addr.As16()
	for _, t := range translated {
		if t.bits != bits {
			continue
		}
		var v4 [4]byte
		for i, at := range t.octets {
			v4[i] = octets[at]
		}
		return netip.AddrFrom4(v4), bits == 96 || octets[8] == 0
	}
	return netip.Addr{}, false
}

// translationPrefixes are those below which a resolver has made up addresses of ipv4only.arpa.
func translationPrefixes(addresses []netip.Addr) (prefixes []netip.Prefix) {
	for _, addr := range addresses {
		for _, t := range translated {
			v4, ok := embedded(addr, t.bits)
			if n := binary.BigEndian.Uint32(v4.AsSlice()); ok && (n == 0xc00000aa || n == 0xc00000ab) { // 192.0.0.170 and .171
				prefixes = append(prefixes, netip.PrefixFrom(addr, t.bits).Masked())
			}
		}
	}
	return prefixes
}

// The prefixes of RFC 6052 and RFC 8215 hold nothing but made up addresses, wherever they come from.
var wellKnown = [...]netip.Prefix{
	netip.PrefixFrom(netip.AddrFrom16([16]byte{1: 0x64, 2: 0xff, 3: 0x9b}), 96),
	netip.PrefixFrom(netip.AddrFrom16([16]byte{1: 0x64, 2: 0xff, 3: 0x9b, 5: 1}), 48),
}

// isMadeUp reports whether the resolver, and not the zone, has given a host an IPv6 address. Below a prefix of 96
// bits there is nothing else; a shorter one may be a network's own, so that the IPv4 address has to be one of the
// host's.
func (r *Resolver) isMadeUp(addr netip.Addr, ipv4 []netip.Addr) bool {
	for _, prefix := range wellKnown {
		if prefix.Contains(addr) {
			return true
		}
	}
	for _, prefix := range r.prefixes {
		if !prefix.Contains(addr) {
			continue
		}
		v4, ok := embedded(addr, prefix.Bits())
		if prefix.Bits() == 96 {
			return true
		}
		for _, own := range ipv4 {
			if ok && own == v4 {
				return true
			}
		}
	}
	return false
}
