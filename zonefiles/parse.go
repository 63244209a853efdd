package zonefiles

import (
	"bytes"
	"fmt"
	"math"
)

// This file turns entries into records: it gives each its owner, TTL, class and type, with what it inherits (RFC 1035
// s.5.1).

// parser reads one zone. After an error it goes on with the next entry, so that one fault gives one problem.
type parser struct {
	loader *Loader
	zone   *Zone
	names  *Names

	dialect     Dialect
	soughtGDNSD bool // records that gdnsd alone reads were looked for
	again       bool // see Served.Again

	file  *File
	stack []FileID // the files that include one another, outermost first

	origin     NameID
	owner      NameID
	ownerState ownerState
	owners     textInterner
	place      uint32 // of the last record
	sizeOf     NameID // what size is the size of
	size       originSize

	defaultTTL, lastTTL       uint32
	hasDefaultTTL, hasLastTTL bool
	withoutTTL                *Problem // the first record that has no TTL from anywhere

	hasSOA    bool
	included  int64 // bytes read by $INCLUDE
	templates int   // bytes of templates
	made      int   // records made by $GENERATE
	madeBytes int   // their text
	hasNUL    bool  // the file holds a NUL byte
	unclosed  int   // parentheses of the file that are never closed
	givenUp   bool  // the zone has too many problems for the rest to be read
}

type ownerState uint8

const (
	noOwner      ownerState = iota
	knownOwner              // a record without an owner takes this one
	brokenOwner             // the last owner could not be read, so neither can records that inherit it
	unknownOwner            // a tool has yet to fill in the last owner
)

// zoneState is what $INCLUDE and $GENERATE restore at their end.
type zoneState struct {
	file       *File
	origin     NameID
	owner      NameID
	ownerState ownerState
}

func (p *parser) state() zoneState { return zoneState{p.file, p.origin, p.owner, p.ownerState} }

func (p *parser) restore(s zoneState) {
	p.file, p.origin, p.owner, p.ownerState = s.file, s.origin, s.owner, s.ownerState
	p.owners.forget()
}

// parseFile reads every entry of a file.
func (p *parser) parseFile(f *File) {
	p.file = f
	p.owners.forget()
	if !p.again {
		p.loader.account(f)
	}
	if p.loader.Exhausted() || p.templates > maxTemplateText {
		return
	}
	data := f.read()
	p.zone.IsTemplate = p.zone.IsTemplate || f.isTemplate
	if p.isTooLarge(f) {
		return
	}
	if bytes.HasPrefix(data, byteOrderMark) {
		p.syntax(Span{f.ID, 0, uint32(len(byteOrderMark))}, "a byte order mark precedes the first character",
			"save the file as UTF-8 without a byte order mark: name servers take it for a part of the first name")
	}
	if isUTF16(data) {
		p.syntax(Span{File: f.ID, End: uint32(min(len(data), 2))}, "the file is in UTF-16, which no name server reads",
			"save it as UTF-8 without a byte order mark: iconv -f UTF-16 -t UTF-8")
		p.gap(gap{anywhere: true})
		return
	}
	p.hasNUL = anyBlock(data, hasNUL)
	at := textStart(data)
	byLine := !p.zone.IsTemplate && !p.hasNUL && p.loader.part >= 0
	ahead := p.readAhead(data)
	defer ahead.stop()
	e := newEntry()
	p.unclosed = 0
	before, due := p.names.Len(), at+partSize
	for {
		if at >= due && len(data) >= 4*partSize {
			p.names.expect(before, int(at), len(data))
			due = at + partSize
		}
		if next, ok := ahead.take(p, at); ok {
			at = next
			continue
		}
		if byLine {
			if r, next, ok := readLine(data, at, &e); ok && p.adoptOne(&r) {
				at = next
				continue
			}
		}
		if !e.scan(data, at) || !p.entry(&e) {
			return
		}
		at = e.next
	}
}

// entry reads one entry, whatever it is. It reports false where the rest of the file is given up.
func (p *parser) entry(e *entry) bool {
	switch {
	case e.fault != noFault:
		p.fault(e)
		if e.fault == unclosedParenthesis {
			if p.unclosed++; p.unclosed == maxUnclosed {
				p.problem(LimitProblem, Span{p.file.ID, e.next, e.next},
					fmt.Sprintf("the file is given up here: %d parentheses are never closed", p.unclosed), "")
				return false
			}
		}
	case e.isPadded():
		at := p.around(e)
		p.problem(LimitProblem, Span{at.File, at.Start, at.Start + 1},
			fmt.Sprintf("the entry that begins here has more than %d bytes of blanks and comments", maxPadding),
			"put long comments before the entry or after it")
		p.gap(p.missingOf(e))
	case p.hasNUL && p.holdsNUL(e):
	case p.zone.IsTemplate && p.partial(e):
	case p.isDirective(e):
		p.directive(e)
	default:
		p.record(e)
	}
	return !p.isGivenUp(e.next)
}

