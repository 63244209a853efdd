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

	file  *File
	stack []FileID // the files that include one another, outermost first

	origin     NameID
	owner      NameID
	ownerState ownerState
	owners     textInterner
	place      place  // of the last record
	nameOf     NameID // what name is the name of
	name       Name

	defaultTTL, lastTTL       uint32
	hasDefaultTTL, hasLastTTL bool
	withoutTTL                *Problem // the first record that has no TTL from anywhere

	hasSOA    bool
	included  int64 // bytes read by $INCLUDE
	made      int   // records made by $GENERATE
	madeBytes int   // their text
	unclosed  int   // parentheses of the file that are never closed
	givenUp   bool  // the zone has too many problems for the rest to be read
}

type ownerState uint8

const (
	noOwner     ownerState = iota
	knownOwner             // a record without an owner takes this one
	brokenOwner            // the last owner could not be read, so neither can records that inherit it
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
	if p.loader.account(f); p.loader.Exhausted() {
		return
	}
	data := f.Data
	if bytes.HasPrefix(data, byteOrderMark) {
		p.syntax(Span{f.ID, 0, uint32(len(byteOrderMark))}, "a byte order mark precedes the first character",
			"save the file as UTF-8 without a byte order mark: name servers take it for a part of the first name")
	}
	if at := bytes.IndexByte(data[:min(len(data), maxTextProbe)], 0); at >= 0 {
		p.syntax(Span{f.ID, uint32(at), uint32(at + 1)}, "the file holds a NUL byte: it is not text in ASCII or UTF-8", "")
		p.gap(Gap{Whole: true, Span: Span{f.ID, uint32(at), uint32(at + 1)}})
		return
	}
	at := textStart(data)
	ahead := p.readAhead(data)
	defer ahead.stop()
	e := newEntry()
	p.unclosed = 0
	for {
		if next, ok := ahead.take(p, at); ok {
			at = next
			continue
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
	case !e.indented && !e.fields[0].quoted && p.file.Data[e.fields[0].start] == '$':
		p.directive(e)
	default:
		p.record(e)
	}
	return !p.isGivenUp(e.next)
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
		p.zone.Gaps = []Gap{{Whole: true, Span: span}}
	}
	return true
}

// fault reports an entry that cannot be scanned, and what it leaves out.
func (p *parser) fault(e *entry) {
	at := e.faultAt
	at.File = p.file.ID
	switch e.fault {
	case unclosedQuote:
		p.syntax(at, "a quote is not closed on its line", "close it, or write \\\" for a quote inside a string")
	case unclosedParenthesis:
		p.syntax(at, "a parenthesis is never closed",
			"write the missing \")\"; what follows was read from the next line that begins with a name")
	case strayParenthesis:
		p.syntax(at, "a closing parenthesis has no opening one", "")
	case tooManyFields:
		p.syntax(at, fmt.Sprintf("the record has %d fields and more", maxFields), "")
	}
	// The owner is what the entry's first field says, as far as it goes; the type is not known.
	if owner, ok := p.ownerOf(e); ok {
		p.owner, p.ownerState = owner, knownOwner
		p.gap(Gap{Owner: owner, Span: at})
	} else {
		p.ownerState = brokenOwner
		p.gap(Gap{Whole: true, Span: at})
	}
}

// ownerOf is the owner that an entry states or inherits.
func (p *parser) ownerOf(e *entry) (NameID, bool) {
	if e.indented {
		return p.owner, p.ownerState == knownOwner
	}
	if len(e.fields) == 0 || p.file.Data[e.fields[0].start] == '$' {
		return rootID, false
	}
	owner, err := p.names.internText(p.file.Data[e.fields[0].start:e.fields[0].end], p.origin)
	return owner, err == nil
}

