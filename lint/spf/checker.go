package spf

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	"blitiri.com.ar/go/spf"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// Source answers questions about names, as seen from a zone, with aliases followed; see dns.Graph, which is one.
type Source interface {
	Follow(from *dns.Zone, name zonefiles.Name, t zonefiles.Type) (
		a dns.Answer, end zonefiles.Name, via dns.Status, loop bool)
}

// Checker evaluates the policies that one Source knows. It is for one goroutine.
type Checker struct {
	source   Source
	from     *dns.Zone
	policies map[string]*Policy // by the text of the record in its file
	verdicts map[verdictKey]Verdict
	extents  map[*Policy]Extent
}

// verdictKey is a policy as the library is given it, and a client.
type verdictKey struct {
	text   string
	client netip.Addr
}

// NewChecker makes a Checker that has nothing to look at yet.
func NewChecker() *Checker { return &Checker{policies: map[string]*Policy{}} }

// Enter has the checker ask a source, from a zone, from now on.
func (c *Checker) Enter(source Source, from *dns.Zone) {
	// What one zone is told of its own names another one may not be, where several files claim them, or its origin is
	// a guess.
	if source != c.source || !isLikeOthers(from) || !isLikeOthers(c.from) {
		c.verdicts, c.extents = map[verdictKey]Verdict{}, map[*Policy]Extent{}
	}
	c.source, c.from = source, from
}

// waits reports whether what the zone was told may be another thing later; see dns.Zone.Waits.
func (c *Checker) waits() bool { return c.from != nil && c.from.Waits() && c.from.Graph().IsOpen() }

func isLikeOthers(z *dns.Zone) bool { return z == nil || z.IsAlone() && !z.Guessed }

// Found is the SPF records of a name.
type Found struct {
	Count    int // receivers answer permerror if there are several (RFC 7208 s.4.5)
	Record   zonefiles.Record
	Policy   *Policy          // of Record, the first
	Last     zonefiles.Record // of several
	Unjoined zonefiles.Record // begins with the version, but the next string follows without a blank; zero if none does
}

// At finds the SPF records of an owner.
func (c *Checker) At(z *dns.Zone, owner zonefiles.NameID) (found Found) {
	return c.among(z.RRset(owner, zonefiles.TypeTXT))
}

// among finds SPF records among TXT records.
func (c *Checker) among(set dns.RRset) (found Found) {
	for i := range min(set.Len(), dns.MaxRRset) {
		r := set.At(i)
		switch p := c.policy(r); {
		case p == nil:
		case p.Fault.Why == Unjoined:
			found.Unjoined = r
		default:
			if found.Count++; found.Count == 1 {
				found.Record, found.Policy = r, p
			}
			found.Last = r
		}
	}
	return found
}

// policy reads a TXT record; nil if it is no SPF record.
func (c *Checker) policy(r zonefiles.Record) *Policy {
	if !MayBe(r.RDATALine()) {
		return nil
	}
	raw := r.RDATAText()
	if p, ok := c.policies[string(raw)]; ok {
		return p
	}
	strings := r.Strings()
	text := string(bytes.Join(strings, nil))
	var p *Policy
	switch {
	case IsPolicy(text):
		p = Parse(text)
	case len(strings) > 1 && IsPolicy(string(strings[0])):
		p = &Policy{Text: text, Fault: Fault{Why: Unjoined}}
	default:
		return nil
	}
	if len(c.policies) >= maxRemembered {
		clear(c.policies)
		clear(c.extents)
	}
	c.policies[string(raw)] = p
	return p
}

// Verdict is what comes of one client.
type Verdict struct {
	Pass    delivery.Truth
	Why     Reason         // of the permerror, where nothing matches that is not known
	Voids   int            // look-ups that are sure to find nothing, which receivers count against MaxVoids
	MXVoids int            // the same of hosts below an mx, which only some receivers count
	Missing zonefiles.Name // that has no policy, by NoPolicy
}

// Reason is why receivers answer permerror.
type Reason uint8

// The reasons.
const (
	NoReason       Reason = iota
	TooManyLookups        // more than ten terms look something up
	TooManyMX             // an mx with more than ten hosts
	NoPolicy              // an include or a redirect leads to a name without a policy
	Broken                // a policy that it leads to is wrong itself, or one of several at one name
)

// Check says what receivers make of mail that a client sends in the name of a domain. Of what the source does not know,
// everything is tried.
func (c *Checker) Check(domain zonefiles.Name, p *Policy, client netip.Addr) Verdict {
	switch {
	case p.Fault.Why != NoFault:
		return Verdict{Why: Broken}
	case p.long || p.open:
		return Verdict{Pass: delivery.Maybe}
	}
	a := &answers{Checker: c, client: client, domain: domain}
	text, alone := a.rewriteOwn(p)
	key := verdictKey{text, client}
	if v, ok := c.verdicts[key]; ok && alone {
		return v
	}
	v := a.verdict(text)
	if !alone || a.origin || c.waits() {
		return v
	}
	if len(c.verdicts) >= maxRemembered {
		clear(c.verdicts)
	}
	c.verdicts[key] = v
	return v
}

// verdict evaluates a policy for each value of what is not known.
func (a *answers) verdict(text string) Verdict {
	v := a.run(text, false)
	if a.asked {
		other := a.run(text, true)
		if other.Pass != v.Pass {
			v.Pass = delivery.Maybe
		}
		v.Voids, v.MXVoids = min(v.Voids, other.Voids), min(v.MXVoids, other.MXVoids)
	}
	if a.undecided {
		return Verdict{Pass: delivery.Maybe}
	}
	return v
}

