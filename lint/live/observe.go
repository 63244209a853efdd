package live

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	graph "mx46/lint/dns"
	"mx46/zonefiles"
)

// This file asks resolvers about mail domains, and makes zones of what they say.

// Observe says which mail domains to ask about, and how much.
type Observe struct {
	Domains  []zonefiles.Name
	Brief    bool // MX, A and AAAA alone
	Servers  bool // ask the name servers of the zones themselves, too
	Connect  bool // connect to the MX hosts, too
	Policies bool // fetch MTA-STS policies, too
	InTurn   bool // one question after the other, for a caller that asks about many domains at a time
}

// Observe asks resolvers about mail domains, each name once: for MX, SPF and, of MX hosts, addresses, their reverse
// names, TLSA, and the name servers of all their zones. Where several resolvers are named, what they disagree about is
// unknown. It fails only when the context ends, or where loader takes no more text.
func (c *Client) Observe(
	ctx context.Context, loader *zonefiles.Loader, o Observe, resolvers ...*Resolver,
) (*Observation, error) {
	v := observer{
		client: c, resolvers: resolvers, brief: o.Brief, servers: o.Servers, inTurn: o.InTurn, facts: map[question]*fact{},
		room: maxQuestions * len(o.Domains),
	}
	for {
		v.wanted = v.wanted[:0]
		for _, d := range o.Domains {
			v.domain(d)
		}
		for _, q := range v.asked {
			if !v.brief && v.isSuspect(q) {
				v.suspect(q)
			}
		}
		if len(v.wanted) == 0 {
			break
		}
		if err := v.askWanted(ctx); err != nil {
			return nil, err
		}
	}
	return v.observation(ctx, loader, o)
}

// fact is the answer to a question, or the reason why there is none.
type fact struct {
	answer
	from     origin
	err      error
	failures int // resolvers without an answer
}

// observer walks from mail domains to all that mail rests on, over and over: each walk wants what the answers to the
// last one's questions have led to.
type observer struct {
	client    *Client
	resolvers []*Resolver
	brief     bool
	servers   bool
	inTurn    bool
	facts     map[question]*fact // nil until there is an answer
	asked     []question         // in the order in which they were wanted
	wanted    []question
	room      int // for more questions
}

// ask is the answer to a question; nil where there is none, or none yet.
func (v *observer) ask(name zonefiles.Name, of uint16) *answer {
	return v.want(question{name: name, of: of})
}

func (v *observer) want(q question) *answer {
	f, known := v.facts[q]
	if !known && v.room > 0 {
		v.room--
		v.facts[q] = nil
		v.wanted, v.asked = append(v.wanted, q), append(v.asked, q)
	}
	if f == nil || f.err != nil {
		return nil
	}
	return &f.answer
}

