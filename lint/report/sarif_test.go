package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

func sarif(t testing.TB, r *Report, o Options) (sarifRun, string) {
	t.Helper()
	text := write(t, "sarif", r, o)
	var log sarifLog
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0], string(text)
}

func TestColumnsCountInTheUnitOfEachFormat(t *testing.T) {
	// blå TAB IN MX 10 日本𝔪.example.net. in line 6: å has two bytes, 日 and 本 three each, 𝔪 four and two units of UTF-16.
	run, _ := sarif(t, sample(t), Options{})
	if got, want := run.Results[2].Locations[0].Physical.Region, (sarifRegion{6, 14, 6, 31}); got != want {
		t.Errorf("SARIF has %v, want %v", got, want)
	}
	var own jsonReport
	if err := json.Unmarshal(write(t, "json", sample(t), Options{}), &own); err != nil {
		t.Fatal(err)
	}
	if got, want := own.Findings[2].jsonPlace, (jsonPlace{"zones/db.example.org", 6, 14, 6, 30}); got != want {
		t.Errorf("JSON has %v, want %v", got, want)
	}
	if edit := own.Findings[2].Fixes[0].Edits[0]; edit.Length != 23 || edit.Offset != own.Findings[2].Fixes[1].Edits[0].Offset+14 {
		t.Errorf("JSON has the edit %+v", edit)
	}
	var rd rdResult
	if err := json.Unmarshal(write(t, "rdjson", sample(t), Options{}), &rd); err != nil {
		t.Fatal(err)
	}
	want := rdRange{rdPosition{6, 15}, rdPosition{6, 38}}
	if d := rd.Diagnostics[2]; d.Location.Range != want || d.Suggestions[0].Range != want || len(d.Suggestions) != 1 {
		t.Errorf("rdjson has %+v, want %v twice", d, want)
	}
}

func TestSARIFDescribesEveryRule(t *testing.T) {
	stranger := &lint.Rule{Name: "not-in-the-list", Severity: lint.Note, ReadPage: page("not-in-the-list", strings.Repeat("日本", 600))}
	r := sample(t)
	r.Result.Findings[1].Rule = stranger
	run, _ := sarif(t, r, Options{})
	var names []string
	for _, rule := range run.Tool.Driver.Rules {
		names = append(names, rule.ID)
		for _, text := range []string{rule.Short.Text, rule.Full.Text} {
			if n := len([]rune(text)); n == 0 || n > 1024 {
				t.Errorf("a description of %s has %d characters", rule.ID, n)
			}
		}
	}
	want := []string{"mx-target-no-address", "mx-secondary-stranded", "mx-no-ipv6", "mx-relay-unknown", "not-in-the-list"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("the rules differ (-want +got):\n%s", diff)
	}
	for _, result := range run.Results {
		if names[result.RuleIndex] != result.RuleID {
			t.Errorf("the index of %s leads to %s", result.RuleID, names[result.RuleIndex])
		}
	}
	if none, _ := sarif(t, empty(), Options{}); len(none.Tool.Driver.Rules) != 4 || none.Results == nil {
		t.Errorf("a run without findings has %d rules and the results %v", len(none.Tool.Driver.Rules), none.Results)
	}
}

func TestSARIFLinksEachRelatedLocation(t *testing.T) {
	run, _ := sarif(t, sample(t), Options{})
	result := run.Results[1]
	for i, want := range []string{`[the primary \[first choice\]](1)`, `[it has only IPv4](2)`, `[and so has this one](3)`} {
		if !strings.Contains(result.Message.Text, want) || result.Related[i].ID != i+1 {
			t.Errorf("the message has no %q, or location %d has the id %d:\n%s", want, i, result.Related[i].ID, result.Message.Text)
		}
	}
	if got := result.Related[1].Physical.Artifact; got != (sarifArtifact{"zones/net/db%20example%3Anet", "%SRCROOT%"}) {
		t.Errorf("the second location is in %v", got)
	}
	if steps := result.CodeFlows[0].ThreadFlows[0].Locations; len(steps) != 2 || steps[1].Location.Message.Text != "mx2 cannot reach mx1" {
		t.Errorf("the steps are %+v", steps)
	}
	if got := result.Locations[0].Logical[0].Qualified; got != "example.org./mx2.example.org." {
		t.Errorf("the logical location is %q", got)
	}
}

