package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file compares what a zone holds before and after edits: only records that an edit touches may differ.

// region is the bytes of a file that an edit replaces, or has put in place of others.
type region struct {
	start, end uint32
	insert     bool // nothing is replaced: it belongs to what ends here
}

// regionsOf are the regions of edits of one file, in the text before and in the text after, each sorted.
func regionsOf(edits []lint.Edit) (before, after []region) {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b lint.Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	shift := 0
	for _, e := range slices.Compact(edits) {
		start := int(e.Span.Start) + shift
		before = append(before, region{e.Span.Start, e.Span.End, e.Span.IsEmpty()})
		after = append(after, region{uint32(start), uint32(start + len(e.New)), false})
		shift += len(e.New) - e.Span.Len()
	}
	return before, after
}

// touches reports whether one of sorted regions shares a byte with a span, or lies within it.
func touches(regions []region, span zonefiles.Span) bool {
	n, _ := slices.BinarySearchFunc(regions, span.Start, func(r region, start uint32) int {
		if r.end <= start {
			return -1
		}
		return 1
	})
	if n == len(regions) {
		return false
	}
	r := regions[n]
	return r.start < span.End || r.insert && r.start == span.End
}

// compare says how a zone differs outside the regions of edits, by file; "" if it does not. Edits keep the order of
// what they do not touch.
func compare(before, after *zonefiles.Zone, regions map[zonefiles.FileID][]region) string {
	switch {
	case before.Missing != after.Missing, before.Origin != after.Origin, before.OriginKnown != after.OriginKnown:
		return fmt.Sprintf("the origin of zone %s would be lost", before.Origin)
	case len(after.Problems) > len(before.Problems):
		last := after.Problems[len(after.Problems)-1]
		return fmt.Sprintf("zone %s could not be read any more: %s", before.Origin, last.Message)
	}
	i, k := 0, 0
	for {
		i, k = nextUntouched(before, i, regions), nextUntouched(after, k, regions)
		switch {
		case i == before.Len() && k == after.Len():
			return ""
		case i == before.Len():
			return fmt.Sprintf("zone %s would have the record %s", before.Origin, show(after.Record(k)))
		case k == after.Len() || !same(before.Record(i), after.Record(k)):
			return fmt.Sprintf("zone %s would lose or change the record %s", before.Origin, show(before.Record(i)))
		}
		i++
		k++
	}
}

// nextUntouched is the number of the first record, from i, that lies outside the regions.
func nextUntouched(z *zonefiles.Zone, i int, regions map[zonefiles.FileID][]region) int {
	for ; i < z.Len(); i++ {
		at := z.Files().OnDisk(z.Record(i).Span())
		if edited := regions[at.File]; len(edited) == 0 || !touches(edited, at) {
			return i
		}
	}
	return i
}

// same reports whether two records, one text not edited, say the same.
func same(a, b zonefiles.Record) bool {
	return a.Type() == b.Type() && a.TTL() == b.TTL() && a.OwnerName() == b.OwnerName() && a.Origin() == b.Origin() &&
		bytes.Equal(text(a), text(b))
}

func text(r zonefiles.Record) []byte { return r.Zone().Files().Text(r.RDATASpan()) }

// show is a record in a message.
func show(r zonefiles.Record) string {
	return fmt.Sprintf("%s %d %s %s", r.OwnerName(), r.TTL(), r.Type(), zonefiles.Quote(text(r)))
}
