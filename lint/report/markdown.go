package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"strings"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file writes Markdown, for the step summary of GitHub Actions or a comment.

// writeMarkdown writes a table of the findings, the most severe first, then the details of each. It writes as many as
// fit, and counts the others.
func writeMarkdown(w *bufio.Writer, r *Report, o Options) error {
	var rows, details bytes.Buffer
	head := "## mx46\n\n" + markdownText(strings.Join(r.sentences(), " ")) + "\n"
	table := "\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n"
	findings := r.worstFirst()
	left := maxSummary - maxSummaryEnd - len(head) - len(table)
	shown := 0
	type picture struct {
		view   string
		domain zonefiles.Name
	}
	drawn := map[picture]bool{}
	for i := range findings {
		f := &findings[i]
		row, detail := r.markdownRow(f), r.markdownDetail(f)
		if p := (picture{f.View, f.Subject.Owner}); !drawn[p] && o.Maps != nil {
			drawn[p] = true
			detail += fence(o.Maps(p.view, p.domain))
		}
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
	if n := len(findings) - shown; n > 0 {
		fmt.Fprintf(w, "\n%d more findings do not fit here: see the log or another format.\n", n)
	}
	return nil
}

func (r *Report) markdownRow(f *lint.Finding) string {
	at, _ := r.place(f.Span, inRunes)
	return fmt.Sprintf("| %s | `%s` | %s:%d | %s |\n", f.Severity, f.Rule.Name, markdownText(path(at.File)), at.Line,
		markdownText(f.Message))
}

func (r *Report) markdownDetail(f *lint.Finding) string {
	var excerpt, out strings.Builder
	buffer := bufio.NewWriter(&excerpt)
	t := &textWriter{w: buffer, r: r}
	t.excerpt(f)
	_ = buffer.Flush() // a Builder never fails
	fmt.Fprintf(&out, "<details><summary>%s: %s</summary>\n\n", f.Severity, markdownText(f.Message))
	fmt.Fprintf(&out, "<pre>\n%s</pre>\n\n", html.EscapeString(excerpt.String()))
	if f.Harm != "" {
		fmt.Fprintf(&out, "**Harm:** %s\n\n", markdownText(f.Harm))
	}
	if f.Help != "" {
		fmt.Fprintf(&out, "**Help:** %s\n\n", markdownText(f.Help))
	}
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
