package zonefiles

import (
	"strings"
	"testing"
)

func TestPiecesOfFilesAreQuotedWhereTheyHaveTo(t *testing.T) {
	long := strings.Repeat("a", maxQuoted)
	for _, test := range []struct{ name, text, quote, quoted string }{
		{"plain text", "mx1.example.org.", "mx1.example.org.", `"mx1.example.org."`},
		{"nothing", "", `""`, `""`},
		{"a blank", "a b", `"a b"`, `"a b"`},
		{"a quotation mark", `a"b`, `"a\"b"`, `"a\"b"`},
		{"a backslash", `a\.b`, `a\.b`, `"a\\.b"`},
		{"other alphabets", "é日本", "é日本", `"é日本"`},
		{"an escape sequence", "\x1b[31m", `"\x1b[31m"`, `"\x1b[31m"`},
		{"what turns the writing round", "a\u202eb", `"a\u202eb"`, `"a\u202eb"`},
		{"a blank of another alphabet", "a\u3000b", `"a\u3000b"`, `"a\u3000b"`},
		{"a byte that is no character", "a\xef", `"a\xef"`, `"a\xef"`},
		{"the mark of such a byte", "\ufffd", "\ufffd", "\"\ufffd\""},
		{"as much as is shown", long, long, `"` + long + `"`},
		{"more", long + "b", long + "...", `"` + long + `"...`},
		{"a character at the cut", long[1:] + "éb", long[1:] + "...", `"` + long[1:] + `"...`},
		{"no characters at the cut", strings.Repeat("\x80", 100), "", `"` + strings.Repeat(`\x80`, maxQuoted-4) + `"...`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.quote == "" {
				test.quote = test.quoted
			}
			if got := Quote(test.text); got != test.quote || Quote([]byte(test.text)) != got {
				t.Errorf("Quote is %s, want %s", got, test.quote)
			}
			if got := Quoted(test.text); got != test.quoted || Quoted([]byte(test.text)) != got {
				t.Errorf("Quoted is %s, want %s", got, test.quoted)
			}
		})
	}
}
