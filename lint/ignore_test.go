package lint_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

// ignoring are the rules that the engine reports itself, beside others.
func ignoring(rules ...*lint.Rule) []*lint.Rule {
	return append(rules,
		&lint.Rule{Name: "ignore-unused", Severity: lint.Warning},
		&lint.Rule{Name: "ignore-invalid", Severity: lint.Error},
	)
}

// mx reports each MX record.
func mx() *lint.Rule { return ofType("mx", lint.Warning, zonefiles.TypeMX) }

func TestIgnoreCommentsSilenceWhatTheyAreAbout(t *testing.T) {
	check(t, newRun(t, `
-- example.org.zone --
a MX 10 a ; mx46:ignore mx -- at the end of the line
; mx46:ignore mx -- on the line above
b MX 10 b
; mx46:ignore mx -- above, with a remark between
; a remark
c MX 10 c
d MX ( 10 ; mx46:ignore mx -- within parentheses
       d )
e MX 10 e ; backup ; mx46:ignore mx -- after a remark
f MX 10 f ;mx46:ignore mx,txt -- of several
g MX 10 g ; mx46:ignore	mx	--	between tabs
; mx46:ignore mx -- of a directive
$GENERATE 1-2 h$ MX "10 h"
i MX 10 i
; mx46:ignore mx -- an empty line comes between

j MX 10 j
k TXT "; mx46:ignore mx -- in a string"
`, ignoring(mx(), ofType("txt", lint.Note, zonefiles.TypeTXT))...), `
		example.org.zone:1 warning mx a.example.org. -> 10 a.example.org. (at the end of the line)
		example.org.zone:3 warning mx b.example.org. -> 10 b.example.org. (on the line above)
		example.org.zone:6 warning mx c.example.org. -> 10 c.example.org. (above, with a remark between)
		example.org.zone:7 warning mx d.example.org. -> 10 d.example.org. (within parentheses)
		example.org.zone:9 warning mx e.example.org. -> 10 e.example.org. (after a remark)
		example.org.zone:10 warning mx f.example.org. -> 10 f.example.org. (of several)
		example.org.zone:10 warning ignore-unused example.org. -> txt: the ignore comment silences no finding of txt
		example.org.zone:11 warning mx g.example.org. -> 10 g.example.org. (between tabs)
		example.org.zone:13 warning mx h1.example.org. -> 10 h.example.org. (of a directive)
		example.org.zone:13 warning mx h2.example.org. -> 10 h.example.org. (of a directive)
		example.org.zone:14 warning mx i.example.org. -> 10 i.example.org.
		example.org.zone:15 warning ignore-unused example.org. -> mx: the ignore comment silences no finding of mx
		example.org.zone:17 warning mx j.example.org. -> 10 j.example.org.
		example.org.zone:18 note txt k.example.org. -> "; mx46:ignore mx -- in a string"
	`)
}

// TestTheEndOfAFileIsPartOfItsLastRecord has a finding after the last byte of a file, which no line end follows: at
// RDATA that is empty.
func TestTheEndOfAFileIsPartOfItsLastRecord(t *testing.T) {
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("example.org.zone", []byte(head+"; mx46:ignore empty -- known\na APL"))
	if err != nil {
		t.Fatal(err)
	}
	origin := zonefiles.MustName("example.org.")
	run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{{loader.Parse(file, &origin)}}}
	run.Rules = ignoring(&lint.Rule{Name: "empty", Severity: lint.Warning, Zone: func(p *lint.Pass) {
		last := p.Zone.Record(p.Zone.Len() - 1)
		p.Report(lint.Finding{Subject: lint.Subject{Owner: last.OwnerName()}, Span: last.Field(0)})
	}})
	check(t, &run, "example.org.zone:2 warning empty a.example.org. (known)")
}

func TestIgnoreCommentsOfAFile(t *testing.T) {
	rules := ignoring(mx(), ofType("txt", lint.Note, zonefiles.TypeTXT))
	// readZones puts records in front of a zone's text, but not of what it includes.
	check(t, newRun(t, `
-- example.org.zone --
$INCLUDE snippet
c MX 10 c
-- snippet --
; mx46:ignore-file mx, txt -- of the snippet
a MX 10 a
b MX 10 b ; mx46:ignore mx -- the nearer one counts
-- example.net.zone --
; mx46:ignore-file mx -- too late
`, rules...), `
		example.net.zone:1 error ignore-invalid example.net. -> mx46:ignore-file: mx46:ignore-file comes after a record
		example.org.zone:2 warning mx c.example.org. -> 10 c.example.org.
		snippet:1 warning ignore-unused example.org. -> txt: the ignore comment silences no finding of txt
		snippet:2 warning mx a.example.org. -> 10 a.example.org. (of the snippet)
		snippet:3 warning mx b.example.org. -> 10 b.example.org. (the nearer one counts)
	`)
}

