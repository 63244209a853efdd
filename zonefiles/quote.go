package zonefiles

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// maxQuoted is how many bytes of a field a message shows.
const maxQuoted = 80

// Quote shows a piece of a file in a message: printable text as it is, anything else in quotes and escaped, long text cut with an
// ellipsis. No byte of the input reaches a terminal raw.
func Quote[T string | []byte](piece T) string {
	text := []byte(piece)
	cut := ""
	if len(text) > maxQuoted {
		text, cut = text[:maxQuoted], "..."
		for len(text) > 0 && !utf8.RuneStart(text[len(text)-1]) {
			text = text[:len(text)-1]
		}
		if len(text) > 0 && text[len(text)-1] >= utf8.RuneSelf {
			text = text[:len(text)-1]
		}
	}
	if len(text) == 0 {
		return `""`
	}
	for s := text; len(s) > 0; {
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) || r == '"' || unicode.IsSpace(r) {
			return strconv.Quote(string(text)) + cut
		}
		s = s[size:]
	}
	return string(text) + cut
}
