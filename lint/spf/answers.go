package spf

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"mx46/lint/dns"
	"mx46/zonefiles"
)

// answers is what one evaluation is told when it asks.
type answers struct {
	*Checker
	client  netip.Addr
	domain  zonefiles.Name
	top     string // the policy that is evaluated, until it is asked for
	matches bool   // what is not known matches
	below   int    // how many of the look-ups of addresses to come are of hosts below an mx or of names of the client

	voids, mxVoids int
	missing        zonefiles.Name // the last one that was asked for a policy
	asked          bool           // for something that is not known
	reverse        bool           // for names of the client that are not known
	undecided      bool           // what comes of it nobody knows
	origin         bool           // some policy asks for the sender's domain

	collect bool // clients that policies name are added to clients
	clients []netip.Addr
}

// The names that stand for what a term of the domain itself comes to. The library asks for them; nobody else can use
// them (RFC 6761 s.6.4).
const (
	matching = "match.invalid"   // an address of the client
	other    = "other.invalid"   // other addresses
	void     = "void.invalid"    // none
	outside  = "outside.invalid" // nobody knows
	// forExists ends the names in exists, which asks for A records whatever the client's family (RFC 7208 s.5.7).
	forExists = ".exists.invalid"
)

var errNotFound = &net.DNSError{Err: "no such record", IsNotFound: true}

// ParseName reads the name of a term. It reports false where that has macros, or is none.
func ParseName(text string) (zonefiles.Name, bool) {
	if strings.ContainsAny(text, `%\@`) { // a backslash is no escape in SPF
		return zonefiles.Root, false
	}
	name, err := zonefiles.ParseName([]byte(text), zonefiles.Root)
	return name, err == nil
}

// rewrite is a policy as the library is given it: see the package's comment.
func (a *answers) rewrite(p *Policy) string {
	var b strings.Builder
	b.WriteString(version)
	lookups := 0
	for i := range p.Terms {
		if t := &p.Terms[i]; !a.writeTerm(&b, t, t.Domain) {
			break
		} else if t.LooksUp() {
			if lookups++; lookups > MaxLookups {
				break
			}
		}
	}
	return b.String()
}

// writeTerm writes one term, unless it does not matter to the client; it reports false where none after it does.
func (a *answers) writeTerm(b *strings.Builder, t *Term, domain string) bool {
	if t.Network.IsValid() {
		if a.collect {
			a.clients = append(a.clients, t.Network.Addr())
		}
		if !t.Network.Contains(a.client) {
			return true
		}
		t = &Term{Qualifier: t.Qualifier, Name: "all"}
		domain = ""
	}
	b.WriteByte(' ')
	if t.Name == "redirect" {
		b.WriteString("redirect=")
		b.WriteString(domain)
		return true
	}
	if t.Qualifier != '+' {
		b.WriteByte(t.Qualifier)
	}
	b.WriteString(t.Name)
	if domain != "" {
		b.WriteByte(':')
		b.WriteString(domain)
	}
	if t.Name == "exists" {
		b.WriteString(forExists)
	}
	b.WriteString(t.Prefixes)
	return t.Name != "all"
}

// rewriteOwn is rewrite for the policy of the domain itself. It reports whether the outcome is the same for every
// domain with the same text.
func (a *answers) rewriteOwn(p *Policy) (text string, alone bool) {
	alone = !p.origin
	var b strings.Builder
	b.WriteString(version)
	lookups := 0
	for i := range p.Terms {
		t := &p.Terms[i]
		domain := t.Domain
		switch {
		case t.Name == "a" && domain == "" && t.Prefixes == "":
			domain = a.ownAddress()
		case t.Name == "a" && domain == "", t.Name == "mx" && domain == "", t.Name == "ptr", strings.Contains(domain, "%"):
			alone = false
		}
		if !a.writeTerm(&b, t, domain) {
			break
		}
		if t.LooksUp() {
			if lookups++; lookups > MaxLookups {
				break
			}
		}
	}
	return b.String(), alone
}

// ownAddress is the name that stands for what the domain's own addresses come to.
func (a *answers) ownAddress() string {
	found, known := a.addresses(a.domain, a.addressType())
	switch {
	case !known:
		return outside
	case len(found) == 0:
		return void
	}
	for _, addr := range found {
		if addr == a.client {
			return matching
		}
	}
	return other
}

func (a *answers) addressType() zonefiles.Type {
	if a.client.Is4() {
		return zonefiles.TypeA
	}
	return zonefiles.TypeAAAA
}

// follow is the answer at the end of aliases; it reports false where that is not known. What a root zone lacks proves
// nothing: a file that claims to be one is mostly a slip.
func (c *Checker) follow(name zonefiles.Name, t zonefiles.Type) (dns.Answer, bool) {
	answer, _, _, loop := c.source.Follow(c.from, name, t)
	known := !loop && answer.IsKnown() && answer.Records.Len() <= dns.MaxRRset
	return answer, known && (answer.Status == dns.Data || !answer.Zone.Origin.IsRoot())
}

