package report

import (
	"cmp"
	"fmt"
	"iter"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file says once, for people, what many findings owe to one cause. What programs read has every finding.

// cause is findings that one change would mend, or a finding by itself.
type cause struct {
	first  *lint.Finding
	shared *lint.Cause // nil: a finding by itself
}

// others is how many findings it has beside the first.
func (c *cause) others() int {
	if c.shared == nil {
		return 0
	}
	return c.shared.Findings - 1
}

// domains is how many domains it is about.
func (c *cause) domains() int {
	if c.shared == nil {
		return 1
	}
	return c.shared.Domains
}

// named are the first of them.
func (c *cause) named() []zonefiles.Name {
	if c.shared == nil {
		return []zonefiles.Name{c.first.Subject.Owner}
	}
	return c.shared.Named
}

// countCauses counts the findings by cause; if each is to be reported by itself, none has one.
func (r *Report) countCauses(each bool) *lint.Causes {
	causes := lint.NewCauses()
	if r.OnDisk != nil {
		causes = r.OnDisk.NewCauses()
	}
	if !each && causes.AreShared() {
		for f := range r.all(true) {
			causes.Add(f)
		}
	}
	r.fail(causes.Count())
	return causes
}

// causes are the causes of the findings, in the order of the first of each.
func (r *Report) causes(counted *lint.Causes) iter.Seq[*cause] {
	return func(yield func(*cause) bool) {
		met := map[*lint.Cause]bool{}
		for f := range r.all(false) {
			shared := counted.Of(f)
			if shared != nil && met[shared] {
				continue
			}
			met[shared] = true
			if !yield(&cause{f, shared}) {
				return
			}
		}
	}
}

// compareCauses sorts causes, for readers that show only some: the most severe first, and of these the largest.
func compareCauses(a, b *cause) int {
	return cmp.Or(cmp.Compare(b.first.Severity, a.first.Severity), cmp.Compare(b.others(), a.others()))
}

// also says for what else a cause's first finding holds; empty: for nothing.
func (r *Report) also(c *cause) string {
	switch {
	case c.others() == 0:
		return ""
	case c.domains() > 1:
		var names []string
		for _, n := range c.named()[1:] {
			names = append(names, shownName(n))
		}
		return fmt.Sprintf("the same holds for %s: %s", text.Count(c.domains()-1, "more domain", "more domains"),
			text.SomeOf(names, maxNamedOfCause, c.domains()-1))
	}
	var places []string
	for _, sp := range c.shared.Places[1:min(len(c.shared.Places), 1+maxNamedOfCause)] {
		at, _ := r.place(sp, inRunes)
		places = append(places, fmt.Sprintf("%s:%d", path(at.File), at.Line))
	}
	return fmt.Sprintf("the same holds at %s: %s", text.Count(c.others(), "more place", "more places"),
		text.SomeOf(places, maxNamedOfCause, c.others()))
}

// Picture is how mail reaches a domain.
type Picture struct {
	Key     string                 // the same for domains whose mail takes the same ways
	Mermaid func() string          // the relay map in that language, for markdown
	SVG     func(id string) string // the relay map for html, without a style of its own
	Outages func() [][]string      // a table of what becomes of mail; its first row names the senders
}

// causeProse is the first finding of a cause as sentences, and for what else it holds.
func (r *Report) causeProse(c *cause) []string {
	sentences := prose(c.first)
	if also := r.also(c); also != "" {
		sentences = append(sentences, "Also: "+also+".")
	}
	return sentences
}