func TestSARIFMessagesLinkOnlyWhereWeDo(t *testing.T) {
	links := regexp.MustCompile(`\[(?:\\.|[^\\\]])*\]\([^)]*\)`)
	escaped := regexp.MustCompile(`\\[\\\[\]]`)
	for _, text := range []string{`[x](http://evil.example)`, `\[x\](http://evil.example)`, `\\[x\\](1)`, `](http://evil.example)[`} {
		run, _ := sarif(t, hostileReport(t, text, "a", text), Options{})
		message := run.Results[0].Message.Text
		for i, link := range links.FindAllString(escaped.ReplaceAllString(message, "_"), -1) {
			if !strings.HasSuffix(link, fmt.Sprintf("](%d)", i+1)) {
				t.Errorf("%q has the link %q", message, link)
			}
		}
		if n := strings.Count(escaped.ReplaceAllString(message, "_"), "["); n != 3 {
			t.Errorf("%q has %d links, want 3", message, n)
		}
	}
}

func TestSARIFHasNothingThatGitHubRefusesOrMisreads(t *testing.T) {
	for _, r := range []*Report{sample(t), empty(), hostileReport(t, "http://evil.example/x", "/etc/passwd", "m")} {
		_, text := sarif(t, r, Options{Suppressed: true})
		for _, bad := range []string{"-1", "file:", "security-severity"} {
			if strings.Contains(text, bad) {
				t.Errorf("it has %q:\n%s", bad, text)
			}
		}
	}
}

func TestSARIFFingerprintsAreOfTheLineInTheFile(t *testing.T) {
	r := sample(t)
	run, _ := sarif(t, r, Options{})
	for i, line := range []int{2, 5, 6, 7} {
		want := fingerprints(r.Files.File(0).Data, map[int]bool{line: true})[line]
		if got := run.Results[i].Fingerprints["primaryLocationLineHash"]; got != want || got == "" {
			t.Errorf("result %d has the fingerprint %q, want %q of line %d", i, got, want, line)
		}
	}
}

func TestSARIFFixesAreByFile(t *testing.T) {
	files := &zonefiles.FileSet{}
	a, b := file(t, files, "a", "one two"), file(t, files, "b", "three")
	r := &Report{Files: files, Result: lint.Result{Findings: []lint.Finding{{
		Rule: testRules()[0], Severity: lint.Error, Message: "m", Span: at(t, a, "one"),
		Fixes: []lint.Fix{
			{Message: "nothing to do"},
			{Message: "both", Safe: true, Edits: []lint.Edit{
				{Span: at(t, a, "one"), New: "1"}, {Span: at(t, b, "three"), New: "3"}, {Span: at(t, a, "two"), New: ""},
			}},
			{Message: "here", Edits: []lint.Edit{{Span: at(t, a, "two"), New: "2"}}},
		},
	}}}}
	run, _ := sarif(t, r, Options{})
	root := func(uri string) sarifArtifact { return sarifArtifact{uri, sarifRoot} }
	want := []sarifFix{
		{sarifText{Text: "both"}, []sarifChange{
			{root("a"), []sarifReplacement{{sarifRegion{1, 1, 1, 4}, sarifText{Text: "1"}}, {sarifRegion{1, 5, 1, 8}, sarifText{}}}},
			{root("b"), []sarifReplacement{{sarifRegion{1, 1, 1, 6}, sarifText{Text: "3"}}}},
		}, map[string]bool{"safe": true}},
		{sarifText{Text: "here"}, []sarifChange{
			{root("a"), []sarifReplacement{{sarifRegion{1, 5, 1, 8}, sarifText{Text: "2"}}}},
		}, map[string]bool{"safe": false}},
	}
	if diff := cmp.Diff(want, run.Results[0].Fixes); diff != "" {
		t.Errorf("the fixes differ (-want +got):\n%s", diff)
	}
}

