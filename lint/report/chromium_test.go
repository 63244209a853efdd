package report

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/testdata/e2e"
	"mx46/zonefiles"
)

// This file opens pages in a real browser.

// opened is the document that Chromium makes of a page, after its script ran, and what it complains about.
func opened(t testing.TB, page []byte, hash string) (dom, complaints string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "user"),
		"--virtual-time-budget=5000", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
		"--dump-dom", "file://"+file+hash)
	var out, log strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, "CONSOLE") {
			complaints += line + "\n"
		}
	}
	return out.String(), complaints
}

func browserTest(t testing.TB) {
	t.Helper()
	e2e.Slow(t)
	e2e.Require(t, "chromium")
}

var shownCount = regexp.MustCompile(`Showing \d+ of \d+ causes?\.`)

func TestChromiumFilters(t *testing.T) {
	browserTest(t)
	page := write(t, "html", sample(t), Options{Pictures: testPicture})
	for hash, want := range map[string]string{
		"":                               "Showing 4 of 4 causes.",
		"#severity=error":                "Showing 3 of 4 causes.",
		"#rule=mx-secondary-stranded":    "Showing 1 of 4 causes.",
		"#severity=note&rule=mx-no-ipv6": "Showing 1 of 4 causes.", // a rule without findings is no choice
		"#zone=example.org":              "Showing 4 of 4 causes.",
		"#zone=EXAMPLE.ORG.":             "Showing 4 of 4 causes.",
		"#zone=example":                  "Showing 0 of 4 causes.",
		"#from=IPv6-only":                "Showing 4 of 4 causes.",
		"#from=IPv4-only":                "Showing 0 of 4 causes.",
		"#q=stranded":                    "Showing 1 of 4 causes.",
		"#q=größe":                       "Showing 1 of 4 causes.",
		"#domains":                       "Showing 4 of 4 causes.",
		"#%":                             "Showing 4 of 4 causes.",
	} {
		dom, complaints := opened(t, page, hash)
		if got := shownCount.FindString(dom); got != want || complaints != "" {
			t.Errorf("%s: %q, want %q\n%s", hash, got, want, complaints)
		}
	}
	for hash, want := range map[string]int{ // how mail reaches domains is there with what is wrong with them
		"": 1, "#severity=error": 1, "#q=nothing like it": 0, "#zone=example": 0, "#zone=example.org": 1, "#q=stranded": 1,
	} {
		dom, _ := opened(t, page, hash)
		groups := len(regexp.MustCompile(`class="domains[^"]*"`).FindAllString(dom, -1))
		if got := groups - strings.Count(dom, `class="domains filtered"`); groups != 1 || got != want {
			t.Errorf("%s: %d of %d groups of domains are shown, want %d", hash, got, groups, want)
		}
	}
	dom, _ := opened(t, page, "#domains-1")
	if !regexp.MustCompile(`<details [^>]*id="domains-1"[^>]*open`).MatchString(dom) {
		t.Error("a link to how mail reaches a domain does not open it")
	}
}

func TestChromiumRunsNothingOfAStranger(t *testing.T) {
	browserTest(t)
	for _, text := range []string{
		"<script>document.title='owned'</script>", "</pre></details><img src=x onerror=\"document.title='owned'\">",
		"</style><script>document.title='owned'</script>", "</script><script>document.title='owned'</script>",
		"\" onmouseover=\"document.title='owned'\" x=\"", "{{.Style}}<svg onload=\"document.title='owned'\">",
		"javascript:document.title='owned'",
	} {
		r := hostileReport(t, text, "db."+text, text)
		dom, complaints := opened(t, write(t, "html", r, Options{Pictures: testPicture}), "")
		if !strings.Contains(dom, "<title>Will mail arrive? mx46</title>") || complaints != "" {
			t.Errorf("%s:\n%s\n%s", text, complaints, dom)
		}
	}
	// The control: without its policy and its escapes, the page would run it.
	dom, _ := opened(t, []byte("<title>Will mail arrive? mx46</title><script>document.title='owned'</script>"), "")
	if !strings.Contains(dom, "<title>owned</title>") {
		t.Error("the browser runs no script at all")
	}
}

// TestThePageIsAccessible lets axe-core look at it, light and dark.
func TestThePageIsAccessible(t *testing.T) {
	browserTest(t)
	axe, err := os.ReadFile(os.Getenv("MX46_AXE"))
	if err != nil {
		e2e.Missing(t, "MX46_AXE does not name axe.min.js of npm's axe-core: %v", err)
	}
	page := string(write(t, "html", sample(t), Options{Pictures: testPicture}))
	page = regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(page, "")
	page = strings.ReplaceAll(page, "<details ", "<details open ")
	page = strings.Replace(page, "</body>", "<script>"+string(axe)+`</script><script>
		axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then((results) => {
			const found = document.createElement("pre");
			found.id = "axe";
			found.textContent = JSON.stringify({passes: results.passes.length, violations: results.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")) });
			document.body.append(found);
		});</script></body>`, 1)
	for _, scheme := range []string{"light", "dark"} {
		themed := page
		if scheme == "dark" {
			themed = strings.ReplaceAll(page, "@media (prefers-color-scheme: dark)", "@media all")
		}
		dom, _ := opened(t, []byte(themed), "")
		_, rest, found := strings.Cut(dom, `<pre id="axe">`)
		text, _, _ := strings.Cut(rest, "</pre>")
		var got struct {
			Passes     int
			Violations []string
		}
		if err := json.Unmarshal([]byte(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)), &got); err != nil || !found {
			t.Fatalf("axe says nothing: %v", err)
		}
		if got.Passes < 10 || len(got.Violations) > 0 {
			t.Errorf("%s: %d rules pass; %s", scheme, got.Passes, strings.Join(got.Violations, "\n"))
		}
	}
}

// BenchmarkChromiumOpens is the time to open a page with 10,000 findings of as many causes, the start of Chromium
// included.
func BenchmarkChromiumOpens(b *testing.B) {
	if _, err := exec.LookPath("chromium"); err != nil {
		b.Skip(err)
	}
	r := sample(b)
	first := r.Result.Findings[1]
	many := make([]lint.Finding, 10_000)
	for i := range many {
		many[i] = first
		many[i].Subject.Owner = zonefiles.MustName(fmt.Sprintf("d%d.example.org.", i))
	}
	r.Result.Findings = many
	page := write(b, "html", r, Options{Pictures: testPicture})
	for _, c := range []struct {
		name string
		page []byte
	}{{"empty", []byte("<title>empty</title>")}, {"10000", page}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				opened(b, c.page, "")
			}
		})
	}
}
