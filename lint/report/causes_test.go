package report

import (
	"fmt"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

// shared is a report with as many findings of one cause as there are domains, and one of another cause.
func shared(t *testing.T, domains int) *Report {
	r := sample(t)
	first, other := r.Result.Findings[1], r.Result.Findings[2]
	r.Result.Findings = []lint.Finding{other}
	for i := range domains {
		f := first
		f.Cause = zonefiles.MustName("mx2.example.org.")
		f.Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%03d.example.org.", i))
		r.Result.Findings = append(r.Result.Findings, f)
	}
	return r
}

func TestPeopleReadACauseOnceAndProgramsEveryFinding(t *testing.T) {
	const domains = 300
	const also = "the same holds for 299 more domains: d001.example.org, d002.example.org, d003.example.org " +
		"and 296 more"
	people := map[string]string{
		"text":     also,
		"github":   "%0AAlso: " + also + ".",
		"markdown": "**Also:** " + strings.ReplaceAll(also, ":", "&#58;"),
	}
	for _, format := range Formats() {
		r := shared(t, domains)
		report := string(write(t, format, r, Options{}))
		message, _, _ := strings.Cut(r.Result.Findings[1].Message, ".")
		if want, is := people[format]; is {
			if !strings.Contains(report, want) {
				t.Errorf("%s does not say %q:\n%s", format, want, report)
			}
			if n := strings.Count(report, message); n > 2 { // markdown has a table and details
				t.Errorf("%s tells one cause %d times", format, n)
			}
			report = string(write(t, format, r, Options{All: true}))
		}
		if n := strings.Count(report, message); n < domains && format != "html" {
			t.Errorf("%s has %d findings, want %d", format, n, domains)
		}
	}
	text := string(write(t, "text", shared(t, domains), Options{}))
	const want = "99 records. They have 2 causes; --all lists each finding."
	if !strings.Contains(text, want) {
		t.Errorf("the summary does not say %q:\n%s", want, text)
	}
}

func TestTheMoreMarkdownLeavesOutTheMoreItCounts(t *testing.T) {
	r := sample(t)
	first := r.Result.Findings[1]
	first.Help = strings.Repeat("x", 1000)
	r.Result.Findings = nil
	for i := range 2000 {
		f := first
		f.Cause = zonefiles.MustName(fmt.Sprintf("mx%d.example.org.", i/2))
		f.Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%d.example.org.", i))
		r.Result.Findings = append(r.Result.Findings, f)
	}
	page := string(write(t, "markdown", r, Options{Pictures: testPicture}))
	left := 2000 - 2*strings.Count(page, "<details>")
	want := fmt.Sprintf("\n%d more findings do not fit here", left)
	if left < 100 || !strings.Contains(page, want) || len(page) > maxSummary {
		t.Errorf("%d bytes do not say %q", len(page), want)
	}
}

func TestMarkdownDrawsEachRelayOnceAndFewRelays(t *testing.T) {
	r := sample(t)
	first := r.Result.Findings[1]
	r.Result.Findings = nil
	for i := range 134 {
		f := first
		f.Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%d.example.org.", i))
		r.Result.Findings = append(r.Result.Findings, f)
	}
	page := string(write(t, "markdown", r, Options{Pictures: testPicture}))
	if n := strings.Count(page, "```mermaid"); n != 1 {
		t.Errorf("134 domains with one relay have %d maps", n)
	}
	page = string(write(t, "markdown", r, Options{Pictures: func(view string, domain zonefiles.Name) *Picture {
		p := testPicture(view, domain)
		p.Key = domain.String()
		return p
	}}))
	if n := strings.Count(page, "```mermaid"); n != maxMaps {
		t.Errorf("134 relays have %d maps", n)
	}
	for _, part := range strings.Split(page, "```mermaid")[1:] {
		if !strings.Contains(part, "</details>") || strings.Contains(strings.SplitN(part, "</details>", 2)[0], "<details>") {
			t.Error("a map is not folded")
		}
	}
}
