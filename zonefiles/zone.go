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
	Path        string // of the file that the zone was read from
	File        FileID // that file, unless Missing
	Missing     bool   // the file cannot be read; Problems says why
	Err         error  // what kept a missing file from being read
	View        string // of the name server's configuration; empty where there is none
	Names       *Names
	Problems    []Problem
	Gaps        []Gap
	Includes    []FileID // of the files that were included, once for each time
	OtherClass  int      // records of other classes than IN, which are set aside

	files   *FileSet
	apex    NameID
	records []record
	places  []place
}

// record is one resource record. Everything but the owner, the TTL and the type stays text in the file until it is
// asked for. Beside the text, records are what most of a zone's memory goes to: 20 bytes for each, where offsets in
// full took 32.
type record struct {
	owner NameID
	place uint32 // index of Zone.places
	ttl   uint32
	start uint32 // offset of the entry
	typ   Type
	rdata uint16 // offset of the first RDATA field from start, or farRDATA
}

// farRDATA means that the entry has to be scanned again to find its RDATA.
const farRDATA = 1<<16 - 1

// place is what records that follow one another have in common.
type place struct {
	file   *File
	origin NameID // that names in the RDATA are relative to
}

// ProblemKind says which rule a problem of reading belongs to.
type ProblemKind uint8

// The kinds of problems.
const (
	SyntaxProblem ProblemKind = iota
	IncludeProblem
	LimitProblem
	OriginProblem
	ConfigurationProblem // of a name server's configuration
	LockProblem          // of the facts that were seen of hosts outside the zones
)

// Problem is something that cannot be read.
type Problem struct {
	Kind    ProblemKind
	Span    Span
	Message string // may hold what the file holds: make it harmless before you show it
	Help    string // what to do; empty where the message says it
}

// Gap is a part of a zone that is missing because it could not be read. What rests on the absence of records has to ask
// Zone.MayHold.
type Gap struct {
	Span  Span
	Whole bool // could have been anything in the zone; otherwise only:
	Owner NameID
	Type  Type // 0: any
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
func (z *Zone) Len() int { return len(z.records) }

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

// MayHold reports whether a part of the zone that could not be read may have held records of that owner and type. Type
// 0 asks for any type.
func (z *Zone) MayHold(owner Name, t Type) bool {
	for _, gap := range z.Gaps {
		if gap.Whole {
			return true
		}
		if gap.Type != 0 && t != 0 && gap.Type != t {
			continue
		}
		missing := z.Names.Name(gap.Owner)
		if missing == owner || missing.IsWildcard() && owner.IsAtOrBelow(missing.Parent()) || t == 0 &&
			missing.IsAtOrBelow(owner) {
			return true
		}
	}
	return false
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

// TTL is the time to live in seconds, stated or inherited.
func (r Record) TTL() uint32 { return r.raw().ttl }

// place is the file that the record stands in, and its origin.
func (r Record) place() *place { return &r.zone.places[r.raw().place] }

// Span covers the record from its first field to its last.
func (r Record) Span() Span {
	var buffer fieldBuffer
	file, _, end := r.scan(&buffer)
	at := r.raw().start
	for at < end && byteClass[file.Data[at]] == blank {
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
		fields = e.readFrom(file.Data, int(raw.start)+int(raw.rdata), 0, buffer[:0])
		return file, fields, e.end
	}
	e, _ := r.entry()
	head := e.fields
	if !e.indented {
		head = head[1:]
	}
	_, _, _, rest := ttlAndClass(file.Data, head)
	return file, rest[1:], e.end // after the type
}

// fields are the RDATA fields, and the text that they lie in. RDATA that is written as octets is given as text.
func (r Record) fields(buffer *fieldBuffer) (data []byte, fields []field) {
	file, fields, _ := r.scan(buffer)
	if isGeneric(file.Data, fields) {
		if rr, err := parseWithDNSLib(r.Type(), file.Data, fields, Root); err == nil {
			data := []byte(canonicalRDATA(rr))
			return data, scanFields(data, 0, uint32(len(data)), nil)
		}
	}
	return file.Data, fields
}

// Field is the span of an RDATA field, from 0, without quotes. Where the record has no such field in its text, it is
// RDATASpan.
func (r Record) Field(i int) Span {
	var buffer fieldBuffer
	file, fields, end := r.scan(&buffer)
	if i >= len(fields) || isGeneric(file.Data, fields) {
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
	_, hasTTL, _, rest := ttlAndClass(file.Data, head)
	if !hasTTL {
		return Span{}, false
	}
	for _, f := range head[:len(head)-len(rest)] {
		if _, ok := parseTTL(file.Data[f.start:f.end]); ok {
			return Span{file.ID, f.start, f.end}, true
		}
	}
	return Span{}, false
}

// entry scans the record again, from its start.
func (r Record) entry() (e entry, ok bool) {
	ok = e.scan(r.place().file.Data, r.raw().start)
	return e, ok
}

// field is the text of an RDATA field, from 0, and whether it holds an escape; false where the record has no such
// field. The first fields of most records are on one line with white space between them, and are found without looking
// at the rest.
func (r Record) field(i int) (text []byte, escaped, ok bool) {
	if raw := r.raw(); raw.rdata != farRDATA {
		data := r.zone.places[raw.place].file.Data
		at := int(raw.start) + int(raw.rdata)
		for n := 0; ; n++ {
			end := plainEnd(data, at)
			if end == at || end < len(data) && byteClass[data[end]] == backslash {
				break // also where RDATA is written as octets, which begins with a backslash
			}
			if n == i {
				return data[at:end], false, true
			}
			for at = end; at < len(data) && byteClass[data[at]] == blank; at++ {
			}
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
	name, absolute, err := appendLabels(wire, text)
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
	// An absolute name without escapes has as many characters as octets. Most name servers differ from the owner in the
	// first of those that are compared, which spares all that follows for each delegation of a registry.
	if absolute := len(text) > 0 && text[len(text)-1] == '.'; absolute && size > 0 && !escaped {
		if len(text) < size || lower(text[len(text)-size]) != names.Label(r.Owner())[0] {
			return false
		}
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
	if i >= len(fields) || isGeneric(data, fields) {
		return false
	}
	var wire [maxName + 1]byte
	_, absolute, err := appendLabels(wire[:0], data[fields[i].start:fields[i].end])
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
	data := file.Data
	rr, err := parseWithDNSLib(r.Type(), data, fields, r.Origin())
	if err == nil {
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
	return next.scan(r.place().file.Data, e.next) && next.indented
}

// Harm says what a problem of the kind does to the judgement of the zone.
func (p Problem) Harm() string {
	switch p.Kind {
	case SyntaxProblem:
		return "name servers refuse the whole zone, or serve it without this"
	case OriginProblem:
		return "nothing in this file can be judged"
	case ConfigurationProblem:
		return "zones that it names may not have been checked"
	case LockProblem:
		return "the host counts as unknown: what is wrong with mail for domains that name it is not found"
	}
	return "what it holds is missing here: nothing is concluded from records that are absent"
}
