package report

import (
	"cmp"
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/text"
)

// This file says once, for people, what many findings owe to one cause. What programs read has every finding.

// causes are the findings by what causes them, or each by itself.
func (r *Report) causes(each bool) []lint.Cause {
	if !each {
		return lint.Causes(r.Result.Findings)
	}
	causes := make([]lint.Cause, len(r.Result.Findings))
	for i := range causes {
		causes[i].First = &r.Result.Findings[i]
	}
	return causes
}

// worstCauses sorts causes, for readers that show only some: the most severe first, and of these the largest.
func worstCauses(causes []lint.Cause) []lint.Cause {
	slices.SortStableFunc(causes, func(a, b lint.Cause) int {
		return cmp.Or(cmp.Compare(b.First.Severity, a.First.Severity), cmp.Compare(len(b.Others), len(a.Others)))
	})
	return causes
}

// also says for what else a cause's first finding holds; empty: for nothing.
func (r *Report) also(c *lint.Cause) string {
	if len(c.Others) == 0 {
		return ""
	}
	if others := c.Domains()[1:]; len(others) > 0 {
		names := make([]string, len(others))
		for i, n := range others {
			names[i] = shownName(n)
		}
		return fmt.Sprintf("the same holds for %s: %s", text.Count(len(names), "more domain", "more domains"),
			text.Some(names, maxNamedOfCause))
	}
	var places []string
	for _, f := range c.Others {
		at, _ := r.place(f.Span, inRunes)
		places = append(places, fmt.Sprintf("%s:%d", path(at.File), at.Line))
	}
	return fmt.Sprintf("the same holds at %s: %s", text.Count(len(places), "more place", "more places"),
		text.Some(places, maxNamedOfCause))
}

// Picture is how mail reaches a domain.
type Picture struct {
	Key     string                 // the same for domains whose mail takes the same ways
	Mermaid func() string          // the relay map in that language, for markdown
	SVG     func(id string) string // the relay map for html, without a style of its own
	Outages func() [][]string      // a table of what becomes of mail; its first row names the senders
}

// causeProse is the first finding of a cause as sentences, and for what else it holds.
func (r *Report) causeProse(c *lint.Cause) []string {
	sentences := prose(c.First)
	if also := r.also(c); also != "" {
		sentences = append(sentences, "Also: "+also+".")
	}
	return sentences
}