func (a *answers) addresses(name zonefiles.Name, t zonefiles.Type) (list []netip.Addr, known bool) {
	answer, known := a.follow(name, t)
	if !known || answer.Status != dns.Data {
		return nil, known
	}
	for i := range answer.Records.Len() {
		addr := answer.Records.At(i).Addr()
		list = append(list, addr)
	}
	if a.collect {
		a.clients = append(a.clients, list[:min(len(list), maxClients)]...)
	}
	return list, true
}

// LookupTXT gives the library the policy that it evaluates, and after that those which it leads to.
func (a *answers) LookupTXT(_ context.Context, text string) ([]string, error) {
	if a.top != "" {
		policy := a.top
		a.top = ""
		return []string{policy}, nil
	}
	name, ok := ParseName(text)
	if !ok {
		a.undecided = true
		return nil, errNotFound
	}
	answer, known := a.follow(name, zonefiles.TypeTXT)
	if !known {
		if a.unknown() {
			return []string{version + " +all"}, nil
		}
		return []string{version}, nil
	}
	found := a.among(answer.Records)
	a.missing = name
	switch {
	case found.Count == 0:
		return nil, errNotFound
	case found.Count > 1:
		return []string{version, version}, nil
	case found.Policy.Fault.Why != NoFault:
		return []string{version + " broken"}, nil
	}
	a.undecided = a.undecided || found.Policy.long || found.Policy.open
	a.origin = a.origin || found.Policy.origin
	return []string{a.rewrite(found.Policy)}, nil
}

// LookupIPAddr gives addresses in the client's family alone, as receivers look them up (RFC 7208 s.5.3, s.5.4).
func (a *answers) LookupIPAddr(_ context.Context, host string) ([]net.IPAddr, error) {
	t := a.addressType()
	voids := &a.voids
	if a.below > 0 {
		a.below--
		voids = &a.mxVoids
	} else if name, ok := strings.CutSuffix(host, forExists); ok {
		host, t = name, zonefiles.TypeA
	}
	switch host {
	case matching:
		return a.itself(t), nil
	case other:
		return nil, errNotFound
	case void, ".":
		*voids++
		return nil, errNotFound
	}
	name, err := zonefiles.ParseName([]byte(host), zonefiles.Root)
	if err != nil {
		a.undecided = true
		return nil, errNotFound
	}
	found, known := a.addresses(name, t)
	switch {
	case !known && a.unknown():
		return a.itself(t), nil
	case known && len(found) == 0:
		*voids++
	}
	if len(found) == 0 {
		return nil, errNotFound
	}
	list := make([]net.IPAddr, len(found))
	for i, addr := range found {
		list[i].IP = addr.AsSlice()
	}
	return list, nil
}

// itself is an answer that matches, of the type that was asked for.
func (a *answers) itself(t zonefiles.Type) []net.IPAddr {
	if t == zonefiles.TypeA && !a.client.Is4() {
		return []net.IPAddr{{IP: net.IPv4bcast}}
	}
	return []net.IPAddr{{IP: a.client.AsSlice()}}
}

// unknown reports whether what is not known is to match this time.
func (a *answers) unknown() bool {
	a.asked = true
	return a.matches
}

// LookupMX gives the library MX hosts, of which it looks up the addresses next, unless there are too many.
func (a *answers) LookupMX(_ context.Context, text string) ([]*net.MX, error) {
	name, ok := ParseName(text)
	if !ok {
		a.undecided = true
		return nil, errNotFound
	}
	answer, known := a.follow(name, zonefiles.TypeMX)
	switch {
	case !known && a.unknown():
		a.below = 1
		return []*net.MX{{Host: matching}}, nil
	case !known:
		return nil, errNotFound
	case answer.Status != dns.Data:
		a.voids++
		return nil, errNotFound
	}
	var hosts []*net.MX
	for i := range answer.Records.Len() {
		host, _ := answer.Records.At(i).Name(1)
		hosts = append(hosts, &net.MX{Host: host.String()})
	}
	if len(hosts) <= MaxMX {
		a.below = len(hosts)
	}
	return hosts, nil
}

// LookupAddr gives the library the names of the client, of which it looks up the addresses next.
func (a *answers) LookupAddr(context.Context, string) ([]string, error) {
	answer, known := a.follow(dns.ReverseName(a.client), zonefiles.TypePTR)
	if !known {
		a.reverse = true
		a.undecided = true
		return nil, errNotFound
	}
	if answer.Status != dns.Data {
		a.voids++
		return nil, errNotFound
	}
	var names []string
	for i := range answer.Records.Len() {
		name, _ := answer.Records.At(i).Name(0)
		names = append(names, name.String())
	}
	a.below = min(len(names), maxNames)
	return names, nil
}