func TestIgnoreCommentsThatDoNotWork(t *testing.T) {
	result := check(t, newRun(t, `
-- example.org.zone --
a MX 10 a ; mx46:ignore
b MX 10 b ; mx46:ignore mx
c MX 10 c ; mx46:ignore mx --
d MX 10 d ; mx46:ignore -- no rule
e MX 10 e ; mx46:ignore max, nonsense, mx -- one of three
f MX 10 f ; mx46:ignore-next-line mx -- no such form
g MX 10 g ; mx46:ignore mx, ignore-unused -- itself
`, ignoring(mx())...), `
		example.org.zone:1 warning mx a.example.org. -> 10 a.example.org.
		example.org.zone:1 error ignore-invalid example.org. -> mx46:ignore: the ignore comment gives no reason, and so has no effect
		example.org.zone:2 warning mx b.example.org. -> 10 b.example.org.
		example.org.zone:2 error ignore-invalid example.org. -> mx46:ignore: the ignore comment gives no reason, and so has no effect
		example.org.zone:3 warning mx c.example.org. -> 10 c.example.org.
		example.org.zone:3 error ignore-invalid example.org. -> mx46:ignore: the ignore comment gives no reason, and so has no effect
		example.org.zone:4 warning mx d.example.org. -> 10 d.example.org.
		example.org.zone:4 error ignore-invalid example.org. -> mx46:ignore: the ignore comment names no rule, and so has no effect
		example.org.zone:5 warning mx e.example.org. -> 10 e.example.org. (one of three)
		example.org.zone:5 error ignore-invalid example.org. -> max: there is no rule max
		example.org.zone:5 error ignore-invalid example.org. -> nonsense: there is no rule nonsense
		example.org.zone:6 warning mx f.example.org. -> 10 f.example.org.
		example.org.zone:6 error ignore-invalid example.org. -> mx46:ignore-next-line: mx46:ignore-next-line is not an ignore comment
		example.org.zone:7 warning mx g.example.org. -> 10 g.example.org. (itself)
		example.org.zone:7 error ignore-invalid example.org. -> ignore-unused: ignore-unused is about ignore comments, so no ignore comment can silence it
	`)
	help := map[string]string{}
	for _, f := range result.Findings {
		help[f.Subject.Target] = f.Help
	}
	if help["max"] != "did you mean mx?" || help["nonsense"] != "mx46 rules lists them" {
		t.Errorf("of max it says %q, and of nonsense %q", help["max"], help["nonsense"])
	}
}

// TestRulesThatMayBeNamed are those of the catalogue, whether they run or not.
func TestRulesThatMayBeNamed(t *testing.T) {
	run := newRun(t, "-- example.org.zone --\na MX 10 a ; mx46:ignore asleep, absent -- quiet\n", ignoring(mx())...)
	run.Catalog = append([]*lint.Rule{ofType("asleep", lint.Error, zonefiles.TypeMX)}, run.Rules...)
	check(t, run, `
		example.org.zone:1 warning mx a.example.org. -> 10 a.example.org.
		example.org.zone:1 error ignore-invalid example.org. -> absent: there is no rule absent
	`)
}

// TestUnusedIgnoresOfRulesOfAllKinds names rules in ignore comments that have nothing to report there, whatever they
// look at.
func TestUnusedIgnoresOfRulesOfAllKinds(t *testing.T) {
	for _, rule := range []*lint.Rule{
		problemsOfFile("toy", lint.Error),
		inZone("toy", lint.Error, zonefiles.TypeTXT),
		ofType("toy", lint.Error, zonefiles.TypeTXT),
		mxOfDomain("toy", lint.Error),
	} {
		check(t, newRun(t, "-- example.org.zone --\nmx A 192.0.32.1 ; mx46:ignore toy -- x\n", ignoring(rule)...), `
			example.org.zone:1 warning ignore-unused example.org. -> toy: the ignore comment silences no finding of toy
		`)
	}
}

