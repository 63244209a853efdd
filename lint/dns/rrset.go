package dns

import (
	"slices"

	"mx46/zonefiles"
)

// RRset is some records of one owner, as they stand in the files. The zero RRset is empty.
type RRset struct {
	zone     *Zone
	from, to uint32 // places in the zone's order
}

// Len is the number of records.
func (s RRset) Len() int { return int(s.to - s.from) }

// At is the record number i, from 0.
func (s RRset) At(i int) zonefiles.Record { return s.zone.at(s.from + uint32(i)) }

func sameData(a, b RRset) bool {
	return slices.Equal(a.canonical(), b.canonical())
}

// canonical is the set's data, sorted.
func (s RRset) canonical() []string {
	data := make([]string, 0, s.Len())
	for i := range s.Len() {
		data = append(data, s.At(i).CanonicalRDATA())
	}
	slices.Sort(data)
	return data
}
