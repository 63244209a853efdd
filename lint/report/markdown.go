package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
)

// This file writes Markdown, for the step summary of GitHub Actions or a comment.

// writeMarkdown writes a table of what causes the findings, the most severe first, then the details of each, folded.
// It writes as many as fit, and counts the others.
func writeMarkdown(w *bufio.Writer, r *Report, o Options) error {
	var rows, details bytes.Buffer
	head := "## mx46\n\n" + markdownText(strings.Join(r.sentences(), " ")) + "\n"
	table := "\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n"
	causes := slices.SortedStableFunc(r.causes(r.countCauses(o.All)), compareCauses)
	left := maxSummary - maxSummaryEnd - len(head) - len(table)
	shown := 0
	draw := mapsOnce(o)
	for i := range causes {
		c := causes[i]
		row, detail := r.markdownRow(c), r.markdownDetail(c, draw(c.first))
		if left -= len(row) + len(detail); left < 0 {
			break
		}
		rows.WriteString(row)
		details.WriteString(detail)
		shown++
	}
	w.WriteString(head)
	if shown > 0 {
		w.WriteString(table)
		w.Write(rows.Bytes())
		w.WriteString("\n")
		w.Write(details.Bytes())
	}
	left = 0
	for _, c := range causes[shown:] {
		left += 1 + c.others()
	}
	if left > 0 {
		fmt.Fprintf(w, "\n%s not fit here: see the log or another format.\n",
			text.Count(left, "more finding does", "more findings do"))
	}
	return nil
}

// mapsOnce draws the relay map of a finding's mail domain, unless one like it was drawn or there are many.
func mapsOnce(o Options) func(*lint.Finding) string {
	type relay struct{ view, key string }
	drawn := map[relay]bool{}
	asked := map[viewDomain]bool{}
	return func(f *lint.Finding) string {
		domain := viewDomain{f.View, f.Subject.Owner}
		if o.Pictures == nil || asked[domain] || len(drawn) == maxMaps {
			return ""
		}
		asked[domain] = true
		picture := o.Pictures(domain.view, domain.name)
		if picture == nil || drawn[relay{f.View, picture.Key}] {
			return ""
		}
		drawn[relay{f.View, picture.Key}] = true
		return fence(picture.Mermaid())
	}
}

func (r *Report) markdownRow(c *cause) string {
	f := c.first
	at, _ := r.place(f.Span, inRunes)
	what := markdownText(text.Readable(f.Message))
	if n := c.others(); n > 0 {
		what += fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("| %s | `%s` | %s:%d | %s |\n", f.Severity, f.Rule.Name, markdownText(path(at.File)), at.Line,
		what)
}

func (r *Report) markdownDetail(c *cause, relayMap string) string {
	f := c.first
	var excerpt, out strings.Builder
	buffer := bufio.NewWriter(&excerpt)
	t := &textWriter{w: buffer, r: r}
	t.excerpt(f)
	_ = buffer.Flush() // a Builder never fails
	fmt.Fprintf(&out, "<details><summary>%s: %s</summary>\n\n", f.Severity, markdownText(text.Readable(f.Message)))
	fmt.Fprintf(&out, "<pre>\n%s</pre>\n\n", html.EscapeString(excerpt.String()))
	if f.Harm != "" {
		fmt.Fprintf(&out, "**Harm:** %s\n\n", markdownText(f.Harm))
	}
	if f.Help != "" {
		fmt.Fprintf(&out, "**Help:** %s\n\n", markdownText(f.Help))
	}
	if also := r.also(c); also != "" {
		fmt.Fprintf(&out, "**Also:** %s\n\n", markdownText(text.Readable(also)))
	}
	out.WriteString(relayMap)
	out.WriteString("</details>\n\n")
	return out.String()
}

// markdownText escapes text for Markdown and HTML, so that GitHub makes no mentions, links, emoji or formulas of it
// either. It does not protect the beginning of a line.
func markdownText(text string) string {
	pairs := []string{"www.", "www&#46;"}
	for c := byte('!'); c < 0x7f; c++ {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(",-./'();?%+=", c) >= 0:
		case c == '@' || c == '#' || c == '$': // even as character references these have a meaning, unless they are alone
			pairs = append(pairs, string(c), fmt.Sprintf("<span>&#%d;</span>", c))
		default:
			pairs = append(pairs, string(c), fmt.Sprintf("&#%d;", c))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// fence puts a diagram into a code block that its text cannot close.
func fence(diagram string) string {
	if diagram == "" {
		return ""
	}
	marks := "```"
	for strings.Contains(diagram, marks) {
		marks += "`"
	}
	return fmt.Sprintf("%smermaid\n%s\n%s\n\n", marks, strings.TrimRight(diagram, "\n"), marks)
}