func TestSARIFSaysWhatGitHubWillNotShow(t *testing.T) {
	many := func(results, related, steps int) *Report {
		files := &zonefiles.FileSet{}
		f := lint.Finding{
			Rule: testRules()[0], Severity: lint.Error, Message: "m", Span: at(t, file(t, files, "a", "b"), "b"),
			Related: make([]lint.Related, related), Path: make([]lint.Related, steps),
		}
		return &Report{Files: files, Rules: testRules(), Result: lint.Result{Findings: slices.Repeat([]lint.Finding{f}, results)}}
	}
	for name, test := range map[string]struct {
		report *Report
		want   []string
	}{
		"nothing within the limits":      {many(1, 100, 1000), nil},
		"results beyond the first 5,000": {many(5001, 0, 0), []string{"GitHub shows 5000 of 5001 results."}},
		"results beyond 25,000": {many(25001, 0, 0), []string{
			"1 of 25001 results are left out here, the least severe: GitHub takes no more than 25000.", "GitHub shows 5000 of 25000 results.",
		}},
		"related locations and steps": {many(1, 101, 10001), []string{
			"GitHub shows 100 of 101 related locations of one result.",
			"GitHub refuses this report: 10001 steps of one code flow are more than 10000.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			run, _ := sarif(t, test.report, Options{})
			var got []string
			for _, n := range run.Invocations[0].Notifications {
				got = append(got, n.Message.Text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the notifications differ (-want +got):\n%s", diff)
			}
			if len(run.Results) != min(25000, len(test.report.Result.Findings)) {
				t.Errorf("%d of %d results are there", len(run.Results), len(test.report.Result.Findings))
			}
		})
	}
}

func TestURIsAreRelativeWhateverAFileIsCalled(t *testing.T) {
	for name, want := range map[string]string{
		"zones/db.example": "zones/db.example", "a b": "a%20b", "http://x/y": "http%3A//x/y", "//host/x": "%2F/host/x", "/etc": "%2Fetc",
		"a?b#c%d": "a%3Fb%23c%25d", "å\xff": "%C3%A5%FF", `a\b`: "a%5Cb", "~-_.": "~-_.",
	} {
		if got := relativeURI(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

func TestVersionsAreSemantic(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v0.0.0-20261123215704-d6235eb0000": "0.0.0-20261123215704-d6235eb0000",
		"v1.0.0-rc.1+dirty": "1.0.0-rc.1+dirty", "(devel)": "0.0.0+devel", "": "0.0.0", "v1.2": "0.0.0+v12",
	} {
		if got := semanticVersion(version); got != want {
			t.Errorf("%q is %s, want %s", version, got, want)
		}
	}
}

func TestMarkdownIsCutWithACount(t *testing.T) {
	r := sample(t)
	r.Result.Findings = slices.Repeat(r.Result.Findings[:4], 2000)
	for i := range r.Result.Findings {
		r.Result.Findings[i].Help = strings.Repeat("help & ", i%50)
	}
	page := write(t, "markdown", r, Options{})
	if err := checkMarkdown(page); err != nil {
		t.Fatal(err)
	}
	rows := strings.Count(string(page), "\n| error |") + strings.Count(string(page), "\n| note |")
	details := strings.Count(string(page), "<details>")
	if want := fmt.Sprintf("\n%d more findings do not fit here", 8000-rows); rows != details || rows == 0 || !strings.Contains(string(page), want) {
		t.Errorf("%d rows and %d details, but not %q", rows, details, want)
	}
	if len(page) < maxSummary*9/10 {
		t.Errorf("only %d of %d bytes are used", len(page), maxSummary)
	}
}

func TestGitLabTellsEqualFindingsApartAndKnowsThemAgain(t *testing.T) {
	prints := func(r *Report) []string {
		var issues []gitlabIssue
		if err := json.Unmarshal(write(t, "gitlab", r, Options{}), &issues); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, issue := range issues {
			out = append(out, issue.Fingerprint)
		}
		return out
	}
	r := sample(t)
	r.Result.Findings = append(r.Result.Findings, r.Result.Findings...)
	got := prints(r)
	if distinct := len(slices.Compact(slices.Sorted(slices.Values(got)))); distinct != len(got) {
		t.Errorf("%d findings have %d fingerprints", len(got), distinct)
	}
	for i := range r.Result.Findings { // lines move, and so do messages
		r.Result.Findings[i].Span = zonefiles.Span{}
		r.Result.Findings[i].Message = "worded otherwise"
	}
	if diff := cmp.Diff(got, prints(r)); diff != "" {
		t.Errorf("the fingerprints change (-before +after):\n%s", diff)
	}
}
