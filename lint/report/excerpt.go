package report

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file draws lines of files with carets below the places of a finding.

const tabStop = 8

// mark is what to underline in one line.
type mark struct {
	line     int
	from, to int // bytes of the line
	primary  bool
	label    string
}

// marks is the first and the last line of a span, with the label at the last.
func (r *Report) marks(sp zonefiles.Span, label string, primary bool) []mark {
	start, end := r.place(sp, inBytes)
	file := r.onDisk(sp).File
	lastLine, lastByte := end.Line, end.Column-1
	if lastLine > start.Line && lastByte == 0 {
		lastLine--
		lastByte = len(r.Files.Line(file, lastLine))
	}
	first := r.Files.Line(file, start.Line)
	from := min(start.Column-1, len(first))
	if lastLine == start.Line {
		return []mark{{start.Line, from, min(lastByte, len(first)), primary, label}}
	}
	last := r.Files.Line(file, lastLine)
	indent := len(last) - len(bytes.TrimLeft(last, " \t"))
	return []mark{
		{start.Line, from, len(first), primary, ""},
		{lastLine, min(indent, lastByte), min(lastByte, len(last)), primary, label},
	}
}

// group is the marks in one file.
type group struct {
	file  zonefiles.FileID
	at    zonefiles.Position // of the first span
	marks []mark
}

// groups is the places of a finding by file, beginning with that of the finding itself.
func (r *Report) groups(f *lint.Finding) []*group {
	var groups []*group
	add := func(sp zonefiles.Span, label string, primary bool) {
		id := r.onDisk(sp).File
		i := slices.IndexFunc(groups, func(g *group) bool { return g.file == id })
		if i < 0 {
			i = len(groups)
			at, _ := r.place(sp, inRunes)
			groups = append(groups, &group{file: id, at: at})
		}
		groups[i].marks = append(groups[i].marks, r.marks(sp, label, primary)...)
	}
	add(f.Span, "", true)
	for _, related := range f.Related {
		add(related.Span, related.Message, false)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.marks, func(a, b mark) int {
			return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.from, b.from))
		})
	}
	return groups
}

// excerpt draws the places of a finding.
func (t *textWriter) excerpt(f *lint.Finding) {
	groups := t.r.groups(f)
	t.gutter = 1
	for _, g := range groups {
		t.gutter = max(t.gutter, len(strconv.Itoa(g.marks[len(g.marks)-1].line)))
	}
	room := maxRoom
	if t.o.Width > 0 {
		room = min(maxRoom, max(minRoom, t.o.Width-t.gutter-len(" | ")))
	}
	for i, g := range groups {
		arrow := "-->"
		if i > 0 {
			arrow = ":::"
		}
		t.write(spaces(t.gutter), t.frame(arrow), " ", t.link(g.at), "\n")
		t.row("", "")
		t.lines(g, room, t.severity(f.Severity))
		t.row("", "")
	}
}

// lines draws the lines of one file.
func (t *textWriter) lines(g *group, room int, primary string) {
	drawn, text := 0, "" // the line above
	for _, m := range g.marks {
		shown, at, width := window(t.r.Files.Line(g.file, m.line), m.from, m.to, room)
		if drawn > 0 && m.line > drawn+1 {
			t.write(t.frame("..."), "\n")
		}
		if m.line != drawn || shown != text {
			t.row(strconv.Itoa(m.line), shown)
		}
		drawn, text = m.line, shown
		sign, color := "-", frameColor
		if m.primary {
			sign, color = "^", primary
		}
		below := strings.Repeat(" ", at) + t.paint(color, strings.Repeat(sign, width))
		if m.label == "" || at+width+1+columns(m.label) <= room {
			t.row("", strings.TrimRight(below+" "+t.paint(color, m.label), " "))
			continue
		}
		t.row("", below)
		indent := min(at, room/4)
		for _, line := range Wrap(m.label, room-indent, room-indent) {
			t.row("", strings.Repeat(" ", indent)+t.paint(color, line))
		}
	}
}

