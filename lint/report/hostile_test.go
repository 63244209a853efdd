package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

// hostile are texts that mean something to a terminal, a log, a page or a parser.
var hostile = []string{
	"\x1b[2J\x1b]0;owned\x07", "\x9b31m", "\u009b31m", "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
	"a\r\nb", "a\nerror: b", "\n::error::pwned", "::error file=x::pwned", "  ::stop-commands::x", "::set-output name=a::b", "##[add-mask]a",
	"a ##[error]b", "%0A::error::x", "a,line=1", "a:b,c=d%25",
	"<script>alert(1)</script>", "</pre></details><img src=x onerror=alert(1)>", "]]>", "<![CDATA[", "&lt;&amp;", "<!-- x", "\" onload=\"x",
	"```\n# x\n```", "`code`", "| a | b |", "[click](http://evil.example)", `\[x\](1)`, "![x](http://evil.example/x.png)",
	"@everyone", "#1", "www.evil.example", "https://evil.example", "$x^2$", ":smile:", "**bold** _it_ ~~no~~",
	"\xff\xfe", "\xed\xa0\x80", "a\u202egnp.exe", "a\u2066b\u2069", "zero\u200bwidth\ufeff", "\u2028", "\x00", "\x7f", "\ufffe", "e\u0301",
	"../../etc/passwd", "/etc/passwd", "//evil.example/x", "http://evil.example/x", "a b?c#d", "100%",
}

