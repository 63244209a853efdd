package live

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

// This file asks resolvers about hosts.

// Survey is what to ask about. Each name is asked for once.
type Survey struct {
	Mail    []zonefiles.Name // MX hosts: their addresses, and those of the name servers of their zones
	Servers []zonefiles.Name // other hosts: their addresses
	NAT64   []netip.Prefix   // into which the operator translates
}

// Result is what was found out about one host. Err says why there is no fact, and Host has the name alone then.
type Result struct {
	Host lock.Host
	Err  error
}

// ErrDisagree is wrapped by a Result of resolvers that say different things, as with split views: neither is a fact.
var ErrDisagree = errors.New("resolvers disagree")

// Ask asks every resolver about every host. Results are in the order of Survey.Mail and Survey.Servers. It fails only
// when the context ends.
func (c *Client) Ask(ctx context.Context, s Survey, resolvers ...*Resolver) ([]Result, error) {
	c.Progress.Total.Add(int64(len(resolvers) * (len(s.Mail) + len(s.Servers))))
	all := make([][]seen, len(resolvers))
	var wait sync.WaitGroup
	for i, r := range resolvers {
		wait.Go(func() { all[i] = c.askOne(ctx, &s, r) })
	}
	wait.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	results := make([]Result, len(s.Mail)+len(s.Servers))
	for i := range results {
		of := make([]seen, len(resolvers))
		for k := range resolvers {
			of[k] = all[k][i]
		}
		results[i] = agreed(of, resolvers)
	}
	return results, nil
}

// agreed is what all resolvers that have an answer say.
func agreed(all []seen, resolvers []*Resolver) Result {
	first := -1
	for i := range all {
		switch {
		case all[i].err != nil:
		case first < 0:
			first = i
		default:
			a, b := all[first].host, all[i].host
			if a.DNS != b.DNS { // by a name server that one of them did not find
				a.DNS, b.DNS = delivery.None, delivery.None
				all[first].host.DNS = delivery.None
			}
			if !a.Same(b) {
				return Result{
					lock.Host{Name: a.Name},
					fmt.Errorf("%w: %s says %q, %s says %q", ErrDisagree, resolvers[first], a.Facts(), resolvers[i], b.Facts()),
				}
			}
		}
	}
	if first < 0 {
		return Result{lock.Host{Name: all[0].host.Name}, fmt.Errorf("resolver %s: %w", resolvers[0], all[0].err)}
	}
	return Result{Host: all[first].host}
}

// seen is what one resolver says of a host.
type seen struct {
	host lock.Host
	zone zonefiles.Name // that holds the host's addresses; the root where that is not known
	err  error
}

// askOne asks one resolver about all hosts, then for the name servers of their zones, then about those.
func (c *Client) askOne(ctx context.Context, s *Survey, r *Resolver) []seen {
	hosts := make([]seen, len(s.Mail)+len(s.Servers))
	c.forEach(ctx, r, c.Jobs, len(hosts), func(a *asker, i int) {
		if i < len(s.Mail) {
			hosts[i] = a.host(ctx, s.Mail[i], s.NAT64)
			hosts[i].findZone(ctx, a)
		} else {
			hosts[i] = a.host(ctx, s.Servers[i-len(s.Mail)], s.NAT64)
		}
	})
	known := make(map[zonefiles.Name]int, len(hosts))
	zoneAt := map[zonefiles.Name]int{}
	var zones []zonefiles.Name
	for i := range hosts {
		known[hosts[i].host.Name] = i
		if zone := hosts[i].zone; !zone.IsRoot() && hosts[i].err == nil {
			if _, again := zoneAt[zone]; !again {
				zoneAt[zone] = len(zones)
				zones = append(zones, zone)
			}
		}
	}
	c.Progress.Total.Add(int64(len(zones)))
	serversOf := make([][]zonefiles.Name, len(zones))
	c.forEach(ctx, r, c.Jobs, len(zones), func(a *asker, i int) {
		if found, err := a.ask(ctx, question{name: zones[i], of: dns.TypeNS}); err == nil && found.end == zones[i] {
			serversOf[i] = found.servers
		}
	})
	var more []zonefiles.Name // name servers that were not asked about
	for _, servers := range serversOf {
		for _, server := range servers {
			if _, again := known[server]; !again {
				known[server] = len(hosts) + len(more)
				more = append(more, server)
			}
		}
	}
	c.Progress.Total.Add(int64(len(more)))
	others := make([]seen, len(more))
	c.forEach(ctx, r, c.Jobs, len(more), func(a *asker, i int) { others[i] = a.host(ctx, more[i], s.NAT64) })
	all := append(hosts, others...)
	for i := range hosts[:len(s.Mail)] {
		h := &hosts[i]
		if at, ok := zoneAt[h.zone]; ok && h.host.State == lock.Addresses {
			h.host.DNS = onlyFamily(serversOf[at], func(server zonefiles.Name) *seen { return &all[known[server]] })
		}
	}
	return hosts
}