// run evaluates a policy. What is not known matches, or it does not.
func (a *answers) run(text string, matches bool) (v Verdict) {
	a.top, a.matches, a.below, a.voids, a.mxVoids = text, matches, 0, 0, 0
	domain := strings.TrimSuffix(a.domain.String(), ".")
	result, err := spf.CheckHostWithSender(net.IP(a.client.AsSlice()), domain, "postmaster@"+domain,
		spf.WithResolver(a), spf.OverrideVoidLookupLimit(1<<20))
	v.Voids, v.MXVoids = a.voids, a.mxVoids
	switch result {
	case spf.Pass:
		v.Pass = delivery.Yes
	case spf.TempError:
		a.undecided = true
	case spf.PermError:
		switch {
		case errors.Is(err, spf.ErrLookupLimitReached):
			v.Why = TooManyLookups
		case errors.Is(err, spf.ErrTooManyMXRecords):
			v.Why = TooManyMX
		case errors.Is(err, spf.ErrNoResult):
			v.Why, v.Missing = NoPolicy, a.missing
		default:
			v.Why = Broken
		}
	}
	return v
}

// Authorised is the first term of a policy by which some client passes, what is not known being taken for a match: why
// else would the policy name it? It tries the addresses that the policy and those which it leads to name.
func (c *Checker) Authorised(domain zonefiles.Name, p *Policy) (*Term, bool) {
	a := &answers{Checker: c, domain: domain}
	for _, client := range append(c.Clients(domain, p), Nobody, nobody6) {
		if t, ok := a.passesBy(p, client); ok {
			return t, true
		}
	}
	return nil, false
}

// Clients are addresses that a policy names, and those which it leads to, as far as the source knows: some of them.
func (c *Checker) Clients(domain zonefiles.Name, p *Policy) []netip.Addr {
	if p.Fault.Why != NoFault || p.long {
		return nil
	}
	a := &answers{Checker: c, domain: domain, collect: true}
	for _, a.client = range [...]netip.Addr{Nobody, nobody6} {
		a.run(a.rewrite(p), false)
	}
	slices.SortFunc(a.clients, netip.Addr.Compare)
	a.clients = slices.Compact(a.clients)
	return a.clients[:min(len(a.clients), maxClients)]
}

// Addresses that no policy means: to them, all of it matters.
var (
	Nobody  = netip.AddrFrom4([4]byte{255, 255, 255, 254})
	nobody6 = netip.AddrFrom16([16]byte{0xff, 0xff, 15: 0xfe})
)

// passesBy is the first term by which a client passes, everything unknown matching.
func (a *answers) passesBy(p *Policy, client netip.Addr) (*Term, bool) {
	a.client, a.undecided = client, false
	if p.Fault.Why != NoFault || a.run(a.rewrite(p), true).Pass != delivery.Yes && !a.reverse {
		return nil, false
	}
	for i := range p.Terms {
		one := Policy{Terms: p.Terms[i : i+1]}
		if a.reverse = false; a.run(a.rewrite(&one), true).Pass == delivery.Yes || a.reverse {
			return &p.Terms[i], true
		}
	}
	return nil, false
}

// Extent is how much a policy asks for at most, where nothing passes early.
type Extent struct {
	Lookups  int  // terms that look something up, in it and in what it leads to
	Voids    int  // look-ups that may find nothing, those of hosts below the domain's own mx left out
	Missing  bool // it leads to a name that has no policy
	Unknown  bool // it leads to a policy that nobody knows
	Circular bool // it leads to one that leads back to itself
}

// Extent is the extent of a policy.
func (c *Checker) Extent(p *Policy) Extent {
	if e, ok := c.extents[p]; ok {
		return e
	}
	var e Extent
	c.extents[p] = Extent{Lookups: MaxLookups + 1, Circular: true} // until it is known: of one that leads back to itself
	for i := range p.Terms {
		t := &p.Terms[i]
		if t.LooksUp() {
			e.Lookups++
		}
		switch {
		case !t.LooksUp() || t.Name == "mx" && t.Domain == "":
		case t.LeadsOn():
			e.add(c.LeadsTo(t))
		case t.Name == "mx":
			e.Voids += 1 + MaxMX
		default:
			e.Voids++
		}
	}
	if c.extents[p] = e; c.waits() {
		delete(c.extents, p)
	}
	return e
}

func (e *Extent) add(more Extent) {
	e.Lookups = min(e.Lookups+more.Lookups, maxCounted)
	e.Voids = min(e.Voids+more.Voids, maxCounted)
	e.Missing = e.Missing || more.Missing
	e.Unknown = e.Unknown || more.Unknown
	e.Circular = e.Circular || more.Circular
}

// LeadsTo is the extent of what is at the domain that an include or a redirect names.
func (c *Checker) LeadsTo(t *Term) Extent {
	name, ok := ParseName(t.Domain)
	if !ok {
		return Extent{Unknown: true}
	}
	a, known := c.follow(name, zonefiles.TypeTXT)
	if !known {
		return Extent{Unknown: true}
	}
	found := c.among(a.Records)
	switch {
	case found.Count == 0:
		return Extent{Missing: true}
	case found.Policy.long || found.Policy.open:
		return Extent{Unknown: true}
	}
	return c.Extent(found.Policy)
}
