package lint

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/observed"
	"mx46/lint/spf"
	"mx46/zonefiles"
)

// Pass is one rule's view of one run: a zone, what surrounds it, and where to report.
type Pass struct {
	*Stage

	rule     *Rule
	severity Severity
	hosts    map[zonefiles.Name]bool // see First
}

// Stage is what the passes of all rules look at.
type Stage struct {
	Source   *zonefiles.Zone // as it was read
	Zone     *dns.Zone       // in the graph; nil where the origin is unknown
	Graph    *dns.Graph
	Facts    *mail.Facts
	Settings *Settings
	Observed *observed.Zone // what was seen beside the zone's records; nil: nothing

	reader   *mail.Reader
	policies *spf.Checker
	out      *collector
}

// First reports whether the pass has not been asked about a host before. What a rule says about a host does not
// depend on the domain that uses it, and a million domains may use one. A pass is one rule's part of one task, and
// tasks do not depend on the number of workers; the findings that several tasks make of one host are kept once.
func (p *Pass) First(host zonefiles.Name) bool {
	if p.hosts[host] {
		return false
	}
	if p.hosts == nil {
		p.hosts = map[zonefiles.Name]bool{}
	}
	p.hosts[host] = true
	return true
}

// meetNone makes First know no host, in the same memory.
func (p *Pass) meetNone() {
	if len(p.hosts) > maxReused {
		p.hosts = nil
	}
	clear(p.hosts)
}

// Met reports whether First has been asked about a host.
func (p *Pass) Met(host zonefiles.Name) bool { return p.hosts[host] }

// Report adds a finding of the pass's rule. It may have a lower severity than the rule, but never a higher one.
func (p *Pass) Report(f Finding) {
	f.Rule = p.rule
	if f.Severity == Off || f.Severity > p.severity {
		f.Severity = p.severity
	}
	f.Zone, f.View = p.Source.Origin, p.Source.View
	f.Related, f.Path = capPlaces(f.Related), capPlaces(f.Path)
	p.heedLock(&f)
	p.out.add(&f)
}

// heedLock marks a finding that rests on the lock with its day. Where the hosts are known from the lock alone, those
// who read the finding cannot mend them, and it is one grade lower.
func (p *Pass) heedLock(f *Finding) {
	inLock := func(r Related) bool { return p.Facts.Lock.IsIn(r.Span) }
	if !p.Facts.Lock.IsIn(f.Span) && !slices.ContainsFunc(f.Related, inLock) {
		return
	}
	if day := p.Facts.Lock.Day(); !day.IsZero() {
		f.Message += ", as of " + day.Format(time.DateOnly)
	}
	if !slices.ContainsFunc(f.Related, func(r Related) bool { return r.OfHost }) {
		f.Severity = max(f.Severity-1, Note)
	}
}

// reportProblems reports what could not be read of the zone.
func (p *Pass) reportProblems() {
	for i := range p.Source.Problems {
		problem := &p.Source.Problems[i]
		if !slices.Contains(p.rule.Problems, problem.Kind) {
			continue
		}
		f := problemFinding(p.rule, p.severity, problem)
		f.Subject.Owner = p.Source.Origin
		if problem.Kind == zonefiles.OriginProblem {
			f.Subject.Target = p.Source.Path // it has no other name
		}
		p.Report(f)
	}
}

// capPlaces keeps the first maxPlaces places; the last of them counts those that are left out.
func capPlaces(places []Related) []Related {
	left := len(places) - maxPlaces
	if left <= 0 {
		return places
	}
	places = slices.Clone(places[:maxPlaces]) // frees the others' memory
	places[maxPlaces-1].Message += fmt.Sprintf(" (and so in %d more places)", left)
	return places
}

// Withhold counts a finding that is not made because a part of a zone that could not be read may contradict it.
func (p *Pass) Withhold() { p.out.withheld++ }

// Files is where spans lie.
func (p *Pass) Files() *zonefiles.FileSet { return p.Source.Files() }

// Lookup asks the graph, from the pass's zone.
func (p *Pass) Lookup(name zonefiles.Name, t zonefiles.Type) dns.Answer {
	return p.Graph.Lookup(p.Zone, name, t)
}

// Follow is Lookup that follows aliases; see Graph.Follow.
func (p *Pass) Follow(name zonefiles.Name, t zonefiles.Type) (a dns.Answer, end zonefiles.Name, loop bool) {
	a, end, _, loop = p.Graph.Follow(p.Zone, name, t)
	return a, end, loop
}

// Resolve is what the zones and the operator say about a host name's addresses.
func (p *Pass) Resolve(name zonefiles.Name) mail.Resolved { return *p.reader.Resolve(name) }

// SaidNames are the names of a domain's machine that the operator speaks of; see mail.Reader.SaidNames.
func (p *Pass) SaidNames(d *mail.Domain, machine int) []zonefiles.Name {
	return p.reader.SaidNames(d, machine)
}

// Reach is the families in which resolvers reach the zone's name servers; see mail.Reader.Reach.
func (p *Pass) Reach() delivery.Families { return p.reader.Reach(p.Zone) }

// SPF evaluates SPF policies, as far as the zones know what they ask for.
func (p *Pass) SPF() *spf.Checker { return p.policies }

// Address is one A or AAAA record of a host, and what is known of its address.
type Address struct {
	Record zonefiles.Record
	Class  delivery.Class
}

// Addresses are the host's address records, A before AAAA.
func (p *Pass) Addresses(r *mail.Resolved) iter.Seq[Address] {
	return func(yield func(Address) bool) {
		for _, a := range [...]*dns.Answer{&r.A, &r.AAAA} {
			if a.Status != dns.Data || a.Records.Len() > dns.MaxRRset {
				continue
			}
			for i := range a.Records.Len() {
				record := a.Records.At(i)
				if !yield(Address{record, delivery.Classify(record.Addr(), p.Facts.NAT64...)}) {
					return
				}
			}
		}
	}
}
