package report

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"mx46/lint"
	"mx46/zonefiles"
)

func testPicture(view string, domain zonefiles.Name) *Picture {
	return &Picture{
		Key:     "all alike",
		Mermaid: func() string { return "graph LR\n  mx2 --> mx1" },
		SVG: func(id string) string {
			return `<svg id="` + id + `" class="relay-map" role="img"><title>A map</title></svg>`
		},
		Outages: func() [][]string {
			return [][]string{{"down", "IPv4-only", "IPv6-only"}, {"nothing", "delivered", "stuck"}, {"<b>##[error]", "delayed", "stuck or delayed"}}
		},
	}
}

// checkHTML refuses a page with anything active but the page's own script, with a link that loads something or leads
// to where a stranger says, and with control characters.
func checkHTML(page []byte) error {
	if !utf8.Valid(page) {
		return errors.New("it is not UTF-8")
	}
	for _, r := range string(page) {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return fmt.Errorf("it has %U", r)
		}
	}
	if bytes.Contains(page, []byte("##[")) {
		return errors.New("it has a command to a log")
	}
	elements := map[string]int{}
	ids := map[string]bool{}
	var links []string
	for tokens := html.NewTokenizer(bytes.NewReader(page)); tokens.Next() != html.ErrorToken; {
		token := tokens.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		elements[token.Data]++
		for _, a := range token.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "style", a.Key == "action", a.Key == "srcdoc":
				return fmt.Errorf("<%s> has %s", token.Data, a.Key)
			case a.Key == "id" && ids[a.Val]:
				return fmt.Errorf("the id %s is there twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				links = append(links, a.Val[1:])
			case a.Key == "href" && !strings.HasPrefix(a.Val, "https://www.rfc-editor.org/") && a.Val != "https://example.org":
				return fmt.Errorf("a link leads to %s", a.Val)
			}
		}
	}
	for _, name := range []string{"script", "style", "title", "main", "h1"} {
		if elements[name] != 1 && name != "title" {
			return fmt.Errorf("there are %d <%s>", elements[name], name)
		}
	}
	for _, name := range []string{"img", "iframe", "object", "embed", "link", "base", "b", "audio", "video"} {
		if elements[name] > 0 {
			return fmt.Errorf("there is <%s>", name)
		}
	}
	for _, link := range links {
		if !ids[link] {
			return fmt.Errorf("there is no #%s", link)
		}
	}
	return nil
}

func TestThePageTellsACauseOnceAndCountsTheOthers(t *testing.T) {
	r := sample(t)
	first := r.Result.Findings[1]
	r.Result.Findings = nil
	for i := range 300 {
		f := first
		f.Cause = zonefiles.MustName("mx2.example.org.")
		f.Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%d.example.org.", i))
		r.Result.Findings = append(r.Result.Findings, f)
	}
	page := string(write(t, "html", r, Options{Pictures: testPicture}))
	for what, want := range map[string]int{
		`<article id="cause-`:  1,
		`<details id="domains`: 1,
		"<svg ":                1,
		"</span> mx2.example.org hurts 300 names; for one, ":                          1,
		"The same cause hurts 300 names: d0.example.org, d1.example.org,":             1,
		fmt.Sprintf("and %d more: the format jsonl lists them", 299-maxPlacesOfCause): 1,
		"d299.example.org":      1, // among all names of the group
		`data-from="IPv6-only"`: 2,
	} {
		if n := strings.Count(page, what); n != want {
			t.Errorf("%q is there %d times, want %d", what, n, want)
		}
	}
}

func TestTheWorstCausesComeFirst(t *testing.T) {
	r := sample(t)
	page := string(write(t, "html", r, Options{}))
	var order []string
	for _, part := range strings.Split(page, `data-severity="`)[1:] {
		severity, _, _ := strings.Cut(part, `"`)
		order = append(order, severity)
	}
	if !slices.IsSortedFunc(order, func(a, b string) int {
		rank := func(s string) lint.Severity { parsed, _ := lint.ParseSeverity(s); return parsed }
		return int(rank(b)) - int(rank(a))
	}) || len(order) != 4 {
		t.Errorf("%v", order)
	}
}

func TestThePageDrawsAsManyMapsAsABrowserShows(t *testing.T) {
	r := sample(t)
	one := r.Result.Findings[1]
	r.Result.Findings = nil
	for i := range maxGroups + 7 {
		one.Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%d.example.org.", i))
		r.Result.Findings = append(r.Result.Findings, one)
	}
	pictures := func(view string, domain zonefiles.Name) *Picture {
		p := testPicture(view, domain)
		p.Key = domain.String()
		return p
	}
	page := string(write(t, "html", r, Options{Pictures: pictures}))
	if n := strings.Count(page, "<svg"); n != maxGroups || !strings.Contains(page, "How mail reaches 7 more names does not fit here") {
		t.Errorf("%d maps are drawn, want %d, and 7 left out", n, maxGroups)
	}
	if err := validators(t)["html"]([]byte(page)); err != nil {
		t.Error(err)
	}
}