// TestUnusedIsSaidOnlyWhereAllIsKnown has an ignore comment that silences nothing in runs that may not have seen what
// it silences.
func TestUnusedIsSaidOnlyWhereAllIsKnown(t *testing.T) {
	const unused = "the ignore comment silences no finding of"
	const comment = "a A 192.0.32.1 ; mx46:ignore mx -- perhaps\n"
	always := func(s lint.Settings) func(string, string, zonefiles.Name) *lint.Settings {
		return func(string, string, zonefiles.Name) *lint.Settings { return &s }
	}
	for _, test := range []struct {
		name, archive string
		settings      func(string, string, zonefiles.Name) *lint.Settings
		want          bool
	}{
		{"all is known", "-- example.org.zone --\n" + comment, nil, true},
		{"the rule looks at nothing", "-- example.org.zone --\na A 192.0.32.1 ; mx46:ignore nothing -- x\n", nil, false},
		{"a record cannot be read", "-- example.org.zone --\n" + comment + "b A nonsense\n", nil, false},
		{"the origin is unknown", "-- lost --\n$TTL 3600\n" + comment, nil, false},
		{
			"the rule is off", "-- example.org.zone --\n" + comment,
			always(lint.Settings{Severities: map[string]lint.Severity{"mx": lint.Off}}), false,
		},
		{
			"some domain has settings of its own", "-- example.org.zone --\n" + comment,
			always(lint.Settings{Domain: func(zonefiles.Name) *lint.Settings { return nil }}), false,
		},
		{
			"one of two zones that include the snippet has the rule off",
			"-- example.org.zone --\n$INCLUDE snippet\n-- example.net.zone --\n$INCLUDE snippet\n-- snippet --\n" + comment,
			func(file, _ string, _ zonefiles.Name) *lint.Settings {
				if file == "example.net.zone" {
					return &lint.Settings{Severities: map[string]lint.Severity{"mx": lint.Off}}
				}
				return &lint.Settings{}
			},
			false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := newRun(t, test.archive, ignoring(mx(), &lint.Rule{Name: "nothing", Severity: lint.Error})...)
			run.Settings = test.settings
			got := strings.Contains(lines(run.Files, lintAll(t, run).Findings), unused)
			if got != test.want {
				t.Errorf("it is said to be unused: %t, want %t", got, test.want)
			}
		})
	}
}

// TestASnippetOfTwoZonesHasOneFindingOfAComment, at the severity that is the higher of both zones' own.
func TestASnippetOfTwoZonesHasOneFindingOfAComment(t *testing.T) {
	run := newRun(t, `
-- example.org.zone --
$INCLUDE snippet
-- example.net.zone --
$INCLUDE snippet
-- snippet --
a A 192.0.32.1 ; mx46:ignore mx -- nothing to hide
`, ignoring(mx())...)
	for _, graver := range []string{"example.org.zone", "example.net.zone"} {
		run.Settings = func(file, _ string, _ zonefiles.Name) *lint.Settings {
			severity := lint.Note
			if file == graver {
				severity = lint.Error
			}
			return &lint.Settings{Severities: map[string]lint.Severity{"ignore-unused": severity}}
		}
		check(t, run, "snippet:1 error ignore-unused example.org. -> mx: the ignore comment silences no finding of mx")
	}
}

// TestFixesOfUnusedIgnores makes the fixes of all findings about comments.
func TestFixesOfUnusedIgnores(t *testing.T) {
	for _, test := range []struct{ name, before, after string }{
		{"at the end of a line", "a A 192.0.32.1 \t; mx46:ignore mx -- x\n", "a A 192.0.32.1\n"},
		{"on a line of its own", "; mx46:ignore mx -- x\na A 192.0.32.1\n", "a A 192.0.32.1\n"},
		{"after a remark", "a A 192.0.32.1 ; www ; mx46:ignore mx -- x\n", "a A 192.0.32.1 ; www\n"},
		{"one of two rules", "a MX 10 a ; mx46:ignore mx, txt -- x\n", "a MX 10 a ; mx46:ignore mx -- x\n"},
		{"the first of two rules", "a MX 10 a ; mx46:ignore txt, mx -- x\n", "a MX 10 a ; mx46:ignore mx -- x\n"},
		{"both of two rules", "a A 192.0.32.1 ; mx46:ignore mx txt -- x\n", "a A 192.0.32.1\n"},
		{"beside a rule that is none", "a A 192.0.32.1 ; mx46:ignore mx, no -- x\n", "a A 192.0.32.1 ; mx46:ignore no -- x\n"},
		{
			"the first of two comments", "a MX 10 a ; mx46:ignore txt -- x ; mx46:ignore mx -- y\n",
			"a MX 10 a ; mx46:ignore mx -- y\n",
		},
		{
			"the second of two comments", "a MX 10 a ; mx46:ignore mx -- x ; mx46:ignore mx -- again\n",
			"a MX 10 a ; mx46:ignore mx -- x\n",
		},
		{"at the end of a file without a line end", "a A 192.0.32.1\n; mx46:ignore mx -- x", "a A 192.0.32.1\n"},
		{"with carriage returns", "a A 192.0.32.1 ; mx46:ignore mx -- x\r\nb TXT b\r\n", "a A 192.0.32.1\r\nb TXT b\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules := ignoring(mx(), ofType("txt", lint.Note, zonefiles.TypeTXT))
			run := newRun(t, "-- example.org.zone --\n"+test.before, rules...)
			file := run.Files.File(0)
			if got := fixed(t, file, lintAll(t, run).Findings); got != head+test.after {
				t.Errorf("after the fixes:\n%s", cmp.Diff(head+test.after, got))
			}
		})
	}
}