// onlyFamily is the one family in which all these name servers can be asked together. It is None where there are
// both, none, or a server of which that is not known.
func onlyFamily(servers []zonefiles.Name, of func(zonefiles.Name) *seen) (all delivery.Families) {
	for _, server := range servers {
		h := of(server)
		if h.err != nil {
			return delivery.None
		}
		all |= h.host.Families(delivery.Public)
	}
	if all == delivery.Dual {
		return delivery.None
	}
	return all
}

// forEach calls do for 0 to n-1, each with an asker, as many at a time as there are jobs, until the context ends.
func (c *Client) forEach(ctx context.Context, r *Resolver, jobs, n int, do func(a *asker, i int)) {
	atATime(ctx, jobs, n, func(i int) {
		a := r.lend(c)
		defer r.takeBack(a)
		do(a, i)
		c.Progress.Done.Add(1)
	})
}

// atATime calls do for 0 to n-1, so many at a time, until the context ends; 0 jobs are DefaultJobs.
func atATime(ctx context.Context, jobs, n int, do func(i int)) {
	if jobs <= 0 {
		jobs = DefaultJobs
	}
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(i)
		}
	}
	var wait sync.WaitGroup
	for range min(jobs, n) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// host asks for a host's addresses.
func (a *asker) host(ctx context.Context, name zonefiles.Name, nat64 []netip.Prefix) seen {
	s := seen{host: lock.Host{Name: name}}
	ipv4, err := a.ask(ctx, question{name: name, of: dns.TypeA})
	if err != nil {
		s.err = err
		return s
	}
	ipv6, err := a.ask(ctx, question{name: name, of: dns.TypeAAAA})
	if err != nil {
		s.err = err
		return s
	}
	for _, addr := range ipv4.addresses {
		s.host.IPv4.Add(delivery.Classify(addr))
	}
	for _, addr := range ipv6.addresses {
		if !a.resolver.isMadeUp(addr, ipv4.addresses) {
			s.host.IPv6.Add(delivery.Classify(addr, nat64...))
		}
	}
	end := ipv4.end
	switch {
	case s.host.Published() != delivery.None:
		s.host.State = lock.Addresses
		if ipv4.status != data {
			end = ipv6.end
		}
	case ipv4.status == nxDomain && ipv6.status == nxDomain:
		s.host.State = lock.NXDomain
	default:
		s.host.State = lock.NoData
		if a.isMissing(ctx, end) {
			s.host.State = lock.NXDomain
		}
	}
	if end != name {
		s.host.Alias = end
	}
	return s
}

// isMissing reports whether a name without data is proved not to exist (RFC 9824): only who asks for proofs is told.
func (a *asker) isMissing(ctx context.Context, name zonefiles.Name) bool {
	found, err := a.ask(ctx, question{name: name, of: dns.TypeA, dnssec: true})
	return err == nil && found.status == noData && found.missing
}

// findZone asks for the zone that holds a host's addresses.
func (s *seen) findZone(ctx context.Context, a *asker) {
	if s.err != nil || s.host.State != lock.Addresses {
		return
	}
	name := s.host.Name
	if !s.host.Alias.IsRoot() {
		name = s.host.Alias
	}
	if found, err := a.ask(ctx, question{name: name, of: dns.TypeSOA}); err == nil {
		s.zone = found.zone
	}
}
