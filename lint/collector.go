package lint

import (
	"cmp"
	"maps"
	"slices"

	"mx46/zonefiles"
)

// This file collects findings: one of each defect, and one of each subject of a rule with Once.

// collector gathers the findings of one worker. A finding about a host is made for each domain that uses it, and is
// kept once.
type collector struct {
	files       *zonefiles.FileSet
	found       map[findingKey]weighed
	weight      int  // of found
	limit       int  // of weight; 0: none
	full        bool // there was more
	withheld    int
	mailDomains int
	unjudged    map[zonefiles.Name]int // mail domains, by suffix of the hosts that are not known
	once        map[*Rule]map[Subject]*repeated
}

// findingKey tells findings apart: one defect at one place is one finding, whichever domains, zones or views lead
// there.
type findingKey struct {
	rule    *Rule
	span    zonefiles.Span
	subject Subject
}

// weighed is a finding and the weight of the heaviest that was found of its defect, so that what all of them weigh does
// not depend on the order in which they come.
type weighed struct {
	*Finding
	weight int
}

// weightOf is how many ordinary findings have as much text and as many places.
func weightOf(f *Finding) int {
	size := len(f.Message) + len(f.Harm) + len(f.Help)
	for _, places := range [...][]Related{f.Related, f.Path} {
		for i := range places {
			size += placeSize + len(places[i].Message)
		}
	}
	return 1 + size/ordinarySize
}

func (c *collector) add(f *Finding) {
	if f.Rule.Once != nil {
		c.addOnce(&repeated{*f, 1})
		return
	}
	c.addWeighed(weighed{f, weightOf(f)})
}

func (c *collector) addWeighed(f weighed) {
	if c.found == nil {
		c.found = map[findingKey]weighed{}
	}
	// Each reading of a $GENERATE makes its text anew.
	key := findingKey{f.Rule, c.files.OnDisk(f.Span), f.Subject}
	old, ok := c.found[key]
	c.weight += max(0, f.weight-old.weight)
	if c.limit > 0 && c.weight > c.limit {
		c.full = true
		return
	}
	f.weight = max(f.weight, old.weight)
	if ok && !c.less(f.Finding, old.Finding) {
		f.Finding = old.Finding
	}
	c.found[key] = f
}

// less reports whether a is kept rather than b, of two findings of one defect: the choice must not depend on the
// order in which workers find them.
func (c *collector) less(a, b *Finding) bool {
	order := cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Harm, b.Harm),
		cmp.Compare(a.Help, b.Help),
		cmp.Compare(a.View, b.View),
		cmp.Compare(len(a.Related), len(b.Related)),
	)
	for i := 0; order == 0 && i < len(a.Related); i++ {
		x, y := a.Related[i], b.Related[i]
		order = cmp.Or(
			cmp.Compare(c.files.File(x.Span.File).Name, c.files.File(y.Span.File).Name),
			cmp.Compare(x.Span.Start, y.Span.Start),
			cmp.Compare(x.Message, y.Message),
		)
	}
	return order < 0
}

// merge takes the findings over from another collector.
func (c *collector) merge(other *collector) {
	if c.found == nil {
		c.found, c.weight = other.found, other.weight
	} else {
		for _, f := range other.found {
			c.addWeighed(f)
		}
	}
	other.found = nil
	for _, bySubject := range other.once {
		for _, r := range bySubject {
			c.addOnce(r)
		}
	}
	c.full = c.full || other.full
	c.withheld += other.withheld
	c.mailDomains += other.mailDomains
	for suffix, n := range other.unjudged {
		if c.unjudged == nil {
			c.unjudged = map[zonefiles.Name]int{}
		}
		c.unjudged[suffix] += n
	}
}

// spans are the places on disk that the findings show, and those that they would edit.
func (c *collector) spans() []zonefiles.Span {
	var spans []zonefiles.Span
	for _, f := range c.found {
		spans = f.appendSpans(spans)
	}
	for _, bySubject := range c.once {
		for _, r := range bySubject {
			spans = r.appendSpans(spans)
		}
	}
	for i := range spans {
		spans[i] = c.files.OnDisk(spans[i])
	}
	return spans
}

// repeated is a finding, and for how many mail domains it was made.
type repeated struct {
	Finding
	domains int
}

// addOnce adds a finding to those about its subject. Which subjects are kept does not depend on the order in which they
// come: one that is dropped here has as many before it in the end, too.
func (c *collector) addOnce(r *repeated) {
	if c.once == nil {
		c.once = map[*Rule]map[Subject]*repeated{}
	}
	bySubject := c.once[r.Rule]
	if bySubject == nil {
		bySubject = map[Subject]*repeated{}
		c.once[r.Rule] = bySubject
	}
	switch old := bySubject[r.Subject]; {
	case old == nil:
		if bySubject[r.Subject] = r; len(bySubject) >= 2*maxOnce {
			keepFirst(bySubject)
		}
	case c.isBefore(&r.Finding, &old.Finding):
		r.domains += old.domains
		bySubject[r.Subject] = r
	default:
		old.domains += r.domains
	}
}

// isBefore reports whether a has the earlier place; of views that share a file, the first by name counts.
func (c *collector) isBefore(a, b *Finding) bool {
	return cmp.Or(
		cmp.Compare(c.files.File(a.Span.File).Name, c.files.File(b.Span.File).Name),
		cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.View, b.View),
		cmp.Compare(b.Severity, a.Severity),
	) < 0
}

// keepFirst keeps the first maxOnce subjects, by name.
func keepFirst(bySubject map[Subject]*repeated) {
	if len(bySubject) <= maxOnce {
		return
	}
	for _, s := range slices.SortedFunc(maps.Keys(bySubject), compareSubjects)[maxOnce:] {
		delete(bySubject, s)
	}
}

func compareSubjects(a, b Subject) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Target, b.Target))
}

// listOnce is the findings, worded.
func (c *collector) listOnce() []*Finding {
	var list []*Finding
	for rule, bySubject := range c.once {
		keepFirst(bySubject)
		for _, r := range bySubject {
			rule.Once(&r.Finding, r.domains)
			list = append(list, &r.Finding)
		}
	}
	return list
}

// placed is a finding, and where on the disk it is. It is large, so that what is moved while many are sorted is this.
type placed struct {
	file       string
	start, end uint32
	*Finding
}

func (run *Run) placed(f *Finding) placed {
	at := run.Files.OnDisk(f.Span)
	return placed{run.Files.File(at.File).Name, at.Start, at.End, f}
}

func (a placed) comparePlace(b placed) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
}

func (a placed) compare(b placed) int {
	return cmp.Or(
		a.comparePlace(b),
		cmp.Compare(a.Rule.Name, b.Rule.Name),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.Subject.Owner, b.Subject.Owner),
		cmp.Compare(a.Subject.Target, b.Subject.Target),
		cmp.Compare(a.Message, b.Message),
	)
}

// inOrder is the findings themselves.
func inOrder(places []placed) []Finding {
	findings := make([]Finding, len(places))
	for i := range places {
		findings[i] = *places[i].Finding
	}
	return findings
}
