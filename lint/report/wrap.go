package report

import (
	"strings"
	"unicode"

	"mx46/lint/text"
)

// This file fits text into lines.

// path is a file's name, even at the beginning of a line.
func path(name string) string {
	if strings.HasPrefix(strings.TrimLeft(name, " \t"), "::") {
		name = "./" + name // the same file, but no command to a log
	}
	return text.Line(name)
}

// wide is the runes that take two columns of a terminal (Unicode Standard Annex 11: wide, full width and pictographs).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1},
		{Lo: 0x231A, Hi: 0x231B, Stride: 1},
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1},
		{Lo: 0x3041, Hi: 0x4DBF, Stride: 1},
		{Lo: 0x4E00, Hi: 0xA4CF, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1},
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1},
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1},
		{Lo: 0x1F900, Hi: 0x1F9FF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1},
	},
}

// columns is how many columns printable text takes on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me):
		case r >= 0x1100 && unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// Wrap breaks prose at spaces: the first line has at most first columns, the others rest; 0: one line. Longer words
// stay whole, and a word that begins with "::" never begins a line.
func Wrap(text string, first, rest int) []string {
	if first <= 0 || columns(text) <= first {
		return []string{text}
	}
	words := strings.Fields(text)
	text = strings.Join(words, " ") // lines are parts of it
	var lines []string
	start, at, used, width := 0, 0, -1, first
	for _, word := range words {
		n := columns(word)
		if used >= 0 && used+1+n > width && !strings.HasPrefix(word, "::") {
			lines = append(lines, text[start:at-1])
			start, used, width = at, -1, rest
		}
		used += 1 + n
		at += len(word) + 1
	}
	return append(lines, text[start:])
}

// Fit breaks a line of any kind at spaces, so that each part has at most width columns. The last column of a table goes
// on below itself, if half of the width is left for it, or else a little to the right of the line; prose that is not
// indented goes on where it began. Longer words stay whole.
func Fit(line string, width int) []string {
	if width <= 0 || columns(line) <= width {
		return []string{line}
	}
	indent := len(line) - len(strings.TrimLeft(line, " ")) + 4
	var parts []string
	switch at := strings.LastIndex(line, "  ") + 2; {
	case at < 2:
		if line[0] != ' ' {
			indent = 0
		}
	case strings.TrimSpace(line[:at]) == "":
	case columns(line[:at]) <= width/2:
		indent = columns(line[:at])
	case columns(line[:at]) <= width: // the last column by itself
		parts = append(parts, strings.TrimRight(line[:at], " "))
		line = strings.Repeat(" ", indent) + line[at:]
	}
	if indent > width/2 {
		indent = 0
	}
	for columns(line) > width {
		at := breakOf(line, width)
		if at < 0 {
			break
		}
		parts = append(parts, strings.TrimRight(line[:at], " "))
		line = strings.Repeat(" ", indent) + strings.TrimLeft(line[at:], " ")
	}
	return append(parts, line)
}

// breakOf is the last space of a line that leaves at most width columns before it, or else the first one after its
// first word; -1 if there is none.
func breakOf(line string, width int) int {
	start := len(line) - len(strings.TrimLeft(line, " "))
	best := -1
	for at := start; at < len(line); at++ {
		if line[at] != ' ' {
			continue
		}
		if columns(line[:at]) > width && best >= 0 {
			break
		}
		best = at
		if columns(line[:at]) > width {
			break
		}
	}
	return best
}
