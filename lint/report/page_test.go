package report

import (
	"strings"
	"testing"

	"mx46/rules"
)

func TestAPageBecomesHTML(t *testing.T) {
	const page = "## What & why\n\nText with `a<b>`, **strong** words,\na [link](https://example.org/?a&b) and [more](other.md), 2 * 3 [sic] `open.\n\n" +
		"* one\n  and more\n* two\n\n````text\n```\n<pre>\n````\nend\n| a | `b` |\n|---|---|\n| 1 | 2 |\n"
	const want = "<h4>What &amp; why</h4>\n" +
		"<p>Text with <code>a&lt;b&gt;</code>, <strong>strong</strong> words,\na <a href=\"https://example.org/?a&amp;b\" rel=\"noreferrer\">link</a> and more, 2 * 3 [sic] `open.</p>\n" +
		"<ul>\n<li>one\nand more</li>\n<li>two</li>\n</ul>\n<pre tabindex=\"0\">```\n&lt;pre&gt;</pre>\n<p>end</p>\n<table>\n" +
		"<tr><th scope=\"col\">a</th><th scope=\"col\"><code>b</code></th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>\n"
	if got := pageHTML(page); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := pageHTML("```\nnever closed"); got != "<pre tabindex=\"0\">never closed</pre>\n" {
		t.Errorf("%q", got)
	}
}

// TestThePagesOfAllRulesAreUnderstood looks for Markdown that stays as it is outside of code.
func TestThePagesOfAllRulesAreUnderstood(t *testing.T) {
	for _, r := range rules.All() {
		_, body, _ := strings.Cut(r.Page(), "\n")
		made := pageHTML(body)
		for {
			before, rest, found := strings.Cut(made, "<pre")
			for _, mark := range []string{"```", "**", "](", "\n#", "\n|", "\n1. ", "`"} {
				for _, piece := range strings.Split(before, "<code>") {
					if _, after, ok := strings.Cut(piece, "</code>"); ok {
						piece = after
					}
					if strings.Contains(piece, mark) {
						t.Errorf("%s: %q in %q", r.Name, mark, piece)
					}
				}
			}
			if !found {
				break
			}
			_, made, _ = strings.Cut(rest, "</pre>")
		}
	}
}
