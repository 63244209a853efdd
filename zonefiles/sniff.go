package zonefiles

// A look at the start of a file, to tell a zone from anything else. It reads as the zone parser does, far less exactly,
// and takes whatever it does not know as a sign that the file is no zone.

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
)

// Sniffed counts what the lines of a file's start are.
type Sniffed struct {
	records    int
	directives int
	others     int  // lines that are neither, nor empty, nor comments
	texts      int  // of these, lines that may be TXT records or prose about them
	document   bool // it has what no zone has: a fence of Markdown, or the mark of a txtar archive
	SOA        bool
	Hints      bool // name servers of the root
	// Template says that a tool has yet to fill in some of it, and Plain that some record of a host, of mail or of name
	// servers is there in full.
	Template, Plain bool
}

// IsEmpty reports whether the text holds nothing but comments.
func (s Sniffed) IsEmpty() bool { return s.records+s.directives+s.others == 0 }

// HoldsRecords reports whether some line is a record, and, where none is an SOA record, at least every third.
func (s Sniffed) HoldsRecords() bool {
	return s.records > 0 && (s.SOA || s.others <= 2*(s.records+s.directives))
}

// LikeZone wants more lines of a zone than others where there is an SOA record, which prose and programs seldom have.
// Without one, nearly all lines must be; of a template, the greater part.
func (s Sniffed) LikeZone() bool {
	good := s.records + s.directives
	switch {
	case s.document:
		return false
	case s.SOA:
		return good+s.texts > s.others-s.texts
	case s.Template:
		return s.records > 0 && (s.directives > 0 || s.records > 1 && s.records > s.others)
	}
	return good > 0 && s.others*5 <= good
}

// Sniff looks at data, the start of a file or all of it.
func Sniff(data []byte, complete bool) (s Sniffed) {
	if isUTF16(data) {
		data = fromUTF16(data)
	}
	if !complete {
		data = data[:bytes.LastIndexByte(data, '\n')+1]
	}
	if shown := hideTemplate(data); shown != nil {
		data, s.Template = shown, true
	}
	e := newEntry()
	for at := textStart(data); e.scan(data, at); at = e.next {
		if e.fault == unclosedParenthesis {
			e.next = uint32(len(data)) // each further one would cost a walk to the end
		}
		s.line(sniffedLineOf(data, &e))
	}
	return s
}

// sniffedLine is the start of a record or directive, or of a line of other text.
type sniffedLine struct {
	fields []string // the first of them; strings keep their quotes
	owner  bool     // it begins with a field, and so with an owner or directive
	count  int      // lines of text
}

// sniffedLineOf takes what the scanner makes of a line.
func sniffedLineOf(data []byte, e *entry) (line sniffedLine) {
	line.owner = !e.indented
	for _, f := range e.fields[:min(len(e.fields), maxSniffedFields)] {
		line.fields = append(line.fields, string(appendField(nil, data, f)))
	}
	line.count = max(1, bytes.Count(data[e.start:e.next], []byte{'\n'}))
	return line
}

func (s *Sniffed) line(line sniffedLine) {
	if len(line.fields) == 0 {
		return
	}
	first := strings.ToUpper(line.fields[0])
	if first == "$GENERATE" && len(line.fields) > 3 {
		s.directives++ // its dollar signs are no template's
		return
	}
	if strings.HasPrefix(first, "```") || len(line.fields) == 3 && first == "--" && line.fields[2] == "--" {
		s.document = true
	}
	if len(line.fields) == 1 && isHidden(first) {
		return // all of a line that a tool fills in
	}
	switch first {
	case "$ORIGIN", "$TTL", "$INCLUDE":
		if len(line.fields) > 1 {
			s.directives++
			return
		}
	}
	rrtype, data := cutRecord(line)
	_, isForeign := foreignTypeOf(rrtype)
	if !isForeign && !likeRDATA(rrtype, data, line.count > 1) {
		s.others += line.count
		if rrtype == "TXT" {
			s.texts += line.count
		}
		return
	}
	s.records++
	switch rrtype {
	case "SOA":
		s.SOA = true
	case "NS":
		s.Hints = s.Hints || first == "."
		fallthrough
	case "A", "AAAA", "CNAME", "MX", "PTR":
		s.Plain = s.Plain || !slices.ContainsFunc(line.fields, isHidden[string])
	}
}

// cutRecord passes over owner, TTL and class (RFC 1035 s.5.1) and gives the type, in capitals, with what follows it.
func cutRecord(line sniffedLine) (rrtype string, data []string) {
	fields := line.fields
	if line.owner {
		fields = fields[1:]
	}
	for n := 0; len(fields) > 0 && n < 2 && (isSniffedTTL(fields[0]) || isSniffedClass(fields[0])); n++ {
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return "", nil
	}
	return strings.ToUpper(fields[0]), fields[1:]
}

func isSniffedTTL(field string) bool {
	return isDigit(field[0]) && strings.Trim(strings.ToLower(field), "0123456789smhdw") == ""
}

func isSniffedClass(field string) bool {
	switch class := strings.ToUpper(field); class {
	case "IN", "CH", "HS":
		return true
	default:
		return len(class) > 5 && class[:5] == "CLASS" && isDigit(class[5]) // RFC 3597 s.5
	}
}

// likeRDATA reports whether data could be of that type, with the types that are English words or letters looked at more
// closely. Only a zone spreads a line over several.
func likeRDATA(rrtype string, data []string, several bool) bool {
	if len(data) == 0 {
		return false
	}
	marked := isHidden(data[0]) || data[0] == `\#` // a template's, or octets (RFC 3597 s.5)
	switch rrtype {
	case "A", "AAAA":
		_, err := netip.ParseAddr(data[0])
		// Wrong addresses are for the rules to find.
		return err == nil || marked || strings.Trim(data[0], "0123456789abcdefABCDEF.:/") == ""
	case "NS", "CNAME", "PTR", "DNAME":
		return len(data) == 1 || marked
	case "MX":
		return len(data) == 2 && isSniffedTTL(data[0]) || marked
	case "SOA":
		return len(data) >= 3
	case "TXT", "SPF":
		return data[0][0] == '"' || len(data) == 1 || several || marked || strings.ContainsAny(data[0], "=:")
	}
	typ, ok := parseType([]byte(rrtype))
	return ok && typ.isData() && !typ.row().isWord
}
