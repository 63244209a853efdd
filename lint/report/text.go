package report

import (
	"bufio"
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/zonefiles"
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
	shown  map[advice]*shown
}

// advice is what findings with the same cause have in common.
type advice struct {
	rule       *lint.Rule
	harm, help string
}

// shown is the first finding with that advice.
type shown struct {
	at      zonefiles.Position
	related map[lint.Related]bool
}

func writeText(w *bufio.Writer, r *Report, o Options) error {
	t := &textWriter{w: w, r: r, o: o, shown: map[advice]*shown{}}
	for i := range r.Result.Findings {
		t.finding(&r.Result.Findings[i])
		t.printf("\n")
	}
	if !o.Quiet {
		for _, sentence := range r.sentences() {
			t.paragraph("", "", sentence)
		}
		for _, note := range r.Notes {
			t.paragraph("", "", note)
		}
	}
	return nil
}

func (t *textWriter) finding(f *lint.Finding) {
	name := fmt.Sprintf("%s[%s]", f.Severity, f.Rule.Name)
	t.paragraph(name+": ", t.paint(t.severity(f.Severity), name)+": ", f.Message)
	first := t.sameCause(f)
	if first != nil {
		again := *f
		again.Related = slices.DeleteFunc(slices.Clone(f.Related), func(r lint.Related) bool { return first.related[r] })
		f = &again
	}
	t.excerpt(f)
	t.remark("generated", t.r.generated(f))
	if first != nil {
		t.remark("harm and help", "as for "+t.name(first.at)+" above, which shows the cause")
	} else {
		t.remark("harm", f.Harm)
		t.remark("help", f.Help)
	}
	for _, fix := range f.Fixes {
		kind := "fix (unsafe)"
		if fix.Safe {
			kind = "fix"
		}
		t.remark(kind, fix.Message)
	}
	t.remark("suppressed", f.Suppressed)
}

// sameCause is the earlier finding that this one repeats for another mail domain: the same rule says the same because
// of the same line, such as the address of a host that takes mail for many domains. It is nil if there is none.
func (t *textWriter) sameCause(f *lint.Finding) *shown {
	key := advice{f.Rule, f.Harm, f.Help}
	if first := t.shown[key]; first != nil {
		if slices.ContainsFunc(f.Related, func(r lint.Related) bool { return first.related[r] }) {
			return first
		}
		return nil
	}
	first := &shown{related: map[lint.Related]bool{}}
	first.at, _ = t.r.place(f.Span, inRunes)
	for _, r := range f.Related {
		first.related[r] = true
	}
	t.shown[key] = first
	return nil
}

// remark writes a line below the excerpt, unless the text is empty.
func (t *textWriter) remark(kind, text string) {
	if text == "" {
		return
	}
	head := fmt.Sprintf("%*s = ", t.gutter, "")
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
			t.printf("%s%s\n", painted, line)
			continue
		}
		t.printf("%*s%s\n", indent, "", line)
	}
}

func (t *textWriter) printf(layout string, values ...any) { fmt.Fprintf(t.w, layout, values...) }

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
