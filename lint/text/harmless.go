// Package text prepares text for people: lists of words, the word that was probably meant, and strangers' text in a
// form that means nothing to a terminal or to the log of a CI runner. Package zonefiles quotes pieces of files.
package text

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is the text on one line, with every rune printable and no command that a log obeys.
func Line(s string) string { return string(Disobeyed([]byte(visible(s, "")))) }

// Lines is Line for several lines: line ends stay.
func Lines(s string) string { return string(Disobeyed([]byte(visible(s, "\n")))) }

// Visible is the text for a terminal alone: line ends, tabs and commands to a log stay.
func Visible(s string) string { return visible(s, "\n\t") }

// visible makes every rune printable, apart from those that stay.
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

// Glyph is how the first rune of s is shown, itself if it is printable or else an escape, and how many bytes it has.
// What moves the cursor, changes the direction of writing or is invisible is not printable.
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

// CommandMark begins a command that a runner of GitHub Actions obeys anywhere in a line of a log.
const CommandMark = "##["

// commands matches these, and "::command::", which the runner obeys at the start of a line, after white space too. For
// the runner, a carriage return ends a line, and white space is that of Unicode.
var commands = regexp.MustCompile(`(?m)(##|(?:^|\r)[\s\v\x{85}\p{Z}]*:)(\[|:)`)

// Disobeyed is the text with a backslash in each command that a log would obey. In a name or a string of a zone, a
// backslash there means nothing.
func Disobeyed(text []byte) []byte {
	if !bytes.Contains(text, []byte(CommandMark)) && !bytes.Contains(text, []byte("::")) {
		return text
	}
	return commands.ReplaceAll(text, []byte(`$1\$2`))
}