// askWanted asks each resolver all that is wanted.
func (v *observer) askWanted(ctx context.Context) error {
	answers := make([][]fact, len(v.resolvers))
	jobs := v.client.Jobs
	if v.inTurn {
		jobs = 1
	}
	for i, r := range v.resolvers {
		answers[i] = make([]fact, len(v.wanted))
		v.client.Progress.Total.Add(int64(len(v.wanted)))
		v.client.forEach(ctx, r, jobs, len(v.wanted), func(a *asker, n int) {
			found, err := a.ask(ctx, v.wanted[n])
			found.signed = found.signed && v.client.trusts(r)
			if err != nil && len(v.resolvers) > 1 {
				err = fmt.Errorf("resolver %s: %w", r, err)
			}
			answers[i][n] = fact{answer: found, from: origin{r.Address, found.tcp}, err: err}
		})
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for n, q := range v.wanted {
		of := make([]*fact, len(answers))
		for i := range answers {
			of[i] = &answers[i][n]
		}
		v.facts[q] = agreedFact(q, of)
	}
	return nil
}

// agreedFact is what all that have an answer say. Addresses may differ, as those of services near the one who asks do;
// whether there are any may not.
func agreedFact(q question, all []*fact) *fact {
	var first *fact
	for _, f := range all {
		switch {
		case f.err != nil:
		case first == nil:
			first = f
		case says(q, &first.answer) != says(q, &f.answer):
			return &fact{err: fmt.Errorf("%s: %w: %s says %s, %s says %s", q, ErrDisagree,
				shownAddress(first.from.server), says(q, &first.answer), shownAddress(f.from.server), says(q, &f.answer))}
		case f.signed && !first.signed:
			first = f
		}
	}
	if first == nil {
		first = all[0]
		for _, f := range all {
			if errors.Is(f.err, errServFail) {
				first.failures++
			}
		}
	}
	return first
}

// says is what an answer amounts to.
func says(q question, a *answer) string {
	switch {
	case a.status == nxDomain:
		return "NXDOMAIN"
	case a.status == noData:
		return "no data"
	case q.of != dns.TypeMX:
		return "that there are some"
	}
	var hosts []string
	for _, r := range a.records {
		if mx, ok := r.(*dns.MX); ok {
			hosts = append(hosts, strings.ToLower(rdataText(mx)))
		}
	}
	slices.Sort(hosts)
	return strings.Join(slices.Compact(hosts), ", ")
}

// domain asks all about a mail domain.
func (v *observer) domain(name zonefiles.Name) {
	mx := v.ask(name, dns.TypeMX)
	if !v.brief {
		v.zone(name)
		v.spf(name)
		v.policyHost(name)
	}
	switch {
	case mx == nil || mx.status == nxDomain:
	case mx.status == noData:
		v.host(mx.end)
	default:
		for _, target := range mx.targets() {
			v.host(target)
		}
	}
}

// targets are the MX targets of an answer, but for a null MX and what is too much.
func (a *answer) targets() (targets []zonefiles.Name) {
	for _, r := range a.records {
		if mx, ok := r.(*dns.MX); ok {
			if name, ok := nameOf(mx.Mx); ok && !name.IsRoot() && len(targets) < maxTargets {
				targets = append(targets, name)
			}
		}
	}
	return targets
}

// host asks all about an MX host.
func (v *observer) host(name zonefiles.Name) {
	addresses, end := v.addresses(name)
	if v.brief {
		return
	}
	if end != nil && len(addresses) > 0 {
		v.zone(*end)
	}
	if tlsa, ok := tlsaName(name); ok && len(addresses) > 0 {
		v.ask(tlsa, dns.TypeTLSA)
	}
	for i, addr := range addresses {
		if i == maxReverse {
			break
		}
		if ptr := v.ask(graph.ReverseName(addr), dns.TypePTR); ptr != nil {
			for _, r := range ptr.records[:min(len(ptr.records), maxReverse)] {
				if ptr, ok := r.(*dns.PTR); ok {
					if back, ok := nameOf(ptr.Ptr); ok {
						v.addresses(back)
					}
				}
			}
		}
	}
}

// addresses are those of a name, without those that a resolver made up, and the name at the end of its aliases; nil
// where that is not known.
func (v *observer) addresses(name zonefiles.Name) (all []netip.Addr, end *zonefiles.Name) {
	for _, of := range [...]uint16{dns.TypeA, dns.TypeAAAA} {
		if found := v.ask(name, of); found != nil {
			end = &found.end
			all = append(all, v.real(question{name: name, of: of}).addresses...)
		}
	}
	return all, end
}

// real is an answer without the addresses that a resolver made up for NAT64.
func (v *observer) real(q question) *answer {
	f := v.facts[q]
	if q.of != dns.TypeAAAA || f.status != data {
		return &f.answer
	}
	var ipv4 []netip.Addr
	if a := v.facts[question{name: q.name, of: dns.TypeA}]; a != nil {
		ipv4 = a.addresses
	}
	real := f.answer
	real.addresses, real.records = nil, slices.DeleteFunc(slices.Clone(f.records), func(r dns.RR) bool {
		aaaa, ok := r.(*dns.AAAA)
		if !ok {
			return false
		}
		addr, _ := netip.AddrFromSlice(aaaa.AAAA)
		return slices.ContainsFunc(v.resolvers, func(r *Resolver) bool { return r.isMadeUp(addr, ipv4) })
	})
	for _, r := range real.records {
		if aaaa, ok := r.(*dns.AAAA); ok {
			addr, _ := netip.AddrFromSlice(aaaa.AAAA)
			real.addresses = append(real.addresses, addr)
		}
	}
	if len(real.addresses) == 0 {
		real.status = noData
	}
	return &real
}

// zone asks about the zone of a name: for its SOA, its name servers and their addresses.
func (v *observer) zone(name zonefiles.Name) {
	soa := v.ask(name, dns.TypeSOA)
	if soa == nil || soa.zone.IsRoot() {
		return
	}
	if v.servers {
		v.parent(soa.zone)
		v.ask(soa.zone, dns.TypeDS)
	}
	if ns := v.ask(soa.zone, dns.TypeNS); ns != nil && ns.end == soa.zone {
		for _, server := range ns.servers[:min(len(ns.servers), maxServers)] {
			v.addresses(server)
		}
	}
}

// spf asks for a domain's SPF record and for what that leads to, as far as receivers may go (RFC 7208 s.4.6.4).
func (v *observer) spf(domain zonefiles.Name) {
	seen := map[zonefiles.Name]bool{domain: true}
	for next := []zonefiles.Name{domain}; len(next) > 0; next = next[1:] {
		txt := v.ask(next[0], dns.TypeTXT)
		if txt == nil {
			continue
		}
		for _, term := range spfTerms(txt) {
			mechanism, arg := cutTerm(term)
			name := next[0]
			if arg != "" {
				var err error
				if name, err = zonefiles.ParseName([]byte(arg), zonefiles.Root); err != nil || strings.Contains(arg, "%") {
					continue
				}
			}
			switch mechanism {
			case "include", "redirect":
				if !seen[name] && len(seen) <= maxSPFLookups {
					seen[name] = true
					next = append(next, name)
				}
			case "a":
				v.addresses(name)
			case "mx":
				if mx := v.ask(name, dns.TypeMX); mx != nil {
					targets := mx.targets()
					for _, target := range targets[:min(len(targets), maxSPFLookups)] {
						v.addresses(target)
					}
				}
			}
		}
	}
}

// spfTerms are the first terms of the SPF records in an answer.
func spfTerms(txt *answer) (terms []string) {
	for _, r := range txt.records {
		if txt, ok := r.(*dns.TXT); ok {
			words := strings.Fields(strings.Join(txt.Txt, ""))
			if len(words) > 0 && strings.EqualFold(words[0], "v=spf1") {
				terms = append(terms, words[1:]...)
			}
		}
	}
	return terms[:min(len(terms), maxSPFTerms)]
}

// cutTerm is the name of a term without its qualifier, and the domain that it names.
func cutTerm(term string) (name, domain string) {
	term = strings.TrimLeft(term, "+-~?")
	end := strings.IndexAny(term, ":=/")
	if end < 0 {
		return strings.ToLower(term), ""
	}
	if term[end] != '/' {
		domain, _, _ = strings.Cut(term[end+1:], "/")
	}
	return strings.ToLower(term[:end]), domain
}

// tlsaName is where a host's TLSA records for SMTP are (RFC 7672 s.2.2).
func tlsaName(host zonefiles.Name) (zonefiles.Name, bool) {
	name, err := host.Child("_tcp")
	if err == nil {
		name, err = name.Child("_25")
	}
	return name, err == nil
}
