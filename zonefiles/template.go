package zonefiles

import (
	"bytes"
	"slices"
	"strings"
)

// Zones are often templates, which a tool turns into what a name server reads. This file hides what the tool will fill
// in: in a copy of the text as long as the original, so that each place stays where it is, a placeholder becomes a word
// that begins with a hidden byte. The parser takes a field that holds one for unknown (partial.go). What only steers
// the tool becomes blanks; lines that it may repeat or leave out have their last field hidden, since nobody knows
// whether the record is there.

// hideTemplate is the text of a template with its placeholders hidden; nil where the text is none. Of a template that
// is too large it is the text as it is.
func hideTemplate(data []byte) []byte {
	h := hider{data: data, m4: isM4(data)}
	if h.m4 {
		h.macros = macrosOf(data)
	}
	return h.hideAll()
}

func (h *hider) hideAll() []byte {
	near, isFar := min(maxTemplateProbe, len(h.data)), false
	for at := 0; at < len(h.data) && !h.tooLarge; {
		switch {
		case h.out == nil && at >= near:
			if !isFar && !anyBlock(h.data[at:], hasRareMark) {
				return nil
			}
			isFar = true
			at = h.nextMark(at, len(h.data), rareMarks)
		case h.out == nil && h.skips():
			at = h.nextMark(at, near, len(markBytes))
		case h.skips():
			at = h.nextMark(at, len(h.data), len(markBytes))
		}
		at = h.line(at)
	}
	if h.tooLarge {
		return h.data
	}
	return h.out
}

// hider hides what a template's tool fills in.
type hider struct {
	data, out []byte              // out is nil until something is hidden
	depth     int                 // blocks that are open
	marks     [len(markBytes)]int // see nextMark
	endless   [len(tagPairs)]int  // up to where no end of a pair of tags begins
	every     bool                // every line is looked at; of tests
	tooLarge  bool                // for a template, which it is
	m4        bool
	macros    map[string]bool // of m4
}

// nextMark is the start of the next line that holds one of the first kinds of marks, or of the line where the search
// ends. Marks are looked for as fast as bytes.IndexByte is. Far from the text's start only those of the rarest are, so
// that large zones cost next to nothing.
func (h *hider) nextMark(from, to, kinds int) int {
	next := to
	for i := range kinds {
		if h.marks[i] <= from {
			h.marks[i] = to
			if at := bytes.IndexByte(h.data[from:to], markBytes[i]); at >= 0 {
				h.marks[i] = from + at
			}
		}
		next = min(next, h.marks[i])
	}
	return from + 1 + bytes.LastIndexByte(h.data[from:next], '\n')
}

// hasRareMark reports whether some lines hold a mark that nothing but templates has in most of its lines.
func hasRareMark(lines []byte) bool {
	for _, mark := range []byte(markBytes[:rareMarks]) {
		if bytes.IndexByte(lines, mark) >= 0 {
			return true
		}
	}
	return false
}

// skips reports whether a line without a mark is nothing but itself.
func (h *hider) skips() bool { return !h.m4 && h.depth == 0 && !h.every }

// line hides what is in the line, or the lines of a tag, from an offset on, and gives the next line's offset.
func (h *hider) line(start int) (next int) {
	end := lineEndFrom(h.data, start)
	if h.skips() && !isMarked(h.data[start:end]) {
		return end + 1
	}
	if what, ok := h.control(h.data[start:end]); ok {
		h.statement(what, start, end)
		return end + 1
	}
	inBlock := h.depth > 0
	opened, outside := -1, 0 // the outermost block that begins in this line
	var quoted, comment bool
	for i := start; i < end; {
		what, size := h.tagAt(i)
		switch {
		case comment && what == fillIn, quoted && (what != fillIn || h.data[i] == '$' || h.data[i] == '#'):
			size = 0
		}
		switch {
		case size == 0:
			i = h.byteAt(start, i, end, &quoted, &comment)
			continue
		case what == fillIn || what == unknown:
			h.hide(i, i+size)
		case what == open && opened < 0:
			opened, outside = i, h.depth
			h.statement(what, i, i+size)
		default:
			h.statement(what, i, i+size)
		}
		i += size
		if opened >= 0 && h.depth == outside { // a block within a line is one placeholder
			h.hide(opened, i)
			opened = -1
		}
		if i > end {
			end = lineEndFrom(h.data, i)
		}
	}
	if inBlock || opened >= 0 {
		h.hideLastField(start, end)
	}
	return end + 1
}

