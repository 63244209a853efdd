package zonefiles

import "bytes"

// This file turns bytes into entries and fields. It knows quotes, escapes, parentheses and comments (RFC 1035 s.5.1),
// and nothing of DNS. It allocates nothing per entry: the field list is used again.

// field is one run of characters between white space, or the inside of a pair of quotes.
type field struct {
	start, end uint32 // bytes; of a quoted field, without the quotes
	quoted     bool
	escaped    bool // holds a backslash
}

// entry is one logical line: a record or a directive, over as many lines of text as its parentheses span.
type entry struct {
	start, end  uint32 // from its first byte to the end of its last field
	next        uint32 // where the next entry begins
	indented    bool   // begins with white space: the owner is the previous record's
	parentheses bool   // holds some
	fields      []field
	fault       fault
	faultAt     Span // File is left to the caller
}

// newEntry makes an entry with room for the fields of most.
func newEntry() entry { return entry{fields: make([]field, 0, 16)} }

// fault is what keeps an entry from being read as one.
type fault uint8

const (
	noFault fault = iota
	unclosedQuote
	unclosedParenthesis
	strayParenthesis
	tooManyFields
)

// The classes of bytes that end a plain run of field characters.
const (
	plain byte = iota
	blank
	lineEnd
	comment
	quote
	openParenthesis
	closeParenthesis
	backslash
)

var byteClass = [256]byte{
	' ': blank, '\t': blank, '\n': lineEnd, '\r': lineEnd, ';': comment, '"': quote,
	'(': openParenthesis, ')': closeParenthesis, '\\': backslash,
}

// scan reads the entry that begins at offset at, skipping empty lines and comments. It reports false at the end of
// data.
func (e *entry) scan(data []byte, at uint32) bool {
	e.parentheses, e.fault = false, noFault
	for {
		e.start = at
		e.fields = e.readFrom(data, int(at), 0, e.fields[:0])
		if len(e.fields) > 0 || e.fault != noFault {
			e.indented = byteClass[data[e.start]] == blank
			return true
		}
		if int(e.next) >= len(data) {
			return false
		}
		at = e.next
	}
}

// scanFields reads the fields of a part of an entry, as if within parentheses: line ends are white space.
func scanFields(data []byte, start, end uint32, into []field) []field {
	e := entry{start: start}
	return e.readFrom(data[:end], int(start), 1, into[:0])
}

// readFrom appends the fields from offset i until a line end outside parentheses, of which depth are open. It gives
// them back rather than keep them in e, so that a caller's buffer for them can stay on the stack.
func (e *entry) readFrom(data []byte, i, depth int, fields []field) []field {
	opened, outermost := -1, depth // the last outermost parenthesis
	e.end = uint32(i)
	for i < len(data) {
		switch byteClass[data[i]] {
		case blank:
			i++
			continue
		case lineEnd:
			if depth == 0 {
				if data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n' {
					i++
				}
				e.next = uint32(i + 1)
				return fields
			}
			i++
			continue
		case comment:
			i = lineEndFrom(data, i)
			continue
		case openParenthesis:
			if depth == 0 {
				opened = i
			}
			e.parentheses = true
			depth++
			i++
			continue
		case closeParenthesis:
			if depth == 0 {
				e.fail(strayParenthesis, data, i, i+1)
				return fields
			}
			depth = max(depth-1, outermost)
			i++
		case quote:
			end, escaped := quoteEnd(data, i+1)
			if end < 0 {
				e.fail(unclosedQuote, data, i, lineEndFrom(data, i))
				return fields
			}
			fields = append(fields, field{start: uint32(i + 1), end: uint32(end), quoted: true, escaped: escaped})
			i = end + 1
		default:
			start, escaped := i, false
			if i = plainEnd(data, i); i < len(data) && byteClass[data[i]] == backslash {
				i, escaped = escapedEnd(data, i), true
			}
			fields = append(fields, field{start: uint32(start), end: uint32(i), escaped: escaped})
		}
		e.end = uint32(i)
		if len(fields) == maxFields {
			e.fail(tooManyFields, data, i-1, i)
			return fields
		}
	}
	e.next = uint32(len(data))
	if opened >= 0 && depth > 0 {
		fields = e.endUnclosed(data, opened, fields)
	}
	return fields
}

// endUnclosed marks the entry whose parenthesis is never closed, and ends it where a line looks like the next entry. It
// gives the fields that are left.
func (e *entry) endUnclosed(data []byte, opened int, fields []field) []field {
	e.fault = unclosedParenthesis
	e.faultAt = Span{Start: uint32(opened), End: uint32(opened + 1)}
	e.next = nextOwnerLine(data, opened)
	e.end = min(e.end, e.next)
	for len(fields) > 0 && fields[len(fields)-1].end > e.next {
		fields = fields[:len(fields)-1]
	}
	return fields
}

// fail marks the entry and goes on after the line of the fault.
func (e *entry) fail(f fault, data []byte, start, end int) {
	e.fault = f
	e.faultAt = Span{Start: uint32(start), End: uint32(end)}
	e.end = uint32(end)
	e.next = uint32(min(lineEndFrom(data, start)+1, len(data)))
}

// plainEnd is the offset of the first byte from i on that is not plain, or the data's end.
func plainEnd(data []byte, i int) int {
	for i < len(data) && byteClass[data[i]] == plain {
		i++
	}
	return i
}

// escapedEnd is the offset of the first byte that ends a field with a backslash at i.
func escapedEnd(data []byte, i int) int {
	for i < len(data) && byteClass[data[i]] == backslash {
		if i++; i < len(data) && byteClass[data[i]] != lineEnd {
			i++
		}
		i = plainEnd(data, i)
	}
	return i
}

// quoteEnd is the offset of the quote that closes a string begun before i, or -1 where the line ends first.
func quoteEnd(data []byte, i int) (end int, escaped bool) {
	for i < len(data) {
		switch byteClass[data[i]] {
		case quote:
			return i, escaped
		case lineEnd:
			return -1, escaped
		case backslash:
			escaped = true
			i++
			if i < len(data) && byteClass[data[i]] == lineEnd {
				return -1, escaped
			}
		}
		i++
	}
	return -1, escaped
}

// lineEndFrom is the offset of the LF that ends i's line, or the data's end.
func lineEndFrom(data []byte, i int) int {
	n := bytes.IndexByte(data[i:], '\n')
	if n < 0 {
		return len(data)
	}
	return i + n
}

// nextOwnerLine is where reading goes on after a parenthesis at i that is never closed: the next line that does not
// look like a continuation, since it begins with neither white space nor a comment nor a closing parenthesis.
func nextOwnerLine(data []byte, i int) uint32 {
	for {
		i = lineEndFrom(data, i) + 1
		if i >= len(data) {
			return uint32(len(data))
		}
		switch byteClass[data[i]] {
		case plain, backslash:
			return uint32(i)
		}
	}
}

// appendField writes a field as it is in the file, quotes included.
func appendField(line, data []byte, f field) []byte {
	if f.quoted {
		return append(append(append(line, '"'), data[f.start:f.end]...), '"')
	}
	return append(line, data[f.start:f.end]...)
}