// holdsNUL reports an entry with a NUL byte outside of quotes, where name servers refuse it.
func (p *parser) holdsNUL(e *entry) bool {
	for _, f := range e.fields {
		if at := bytes.IndexByte(p.file.text[f.start:f.end], 0); at >= 0 && !f.quoted {
			p.syntax(Span{p.file.ID, f.start + uint32(at), f.start + uint32(at) + 1}, "the record holds a NUL byte",
				"remove it; in a name or string write \\000")
			p.ownerState = brokenOwner
			p.gap(gap{anywhere: true})
			return true
		}
	}
	return false
}

// isGivenUp reports whether the zone has too many problems to go on reading the file, at an offset.
func (p *parser) isGivenUp(at uint32) bool {
	if len(p.zone.Problems) < maxProblems {
		return false
	}
	if !p.givenUp {
		p.givenUp = true
		span := Span{p.file.ID, at, at}
		p.problem(LimitProblem, span, fmt.Sprintf("the zone is given up here: %d things in it cannot be read", maxProblems),
			"")
		p.gap(gap{anywhere: true})
	}
	return true
}

// fault reports an entry that cannot be scanned, and what it leaves out.
func (p *parser) fault(e *entry) {
	at := e.faultAt
	at.File = p.file.ID
	missing := p.missingOf(e)
	switch e.fault {
	case unclosedQuote:
		p.unreadable(at, missing, "a quote is not closed on its line",
			"close it, or write \\\" for a quote inside a string")
	case unclosedParenthesis:
		p.unreadable(at, missing, "a parenthesis is never closed",
			"write the missing \")\"; what follows was read from the next line that begins with a name")
	case strayParenthesis:
		p.unreadable(at, missing, "a closing parenthesis has no opening one", "")
	case tooManyFields:
		p.unreadable(at, missing, fmt.Sprintf("the record has %d fields and more", maxFields), "")
	}
}

// missingOf is what a missing entry leaves out. Its owner is what its first field says, as far as it goes; the type is
// not known.
func (p *parser) missingOf(e *entry) gap {
	owner, ok := p.ownerOf(e)
	if !ok {
		p.ownerState = brokenOwner
		return gap{anywhere: true}
	}
	p.owner, p.ownerState = owner, knownOwner
	return gap{owner: owner}
}

// ownerOf is the owner that an entry states or inherits.
func (p *parser) ownerOf(e *entry) (NameID, bool) {
	if e.indented {
		return p.owner, p.ownerState == knownOwner
	}
	if len(e.fields) == 0 || p.file.text[e.fields[0].start] == '$' {
		return rootID, false
	}
	owner, err := p.names.internText(p.file.text[e.fields[0].start:e.fields[0].end], p.origin)
	return owner, err == nil
}

// record reads one record.
func (p *parser) record(e *entry) {
	data, fields := p.file.text, e.fields
	if !e.indented {
		if err := p.setOwner(data[fields[0].start:fields[0].end]); err != nil {
			p.withoutOwner(fields[0], err)
			return
		}
		fields = fields[1:]
	} else if p.ownerState != knownOwner {
		p.withoutOwner(fields[0], nil)
		return
	}
	ttl, hasTTL, otherClass, rest := ttlAndClass(data, fields)
	if len(rest) == 0 {
		p.unreadable(p.around(e), gap{owner: p.owner}, "the record ends before its type", "")
		return
	}
	typ, ok := parseType(data[rest[0].start:rest[0].end])
	if !ok || rest[0].quoted || !typ.isData() {
		p.withoutType(rest, len(rest) == len(fields))
		return
	}
	if otherClass {
		p.setAside(fields[:len(fields)-len(rest)])
		return
	}
	rdata := rest[1:]
	if fault := checkRDATA(typ, data, rdata, p.originSize()); fault.kind != 0 {
		missing := gap{owner: p.owner, typ: typ}
		if fault.kind == wrongField && !fault.inOctets && p.readsAll(typ, data, rdata[fault.field], fault.field) {
			p.gap(missing)
			return
		}
		at := p.span(rest[0])
		switch {
		case isGeneric(typ, data, rdata):
			at.Start, at.End = rdata[0].start, rdata[len(rdata)-1].end
		case int(fault.field) < len(rdata):
			at = p.span(rdata[fault.field])
		}
		if p.zone.IsTemplate && wordLength(data[at.Start:at.End]) == at.Len() { // a macro, for all we know
			p.gap(missing)
			return
		}
		p.syntax(at, faultText(typ, data, rdata, fault), "")
		p.gap(missing)
		return
	}
	if hasTTL {
		p.lastTTL, p.hasLastTTL = ttl, true
	} else if ttl, ok = p.inheritedTTL(); !ok {
		ttl = p.missingTTL(typ, rest)
	}
	p.hasSOA = p.hasSOA || typ == TypeSOA
	p.keep(e, typ, ttl, rdata)
}

