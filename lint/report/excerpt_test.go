package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

func TestAWindowShowsWhatIsUnderlined(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	for name, test := range map[string]struct {
		line     string
		from, to int
		room     int
		want     string
		carets   string
	}{
		"a short line stands as it is":              {"a MX b", 2, 4, 40, "a MX b", "  ^^"},
		"a tab reaches to the next eighth column":   {"abc\td\te", 6, 7, 40, "abc     d       e", "                ^"},
		"a tab that is underlined has its columns":  {"abc\td", 3, 4, 40, "abc     d", "   ^^^^^"},
		"a wide character takes two columns":        {"日本 x", 0, 6, 40, "日本 x", "^^^^"},
		"a combining character takes none":          {"e\u0301x", 3, 4, 40, "e\u0301x", " ^"},
		"an escape sequence is shown, not obeyed":   {"\x1b[31mred", 0, 5, 40, `\x1b[31mred`, "^^^^^^^^"},
		"a carriage return amid a line is shown":    {"a\rb", 2, 3, 40, `a\rb`, "   ^"},
		"a byte that is no UTF-8 is shown":          {"a\xffb", 2, 3, 40, `a\xffb`, "     ^"},
		"an override of the direction is shown":     {"a\u202eb", 4, 5, 40, `a\u202eb`, "       ^"},
		"what cannot be seen is shown":              {"a\u200bb", 4, 5, 40, `a\u200bb`, "       ^"},
		"the mark of a command is broken":           {"a ##[x", 5, 6, 40, `a ##\[x`, "      ^"},
		"an empty place has one caret":              {"abc", 1, 1, 40, "abc", " ^"},
		"a place behind the end has one":            {"abc", 3, 3, 40, "abc", "   ^"},
		"an empty line has one":                     {"", 0, 0, 40, "", "^"},
		"a place that begins inside a character":    {"日x", 1, 4, 40, "日x", "  ^"},
		"a long line is cut on the right":           {long, 2, 4, 20, "0123456789012345678…", "  ^^"},
		"a long line is cut on both sides":          {long, 50, 52, 20, "…567890123456789012…", "      ^^"},
		"a long line is cut on the left":            {long, 98, 100, 20, "…1234567890123456789", "                  ^^"},
		"carets end where the line is cut":          {long, 0, 100, 20, "0123456789012345678…", "^^^^^^^^^^^^^^^^^^^"},
		"half of a wide character is left to space": {strings.Repeat("日", 60), 90, 93, 20, "… 日日日日日日日日日…", ""},
	} {
		t.Run(name, func(t *testing.T) {
			shown, at, width := window([]byte(test.line), test.from, test.to, test.room)
			if test.carets != "" {
				if got := strings.Repeat(" ", at) + strings.Repeat("^", width); shown != test.want || got != test.carets {
					t.Errorf("got\n%s|\n%s|\nwant\n%s|\n%s|", shown, got, test.want, test.carets)
				}
			}
			if n := columns(shown); n > test.room {
				t.Errorf("%q takes %d columns, more than %d", shown, n, test.room)
			}
		})
	}
}

func FuzzAWindowFitsItsRoom(f *testing.F) {
	f.Add("a\tb\x1b日本e\u0301##[", 2, 9, 30)
	f.Add(strings.Repeat("日", 60)+"\t", 100, 190, 24)
	f.Add(strings.Repeat("\u0301", 300), 250, 300, 24)
	f.Fuzz(func(t *testing.T, line string, from, to, room int) {
		if from < 0 || to < from || to > len(line) || room < minRoom || room > 1000 {
			return // no span, and no terminal
		}
		shown, at, width := window([]byte(line), from, to, room)
		if n := columns(shown); n > room {
			t.Errorf("%q takes %d columns, more than %d", shown, n, room)
		}
		if at < 0 || at > room || width < 1 || at+width > room+1 {
			t.Errorf("columns %d to %d are underlined, of %d", at, at+width, room)
		}
		if err := checkLog([]byte(shown)); err != nil {
			t.Error(err)
		}
	})
}

func TestAWindowOnALongLineIsQuickAndHoldsThePlace(t *testing.T) {
	line := bytes.Repeat([]byte("0123456789"), 1<<20)
	copy(line[5<<20:], "HERE")
	shown, at, width := window(line, 5<<20, 5<<20+4, 80)
	if got := []rune(shown)[at : at+width]; string(got) != "HERE" {
		t.Errorf("%q is underlined in %q", string(got), shown)
	}
	if allocated := testing.AllocsPerRun(1, func() { window(line, 5<<20, 5<<20+4, 80) }); allocated > 1000 {
		t.Errorf("%v allocations to show 80 columns", allocated)
	}
}

func TestPlacesOfOneLineShareIt(t *testing.T) {
	files := &zonefiles.FileSet{}
	f := file(t, files, "db.example", "a MX 10 b\nc MX 10 "+strings.Repeat("d", 300)+" e\n\n\tf (\n")
	r := &Report{Files: files, Result: lint.Result{Findings: []lint.Finding{{
		Rule: testRules()[0], Severity: lint.Error, Message: "wrong", Span: at(t, f, "b"),
		Related: []lint.Related{
			{Span: at(t, f, "a"), Message: "owner"},
			{Span: at(t, f, "c"), Message: "near the beginning"},
			{Span: at(t, f, "e\n\n\tf"), Message: "over three lines"},
			{Span: zonefiles.Span{File: f.ID, Start: uint32(len(f.Data)), End: uint32(len(f.Data))}, Message: "the end"},
		},
	}}}}
	want := `error[mx-target-no-address]: wrong
 --> db.example:1:9
  |
1 | a MX 10 b
  | - owner
  |         ^
2 | c MX 10 dddddddddddddddddddddddddddd…
  | - near the beginning
2 | …dddddddddddddddddddddddddddddddddd e
  |                                     -
...
4 |         f (
  |         - over three lines
5 |
  | - the end
  |

Found 1 error in 0 zones, 0 files, 0 mail
domains and 0 records.
`
	if diff := cmp.Diff(want, string(write(t, "text", r, Options{Width: 41}))); diff != "" {
		t.Errorf("the excerpt differs (-want +got):\n%s", diff)
	}
}

func TestProseIsWrapped(t *testing.T) {
	for name, test := range map[string]struct {
		text        string
		first, rest int
		want        []string
	}{
		"not at all where the width is not known": {"a b c", 0, 0, []string{"a b c"}},
		"at spaces":                     {"one two three four", 8, 10, []string{"one two", "three four"}},
		"by columns, not bytes":         {"日本 日本 ab", 9, 9, []string{"日本 日本", "ab"}},
		"a long word stays whole":       {"a reallylongword b", 4, 4, []string{"a", "reallylongword", "b"}},
		"no line begins with a command": {"some text ::error::pwned now", 10, 10, []string{"some text ::error::pwned", "now"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Wrap(test.text, test.first, test.rest)); diff != "" {
				t.Errorf("the lines differ (-want +got):\n%s", diff)
			}
		})
	}
}
