package lint

import (
	"fmt"
	"slices"

	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file says once what holds for many zones: about one file that a name server serves under many names, one
// snippet that many zones include, or one host that takes mail for many.

// Fold makes one finding out of those that one rule makes, with one severity, at one place in a file for different
// zones. The first stays; its Domains name all, and its Harm counts the others. Where a zone has several there, its
// first joins the first of the others, its second the second, and so on. Findings must be sorted as Lint leaves them;
// those given are not changed, and are given back where there is nothing to fold.
func Fold(files *zonefiles.FileSet, findings []Finding) []Finding {
	spanOf := func(i int) zonefiles.Span { return files.OnDisk(findings[i].Span) }
	nameOf := func(s zonefiles.Span) string { return files.File(s.File).Name }
	var folded []Finding
	done := 0 // findings that are in folded, or need not be
	var end int
	for start := 0; start < len(findings); start = end {
		at := spanOf(start)
		for end = start + 1; end < len(findings); end++ {
			other := spanOf(end)
			if other.Start != at.Start || other.End != at.End || nameOf(other) != nameOf(at) {
				break
			}
		}
		if end-start == 1 {
			continue // nearly always
		}
		if here := foldPlace(files, findings[start:end]); len(here) < end-start {
			folded = append(append(folded, findings[done:start]...), here...)
			done = end
		}
	}
	if done == 0 {
		return findings
	}
	return append(folded, findings[done:]...)
}

// foldPlace is Fold for the findings at one place.
func foldPlace(files *zonefiles.FileSet, findings []Finding) []Finding {
	type place struct {
		rule       *Rule
		severity   Severity
		span       zonefiles.Span // on disk: each zone's reading of a $GENERATE has text of its own
		suppressed string
		zone       zonefiles.Name // empty for all
		nth        int
	}
	folded := make([]Finding, 0, len(findings))
	index := map[place]int{} // in folded
	count := map[place]int{}
	others := map[int][]*Finding{}
	for i := range findings {
		f := &findings[i]
		key := place{f.Rule, f.Severity, files.OnDisk(f.Span), f.Suppressed, f.Zone, 0}
		count[key]++
		key.nth, key.zone = count[key], ""
		if at, seen := index[key]; seen {
			others[at] = append(others[at], f)
			continue
		}
		index[key] = len(folded)
		folded = append(folded, *f)
	}
	for at, same := range others {
		f := &folded[at]
		f.Domains = []zonefiles.Name{f.Subject.Owner}
		zones := make([]zonefiles.Name, 0, len(same))
		for _, other := range same {
			zones, f.Domains = append(zones, other.Zone), append(f.Domains, other.Subject.Owner)
		}
		slices.Sort(f.Domains)
		same := sameFor(zones)
		if f.Harm != "" {
			same = f.Harm + "; " + same
		}
		f.Harm = same
	}
	return folded
}

// sameFor says for which other zones a finding holds.
func sameFor(zones []zonefiles.Name) string {
	var names []string
	for _, z := range zones {
		names = append(names, z.Undotted())
	}
	slices.Sort(names)
	if len(names) == 1 {
		return "the same applies to zone " + names[0]
	}
	return fmt.Sprintf("the same applies to %d other zones: %s", len(names), text.Some(names, maxNamedZones))
}
