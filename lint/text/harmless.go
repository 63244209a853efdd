// Package text prepares text for people: lists of words, the word that was probably meant, and strangers' text in a
// form that means nothing to a terminal or to the log of a CI runner. Package zonefiles quotes pieces of files.
package text

import (
	"bytes"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Line is the text on one line, with every rune visible and no command that a log obeys.
func Line(s string) string {
	if isPlain(s) && !strings.Contains(s, "##") && !strings.HasPrefix(strings.TrimLeft(s, " "), ":") {
		return s // nearly always
	}
	return string(Disobeyed([]byte(visible(s, ""))))
}

// isPlain reports whether text is printable ASCII alone.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Lines is Line for several lines: line ends stay.
func Lines(s string) string { return string(Disobeyed([]byte(visible(s, "\n")))) }

// Visible is the text for a terminal alone: line ends, tabs and commands to a log stay.
func Visible(s string) string { return visible(s, "\n\t") }

// visible makes every rune visible, apart from those that stay.
func visible(s, stay string) string {
	var b strings.Builder
	for at, shown := range Glyphs(s) {
		if strings.IndexByte(stay, s[at]) >= 0 {
			shown = s[at : at+1]
		}
		b.WriteString(shown)
	}
	return b.String()
}

// maxMarks is how many combining marks one character keeps. More of them cover the lines above and below.
const maxMarks = 2

// Glyphs is how each rune of s, at its offset in bytes, is shown: itself if people can see it, or else an escape. What
// moves the cursor, changes the direction of writing, is invisible or blank, or is one mark too many on a character,
// cannot be seen.
func Glyphs(s string) iter.Seq2[int, string] {
	return func(yield func(at int, shown string) bool) {
		marks := 0
		for at := 0; at < len(s); {
			r, size := utf8.DecodeRuneInString(s[at:])
			shown := s[at : at+size]
			if marks++; !unicode.Is(unicode.M, r) {
				marks = 0
			}
			if marks > maxMarks || !isVisible(r) || r == utf8.RuneError && size == 1 {
				shown = escape(r, shown)
			}
			if !yield(at, shown) {
				return
			}
			at += size
		}
	}
}

// blank is the printable characters that look like none: an empty Braille cell, the blanks of Egyptian hieroglyphs and
// an empty note head.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x13441, Hi: 0x13442, Stride: 1}, {Lo: 0x1D159, Hi: 0x1D159, Stride: 1}},
}

// isVisible reports whether people can see a rune, or it is a space. Of Default_Ignorable_Code_Point (UAX 44), which a
// terminal shows as nothing, IsPrint knows only the format characters.
func isVisible(r rune) bool {
	return unicode.IsPrint(r) && (r < 0x300 ||
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, blank))
}

// escape shows a rune that cannot be seen, or a byte that is no UTF-8.
func escape(r rune, text string) string {
	switch {
	case r == utf8.RuneError && len(text) == 1:
		return fmt.Sprintf(`\x%02x`, text[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// CommandMark begins a command that a runner of GitHub Actions obeys anywhere in a line of a log.
const CommandMark = "##["

// commands matches these, and "::command::", which the runner obeys at the start of a line, after white space too. For
// the runner, a carriage return ends a line, and white space is that of Unicode.
var commands = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(##|(?:^|\r)[\s\v\x{85}\p{Z}]*:)(\[|:)`)
})

// Disobeyed is the text with a backslash in each command that a log would obey. In a name or a string of a zone, a
// backslash there means nothing.
func Disobeyed(text []byte) []byte {
	if !bytes.Contains(text, []byte(CommandMark)) && !bytes.Contains(text, []byte("::")) {
		return text
	}
	return commands().ReplaceAll(text, []byte(`$1\$2`))
}
