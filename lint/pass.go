package lint

import (
	"fmt"
	"iter"
	"slices"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// Pass is one rule's view of one run: a zone, what surrounds it, and where to report.
type Pass struct {
	Source   *zonefiles.Zone // as it was read
	Zone     *dns.Zone       // in the graph; nil where the origin is unknown
	Graph    *dns.Graph
	Facts    *mail.Facts
	Settings *Settings

	rule     *Rule
	severity Severity
	reader   *mail.Reader
	out      *collector
	met      map[zonefiles.Name]bool
}

// First reports whether the pass meets a host for the first time. What is said of a host does not depend on the domain that uses it,
// and very many may. (A pass is one rule's part of one task, and tasks are the same whatever the number of workers.)
func (p *Pass) First(host zonefiles.Name) bool {
	if p.met[host] {
		return false
	}
	if p.met == nil {
		p.met = map[zonefiles.Name]bool{}
	}
	p.met[host] = true
	return true
}

// Report adds a finding of the pass's rule. A finding may have a lower severity than the rule, and never a higher one.
func (p *Pass) Report(f Finding) {
	f.Rule = p.rule
	if f.Severity == Off || f.Severity > p.severity {
		f.Severity = p.severity
	}
	f.Zone, f.View = p.Source.Origin, p.Source.View
	f.Related, f.Path = few(f.Related), few(f.Path)
	p.out.add(f)
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

// maxPlaces is how many other places a finding points at. A zone may have a million, for each of many findings.
const maxPlaces = 100

// few is the first of some places, the last of which counts those that are left out.
func few(places []Related) []Related {
	left := len(places) - maxPlaces
	if left <= 0 {
		return places
	}
	places = slices.Clone(places[:maxPlaces]) // the others' memory goes
	places[maxPlaces-1].Message += fmt.Sprintf(" (and so in %d places more)", left)
	return places
}

// Withhold counts a finding that a part of a zone which could not be read may contradict.
func (p *Pass) Withhold() { p.out.withheld++ }

// Files is where spans lie.
func (p *Pass) Files() *zonefiles.FileSet { return p.Source.Files() }

// Lookup asks the graph from the pass's zone.
func (p *Pass) Lookup(name zonefiles.Name, t zonefiles.Type) dns.Answer {
	return p.Graph.Lookup(p.Zone, name, t)
}

// Follow is Lookup that follows aliases; see Graph.Follow.
func (p *Pass) Follow(name zonefiles.Name, t zonefiles.Type) (a dns.Answer, end zonefiles.Name, loop bool) {
	a, end, _, loop = p.Graph.Follow(p.Zone, name, t)
	return a, end, loop
}

// Resolve is what the zones and the operator say of a host name's addresses.
func (p *Pass) Resolve(name zonefiles.Name) mail.Resolved { return *p.reader.Resolve(name) }

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
