package live

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"

	"mx46/zonefiles/disk"
)

// This file is which resolvers there are.

// systemFile is where a system says which resolvers it has.
const systemFile = "/etc/resolv.conf"

// SystemResolvers are those of the system, in its order.
func SystemResolvers() ([]*Resolver, error) {
	text, err := disk.ReadPath(systemFile, maxResolvConf)
	if err != nil {
		return nil, fmt.Errorf("finding a resolver in %s: %w", systemFile, disk.Reason(err))
	}
	return parseResolvConf(text)
}

// parseResolvConf reads resolv.conf(5). It leaves out what is no address.
func parseResolvConf(text []byte) (resolvers []*Resolver, err error) {
	conf, err := dns.ClientConfigFromReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("finding a resolver in %s: %w", systemFile, err)
	}
	for _, server := range conf.Servers {
		if addr, err := netip.ParseAddr(server); err == nil {
			resolvers = append(resolvers, NewResolver(netip.AddrPortFrom(addr, Port)))
		}
	}
	if len(resolvers) == 0 {
		return nil, fmt.Errorf("there is no resolver in %s", systemFile)
	}
	return resolvers, nil
}

// ParseResolver reads ADDR or ADDR:PORT; an IPv6 address before a port is in brackets.
func ParseResolver(text string) (*Resolver, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return NewResolver(netip.AddrPortFrom(addr, Port)), nil
	}
	address, err := netip.ParseAddrPort(text)
	if err != nil || address.Port() == 0 {
		return nil, errors.New("it is no address, nor one with a port, as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353")
	}
	return NewResolver(address), nil
}
