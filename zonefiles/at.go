package zonefiles

// RecordAt is the record whose lines hold a byte of a file that the zone is read from; it reports false where there is
// none, as in a comment between records, a directive, or what cannot be read.
func (z *Zone) RecordAt(file FileID, offset uint32) (Record, bool) {
	best := -1
	for i := range z.records {
		r := &z.records[i]
		if r.start <= offset && z.places[r.place].file.ID == file && (best < 0 || r.start > z.records[best].start) {
			best = i
		}
	}
	if best < 0 {
		return Record{}, false
	}
	found := z.Record(best)
	e, ok := found.entry()
	return found, ok && offset < e.next
}

// FieldAt is the RDATA field, from 0, whose text holds a byte or ends before it; it reports false where none does.
func (r Record) FieldAt(offset uint32) (int, bool) {
	var buffer fieldBuffer
	_, fields, _ := r.scan(&buffer)
	for i, f := range fields {
		if f.start <= offset && offset <= f.end {
			return i, true
		}
	}
	return 0, false
}
