package live

import (
	"context"
	"maps"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mx46/lint/lock"
	"mx46/lint/mtasts"
	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file makes zones of answers.

// Observation is what was seen of mail domains.
type Observation struct {
	Zones      []*zonefiles.Zone
	Seen       map[zonefiles.Name]*observed.Zone // by origin
	Unanswered []error                           // each names its question
	Failed     []zonefiles.Name                  // domains of which it is not known where their mail goes
	Answers    int
	Unsigned   []zonefiles.Name                  // MX hosts whose TLSA records do not count: see isUnproved
	Policies   map[zonefiles.Name]*mtasts.Policy // that were fetched, by mail domain
	Unfetched  []zonefiles.Name                  // mail domains with a policy that nobody asked to fetch
	NotJudged  []netip.Addr                      // of mail servers that are closed where none of the family is open
	Unheard    []netip.Addr                      // of name servers that are silent, as others may be from here
	NoRoute    []netip.Addr                      // of servers that this machine has no way to
	Withheld   []netip.Addr                      // of servers that are not on the internet, so that they were not asked
}

// seen is what is seen about the zone with an origin, to be filled in.
func (o *Observation) seen(origin zonefiles.Name) *observed.Zone {
	if o.Seen[origin] == nil {
		o.Seen[origin] = &observed.Zone{}
	}
	return o.Seen[origin]
}

// observation makes zones of the facts.
func (v *observer) observation(
	ctx context.Context, loader *zonefiles.Loader, want Observe,
) (*Observation, error) {
	domains := want.Domains
	o := &Observation{Seen: map[zonefiles.Name]*observed.Zone{}, Policies: map[zonefiles.Name]*mtasts.Policy{}}
	s := sorter{
		files: loader.Files, apexes: v.apexes(domains),
		answers: map[zonefiles.Name][]zonefiles.Answer{}, known: map[question]bool{},
	}
	// What was asked of a name itself explains it better than what an alias led to.
	isAliased := func(q question) bool { return v.facts[q].err == nil && v.facts[q].end != q.name }
	aliased := slices.DeleteFunc(slices.Clone(v.asked), func(q question) bool { return !isAliased(q) })
	for _, q := range append(slices.DeleteFunc(slices.Clone(v.asked), isAliased), aliased...) {
		f := v.facts[q]
		if q.unchecked {
			continue
		}
		if f.err != nil {
			o.Unanswered = append(o.Unanswered, f.err)
			continue
		}
		o.Answers++
		if s.isUnproved(q, f, domains) {
			o.Unsigned = append(o.Unsigned, q.name.Parent().Parent())
			continue
		}
		text, err := s.add(q, v.real(q), f.from)
		if err != nil {
			return nil, err
		}
		isMissing := f.status == nxDomain && q.of == dns.TypeMX && f.end == q.name
		if isMissing && text != nil && slices.Contains(domains, q.name) {
			seen := o.seen(s.zoneOf(q.name))
			seen.Missing = append(seen.Missing, observed.Missing{Domain: q.name, Answer: lineOf(text)})
		}
	}
	if err := v.findBogus(ctx, o, &s); err != nil {
		return nil, err
	}
	if want.Servers {
		if err := v.askServers(ctx, o, &s, domains); err != nil {
			return nil, err
		}
	}
	if err := v.fetchPolicies(ctx, o, &s, want); err != nil {
		return nil, err
	}
	if want.Connect {
		if err := v.connectAll(ctx, o, &s, domains); err != nil {
			return nil, err
		}
	}
	for _, origin := range slices.SortedFunc(maps.Keys(s.answers), lock.CompareNames) {
		o.Zones = append(o.Zones, loader.Observe(origin, s.answers[origin]))
	}
	for _, d := range domains {
		if v.facts[question{name: d, of: dns.TypeMX}].err != nil {
			o.Failed = append(o.Failed, d)
		}
	}
	return o, nil
}

// apexes are the origins of zones, as far as answers say, and of mail domains without MX records: those take mail at
// their own addresses, in zones of their own or not.
func (v *observer) apexes(domains []zonefiles.Name) map[zonefiles.Name]bool {
	apexes := map[zonefiles.Name]bool{}
	for _, q := range v.asked {
		f := v.facts[q]
		if f.err == nil && (q.of == dns.TypeSOA || f.status != data) {
			apexes[f.zone] = true
		}
		if q.of == dns.TypeMX && slices.Contains(domains, q.name) && (v.brief || f.err == nil && f.status == noData) {
			apexes[q.name] = true
		}
	}
	return apexes
}

// sorter sorts answers into zones.
type sorter struct {
	files   *zonefiles.FileSet
	apexes  map[zonefiles.Name]bool
	answers map[zonefiles.Name][]zonefiles.Answer // by origin
	known   map[question]bool                     // what the zones know already
}

// zoneOf is the origin of the zone that holds a name: the name itself where no answer says.
func (s *sorter) zoneOf(name zonefiles.Name) zonefiles.Name {
	for origin := name; ; origin = origin.Parent() {
		if s.apexes[origin] {
			return origin
		}
		if origin.IsRoot() {
			return name
		}
	}
}

// isUnproved reports whether an answer has TLSA records that are not all in zones of the domains, and that no trusted
// resolver calls signed: senders may not use them (RFC 7672 s.2.2).
func (s *sorter) isUnproved(q question, f *fact, domains []zonefiles.Name) bool {
	isOwn := func(name zonefiles.Name) bool {
		zone := s.zoneOf(name)
		return slices.ContainsFunc(domains, func(d zonefiles.Name) bool { return s.zoneOf(d) == zone })
	}
	return q.of == dns.TypeTLSA && f.status == data && !f.signed && !(isOwn(q.name) && isOwn(f.end))
}

// add puts the parts of an answer into the zones that they belong to. It gives the text of what is at the end of the
// aliases.
func (s *sorter) add(q question, a *answer, from origin) (end *zonefiles.File, err error) {
	owner, records := q.name, a.records
	for owner != a.end {
		alias := records[0]
		text := recordsText(owner, records[:1], from)
		if _, err := s.put(owner, dns.TypeCNAME, true, text, from.uri(q.name, q.of)); err != nil {
			return nil, err
		}
		owner, _ = nameOf(alias.(*dns.CNAME).Target)
		records = records[1:]
	}
	text := denialText(owner, q.of, a.status, from)
	if a.status == data {
		text = recordsText(owner, records, from)
	}
	return s.put(owner, q.of, a.status != nxDomain, text, from.uri(q.name, q.of))
}

// put adds what an answer says of one name; nothing where another one has said it.
func (s *sorter) put(
	owner zonefiles.Name, of uint16, exists bool, text []byte, uri string,
) (*zonefiles.File, error) {
	q := question{name: owner, of: of}
	if s.known[q] {
		return nil, nil
	}
	s.known[q] = true
	file, err := s.files.AddAnswer(uri, text)
	if err != nil {
		return nil, err
	}
	origin := s.zoneOf(owner)
	s.answers[origin] = append(s.answers[origin],
		zonefiles.Answer{Name: owner, Type: zonefiles.Type(of), Exists: exists, Text: file})
	return file, nil
}

// lineOf is a text of one line.
func lineOf(file *zonefiles.File) zonefiles.Span {
	return zonefiles.Span{File: file.ID, End: uint32(len(file.Data) - 1)}
}
