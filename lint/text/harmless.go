// Package text prepares text for people: words in lists, the word that was meant, and strangers' text that neither a terminal nor the
// log of a CI runner can misread. Package zonefiles quotes pieces of files.
package text

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is text on one line of which every rune is printable, and which no log obeys.
func Line(s string) string { return string(Disobeyed([]byte(visible(s, "")))) }

// Lines is Line for text of several lines: line ends stay.
func Lines(s string) string { return string(Disobeyed([]byte(visible(s, "\n")))) }

// Visible is text that a terminal shows as it is: line ends and tabs stay, and so does what a log would obey.
func Visible(s string) string { return visible(s, "\n\t") }

// visible is text of which every rune is printable or among those that stay.
func visible(s, stay string) string {
	var b strings.Builder
	for s != "" {
		shown, size := Glyph(s)
		if strings.IndexByte(stay, s[0]) >= 0 {
			shown = s[:size]
		}
		b.WriteString(shown)
		s = s[size:]
	}
	return b.String()
}

// Glyph is how the first rune of s is shown, and how many bytes it has: itself if it is printable, an escape otherwise. What moves a
// cursor, turns the writing direction round or cannot be seen is not printable.
func Glyph(s string) (shown string, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf(`\x%02x`, s[0]), 1
	case unicode.IsPrint(r):
		return s[:size], size
	case r == '\n':
		return `\n`, size
	case r == '\r':
		return `\r`, size
	case r == '\t':
		return `\t`, size
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r), size
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04x`, r), size
	}
	return fmt.Sprintf(`\U%08x`, r), size
}

// CommandMark begins a command that a runner of GitHub Actions obeys wherever it stands in a line of a log.
const CommandMark = "##["

// commands are those, and "::command::", which is obeyed at the start of a line, white space before it or not. For the runner a carriage
// return ends a line too, and white space is what Unicode calls so.
var commands = regexp.MustCompile(`(?m)(##|(?:^|\r)[\s\v\x{85}\p{Z}]*:)(\[|:)`)

// Disobeyed is text, whatever else is in it, with a backslash in each command that a log would obey. In a name or a string of a zone a
// backslash has no meaning there.
func Disobeyed(text []byte) []byte {
	if !bytes.Contains(text, []byte(CommandMark)) && !bytes.Contains(text, []byte("::")) {
		return text
	}
	return commands.ReplaceAll(text, []byte(`$1\$2`))
}
