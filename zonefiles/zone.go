package zonefiles

import (
	"net/netip"
	"slices"
)

// Zone is what one zone file and all that it includes hold. It does not change once it is loaded.
type Zone struct {
	Origin Name
	// OriginKnown is false where nothing says what the origin is; names are relative to the root then, and nothing is
	// concluded.
	OriginKnown bool
	Guessed     bool   // the origin is made from the file's name, and nothing states it
	Path        string // of the file that the zone was read from
	File        FileID // that file, unless Missing
	Missing     bool   // the file cannot be read; Problems says why
	Err         error  // what kept a missing file from being read
	View        string // of the name server's configuration; empty where there is none
	Names       *Names
	Problems    []Problem
	Includes    []FileID // of the files that were included, once for each time
	Elsewhere   []Elsewhere
	IsTemplate  bool // a tool has yet to fill in some of it, or of what it includes
	OtherClass  int  // records of other classes than IN, which are set aside
	FirstOther  Span // the class of the first of them

	files    *FileSet
	apex     NameID
	records  []record
	places   []place
	far      []farData // of records with farRDATA, in their order
	gaps     gaps
	aliases  map[NameID]Name // where addresses of an owner come from; see AddressesOf
	observed map[Name]*known // of a zone that was made of answers; see Loader.Observe
	forgot   forgot
}

// record is one resource record. Everything but the owner, the TTL and the type stays text in the file until it is
// asked for. Beside the text, records are what most of a zone's memory goes to: 16 bytes for each, where offsets and
// TTLs in full took 32.
type record struct {
	owner NameID
	place uint32 // index of Zone.places
	start uint32 // offset of the entry
	typ   Type
	rdata uint16 // offset of the first RDATA field from start, or farRDATA
}

// place is what records near one another have in common.
type place struct {
	file   *File
	origin NameID // that names in the RDATA are relative to
	ttl    uint32
}

// Apex is the origin's number in Names.
func (z *Zone) Apex() NameID { return z.apex }

// Files is where the spans of the zone's records lie.
func (z *Zone) Files() *FileSet { return z.files }

// ReadsAny reports whether the zone is read from a file with a name of some kind: its own, or one that it includes.
func (z *Zone) ReadsAny(ofKind func(name string) bool) bool {
	return ofKind(z.Path) || slices.ContainsFunc(z.Includes, func(id FileID) bool { return ofKind(z.files.File(id).Name) })
}

// Len is the number of records.
func (z *Zone) Len() int { return len(z.records) + z.forgot.records }

// Record is the record number i, from 0, in the order of the files.
func (z *Zone) Record(i int) Record { return Record{z, uint32(i)} }

// SOASerial is the place of the serial among the RDATA fields of an SOA record (RFC 1035 s.3.3.13).
const SOASerial = 2

// SOA is the SOA record of the apex, the first one; false where there is none.
func (z *Zone) SOA() (Record, bool) {
	for i := range z.records {
		if r := &z.records[i]; r.typ == TypeSOA && r.owner == z.apex {
			return z.Record(i), true
		}
	}
	return Record{}, false
}

// Record is a handle on one record of a zone.
type Record struct {
	zone  *Zone
	index uint32
}

// IsZero reports whether the handle is that of no record.
func (r Record) IsZero() bool { return r.zone == nil }

// Zone is the zone that holds the record.
func (r Record) Zone() *Zone { return r.zone }

// Index is the record's number in its zone.
func (r Record) Index() int { return int(r.index) }

func (r Record) raw() *record { return &r.zone.records[r.index] }

// Owner is the number of the owner name in the zone's Names.
func (r Record) Owner() NameID { return r.raw().owner }

// OwnerName is the owner name.
func (r Record) OwnerName() Name { return r.zone.Names.Name(r.raw().owner) }

// Type is the record's type.
func (r Record) Type() Type { return r.raw().typ }

// TTL is the time to live in seconds, stated or inherited, or UnknownTTL.
func (r Record) TTL() uint32 { return r.place().ttl }

// place is the file that the record stands in, its origin and its TTL.
func (r Record) place() *place { return &r.zone.places[r.raw().place] }

// Span covers the record from its first field to its last.
func (r Record) Span() Span {
	var buffer fieldBuffer
	file, _, end := r.scan(&buffer)
	at := r.raw().start
	for at < end && byteClass[file.text[at]] == blank {
		at++
	}
	return Span{file.ID, at, end}
}

// RDATASpan covers the RDATA.
func (r Record) RDATASpan() Span {
	var buffer fieldBuffer
	file, fields, end := r.scan(&buffer)
	return Span{file.ID, rdataStart(fields, end), end}
}

// fieldBuffer is room for the fields of most records, so that reading them allocates nothing.
type fieldBuffer [12]field

