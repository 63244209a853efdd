package lsp

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// lines are a text as lists of UTF-16 code units, as the protocol sees it.
func lines(text string) [][]uint16 {
	var out [][]uint16
	for _, line := range strings.SplitAfter(text, "\n") {
		out = append(out, utf16.Encode([]rune(line)))
	}
	return out
}

// replace is what an edit makes of a text, by code units.
func replace(text string, from, to position, with string) string {
	all := lines(text)
	var before, after []uint16
	for i, line := range all {
		switch {
		case i < from.Line:
			before = append(before, line...)
		case i == from.Line:
			before = append(before, line[:from.Character]...)
		}
		switch {
		case i > to.Line:
			after = append(after, line...)
		case i == to.Line:
			after = append(after, line[to.Character:]...)
		}
	}
	return string(utf16.Decode(before)) + with + string(utf16.Decode(after))
}

func TestEditsMakeTheTextThatTheClientHas(t *testing.T) {
	piece := rapid.StringOfN(rapid.SampledFrom([]rune("ab\té€\U0001f4e7\n")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		text := piece.Draw(t, "text")
		for _, unit := range []encoding{utf16Units, utf8Units} {
			want := text
			d := document{text: []byte(text)}
			for range rapid.IntRange(1, 4).Draw(t, "edits") {
				all := lines(want)
				place := func(label string) position {
					line := rapid.IntRange(0, len(all)-1).Draw(t, label)
					units := all[line]
					if n := len(units); n > 0 && units[n-1] == '\n' {
						units = units[:n-1]
					}
					at := rapid.IntRange(0, len(units)).Draw(t, label)
					if at > 0 && at < len(units) && utf16.IsSurrogate(rune(units[at])) && utf16.DecodeRune(rune(units[at-1]), rune(units[at])) != 0xFFFD {
						at-- // not within a character
					}
					return position{line, at}
				}
				from, to := place("from"), place("to")
				if before(to, from) {
					from, to = to, from
				}
				with := piece.Draw(t, "with")
				sent := span{from, to}
				if unit == utf8Units {
					bytes := func(p position) position {
						return position{p.Line, len(string(utf16.Decode(all[p.Line][:p.Character])))}
					}
					sent = span{bytes(from), bytes(to)}
				}
				want = replace(want, from, to, with)
				if err := d.edit(unit, []change{{Range: &sent, Text: with}}); err != nil {
					t.Fatal(err)
				}
				if string(d.text) != want {
					t.Fatalf("%s: %q, want %q", unit, d.text, want)
				}
			}
		}
	})
}

func FuzzEdit(f *testing.F) {
	f.Add("a\U0001f4e7\nb", 0, 1, 1, 0, "x")
	f.Add("", -1, -1, 1<<30, 1<<30, "\r\n")
	f.Add("\xff\r\n\xfe", 0, 1, 1, 1, "")
	f.Fuzz(func(t *testing.T, text string, line, character, endLine, endCharacter int, with string) {
		for _, unit := range []encoding{utf16Units, utf8Units} {
			d := document{text: []byte(text)}
			at := span{position{line, character}, position{endLine, endCharacter}}
			if d.edit(unit, []change{{Range: &at, Text: with}}) == nil && !strings.Contains(string(d.text), with) {
				t.Errorf("%q lacks %q", d.text, with)
			}
		}
	})
}
