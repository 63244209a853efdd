package lint

import (
	"cmp"
	"fmt"
	"slices"

	"mx46/zonefiles"
)

// RemoveRecord is the edit that takes a record out of its file: all of its lines, with their comments. It reports
// false where that would change more: if the record shares its lines, was generated, or lends its owner to the record
// after it.
func RemoveRecord(r zonefiles.Record) (Edit, bool) {
	lines, ok := r.Lines()
	if !ok || r.LendsOwner() {
		return Edit{}, false
	}
	return Edit{Span: lines}, true
}

// AddIgnore is the edit that silences a rule at a record, by an ignore comment on the line above it. It reports false
// for a record that was generated.
func AddIgnore(r zonefiles.Record, rule *Rule, reason string) (Edit, bool) {
	lines, ok := r.Lines()
	if !ok {
		return Edit{}, false
	}
	lines.End = lines.Start
	return Edit{Span: lines, New: fmt.Sprintf("; mx46:ignore %s -- %s\n", rule.Name, reason)}, true
}

// ApplyEdits makes edits, all of one file, in that file's text. It refuses edits that overlap; one that is given
// twice is made once.
func ApplyEdits(text []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	sorted = slices.Compact(sorted)
	out := make([]byte, 0, len(text))
	at := uint32(0)
	for i, e := range sorted {
		if e.Span.Start < at || int(e.Span.End) > len(text) || i > 0 && e.Span == sorted[i-1].Span {
			return nil, fmt.Errorf(
				"the edit of bytes %d to %d overlaps another, or lies outside the text", e.Span.Start, e.Span.End,
			)
		}
		out = append(out, text[at:e.Span.Start]...)
		out = append(out, e.New...)
		at = e.Span.End
	}
	return append(out, text[at:]...), nil
}