// scan reads the fields of the RDATA again, and gives the file that they lie in and the record's end.
func (r Record) scan(buffer *fieldBuffer) (file *File, fields []field, end uint32) {
	raw := r.raw()
	file = r.zone.places[raw.place].file
	if raw.rdata != farRDATA {
		var e entry
		fields = e.readFrom(file.text, int(raw.start)+int(raw.rdata), 0, buffer[:0])
		return file, fields, e.end
	}
	far := r.far()
	return file, scanFields(file.text, far.start, far.end, buffer[:0]), far.end
}

// fields are the RDATA fields, and the text that they lie in. RDATA that is written as octets is given as text.
func (r Record) fields(buffer *fieldBuffer) (data []byte, fields []field) {
	file, fields, _ := r.scan(buffer)
	if isGeneric(r.Type(), file.text, fields) {
		if text, _ := readOctets(r.Type().row(), file.text, fields); text != nil {
			return text, scanFields(text, 0, uint32(len(text)), nil)
		}
	}
	return file.text, fields
}

// Field is the span of an RDATA field, from 0, without quotes. Where the record has no such field in its text, it is
// RDATASpan.
func (r Record) Field(i int) Span {
	var buffer fieldBuffer
	file, fields, end := r.scan(&buffer)
	if i >= len(fields) || isGeneric(r.Type(), file.text, fields) {
		return Span{file.ID, rdataStart(fields, end), end}
	}
	return Span{file.ID, fields[i].start, fields[i].end}
}

// OwnerSpan is the span of the owner's text, or of the whole record where the owner is inherited.
func (r Record) OwnerSpan() Span {
	e, ok := r.entry()
	if !ok || e.indented {
		return r.Span()
	}
	return Span{r.place().file.ID, e.fields[0].start, e.fields[0].end}
}

// StatesOwner reports whether the record states its owner, rather than inherits it, and whether with a final dot.
func (r Record) StatesOwner() (stated, inFull bool) {
	e, ok := r.entry()
	if !ok || e.indented {
		return false, false
	}
	return true, r.place().file.text[e.fields[0].end-1] == '.'
}

// TTLSpan is the span of the record's own TTL; it reports false where the TTL is inherited.
func (r Record) TTLSpan() (Span, bool) {
	e, ok := r.entry()
	if !ok {
		return Span{}, false
	}
	file := r.place().file
	head := e.fields
	if !e.indented {
		head = head[1:]
	}
	_, hasTTL, _, rest := ttlAndClass(file.text, head)
	if !hasTTL {
		return Span{}, false
	}
	for _, f := range head[:len(head)-len(rest)] {
		if _, ok := parseTTL(file.text[f.start:f.end]); ok {
			return Span{file.ID, f.start, f.end}, true
		}
	}
	return Span{}, false
}

// entry scans the record again, from its start.
func (r Record) entry() (e entry, ok bool) {
	ok = e.scan(r.place().file.text, r.raw().start)
	return e, ok
}

// field is the text of an RDATA field, from 0, and whether it holds an escape; false where the record has no such
// field. The first fields of most records are on one line with white space between them, and are found without looking
// at the rest.
func (r Record) field(i int) (text []byte, escaped, ok bool) {
	raw := r.raw()
	plain := r.zone.places[raw.place].file.text
	at := int(raw.start) + int(raw.rdata)
	if raw.rdata == farRDATA {
		at = int(r.far().start)
	}
	for n := 0; ; n++ {
		end := plainEnd(plain, at)
		if end == at || end < len(plain) && byteClass[plain[end]] == backslash {
			break // also where RDATA is written as octets, which begins with a backslash
		}
		if n == i {
			return plain[at:end], false, true
		}
		for at = end; at < len(plain) && byteClass[plain[at]] == blank; at++ {
		}
	}
	var buffer fieldBuffer
	data, fields := r.fields(&buffer)
	if i >= len(fields) {
		return nil, false, false
	}
	return data[fields[i].start:fields[i].end], fields[i].escaped, true
}

// Text is a field as it is in the file, printable.
func (r Record) Text(i int) string {
	text, _, ok := r.field(i)
	if !ok {
		return ""
	}
	return Quote(text)
}

// Number is the value of a field that holds a decimal number; 0 where it holds none.
func (r Record) Number(i int) uint64 {
	text, _, _ := r.field(i)
	n, _ := parseUint(text, 1<<64-1)
	return n
}

// Name is the value of a field that holds a domain name: absolute, in canonical form. It reports false where it holds
// none.
func (r Record) Name(i int) (Name, bool) {
	var wire [2 * maxName]byte
	name, ok := r.appendName(wire[:0], i)
	return Name(name), ok
}