// row draws a line after the gutter.
func (t *textWriter) row(number, text string) {
	t.write(t.frame(spaces(t.gutter-len(number))+number), " ", t.frame("|"))
	if text != "" {
		t.write(" ", text)
	}
	t.write("\n")
}

// link is a place; on a terminal that supports OSC 8, a hyperlink to the file.
func (t *textWriter) link(p zonefiles.Position) string {
	text := t.name(p)
	if !t.o.Links || t.r.Root == "" {
		return text
	}
	target := url.URL{Scheme: "file", Path: strings.TrimSuffix(t.r.Root, "/") + "/" + p.File}
	return "\x1b]8;;" + target.String() + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

// name is the place as file:line:column.
func (t *textWriter) name(p zonefiles.Position) string {
	if t.file != p.File || t.path == "" {
		t.file, t.path = p.File, t.o.path(p.File)
	}
	return t.path + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// cell is one rune of a line as it is shown.
type cell struct {
	shown string
	from  int // byte
	col   int
}

// window is the part of a line around the bytes from..to that fits into room columns, with tabs expanded and everything
// printable. At and width are the columns of these bytes; width is at least 1. An ellipsis marks a cut.
func window(line []byte, from, to, room int) (shown string, at, width int) {
	// A line may have megabytes: look only at what can be shown. A rune has at most four bytes.
	first := runeStart(line, max(0, from-utf8.UTFMax*room))
	last := runeStart(line, min(len(line), from+utf8.UTFMax*room))
	part := line[first:last]
	// Nearly always, each byte takes a column and is shown as it is.
	isPlain := !bytes.ContainsFunc(part, isOdd) && !bytes.Contains(part, []byte(text.CommandMark))
	total, column := len(part), func(offset int) int { return min(offset-first, len(part)) }
	var cells []cell
	if !isPlain {
		cells, total = cellsOf(string(part), first)
		column = func(offset int) int { return columnOf(cells, total, offset) }
	}
	at = column(from)
	width = max(1, column(to)-at)

	left := 0
	if total > room {
		left = max(0, min(at-room/3, total-room))
	}
	lo, hi := left, left+room // the columns that hold cells
	before, after := "", ""
	if left > 0 || first > 0 {
		before = "…"
		lo++
	}
	if left+room < total || last < len(line) {
		after = "…"
		hi--
	}
	if isPlain {
		shown = before + string(part[lo:min(hi, total)]) + after
	} else {
		shown = before + textOf(cells, lo, hi) + after
	}
	return shown, at - left, max(1, min(width, hi-at))
}

// columnOf is the column of a byte of the line among cells, which take total columns.
func columnOf(cells []cell, total, offset int) int {
	i, _ := slices.BinarySearchFunc(cells, offset, func(c cell, offset int) int { return cmp.Compare(c.from, offset) })
	if i == len(cells) {
		return total
	}
	return cells[i].col
}

// textOf is the text of the cells between two columns.
func textOf(cells []cell, lo, hi int) string {
	var b strings.Builder
	used := lo
	for _, c := range cells {
		if end := c.col + columns(c.shown); c.col >= lo && end <= hi {
			b.WriteString(strings.Repeat(" ", c.col-used))
			b.WriteString(c.shown)
			used = end
		}
	}
	return b.String()
}

// isOdd reports whether a rune takes anything but itself and one column to show.
func isOdd(r rune) bool { return r < ' ' || r > '~' }

// runeStart is the last start of a rune at or before offset.
func runeStart(line []byte, offset int) int {
	for i := 0; i < utf8.UTFMax && offset > 0 && offset < len(line) && !utf8.RuneStart(line[offset]); i++ {
		offset--
	}
	return offset
}

// cellsOf lays a part of a line out in columns; base is the offset of its first byte.
func cellsOf(line string, base int) (cells []cell, total int) {
	for i, shown := range text.Glyphs(line) {
		switch {
		case line[i] == '\t':
			shown = strings.Repeat(" ", tabStop-total%tabStop)
		case line[i] == '[' && strings.HasSuffix(line[:i+1], text.CommandMark):
			shown = `\[`
		}
		cells = append(cells, cell{shown, base + i, total})
		total += columns(shown)
	}
	return cells, total
}
