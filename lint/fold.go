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
// zones. The first stays, and its Harm counts the others. Where a zone has several there, its first joins the first
// of the others, its second the second, and so on. Findings must be sorted as Lint leaves them; those given are not
// changed.
func Fold(files *zonefiles.FileSet, findings []Finding) []Finding {
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
	others := map[int][]zonefiles.Name{}
	for _, f := range findings {
		key := place{f.Rule, f.Severity, files.OnDisk(f.Span), f.Suppressed, f.Zone, 0}
		count[key]++
		key.nth, key.zone = count[key], ""
		if at, seen := index[key]; seen {
			others[at] = append(others[at], f.Zone)
			continue
		}
		index[key] = len(folded)
		folded = append(folded, f)
	}
	for at, zones := range others {
		f := &folded[at]
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
