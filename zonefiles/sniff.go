package zonefiles

// A look at the start of a file, to tell a zone from anything else. It reads as the zone parser does, far less exactly,
// and takes whatever it does not know as a sign that the file is no zone.

import (
	"bytes"
	"net/netip"
	"strings"
)

// Sniffed counts what the lines of a file's start are.
type Sniffed struct {
	records    int
	directives int
	others     int  // lines that are neither, nor empty, nor comments
	document   bool // it has what no zone has: a fence of Markdown, or the mark of a txtar archive
	SOA        bool
	Hints      bool   // name servers of the root
	Template   string // why the file needs a tool before a name server can read it
}

// LikeZone wants more lines of a zone than others where there is an SOA record, which prose and programs seldom have.
// Without one, nearly all lines must be.
func (s Sniffed) LikeZone() bool {
	good := s.records + s.directives
	if s.document {
		return false
	}
	if s.SOA {
		return good > s.others
	}
	return good > 0 && s.others*5 <= good
}

// LikeTemplate asks the same of a file with lines for a tool among them.
func (s Sniffed) LikeTemplate() bool {
	return s.SOA || s.records > 0 && s.directives > 0 || s.records > 1 && s.records > s.others
}

// Template says what shows that a text is a template, of which a tool makes a zone; it is empty where nothing near the
// start does.
func Template(text []byte) string {
	return Sniff(text[:min(len(text), MaxSniffed)], len(text) <= MaxSniffed).Template
}

// Sniff looks at data, the start of a file or all of it.
func Sniff(data []byte, complete bool) (s Sniffed) {
	if bytes.IndexByte(data, 0) >= 0 {
		return s
	}
	if !complete {
		data = data[:bytes.LastIndexByte(data, '\n')+1]
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
	if why := templateMark(line); why != "" && s.Template == "" {
		s.Template = why
	}
	switch first {
	case "$ORIGIN", "$TTL", "$INCLUDE":
		if len(line.fields) > 1 {
			s.directives++
			return
		}
	}
	rrtype, data := cutRecord(line)
	if !likeRDATA(rrtype, data, line.count > 1) {
		s.others += line.count
		return
	}
	s.records++
	switch rrtype {
	case "SOA":
		s.SOA = true
	case "NS":
		s.Hints = s.Hints || first == "."
	case "DYNA", "DYNC":
		if s.Template == "" {
			s.Template = "it has records that only gdnsd can answer (" + rrtype + ")"
		}
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
	marked := strings.ContainsAny(data[0], "{<$@%[") // a template's or one's own zone
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
		return data[0][0] == '"' || len(data) == 1 || several || marked
	}
	typ, ok := parseType([]byte(rrtype))
	return ok && typ.isData() && !typ.row().isWord || rrtype == "DYNA" || rrtype == "DYNC" // of gdnsd
}

// templateMark says which template language a line shows.
func templateMark(line sniffedLine) string {
	first := line.fields[0]
	switch {
	case line.owner && (first == "dnl" || len(line.fields) > 1 && line.fields[1][0] == '`'):
		return "it is a template (m4)"
	case line.owner && (strings.HasPrefix(first, "%%") || strings.HasPrefix(first, "#for") ||
		strings.HasPrefix(first, "#if")):
		return "it is a template (lines that begin with %% or #for)"
	}
	for i, field := range line.fields {
		if field[0] == '"' && !strings.Contains(field, "{{") {
			continue
		}
		for _, mark := range [...]string{"{{", "{%", "<%", "[%", "${", "@@"} {
			if strings.Contains(field, mark) {
				return "it is a template (" + mark + ")"
			}
		}
		for _, pair := range [...]string{"$$", "{}", "@@"} {
			if word := placeholder(field, pair[0], pair[1]); word != "" {
				return "it is a template (" + word + ")"
			}
		}
		if i > 0 && len(field) > 1 && field[0] == '$' && isWord(field[1:]) {
			return "it is a template ($ before a word)"
		}
	}
	return ""
}

// placeholder is the word between two characters at the start of a field, with them.
func placeholder(field string, before, after byte) string {
	if field[0] != before {
		return ""
	}
	end := 1 + strings.IndexByte(field[1:], after)
	if end < 2 || end > maxPlaceholder || !isWord(field[1:end]) {
		return ""
	}
	return field[:end+1]
}

func isWord(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" && text[0] > '9'
}