// appendName appends the domain name that a field holds to wire, which has room for it and is empty.
func (r Record) appendName(wire []byte, i int) ([]byte, bool) {
	text, _, ok := r.field(i)
	if !ok {
		return nil, false
	}
	name, absolute, err := AppendLabels(wire, text)
	if err != nil {
		return nil, false
	}
	if !absolute {
		name = r.zone.Names.appendName(name, r.place().origin)
	}
	return name, true
}

// IsBelowOwner reports whether the name in a field is the record's owner or a name below it.
func (r Record) IsBelowOwner(i int) bool {
	text, escaped, ok := r.field(i)
	if !ok {
		return false
	}
	names := r.zone.Names
	size := int(names.nodes[r.Owner()].wireLen)
	// An absolute name without escapes has as many characters as octets.
	if absolute := len(text) > 0 && text[len(text)-1] == '.'; absolute && size > 0 && !escaped {
		above := len(text) - size
		return above >= 0 && (above == 0 || text[above-1] == '.') && names.spells(r.Owner(), text[above:], rootID)
	}
	var wire [2 * maxName]byte
	name, ok := r.appendName(wire[:0], i)
	if !ok {
		return false
	}
	for len(name) > size {
		name = name[1+name[0]:]
	}
	return is(names, r.Owner(), name)
}

// NameID is the number, in the zone's Names, of the name in a field; false where they lack it, or the field holds none.
func (r Record) NameID(i int) (NameID, bool) {
	names, raw := r.zone.Names, r.raw()
	text, escaped, ok := r.field(i)
	if origin := r.zone.places[raw.place].origin; ok && !escaped {
		if len(text) == 1 && text[0] == '@' {
			return origin, true
		}
		// What follows the owner in the file is the likeliest, and then what precedes it.
		for id := raw.owner; id <= raw.owner+nearWindow && int(id) < len(names.nodes); id++ {
			if names.spells(id, text, origin) {
				return id, true
			}
		}
		for id := raw.owner; id > rootID && id+nearWindow > raw.owner; {
			if id--; names.spells(id, text, origin) {
				return id, true
			}
		}
	}
	var wire [2 * maxName]byte
	name, ok := r.appendName(wire[:0], i)
	if !ok {
		return rootID, false
	}
	return find(names, name)
}

// IsRelative reports whether a field that holds a domain name is written without a final dot.
func (r Record) IsRelative(i int) bool {
	var buffer fieldBuffer
	data, fields := r.fields(&buffer)
	if i >= len(fields) || isGeneric(r.Type(), data, fields) {
		return false
	}
	var wire [maxName + 1]byte
	_, absolute, err := AppendLabels(wire[:0], data[fields[i].start:fields[i].end])
	return err == nil && !absolute
}

// Origin is the name that relative names in the record's RDATA are below.
func (r Record) Origin() Name { return r.zone.Names.Name(r.place().origin) }

// Addr is the address of an A or AAAA record.
func (r Record) Addr() netip.Addr {
	text, _, _ := r.field(0)
	if r.Type() == TypeA {
		addr, _ := parseIPv4(text)
		return addr
	}
	addr, _ := parseIPv6(text)
	return addr
}

// Strings are the character-strings of a TXT record, decoded.
func (r Record) Strings() [][]byte {
	var buffer fieldBuffer
	data, fields := r.fields(&buffer)
	out := make([][]byte, 0, len(fields))
	for _, f := range fields {
		out = append(out, decodeString(data[f.start:f.end]))
	}
	return out
}

func decodeString(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] == '\\' {
			octet, size := unescape(text[i:])
			if size > 0 {
				out = append(out, octet)
				i += size
				continue
			}
		}
		out = append(out, text[i])
		i++
	}
	return out
}

// CanonicalRDATA is the RDATA in miekg/dns's presentation form, with absolute names. What it does not know is given as
// its fields are, on one line.
func (r Record) CanonicalRDATA() string {
	var buffer fieldBuffer
	file, fields, _ := r.scan(&buffer)
	data := file.text
	if rr, err := parseWithDNSLib(r.Type(), data, fields, r.Origin()); err == nil {
		return canonicalRDATA(rr)
	}
	var line []byte
	for i, f := range fields {
		if i > 0 {
			line = append(line, ' ')
		}
		line = appendField(line, data, f)
	}
	return string(line)
}

// Lines is the span of the lines of the record, with its comments and the last line's end. It reports false for a
// record that was generated.
func (r Record) Lines() (Span, bool) {
	e, ok := r.entry()
	lines := Span{r.place().file.ID, e.start, e.next}
	if !ok || !r.zone.files.Editable(lines) {
		return Span{}, false
	}
	return lines, true
}

// LendsOwner reports whether the entry after the record inherits the owner that the record states.
func (r Record) LendsOwner() bool {
	e, ok := r.entry()
	if !ok || e.indented {
		return false
	}
	var next entry
	return next.scan(r.place().file.text, e.next) && next.indented
}
