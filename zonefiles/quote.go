package zonefiles

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote shows a piece of a file in a message: printable text as it is, anything else as Quoted does. No byte of the
// input reaches a terminal raw.
func Quote[T string | []byte](piece T) string {
	text, cut := shorten(piece)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) || r == '"' }
	if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text) + cut
	}
	return text + cut
}

// Quoted shows a piece of a file in quotation marks and escaped. Long text ends with an ellipsis.
func Quoted[T string | []byte](piece T) string {
	text, cut := shorten(piece)
	return strconv.Quote(text) + cut
}

// shorten cuts long text, but not within a character. It copies no more than that.
func shorten[T string | []byte](piece T) (short, cut string) {
	if len(piece) <= maxQuoted {
		return string(piece), ""
	}
	text := string(piece[:maxQuoted+1])
	end := maxQuoted
	for end > maxQuoted-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], "..."
}
