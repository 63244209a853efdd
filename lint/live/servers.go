package live

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/time/rate"

	"mx46/lint/delivery"
	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file asks the name servers of zones themselves: whether they answer for AAAA and TLSA as for A (RFC 4074), say
// the same, take TCP, and are what the parent zone refers to.

// ServerManners say how authoritative servers are asked. The zero value is what strangers' servers stand.
type ServerManners struct {
	Waits     []time.Duration // for an answer, one for each try; a third and later one follows silence alone
	PerSecond float64         // questions to one address
	Port      uint16
}

func (m ServerManners) orDefault() ServerManners {
	if len(m.Waits) == 0 {
		m.Waits = []time.Duration{2 * time.Second, 5 * time.Second, 5 * time.Second}
	}
	if m.PerSecond == 0 {
		m.PerSecond = 20
	}
	if m.Port == 0 {
		m.Port = Port
	}
	return m
}

// asks is what servers of a zone are asked for: names of hosts and of mail domains, with their types beside A and AAAA.
type asks struct {
	zone  zonefiles.Name
	names []zonefiles.Name
	types map[zonefiles.Name][]uint16
}

func (a *asks) add(name zonefiles.Name, types ...uint16) {
	if !slices.Contains(a.names, name) {
		a.names = append(a.names, name)
	}
	for _, of := range types {
		if !slices.Contains(a.types[name], of) {
			a.types[name] = append(a.types[name], of)
		}
	}
}

// toAsk is what there is to ask the servers of each zone.
func (v *observer) toAsk(domains []zonefiles.Name) (all []*asks) {
	byZone := map[zonefiles.Name]*asks{}
	of := func(name zonefiles.Name) *asks {
		zone, ok := v.apex(name)
		if !ok {
			return &asks{types: map[zonefiles.Name][]uint16{}} // of which nothing comes
		}
		if byZone[zone] == nil {
			byZone[zone] = &asks{zone: zone, types: map[zonefiles.Name][]uint16{}}
			all = append(all, byZone[zone])
		}
		return byZone[zone]
	}
	for _, d := range domains {
		of(d).add(d, dns.TypeMX, dns.TypeTXT)
		mx := v.ask(d, dns.TypeMX)
		if mx == nil {
			continue
		}
		targets := mx.targets()
		for _, target := range targets[:min(len(targets), maxHosts)] {
			if addresses, end := v.addresses(target); end != nil && len(addresses) > 0 {
				of(*end).add(*end, dns.TypeTLSA)
			}
		}
	}
	for _, a := range all {
		if ns := v.ask(a.zone, dns.TypeNS); ns != nil {
			if i := slices.IndexFunc(ns.servers, func(n zonefiles.Name) bool { return n.IsAtOrBelow(a.zone) }); i >= 0 {
				a.add(ns.servers[i])
			}
		}
	}
	return all
}

// apex is the zone that holds a name, by the answer for its SOA record.
func (v *observer) apex(name zonefiles.Name) (zonefiles.Name, bool) {
	soa := v.ask(name, dns.TypeSOA)
	return v.zoneIn(soa), soa != nil && !soa.zone.IsRoot()
}

func (v *observer) zoneIn(soa *answer) zonefiles.Name {
	if soa == nil {
		return zonefiles.Root
	}
	return soa.zone
}

// visit is one server of one zone, and what it does.
type visit struct {
	asks    *asks
	server  zonefiles.Name
	replies []told
}

// told is a server's reply to a question.
type told struct {
	question
	reply
	fault  bool // of the server, since A of the name works
	overIP bool // asked over TCP from the first
}

func (r told) isAnswer() bool { return r.reply.fault == observed.Works }

// isWord reports whether the server says anything.
func (r told) isWord() bool {
	return r.reply.fault != observed.Silence && r.reply.fault != observed.Unreachable
}

// isRefusal reports whether the server says something in place of an answer.
func (r told) isRefusal() bool { return !r.isAnswer() && r.isWord() }

