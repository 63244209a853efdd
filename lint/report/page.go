package report

import (
	"html"
	"strings"
)

// This file makes HTML of rules' pages. They are written in a small part of Markdown: headings, paragraphs, lists,
// tables, code and links. A library for all of Markdown takes longer to start than all of mx46.

// pageHTML is a page as HTML, with its headings two levels deeper, below those of the report.
func pageHTML(page string) string {
	var out strings.Builder
	lines := strings.Split(strings.TrimSpace(page), "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case strings.HasPrefix(line, "```"):
			fence := line[:len(line)-len(strings.TrimLeft(line, "`"))]
			end := i + 1
			for end < len(lines) && lines[end] != fence {
				end++
			}
			out.WriteString("<pre tabindex=\"0\">" + html.EscapeString(strings.Join(lines[i+1:end], "\n")) + "</pre>\n")
			i = min(end+1, len(lines))
		case strings.HasPrefix(line, "## "):
			out.WriteString("<h4>" + inlineHTML(line[3:]) + "</h4>\n")
			i++
		case isItem(line):
			i = list(&out, lines, i)
		case strings.HasPrefix(line, "|"):
			i = table(&out, lines, i)
		default:
			end := i + 1
			for end < len(lines) && !endsParagraph(lines[end]) {
				end++
			}
			out.WriteString("<p>" + inlineHTML(strings.Join(lines[i:end], "\n")) + "</p>\n")
			i = end
		}
	}
	return out.String()
}

// isItem reports whether a line begins an item of a list.
func isItem(line string) bool { return strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "- ") }

func endsParagraph(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "## ") ||
		strings.HasPrefix(line, "|") || isItem(line)
}

// list writes the list that begins at a line, and returns the line after it.
func list(out *strings.Builder, lines []string, i int) int {
	out.WriteString("<ul>\n")
	for i < len(lines) && isItem(lines[i]) {
		item := lines[i][2:]
		for i++; i < len(lines) && strings.HasPrefix(lines[i], "  "); i++ {
			item += "\n" + lines[i][2:]
		}
		out.WriteString("<li>" + inlineHTML(item) + "</li>\n")
	}
	out.WriteString("</ul>\n")
	return i
}

// table writes the table that begins at a line, and returns the line after it. Its second line only separates.
func table(out *strings.Builder, lines []string, i int) int {
	out.WriteString("<table>\n")
	for n := 0; i < len(lines) && strings.HasPrefix(lines[i], "|"); n, i = n+1, i+1 {
		if n == 1 {
			continue
		}
		open, end := "<td>", "</td>"
		if n == 0 {
			open, end = "<th scope=\"col\">", "</th>"
		}
		out.WriteString("<tr>")
		for _, cell := range strings.Split(strings.Trim(lines[i], "|"), "|") {
			out.WriteString(open + inlineHTML(strings.TrimSpace(cell)) + end)
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</table>\n")
	return i
}

// inlineHTML is the text of a paragraph: code, links and strong words in it.
func inlineHTML(s string) string {
	var out strings.Builder
	for {
		at := strings.IndexAny(s, "`[*")
		if at < 0 {
			out.WriteString(html.EscapeString(s))
			return out.String()
		}
		out.WriteString(html.EscapeString(s[:at]))
		made, size := span(s[at:])
		out.WriteString(made)
		s = s[at+size:]
	}
}

// span is what begins at a mark, and its length in the page. A mark that begins nothing is itself.
func span(s string) (made string, size int) {
	switch {
	case s[0] == '`':
		if code, _, ok := strings.Cut(s[1:], "`"); ok {
			return "<code>" + html.EscapeString(code) + "</code>", len(code) + 2
		}
	case strings.HasPrefix(s, "**"):
		if strong, _, ok := strings.Cut(s[2:], "**"); ok {
			return "<strong>" + html.EscapeString(strong) + "</strong>", len(strong) + 4
		}
	case s[0] == '[':
		words, rest, ok := strings.Cut(s[1:], "](")
		target, _, closed := strings.Cut(rest, ")")
		if ok && closed && strings.HasPrefix(target, "https://") {
			link := "<a href=\"" + html.EscapeString(target) + "\" rel=\"noreferrer\">" + html.EscapeString(words) + "</a>"
			return link, len(words) + len(target) + 4
		}
		if ok && closed { // another page, or a file of the project
			return html.EscapeString(words), len(words) + len(target) + 4
		}
	}
	return html.EscapeString(s[:1]), 1
}