// keep adds the record of an entry.
func (p *parser) keep(e *entry, typ Type, ttl uint32, rdata []field) {
	offset := e.rdataOffset(p.file.text, rdata)
	if offset == farRDATA {
		p.zone.far = append(p.zone.far, farData{uint32(p.zone.Len()), rdataStart(rdata, e.end), e.end})
	}
	p.add(record{owner: p.owner, start: e.start, typ: typ, rdata: offset}, ttl)
}

// setAside counts a record of another class than IN, of which the fields between its owner and its type are given.
func (p *parser) setAside(fields []field) {
	if p.zone.OtherClass++; p.zone.OtherClass > 1 {
		return
	}
	for _, f := range fields {
		if _, ok := parseClass(p.file.text[f.start:f.end]); ok {
			p.zone.FirstOther = p.span(f)
		}
	}
}

// withoutOwner reports a record that has no owner: its first field cannot be one, or it states none and can inherit
// none.
func (p *parser) withoutOwner(first field, err error) {
	at, missing := p.span(first), gap{anywhere: true}
	switch {
	case err != nil:
		text := p.file.text[first.start:first.end]
		p.unreadable(at, missing, fmt.Sprintf("owner %s cannot be a domain name: %v", Quote(text), err), "")
	case p.ownerState == noOwner:
		p.unreadable(at, missing, "the record has no owner, and no record before it has one to inherit",
			"begin the line with the owner name, or with @ for the origin")
	default:
		p.gap(gap{anywhere: true})
	}
}

// withoutType reports a record whose type is not one. It may be the first field after the owner.
func (p *parser) withoutType(fields []field, isFirst bool) {
	at := p.span(fields[0])
	text := p.file.text[at.Start:at.End]
	if typ, ok := parseType(text); ok && !fields[0].quoted {
		what := "is for queries"
		if typ == 0 {
			what = "is reserved (RFC 6895 s.3.1)"
		}
		p.syntax(at, fmt.Sprintf("type %s %s and cannot be in a zone", typ, what), "")
		return
	}
	if isTwoTTLs(text) {
		if _, _, _, rest := ttlAndClass(p.file.text, fields[1:]); len(rest) > 0 && p.foreign(rest) {
			return
		}
	}
	if p.foreign(fields) {
		return
	}
	what := "is not an RR type"
	if isFirst {
		what = "is neither a TTL nor a class nor an RR type"
	}
	p.unreadable(at, gap{owner: p.owner}, Quote(text)+" "+what, "")
}

// missingTTL is the TTL of a record that states none and inherits none. Its fields begin with its type.
func (p *parser) missingTTL(typ Type, fields []field) (ttl uint32) {
	switch {
	case typ == TypeSOA:
		// RFC 2308 s.4 gave the field another meaning; name servers still fall back on it.
		if minimum := fields[len(fields)-1]; len(fields) == 8 {
			ttl, _ = parseTTL(p.file.text[minimum.start:minimum.end])
			ttl = servedTTL(ttl)
		}
		p.defaultTTL, p.hasDefaultTTL = ttl, true
	case p.withoutTTL == nil:
		p.withoutTTL = &Problem{
			Kind:    SyntaxProblem,
			Span:    p.span(fields[0]),
			Message: "the record has no TTL, and neither $TTL nor a record before it gives one",
			Help:    "write $TTL, for instance $TTL 3600, at the top of the zone (RFC 2308 s.4)",
		}
	}
	return ttl
}

// setOwner makes a name in presentation form the owner of the records from here on.
func (p *parser) setOwner(text []byte) error {
	owner, err := p.owners.intern(text, p.origin)
	if err != nil {
		p.ownerState = brokenOwner
		return err
	}
	p.owner = owner
	p.ownerState = knownOwner
	return nil
}