// fixed is a file's text with the safe fixes of findings.
func fixed(t *testing.T, file *zonefiles.File, findings []lint.Finding) string {
	t.Helper()
	var edits []lint.Edit
	for _, f := range findings {
		for _, fix := range f.Fixes {
			if fix.Safe {
				edits = append(edits, fix.Edits...)
			}
		}
	}
	text, err := lint.ApplyEdits(file.Data, edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheFirstLineKeepsItsByteOrderMark removes a comment on it.
func TestTheFirstLineKeepsItsByteOrderMark(t *testing.T) {
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("zone", []byte("\xef\xbb\xbf; mx46:ignore-file mx -- x\n"+head))
	if err != nil {
		t.Fatal(err)
	}
	origin := zonefiles.MustName("example.org.")
	run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{{loader.Parse(file, &origin)}}, Rules: ignoring(mx())}
	if got := fixed(t, file, lintAll(t, &run).Findings); got != "\xef\xbb\xbf"+head {
		t.Errorf("after the fix the file is %q", got)
	}
}

func TestARunWithoutIgnoresKnowsNone(t *testing.T) {
	run := newRun(t, "-- example.org.zone --\na MX 10 a ; mx46:ignore mx, nonsense -- known\n", ignoring(mx())...)
	run.NoIgnores = true
	check(t, run, "example.org.zone:1 warning mx a.example.org. -> 10 a.example.org.")
}

// TestIgnoreCommentsCountAsFindingsDo bounds what comments may cost: by what they find, and by what they name.
func TestIgnoreCommentsCountAsFindingsDo(t *testing.T) {
	invalid := func(n int) string { return strings.Repeat("; mx46:ignore\n", n) }
	named := func(n int) string { return "; mx46:ignore " + strings.Repeat("mx,", n) + " -- x\na MX 10 a\n" }
	for _, test := range []struct {
		name, text string
		tooMany    bool
	}{
		{"as many findings as are kept", invalid(10), false},
		{"one finding more", invalid(11), true},
		{"names up to twice as many", named(10), false},
		{"more names", named(40), true},
		{"as many comments as there may be names", strings.Repeat("; mx46:ignore-file\n", 40), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := newRun(t, "-- example.org.zone --\n"+test.text, ignoring(mx())...)
			run.MaxFindings = 10
			run.Settings = func(string, string, zonefiles.Name) *lint.Settings {
				return &lint.Settings{Domain: func(zonefiles.Name) *lint.Settings { return nil }} // nothing is reported as unused
			}
			if _, err := run.Lint(t.Context()); errors.Is(err, lint.ErrTooMany) != test.tooMany {
				t.Errorf("the error is %v; want too many findings: %t", err, test.tooMany)
			}
		})
	}
}

// TestOnlySomeMisspeltRulesGetAGuess keeps a file of nothing else from costing more than others.
func TestOnlySomeMisspeltRulesGetAGuess(t *testing.T) {
	var text strings.Builder
	const comments = 150
	for i := range comments {
		fmt.Fprintf(&text, "a%d A 192.0.32.1 ; mx46:ignore mxx -- x\n", i)
	}
	findings := lintAll(t, newRun(t, "-- example.org.zone --\n"+text.String(), ignoring(mx())...)).Findings
	guessed := slices.DeleteFunc(slices.Clone(findings), func(f lint.Finding) bool { return f.Help != "did you mean mx?" })
	if len(findings) != comments || len(guessed) == 0 || len(guessed) == comments {
		t.Errorf("%d findings, of which %d have a guess", len(findings), len(guessed))
	}
}