// askServers asks all servers, one question at a time at each address.
func (v *observer) askServers(ctx context.Context, o *Observation, s *sorter, domains []zonefiles.Name) error {
	visits := map[netip.Addr][]*visit{}
	var inOrder []*visit
	var addressOf []netip.Addr
	for _, a := range v.toAsk(domains) {
		o.seen(a.zone).Signed = v.isSigned(a.zone)
		ns := v.ask(a.zone, dns.TypeNS)
		if ns == nil {
			continue
		}
		for _, server := range ns.servers[:min(len(ns.servers), maxServers)] {
			addresses, _ := v.addresses(server)
			for _, addr := range addresses {
				if !v.mayContact(o, addr) {
					continue
				}
				this := &visit{asks: a, server: server}
				visits[addr] = append(visits[addr], this)
				inOrder, addressOf = append(inOrder, this), append(addressOf, addr)
			}
		}
	}
	v.visitAll(ctx, visits)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	families, zones := v.heard(ctx, o, inOrder, addressOf)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for i, this := range inOrder {
		addr := addressOf[i]
		server, err := this.observed(s, v.client.address(addr))
		if err != nil {
			return err
		}
		if len(server.Silent) > 0 && !(zones[this.asks] && families.Has(delivery.FamilyOf(addr))) {
			server.Silent = nil
			o.Unheard = append(o.Unheard, addr)
		}
		zone := o.seen(this.asks.zone)
		zone.Servers = append(zone.Servers, server)
	}
	return v.askParents(ctx, o, s, domains)
}

// heard is the families in which any server says anything, and the zones that a server answers for: where there is
// none, the silence of others may be the fault of what lies between. The servers of a zone above prove a family, too.
func (v *observer) heard(
	ctx context.Context, o *Observation, visits []*visit, addressOf []netip.Addr,
) (families delivery.Families, zones map[*asks]bool) {
	zones = map[*asks]bool{}
	for i, this := range visits {
		if slices.ContainsFunc(this.replies, told.isWord) {
			families |= delivery.FamilyOf(addressOf[i])
		}
		if slices.ContainsFunc(this.replies, told.isAnswer) {
			zones[this.asks] = true
		}
	}
	tried := families
	for i, this := range visits {
		if family := delivery.FamilyOf(addressOf[i]); zones[this.asks] && !tried.Has(family) {
			tried |= family
			if v.hearsParent(ctx, o, this.asks.zone, family) {
				families |= family
			}
		}
	}
	return families, zones
}

// isSigned reports whether the parent zone says that a zone is signed.
func (v *observer) isSigned(zone zonefiles.Name) bool {
	ds := v.ask(zone, dns.TypeDS)
	return ds != nil && ds.status == data
}

// mayContact reports whether a server at an address is asked, and counts those that there is no way to.
func (v *observer) mayContact(o *Observation, addr netip.Addr) bool {
	if !v.mayConnect(o, addr) {
		return false
	}
	if !hasRoute(v.client.address(addr).String()) {
		o.NoRoute = append(o.NoRoute, addr)
		return false
	}
	return true
}

// mayConnect reports whether an address is on the internet, or the client may speak to others too.
func (v *observer) mayConnect(o *Observation, addr netip.Addr) bool {
	if !v.client.AllowPrivate && delivery.Classify(addr).Kind != delivery.Global {
		o.Withheld = append(o.Withheld, addr)
		return false
	}
	return true
}

// address is where a name server listens.
func (c *Client) address(addr netip.Addr) netip.AddrPort {
	return netip.AddrPortFrom(addr, c.Servers.orDefault().Port)
}

func (v *observer) visitAll(ctx context.Context, visits map[netip.Addr][]*visit) {
	manners := v.client.Servers.orDefault()
	addresses := slices.SortedFunc(maps.Keys(visits), netip.Addr.Compare)
	atATime(ctx, v.client.Jobs, len(addresses), func(i int) {
		a := v.client.asker(NewResolver(v.client.address(addresses[i])))
		a.limiter = rate.NewLimiter(rate.Limit(manners.PerSecond), 1)
		defer a.close()
		for _, this := range visits[addresses[i]] {
			this.run(ctx, a, manners.Waits)
		}
	})
}

// run asks a server about each name: for A, for AAAA, and, where that fails, for A again. A word on AAAA, and likewise
// on TLSA, is said only of a server that answers for A before and after.
func (t *visit) run(ctx context.Context, a *asker, waits []time.Duration) {
	dead := 0
	for _, name := range t.asks.names {
		first := t.ask(ctx, a, question{name: name, of: dns.TypeA}, waits)
		if dead++; first.fault != observed.Works {
			if dead > 1 && len(t.replies) == dead && (first.fault == observed.Silence || first.fault == observed.Unreachable) {
				return // nothing was heard of it
			}
			continue
		}
		t.judged(ctx, a, question{name: name, of: dns.TypeAAAA}, waits)
		for _, of := range t.asks.types[name] {
			if of != dns.TypeTLSA {
				t.ask(ctx, a, question{name: name, of: of}, waits)
			} else if tlsa, ok := tlsaName(name); ok {
				t.judged(ctx, a, question{name: tlsa, of: of}, waits)
			}
		}
	}
	if len(t.replies) == 1 && !t.replies[0].isWord() { // to a question that it may drop for what it is
		t.ask(ctx, a, question{name: t.asks.zone, of: dns.TypeSOA}, waits)
	}
	if i := slices.IndexFunc(t.replies, told.isAnswer); i >= 0 && !t.replies[i].tcp {
		t.askTCP(ctx, a, t.replies[i].question, waits)
	}
}

