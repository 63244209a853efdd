package zonefiles

// This file reads records as nearly all are written: on one line, owner, TTL, class and type with nothing but blanks
// between them. It finds fields and checks them in one walk, at half the cost of scanning entries, and needs nothing
// that the text before says. Whatever is written otherwise, and whatever is wrong, is left to the parser.

// lineRecord is a record as far as it can be read without what the text before it says.
type lineRecord struct {
	start       uint32 // as in record
	ownerLength uint32 // of the owner's text in bytes; 0 where the owner is that of the record before
	ttl         uint32 // or inheritsTTL
	typ         Type   // 0 where the entry is left to the parser
	rdata       uint16 // as in record
}

// inheritsTTL is larger than any TTL.
const inheritsTTL = 1<<32 - 1

// longOrigin is an origin as long as they ever are. RDATA that is right below it is right below every origin that is
// not longer.
var longOrigin = originSize{octets: 2 * (1 + maxLabel), labels: maxName / 2}

// readLine reads the record that begins at an offset, and gives the offset after it. It reports false where that is not
// a record that is right, or ends with data, which may be a part of more. The entry is its memory.
func readLine(data []byte, at uint32, e *entry) (r lineRecord, next uint32, ok bool) {
	r, i := readHead(data, int(at))
	if r.typ == 0 {
		return r, 0, false
	}
	row := r.typ.row()
	if end := rdataEnd(row, data, i); end > 0 {
		if r.rdata, next = uint16(i-int(at)), afterLine(data, end); next > 0 {
			return r, next, next-at <= maxPadding
		}
	}
	e.start, e.parentheses, e.fault = at, false, noFault
	e.fields = e.readFrom(data, i, 0, e.fields[:0])
	if len(e.fields) == 0 || e.fault != noFault || int(e.next) == len(data) || e.isPadded() ||
		checkRDATA(r.typ, data, e.fields, longOrigin).kind != 0 {
		return r, 0, false
	}
	r.rdata = e.rdataOffset(data, e.fields)
	return r, e.next, r.rdata != farRDATA
}

// readHead reads what precedes the RDATA, and gives where that begins. The type is 0 where something else is there.
func readHead(data []byte, at int) (r lineRecord, i int) {
	r, i = lineRecord{start: uint32(at), ttl: inheritsTTL}, at
	if i < len(data) && data[i] != '$' {
		i = plainEnd(data, i)
		r.ownerLength = uint32(i - at)
	}
	hasClass := false
	for {
		from := i
		if i = blankEnd(data, i); i == from || i-at >= maxPadding {
			return r, i
		}
		start, word := i, uint64(0)
		for ; i < len(data) && hostnameByte[data[i]] != 0; i++ {
			word = word<<8 | uint64(hostnameByte[data[i]])
		}
		if i == start || i-start > maxWord || i == len(data) || byteClass[data[i]] != blank {
			return r, i
		}
		switch {
		case r.ttl == inheritsTTL && isDigit(data[start]):
			ttl, ok := parseTTL(data[start:i])
			if !ok {
				return r, i
			}
			r.ttl = servedTTL(ttl)
		case !hasClass && word == 'i'<<8|'n':
			hasClass = true
		default:
			if typ, ok := typeOfWord(word); ok && typ.isData() && typ != TypeSOA {
				r.typ = typ
			}
			return r, blankEnd(data, i)
		}
	}
}

// rdataEnd is where RDATA ends whose fields are names, numbers, addresses and digests, if it is right. It is 0 for any
// other.
func rdataEnd(row *rrType, data []byte, i int) int {
	if row.check != 0 && row.check != digestCheck || len(row.fields) == 0 {
		return 0
	}
	var number uint64 // the last
	for n := range row.fields {
		if n > 0 {
			i = blankEnd(data, i)
		}
		size := 0
		switch kind := row.fields[n].kind; kind {
		case nameField:
			size = plainName(data[i:])
		case ipv4Field:
			_, size = ipv4(data[i:])
		case ipv6Field:
			_, size = ipv6(data[i:])
		case uint8Field, uint16Field, uint32Field, algorithmField, digestTypeField:
			number, size = plainNumber(data[i:], largest[kind])
		case hexField:
			if size = plainHex(data[i:]); row.check == digestCheck {
				if _, ok := row.digest.allow(number, size/2); !ok {
					return 0
				}
			}
		}
		if i += size; size == 0 || i == len(data) || byteClass[data[i]] == plain || byteClass[data[i]] == backslash {
			return 0
		}
	}
	return i
}

// plainName is the length of the name that text begins with, if it is right below any origin, and holds no escape.
func plainName(text []byte) int {
	size, dot := 0, -1 // the last dot
	for size < len(text) && byteClass[text[size]] == plain {
		if text[size] == '.' {
			if size == dot+1 {
				return 0
			}
			dot = size
		}
		size++
	}
	if size >= maxLabel {
		return 0
	}
	return size
}

// plainNumber is the number that text begins with, and its length, if it is no larger than largest.
func plainNumber(text []byte, largest uint64) (n uint64, size int) {
	for size < len(text) && isDigit(text[size]) && n <= largest {
		n = n*10 + uint64(text[size]-'0')
		size++
	}
	if n > largest {
		return 0, 0
	}
	return n, size
}

// plainHex is the length of the whole octets that text begins with, in hexadecimal digits; 0 where a digit is left.
func plainHex(text []byte) int {
	size := 0
	for size < len(text) && hexDigit[text[size]] {
		size++
	}
	if size%2 != 0 {
		return 0
	}
	return size
}

// afterLine is where the next line begins after RDATA that ends at i; 0 where the RDATA goes on, or nothing ends the
// line.
func afterLine(data []byte, i int) uint32 {
	if i = blankEnd(data, i); i < len(data) && byteClass[data[i]] == comment {
		i = lineEndFrom(data, i)
	}
	if i == len(data) || byteClass[data[i]] != lineEnd {
		return 0
	}
	if data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n' {
		i++
	}
	return uint32(i + 1)
}

// blankEnd is the offset of the first byte from i on that is not blank, or the data's end.
func blankEnd(data []byte, i int) int {
	for i < len(data) && byteClass[data[i]] == blank {
		i++
	}
	return i
}
