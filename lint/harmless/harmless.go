// Package harmless makes text of strangers harmless to look at, for a terminal and for the log of a runner.
package harmless

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is text on one line of which every rune is printable, and which no log obeys.
func Line(text string) string { return visible(text, false) }

// Lines is Line for text of several lines: line ends stay.
func Lines(text string) string { return visible(text, true) }

func visible(text string, lines bool) string {
	var b strings.Builder
	for s := text; s != ""; {
		shown, size := Glyph(s)
		if lines && s[0] == '\n' {
			shown = "\n"
		}
		b.WriteString(shown)
		s = s[size:]
	}
	return string(Disobeyed([]byte(b.String())))
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

// commands are those, and "::command::", which is obeyed at the start of a line.
var commands = regexp.MustCompile(`(?m)(##|^[ \t]*:)(\[|:)`)

// Disobeyed is text, whatever else is in it, with a backslash in each command that a log would obey. In a name or a string of a zone a
// backslash has no meaning there.
func Disobeyed(text []byte) []byte {
	if !bytes.Contains(text, []byte(CommandMark)) && !bytes.Contains(text, []byte("::")) {
		return text
	}
	return commands.ReplaceAll(text, []byte(`$1\$2`))
}