// judged asks for what a server may fail to answer, and then whether it still answers for A of the first name.
func (t *visit) judged(ctx context.Context, a *asker, q question, waits []time.Duration) {
	r := t.ask(ctx, a, q, waits)
	isFault := r.fault != observed.Works && !r.tcpFault
	if q.of == dns.TypeTLSA {
		isFault = isFault && r.fault != observed.NXDomain && r.fault != observed.NotAuthoritative
	}
	if !isFault {
		return
	}
	at := len(t.replies) - 1
	again := question{name: q.name, of: dns.TypeA}
	if q.of == dns.TypeTLSA {
		again.name = q.name.Parent().Parent()
	}
	after := t.ask(ctx, a, again, waits)
	t.replies = t.replies[:at+1] // the second A says nothing new
	t.replies[at].fault = after.fault == observed.Works
}

// ask asks as often as it takes to get an answer, or to be sure that there is none.
func (t *visit) ask(ctx context.Context, a *asker, q question, waits []time.Duration) (r reply) {
	for try, wait := range waits {
		if r = a.direct(ctx, q, wait); r.fault == observed.Works || ctx.Err() != nil {
			break
		}
		if isSure := r.fault != observed.Silence && r.fault != observed.BrokenTCP; isSure && try > 0 {
			break
		}
	}
	t.replies = append(t.replies, told{question: q, reply: r})
	return r
}

// askTCP asks over TCP what the server answers over UDP, again where that fails, and without EDNS the second time.
func (t *visit) askTCP(ctx context.Context, a *asker, q question, waits []time.Duration) {
	q.direct = true
	for try, wait := range waits {
		a.query = appendQuery(a.query[:0], uint16(rand.Uint32()), q, try%2 == 0)
		if _, err := a.overTCP(ctx, wait); err == nil || ctx.Err() != nil {
			return
		}
	}
	t.replies = append(t.replies, told{question: q, reply: reply{fault: observed.Silence, tcpFault: true}, overIP: true})
}

// observed is what the visit shows, with the answers as text.
func (t *visit) observed(s *sorter, address netip.AddrPort) (observed.Server, error) {
	out := observed.Server{Name: t.server, Address: address.Addr()}
	isLame, isSilent := !slices.ContainsFunc(t.replies, told.isAnswer), !slices.ContainsFunc(t.replies, told.isWord)
	for _, r := range t.replies {
		from := origin{address, r.tcp || r.overIP}
		var text []byte
		switch {
		case r.reply.fault != observed.Works:
			text = noteText(r.name, r.of, r.reply.fault.String(), from)
		case r.status != data:
			text = denialText(r.name, r.of, r.status, from)
		default:
			text = recordsText(r.end, lastOf(r.records, r.of), from)
		}
		file, err := s.files.AddAnswer(from.uri(r.name, r.of), text)
		if err != nil {
			return out, err
		}
		at := zonefiles.Span{File: file.ID, End: uint32(max(len(file.Data), 1) - 1)}
		fault := observed.Fault{Name: r.name, Type: zonefiles.Type(r.of), Kind: r.reply.fault, Answer: at}
		switch {
		case r.tcpFault:
			out.NoTCP = append(out.NoTCP, fault)
		case r.fault:
			out.Faults = append(out.Faults, fault)
		case isSilent:
			out.Silent = append(out.Silent, fault)
		case isLame && r.isRefusal():
			out.Lame = append(out.Lame, fault)
		case r.isAnswer():
			out.Says = append(out.Says, observed.Said{
				Name: r.name, Type: zonefiles.Type(r.of), Data: dataOf(lastOf(r.records, r.of)), Answer: at,
			})
		}
	}
	return out, nil
}

// lastOf are the records of a type, without the aliases on the way.
func lastOf(records []dns.RR, of uint16) []dns.RR {
	return slices.DeleteFunc(slices.Clone(records), func(r dns.RR) bool { return r.Header().Rrtype != of })
}

// dataOf is the RDATA of records, sorted, each once, with names in lower case.
func dataOf(records []dns.RR) (all []string) {
	for _, r := range records {
		if text, matters := observed.Canonical(zonefiles.Type(r.Header().Rrtype), rdataText(r)); matters {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