// inheritedTTL is the TTL of a record that states none: that of $TTL, or else of the record before it.
func (p *parser) inheritedTTL() (ttl uint32, ok bool) {
	if p.hasDefaultTTL {
		return p.defaultTTL, true
	}
	return p.lastTTL, p.hasLastTTL
}

// originSize is the size of the origin's name, counted anew only where the origin is another than it was.
func (p *parser) originSize() originSize {
	if p.sizeOf != p.origin {
		p.sizeOf, p.size = p.origin, originSize{octets: int(p.names.nodes[p.origin].wireLen)}
		for id := p.origin; id != rootID; id = p.names.Parent(id) {
			p.size.labels++
		}
	}
	return p.size
}

// add gives a record its place and keeps it.
func (p *parser) add(r record, ttl uint32) {
	at := place{p.file, p.origin, ttl}
	if places := p.zone.places; len(places) == 0 || places[p.place] != at {
		p.place = p.placeOf(at)
	}
	r.place = p.place
	p.zone.records = append(p.zone.records, r)
}

// placeOf is the number of a place: one of the last, since a few TTLs alternate in most zones, or a new one.
func (p *parser) placeOf(at place) uint32 {
	places := p.zone.places
	for i := len(places) - 1; i >= max(0, len(places)-nearPlaces); i-- {
		if places[i] == at {
			return uint32(i)
		}
	}
	p.zone.places = append(places, at)
	return uint32(len(places))
}

// nearPlaces is how many of the last places a record's is looked for in.
const nearPlaces = 8

// servedTTL is a TTL as name servers take it: 0 beyond the largest that RFC 2181 s.8 allows.
func servedTTL(seconds uint32) uint32 {
	if seconds > math.MaxInt32 {
		return 0
	}
	return seconds
}

// ttlAndClass reads a TTL and a class in either order, each at most once, and gives the fields after them.
func ttlAndClass(data []byte, fields []field) (ttl uint32, hasTTL, otherClass bool, rest []field) {
	hasClass := false
	for len(fields) > 0 && !fields[0].quoted {
		text := data[fields[0].start:fields[0].end]
		if !hasTTL && isDigit(text[0]) {
			if n, ok := parseTTL(text); ok {
				ttl, hasTTL = servedTTL(n), true
				fields = fields[1:]
				continue
			}
		}
		if !hasClass {
			if other, ok := parseClass(text); ok {
				otherClass, hasClass = other, true
				fields = fields[1:]
				continue
			}
		}
		break
	}
	return ttl, hasTTL, otherClass, fields
}

// parseClass reads the mnemonic of a class in any case, or CLASSnnn (RFC 3597 s.5), and reports whether it is another
// than IN.
func parseClass(text []byte) (other, ok bool) {
	switch wordOf(text) {
	case 'i'<<8 | 'n':
		return false, true
	case 'c'<<8 | 'h', 'h'<<8 | 's', 'a'<<16 | 'n'<<8 | 'y', 'n'<<24 | 'o'<<16 | 'n'<<8 | 'e',
		'c'<<32 | 'h'<<24 | 'a'<<16 | 'o'<<8 | 's',
		'h'<<40 | 'e'<<32 | 's'<<24 | 'i'<<16 | 'o'<<8 | 'd':
		return true, true
	}
	const class = 'c'<<32 | 'l'<<24 | 'a'<<16 | 's'<<8 | 's'
	if len(text) > 5 && len(text) <= 10 && wordOf(text[:5]) == class {
		n, ok := parseUint(text[5:], 65535)
		return n != 1, ok
	}
	return false, false
}

func (p *parser) span(f field) Span { return Span{p.file.ID, f.start, f.end} }

// around is the span of all of an entry's fields.
func (p *parser) around(e *entry) Span {
	return Span{p.file.ID, e.fields[0].start, e.fields[len(e.fields)-1].end}
}

// unreadable reports what cannot be read, and what is missing for it. In a template it may be the tool's.
func (p *parser) unreadable(at Span, missing gap, message, help string) {
	if !p.zone.IsTemplate {
		p.syntax(at, message, help)
	}
	p.gap(missing)
}

func (p *parser) syntax(at Span, message, help string) { p.problem(SyntaxProblem, at, message, help) }

func (p *parser) problem(kind ProblemKind, at Span, message, help string) {
	p.zone.Problems = append(p.zone.Problems, Problem{kind, at, message, help})
}

func (p *parser) gap(g gap) { p.zone.addGap(g) }