// hostileReport has the text wherever a stranger's text may come.
func hostileReport(t testing.TB, text, name, message string) *Report {
	files := &zonefiles.FileSet{}
	f := file(t, files, name, "before "+text+" behind\n"+text+"\n")
	sp := zonefiles.Span{File: f.ID, Start: 7, End: uint32(7 + len(text))}
	made, err := files.AddGenerated(sp, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := zonefiles.ParseName([]byte(text), zonefiles.MustName("example."))
	if err != nil {
		owner = zonefiles.MustName(`\027\#\#[a.example.`)
	}
	rule := testRules()[0]
	places := []lint.Related{{Span: sp, Message: text}, {Span: zonefiles.Span{File: f.ID}, Message: message}, {Span: sp}}
	finding := lint.Finding{
		Rule: rule, Severity: lint.Error, Zone: owner, Subject: lint.Subject{Owner: owner, Target: text}, Span: sp,
		Message: message, Harm: text, Help: text, Related: places, Path: places,
		Fixes: []lint.Fix{{Message: text, Edits: []lint.Edit{{Span: sp, New: text}}}},
	}
	generated, suppressed := finding, finding
	generated.Span, generated.Severity = zonefiles.Span{File: made.ID, End: uint32(len(text))}, lint.Note
	suppressed.Suppressed = "x" + text
	return &Report{
		Files: files, Rules: testRules(), Version: text, Root: "/srv/" + text,
		Settings: Settings{Configuration: "c" + text, Baseline: text, Excluded: []string{text, "b"}},
		Result:   lint.Result{Findings: []lint.Finding{finding, generated, suppressed}, Unread: []string{text, "b" + text}},
	}
}

// ownSequences are the escape sequences that the text format may write.
var ownSequences = regexp.MustCompile(`\x1b\[[0-9;]*m|\x1b\]8;;(file:///[!-~]*)?\x1b\\`)

// checkEverything refuses a report that a reader would not take, or take for something else.
func checkEverything(t testing.TB, check map[string]func([]byte) error, r *Report) {
	t.Helper()
	for _, format := range Formats() {
		checkFormat(t, check, r, format)
	}
}

func checkFormat(t testing.TB, check map[string]func([]byte) error, r *Report, format string) {
	t.Helper()
	for _, suppressed := range []bool{false, true} {
		text := write(t, format, r, Options{Suppressed: suppressed, Pictures: testPicture})
		if err := check[format](text); err != nil {
			t.Errorf("%s: %v\n%s", format, err, text)
		}
	}
	if format != "text" {
		return
	}
	for _, width := range []int{1, 30, 80} {
		text := write(t, "text", r, Options{Color: true, Links: true, Width: width})
		if err := checkTerminal(ownSequences.ReplaceAll(text, nil)); err != nil {
			t.Errorf("text at width %d: %v\n%q", width, err, text)
		}
	}
}

func TestNothingOfAStrangerHasAMeaningInAReport(t *testing.T) {
	check := validators(t)
	for _, text := range hostile {
		t.Run(fmt.Sprintf("%+q", text), func(t *testing.T) {
			checkEverything(t, check, hostileReport(t, text, text, text))
		})
	}
}

func TestWhatAProgramReadsIsExact(t *testing.T) {
	for _, text := range []string{"a\x1b[2Jb", "a\r\nb", "##[x]", "a\u202eb", "<&>\"'", "日本\U0001F600", "a:b,c%25"} {
		r := hostileReport(t, text, "zones/"+text, "x"+text)
		var got struct {
			Findings []struct {
				File, Domain, Target string
				Fixes                []struct{ Edits []struct{ New string } }
			}
		}
		if err := json.Unmarshal(write(t, "json", r, Options{}), &got); err != nil {
			t.Fatal(err)
		}
		f := got.Findings[0]
		if f.File != "zones/"+text || f.Target != text || f.Fixes[0].Edits[0].New != text {
			t.Errorf("the JSON of %q holds %+v", text, f)
		}
		if want := r.Result.Findings[0].Subject.Owner.String(); f.Domain != want {
			t.Errorf("the JSON of %q is about %s, want %s", text, f.Domain, want)
		}
	}
}

func TestCommandsAreReadBackAsTheyWereMeant(t *testing.T) {
	r := hostileReport(t, "x", "zones/a:b,c%25=d", "50% of a,b: c::d\x1b")
	commands, err := parseCommands(write(t, "github", r, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	first, last := commands[0], commands[1]
	if first.name != "error" || last.name != "notice" {
		t.Errorf("the commands are %s and %s, the gravest is not first", first.name, last.name)
	}
	for key, want := range map[string]string{
		"file": "zones/a:b,c%25=d", "line": "1", "endLine": "1", "col": "8", "endColumn": "9", "title": "mx-target-no-address",
	} {
		if first.properties[key] != want {
			t.Errorf("%s is %q, want %q", key, first.properties[key], want)
		}
	}
	if want := "50% of a,b: c::d\\x1b.\nHarm: x.\nHelp: x."; first.data != want {
		t.Errorf("the message is %q, want %q", first.data, want)
	}
}

func TestXMLIsReadBackAsItWasMeant(t *testing.T) {
	const message = `]]> <a b="c"> & 'd' ##[x] ` + "\x00\ufffe"
	const want = `]]> <a b="c"> & 'd' ##\[x] \x00\ufffe`
	r := hostileReport(t, "x", "zones/<&>", message)
	var junit junitSuites
	if err := xml.Unmarshal(write(t, "junit", r, Options{FailOn: lint.Error}), &junit); err != nil {
		t.Fatal(err)
	}
	if c := junit.Suite.Cases[0]; c.Failure.Message != want || c.File != "zones/<&>" || c.Line != 1 {
		t.Errorf("JUnit has %+v with %+v", c, c.Failure)
	}
	var style checkstyle
	if err := xml.Unmarshal(write(t, "checkstyle", r, Options{}), &style); err != nil {
		t.Fatal(err)
	}
	if f := style.Files[0]; f.Name != "zones/<&>" || f.Errors[0].Message != want+". Harm: x. Help: x." || f.Errors[0].Column != 8 {
		t.Errorf("Checkstyle has %+v", f)
	}
}

func TestADiagramCannotLeaveItsFence(t *testing.T) {
	r := sample(t)
	page := string(write(t, "markdown", r, Options{Pictures: func(string, zonefiles.Name) *Picture {
		return &Picture{Mermaid: func() string { return "graph LR\n```\n<b>````" }}
	}}))
	if !strings.Contains(page, "\n`````mermaid\ngraph LR\n```\n<b>````\n`````\n") {
		t.Errorf("the diagram is not in a longer fence:\n%s", page)
	}
}

// FuzzEveryFormatIsValidForAnyText writes one of the formats.
func FuzzEveryFormatIsValidForAnyText(f *testing.F) {
	check, formats := validators(f), Formats()
	seed := func(text, name, message string, start, end uint32) {
		for which := range formats {
			f.Add(uint8(which), text, name, message, start, end)
		}
	}
	for _, text := range hostile {
		seed(text, "a "+text, "x"+text, 1, 9)
	}
	seed("one\n\ttwo\r\n日本\n", "db", "m", 2, 14)
	seed("a span behind the end", "db", "m", 5, 1<<31)
	seed("a span that ends before it begins", "db", "m", 9, 2)
	seed(strings.Repeat("\u0301", 500)+"\t", "db", "m", 400, 1200)
	f.Fuzz(func(t *testing.T, which uint8, text, name, message string, start, end uint32) {
		if len(text) > 1<<12 {
			return // more of the same
		}
		r := hostileReport(t, text, "zones/"+name, "x"+message)
		odd := r.Result.Findings[0]
		odd.Severity, odd.Span.Start, odd.Span.End = lint.Warning, start, end // wherever it points
		odd.Related = append(odd.Related, lint.Related{Span: odd.Span, Message: message})
		r.Result.Findings = append(r.Result.Findings, odd)
		checkFormat(t, check, r, formats[int(which)%len(formats)])
	})
}
