package report

import (
	"bufio"
	"fmt"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
)

// This file writes reports for people at a terminal: each finding with its lines, whom it hurts and what to do.

// Colours of ECMA-48.
const (
	errorColor   = "1;31"
	warningColor = "1;33"
	noteColor    = "1;36"
	frameColor   = "1;34"
	strong       = "1"
)

type textWriter struct {
	w      *bufio.Writer // keeps the first error for its Flush
	r      *Report
	o      Options
	gutter int // columns of the line numbers
	// The file that was named last, and its name for people.
	file, path string
}

func writeText(w *bufio.Writer, r *Report, o Options) error {
	t := &textWriter{w: w, r: r, o: o}
	causes, findings := 0, 0
	for c := range r.causes(r.countCauses(o.All)) {
		t.cause(c)
		t.write("\n")
		causes++
		findings += 1 + c.others()
	}
	if !o.Quiet {
		sentences := r.sentences()
		if causes < findings {
			sentences[0] += fmt.Sprintf(" They have %s; --all lists each finding.",
				text.Count(causes, "cause", "causes"))
		}
		for _, sentence := range sentences {
			t.paragraph("", "", sentence)
		}
		for _, note := range r.Notes {
			t.paragraph("", "", note)
		}
	}
	return nil
}

func (t *textWriter) cause(c *cause) {
	f := c.first
	name := f.Severity.String() + "[" + f.Rule.Name + "]"
	t.paragraph(name+": ", t.paint(t.severity(f.Severity), name)+": ", text.Readable(f.Message))
	t.excerpt(f)
	t.remark("generated", t.r.generated(f))
	t.remark("harm", f.Harm)
	t.remark("help", f.Help)
	t.remark("also", text.Readable(t.r.also(c)))
	for _, fix := range f.Fixes {
		kind := "fix (unsafe)"
		if fix.Safe {
			kind = "fix"
		}
		t.remark(kind, fix.Message)
	}
	t.remark("suppressed", f.Suppressed)
}

// remark writes a line below the excerpt, unless the text is empty.
func (t *textWriter) remark(kind, text string) {
	if text == "" {
		return
	}
	head := spaces(t.gutter) + " = "
	t.paragraph(head+kind+": ", t.frame(head)+t.paint(strong, kind)+": ", text)
}

// paragraph writes a heading and wrapped text. Further lines are aligned with the text, or indented a little if the
// heading is long. Painted is the heading in colour.
func (t *textWriter) paragraph(heading, painted, text string) {
	indent, first, rest := columns(heading), 0, 0
	if t.o.Width > 0 {
		first = max(minRoom, t.o.Width-indent)
		if indent > t.o.Width/3 {
			indent = 4
		}
		rest = max(minRoom, t.o.Width-indent)
	}
	for i, line := range Wrap(text, first, rest) {
		if i == 0 {
			t.write(painted, line, "\n")
			continue
		}
		t.write(spaces(indent), line, "\n")
	}
}

func (t *textWriter) write(parts ...string) {
	for _, part := range parts {
		t.w.WriteString(part)
	}
}

// spaces is n of them.
func spaces(n int) string { return strings.Repeat(" ", max(0, n)) }

func (t *textWriter) paint(color, text string) string {
	if !t.o.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (t *textWriter) frame(text string) string { return t.paint(frameColor, text) }

func (t *textWriter) severity(s lint.Severity) string {
	switch s {
	case lint.Error:
		return errorColor
	case lint.Warning:
		return warningColor
	}
	return noteColor
}
