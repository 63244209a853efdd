package text

import (
	"strings"
	"testing"
)

func TestNothingOfAStrangerIsObeyed(t *testing.T) {
	for _, test := range []struct{ name, text, line, lines string }{
		{"plain text", "mx1.example.org é 日本", "mx1.example.org é 日本", "mx1.example.org é 日本"},
		{"an escape sequence", "\x1b[31mred\x9b1m", `\x1b[31mred\x9b1m`, `\x1b[31mred\x9b1m`},
		{"a byte that is no UTF-8", "a\xffb", `a\xffb`, `a\xffb`},
		{"what turns the writing round", "a\u202eb", `a\u202eb`, `a\u202eb`},
		{"a tag beyond 16 bits", "\U000e0041", `\U000e0041`, `\U000e0041`},
		{"what has no width", "a\u3164\u115f\u1160\uffa0\u034f\ufe0fb", `a\u3164\u115f\u1160\uffa0\u034f\ufe0fb`, `a\u3164\u115f\u1160\uffa0\u034f\ufe0fb`},
		{"what has no width beyond 16 bits", "\U000e0101\U000e0002", `\U000e0101\U000e0002`, `\U000e0101\U000e0002`},
		{"what looks blank", "a\u2800\U00013441\U00013442\U0001d159", `a\u2800\U00013441\U00013442\U0001d159`, `a\u2800\U00013441\U00013442\U0001d159`},
		{"two marks", "e\u0301\u0302x\u0301", "e\u0301\u0302x\u0301", "e\u0301\u0302x\u0301"},
		{"more than two marks", "e\u0301\u0302\u0303\u0488", `e` + "\u0301\u0302" + `\u0303\u0488`, `e` + "\u0301\u0302" + `\u0303\u0488`},
		{"two lines", "a\r\nb\tc", `a\r\nb\tc`, "a\\r\nb\\tc"},
		{"a command within a line", "a ##[group]b", `a ##\[group]b`, `a ##\[group]b`},
		{"a command at the start", "::error::x", `:\:error::x`, `:\:error::x`},
		{"a command in the second line", "a\n  ::error::x", `a\n  ::error::x`, "a\n  :\\:error::x"},
		{"an address", "2001:db8::1", "2001:db8::1", "2001:db8::1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Line(test.text); got != test.line {
				t.Errorf("the line is %q, want %q", got, test.line)
			}
			if got := Lines(test.text); got != test.lines {
				t.Errorf("the lines are %q, want %q", got, test.lines)
			}
		})
	}
}

func TestDisobeyedKeepsWhatNoLogObeys(t *testing.T) {
	const text = "\x00\xff 2001:db8::1 # [x\n"
	if got := string(Disobeyed([]byte(text + "##[x\n\t::y"))); got != text+"##\\[x\n\t:\\:y" {
		t.Errorf("got %q", got)
	}
}

func TestDisobeyedKnowsTheLinesAndTheSpaceOfTheRunner(t *testing.T) {
	for _, before := range []string{"", "a\n", "a\r", "a\r\n", "\v", "\f", " \u00a0", "\u0085", "\u2003\u3000", "a\r \t"} {
		if got, want := string(Disobeyed([]byte(before+"::error::x"))), before+`:\:error::x`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestVisibleKeepsLinesTabsAndAddresses(t *testing.T) {
	if got, want := Visible("mx\tAAAA\t::1 ; \x1b\r\n::\xff"), "mx\tAAAA\t::1 ; \\x1b\\r\n::\\xff"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzLines(f *testing.F) {
	for _, text := range []string{"a\n::b\r##[c", "##[##[", "##\x00[", ":\x00:", "\n\n \t::", "#\x1b#["} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, shown := range []string{Line(text), Lines(text)} {
			for line := range strings.SplitSeq(shown, "\n") {
				if strings.Contains(line, CommandMark) || strings.HasPrefix(strings.TrimLeft(line, " \t"), "::") {
					t.Errorf("%q has a command", shown)
				}
				if strings.IndexFunc(line, func(r rune) bool { return !isVisible(r) }) >= 0 {
					t.Errorf("%q has a rune that cannot be seen", shown)
				}
			}
		}
		if strings.Contains(Line(text), "\n") {
			t.Error("a line has a line end")
		}
	})
}