// record reads one record.
func (p *parser) record(e *entry) {
	data, fields := p.file.Data, e.fields
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
		p.syntax(p.around(e), "the record ends before its type", "")
		p.gap(Gap{Owner: p.owner, Span: Span{p.file.ID, e.end, e.end}})
		return
	}
	typ, ok := parseType(data[rest[0].start:rest[0].end])
	if !ok || rest[0].quoted || !typ.isData() {
		p.withoutType(rest[0], len(rest) == len(fields))
		return
	}
	if otherClass {
		p.zone.OtherClass++
		return
	}
	rdata := rest[1:]
	if wrong := checkRDATA(typ, data, rdata, p.originName()); wrong.message != "" {
		at := p.span(rest[0])
		if wrong.field < len(rdata) {
			at = p.span(rdata[wrong.field])
		}
		p.syntax(at, wrong.text(typ, data, rdata), "")
		p.gap(Gap{Owner: p.owner, Type: typ, Span: at})
		return
	}
	if hasTTL {
		p.lastTTL, p.hasLastTTL = ttl, true
	} else if ttl, ok = p.inheritedTTL(); !ok {
		ttl = p.missingTTL(typ, rest)
	}
	p.hasSOA = p.hasSOA || typ == TypeSOA
	p.add(record{owner: p.owner, ttl: ttl, start: e.start, typ: typ, rdata: e.rdataOffset(data, rdata)})
}

// withoutOwner reports a record that has no owner: its first field cannot be one, or it states none and can inherit
// none.
func (p *parser) withoutOwner(first field, err error) {
	at := p.span(first)
	switch {
	case err != nil:
		text := p.file.Data[first.start:first.end]
		p.syntax(at, fmt.Sprintf("owner %s cannot be a domain name: %v", Quote(text), err), "")
	case p.ownerState == noOwner:
		p.syntax(at, "the record has no owner, and no record before it has one to inherit",
			"begin the line with the owner name, or with @ for the origin")
	}
	p.gap(Gap{Whole: true, Span: at})
}

// withoutType reports a record whose type is not one. It may be the first field after the owner.
func (p *parser) withoutType(f field, isFirst bool) {
	text := p.file.Data[f.start:f.end]
	if typ, ok := parseType(text); ok && !f.quoted {
		p.syntax(p.span(f), fmt.Sprintf("type %s is for queries and cannot be in a zone", typ), "")
		return
	}
	what := "is not an RR type"
	if isFirst {
		what = "is neither a TTL nor a class nor an RR type"
	}
	p.syntax(p.span(f), Quote(text)+" "+what, "")
	p.gap(Gap{Owner: p.owner, Span: p.span(f)})
}

// missingTTL is the TTL of a record that states none and inherits none. Its fields begin with its type.
func (p *parser) missingTTL(typ Type, fields []field) (ttl uint32) {
	switch {
	case typ == TypeSOA:
		// RFC 2308 s.4 gave the field another meaning; name servers still fall back on it.
		if minimum := fields[len(fields)-1]; len(fields) == 8 {
			ttl, _ = parseTTL(p.file.Data[minimum.start:minimum.end])
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

// originName is the origin as a Name, made anew only where the origin is another than it was.
func (p *parser) originName() Name {
	if p.nameOf != p.origin {
		p.nameOf, p.name = p.origin, p.names.Name(p.origin)
	}
	return p.name
}

// add gives a record its place and keeps it.
func (p *parser) add(r record) {
	if p.place != (place{p.file, p.origin}) {
		p.place = place{p.file, p.origin}
		p.zone.places = append(p.zone.places, p.place)
	}
	r.place = uint32(len(p.zone.places) - 1)
	p.zone.records = append(p.zone.records, r)
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

func (p *parser) syntax(at Span, message, help string) { p.problem(SyntaxProblem, at, message, help) }

func (p *parser) problem(kind ProblemKind, at Span, message, help string) {
	p.zone.Problems = append(p.zone.Problems, Problem{kind, at, message, help})
}

func (p *parser) gap(g Gap) {
	switch {
	case g.Whole || len(p.zone.Gaps) == maxGaps:
		g.Whole = true
		p.zone.Gaps = []Gap{g}
	case len(p.zone.Gaps) == 0 || !p.zone.Gaps[0].Whole:
		p.zone.Gaps = append(p.zone.Gaps, g)
	}
}