// isMarked reports whether a line holds a byte that a tag, a placeholder or a line of a tool's begins with.
func isMarked(line []byte) bool {
	for i, c := range line {
		if !marks[c] {
			continue
		}
		next := byte('\n')
		if i+1 < len(line) {
			next = line[i+1]
		}
		switch c {
		case '@':
			if next == '@' || next == '_' || isLetter(next) {
				return true
			}
		case '_':
			if next == '_' {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// markBytes are what tags, placeholders and lines of a tool's begin with, the rarest first.
const (
	markBytes = "{%<[#$_@"
	rareMarks = 2
)

var marks = digitsOf(markBytes)

// byteAt passes over a byte or a word that is no tag, of the line that begins at start, and gives the offset after it.
func (h *hider) byteAt(start, at, end int, quoted, comment *bool) (next int) {
	switch c := h.data[at]; {
	case *comment:
	case c == '\\':
		return at + 2
	case c == '"':
		*quoted = !*quoted
	case *quoted:
	case c == ';':
		*comment = true
	case h.m4 && c == 'd' && isWordAt(h.data[start:end], at-start, "dnl"):
		h.statement(nothing, at, end)
		return end
	default:
		if size := h.wordAt(start, at); size > 0 {
			h.hide(at, at+size)
			return at + size
		}
	}
	return at + 1
}

// begin makes the copy, at the first thing that is hidden. It reports false where the text is too large for that.
func (h *hider) begin() bool {
	if h.tooLarge = len(h.data) > maxTemplateText; h.tooLarge {
		return false
	}
	if h.out == nil {
		h.out = bytes.Clone(h.data)
	}
	return true
}

// statement blanks out what steers the tool, or hides what may bring in anything.
func (h *hider) statement(what tagKind, start, end int) {
	if !h.begin() {
		return
	}
	for i := start; i < end; i++ {
		if h.out[i] != '\n' {
			h.out[i] = ' '
		}
	}
	switch what {
	case open:
		h.depth++
	case closing:
		h.depth = max(h.depth-1, 0)
	case unknown, fillIn:
		h.out[start] = hidden
	}
}

// hide makes a part of the text one word that is hidden and differs from those of other placeholders. Its labels are
// short enough for a name.
func (h *hider) hide(start, end int) {
	const longest = 50
	if !h.begin() {
		return
	}
	for i := start; i < end; i++ {
		switch c := h.data[i]; {
		case i > start && i < end-1 && (i-start)%longest == 0:
			h.out[i] = '.'
		case i == start || hostnameByte[c] == 0:
			h.out[i] = hidden
		default:
			h.out[i] = c
		}
	}
}

// hideLastField hides the last byte of a line that is text of a field.
func (h *hider) hideLastField(start, end int) {
	if !h.begin() {
		return
	}
	var e entry
	for _, f := range slices.Backward(e.readFrom(h.out[start:end], 0, 1, nil)) {
		if f.end > f.start {
			h.out[start+int(f.end)-1] = hidden
			return
		}
	}
}

// tagKind is what a tag, or a line of a tool's, does.
type tagKind uint8

const (
	fillIn  tagKind = iota // it is replaced by text
	nothing                // it leaves no text
	open                   // it begins what may be repeated or left out
	middle                 // it begins the alternative
	closing                // it ends either
	unknown                // it may leave anything
)

// tagPairs are what encloses tags, in Jinja, Liquid, Go, Mustache, ERB, EPP, Perl, Template Toolkit and shells.
var tagPairs = [...]struct{ begin, end string }{
	{"{{", "}}"}, {"{%", "%}"}, {"{#", "#}"}, {"<%", "%>"}, {"[%", "%]"}, {"<?", "?>"}, {"${", "}"}, {"#{", "}"},
}

// tagAt is the tag at an offset; its size is 0 where there is none.
func (h *hider) tagAt(at int) (what tagKind, size int) {
	text := h.data[at:]
	switch text[0] {
	case '{', '<', '[', '$', '#':
	default:
		return 0, 0
	}
	for i, pair := range tagPairs {
		if !bytes.HasPrefix(text, []byte(pair.begin)) {
			continue
		}
		end := h.endOf(i, at+2, at+maxTag) - at - 2
		if end < 0 {
			return 0, 0
		}
		inside := string(text[2 : 2+end])
		if pair.begin == "${" && wordLength(text[2:]) == 0 { // of a $GENERATE
			return 0, 0
		}
		return kindOf(pair.begin, inside), 2 + end + len(pair.end)
	}
	return 0, 0
}

// endOf is where the end of a tag begins between two offsets, or -1. Text without ends is searched once, however many
// tags begin in it.
func (h *hider) endOf(pair, from, to int) int {
	to = min(to, len(h.data))
	end := []byte(tagPairs[pair].end)
	from = max(from, min(h.endless[pair], to))
	if at := bytes.Index(h.data[from:to], end); at >= 0 {
		return from + at
	}
	h.endless[pair] = to - len(end) + 1
	return -1
}

// kindOf says what a tag does, by what it begins with and holds.
func kindOf(begin, inside string) tagKind {
	switch inside = strings.Trim(inside, " \t\r\n-+~"); {
	case begin == "{#", begin == "<%" && strings.HasPrefix(inside, "#"), strings.HasPrefix(inside, "/*"),
		begin == "{{" && strings.HasPrefix(inside, "!"):
		return nothing
	case begin == "${", begin == "#{", begin != "{{" && strings.HasPrefix(inside, "="):
		return fillIn
	case begin == "{{" && (strings.HasPrefix(inside, "#") || strings.HasPrefix(inside, "^")):
		return open
	}
	what := kindOfStatement(inside)
	switch {
	case what == unknown && (begin == "{{" || begin == "[%"):
		return fillIn
	case what == unknown && (begin == "<%" || begin == "<?"):
		return nothing // code by itself leaves no text
	}
	return what
}

// kindOfStatement says what a statement does, by its first word and, in languages with braces, its last.
func kindOfStatement(text string) tagKind {
	text = strings.TrimSpace(text)
	word := strings.ToLower(text)
	if end := strings.IndexFunc(word, func(r rune) bool { return !('a' <= r && r <= 'z') }); end >= 0 {
		word = word[:end]
	}
	isOpened := strings.HasSuffix(text, "{") || strings.HasSuffix(text, " do") ||
		strings.HasSuffix(text, "|") && strings.Contains(text, " do ")
	switch {
	case strings.HasPrefix(text, "}") && isOpened, slices.Contains(middleWords[:], word):
		return middle
	case strings.HasPrefix(word, "end"), strings.HasPrefix(text, "}"), strings.HasPrefix(text, "/"):
		return closing
	case isOpened, slices.Contains(openWords[:], word):
		return open
	case slices.Contains(silentWords[:], word):
		return nothing
	}
	return unknown
}

var (
	openWords = [...]string{
		"if", "unless", "for", "foreach", "while", "case", "range", "with", "block", "define", "macro", "filter", "call",
		"capture", "raw",
	}
	middleWords = [...]string{"else", "elif", "elsif", "elseif", "when"}
	silentWords = [...]string{"set", "import", "from", "do", "assign", "local", "my", "our", "use", "extends"}
)

// control says what a whole line does that begins as lines of some tools do: % in Mako, %% and # in others.
func (h *hider) control(line []byte) (what tagKind, ok bool) {
	if len(line) == 0 || !h.m4 && line[0] != '%' && line[0] != '#' {
		return 0, false
	}
	text := strings.TrimRight(string(line[:min(len(line), maxTag)]), " \t\r")
	words := strings.TrimLeft(text, "%#")
	switch {
	case h.m4:
		return h.m4Control(text)
	case line[0] == '%':
		return kindOfStatement(words), strings.HasPrefix(words, " ")
	}
	what = kindOfStatement(words)
	return what, what != unknown && what != nothing
}

// wordAt is the size of a placeholder that is a word between marks, or after one, at an offset of the line that begins
// at start; 0 where there is none.
func (h *hider) wordAt(start, at int) int {
	text := h.data[at:min(len(h.data), at+maxPlaceholder)]
	startsField := at == start || byteClass[h.data[at-1]] != plain
	switch c := text[0]; {
	case h.m4 && (c == '`' || isLetter(c) || c == '_'):
		if at > start && hostnameByte[h.data[at-1]] != 0 {
			return 0
		}
		return h.m4WordAt(text)
	case c == '{' && (at == start || h.data[at-1] != '%'): // where it is no macro of SPF (RFC 7208 s.7)
		return between(text, "{", "}")
	case c == '@':
		return max(between(text, "@@", "@@"), between(text, "@", "@"))
	case c == '%':
		return between(text, "%", "%")
	case c == '_' && startsField:
		if n := wordLength(text); n > 4 && string(text[:2]) == "__" && string(text[n-2:n]) == "__" &&
			bytes.Equal(text[:n], bytes.ToUpper(text[:n])) {
			return n
		}
	case c == '$' && startsField && at > start && !isGenerate(h.data[start:at]):
		n := wordLength(text[1:])
		if size := between(text, "$", "$"); size > 0 {
			if isKeyword(text[1 : 1+n]) {
				return 0
			}
			return size
		}
		if n > 0 && (len(text) == n+1 || byteClass[text[n+1]] != plain) {
			return n + 1
		}
	}
	return 0
}

// between is the size of a word between two marks at the start of text, with them; 0 where there is none.
func between(text []byte, before, after string) int {
	if !bytes.HasPrefix(text, []byte(before)) {
		return 0
	}
	n := wordLength(text[len(before):])
	if n == 0 || !bytes.HasPrefix(text[len(before)+n:], []byte(after)) {
		return 0
	}
	return len(before) + n + len(after)
}

// wordLength is the length of the word that text begins with: a letter or underscore, then those, digits and hyphens.
func wordLength(text []byte) (n int) {
	for n < len(text) && (isLetter(text[n]) || text[n] == '_' || n > 0 && hostnameByte[text[n]] != 0) {
		n++
	}
	return n
}

// isWordAt reports whether a word stands by itself at an offset of the text.
func isWordAt(text []byte, at int, word string) bool {
	end := at + len(word)
	return bytes.HasPrefix(text[at:], []byte(word)) && (at == 0 || hostnameByte[text[at-1]] == 0) &&
		(end == len(text) || hostnameByte[text[end]] == 0)
}

func isLetter(c byte) bool { return 'a' <= lower(c) && lower(c) <= 'z' }

// isGenerate reports whether a line is a $GENERATE, whose dollar signs are its own.
func isGenerate(line []byte) bool {
	const word = "$GENERATE"
	return len(line) > len(word) && strings.EqualFold(string(line[:len(word)]), word)
}

// isKeyword reports whether a word between dollar signs is one of RCS and Subversion, which mean nothing to a server.
func isKeyword(word []byte) bool {
	return slices.Contains([]string{
		"Id", "Revision", "Date", "Author", "Header", "URL", "HeadURL", "Rev", "Source", "Name", "Log",
	}, string(word))
}
