package zonefiles

import (
	"bytes"
	"cmp"
	"slices"
)

// This file knows where the RDATA of a record is, so that no question costs a walk over what precedes it.

// farRDATA means that Zone.far has the place of the RDATA.
const farRDATA = 1<<16 - 1

// farData is where the RDATA of a record is that lies far from the record's start, or within parentheses that begin
// before it. Without it, the entry would have to be scanned again for every question.
type farData struct{ record, start, end uint32 }

// far is the place of RDATA that is not next to the record's start.
func (r Record) far() farData {
	at, _ := slices.BinarySearchFunc(r.zone.far, r.index, func(f farData, index uint32) int {
		return cmp.Compare(f.record, index)
	})
	return r.zone.far[at]
}

// rdataOffset is where RDATA begins, counted from the entry's start, as record.rdata has it.
func (e *entry) rdataOffset(data []byte, rdata []field) uint16 {
	offset := rdataStart(rdata, e.end) - e.start
	if offset >= farRDATA || e.parentheses && bytes.IndexByte(data[e.start:e.start+offset], '(') >= 0 {
		return farRDATA
	}
	return uint16(offset)
}

// rdataStart is where RDATA begins, a quote before its first field included.
func rdataStart(rdata []field, end uint32) uint32 {
	switch {
	case len(rdata) == 0:
		return end
	case rdata[0].quoted:
		return rdata[0].start - 1
	}
	return rdata[0].start
}

// isPadded reports whether an entry and the rest of its last line hold more than maxPadding bytes of blanks and
// comments, beyond the two or three that each field has.
func (e *entry) isPadded() bool {
	padding := int(e.next - e.start)
	if padding <= maxPadding {
		return false
	}
	for _, f := range e.fields {
		padding -= int(f.end-f.start) + len(`"" `)
	}
	return padding > maxPadding
}
