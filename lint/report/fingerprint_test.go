package report

import (
	"strings"
	"testing"
)

// The expected hashes are the ones that GitHub's own tests publish for the same texts, so that both agree.
func TestFingerprintsAreThoseThatGitHubComputes(t *testing.T) {
	greetings := []string{
		"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
		"b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
	}
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"an empty file has one line": {"", []string{"c129715d7a2bc9a3:1"}},
		"spaces and tabs do not count": {
			" a\nb\n  \t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"},
		},
		"LF ends a line":   {" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", greetings},
		"CR ends a line":   {" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", greetings},
		"CRLF ends a line": {" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", greetings},
		"line ends mix":    {" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", greetings},
		"equal lines are numbered, and the window runs across lines": {
			strings.Repeat("Lorem ipsum dolor sit amet.\n", 10),
			[]string{
				"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5",
				"a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1",
				"c129715d7a2bc9a3:1",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[int]bool{}
			for i := range test.want {
				all[i+1] = true
			}
			got := fingerprints([]byte(test.text), all)
			for i, want := range test.want {
				if got[i+1] != want {
					t.Errorf("line %d has fingerprint %q, want %q", i+1, got[i+1], want)
				}
			}
			for line := range all { // and asking for one line alone gives the same
				if one := fingerprints([]byte(test.text), map[int]bool{line: true}); one[line] != got[line] || len(one) != 1 {
					t.Errorf("line %d alone has fingerprints %v, want %q", line, one, got[line])
				}
			}
		})
	}
}

func TestFingerprintsCountUTF16UnitsAsGitHubDecodesThem(t *testing.T) {
	for name, test := range map[string]struct{ text, same string }{
		"a byte that begins no rune is one replacement":    {"a\xff\xffb", "a\uFFFD\uFFFDb"},
		"a rune that breaks off is one replacement":        {"a\xe2\x82b", "a\uFFFDb"},
		"a longer rune that breaks off is one replacement": {"a\xf0\x9f\x98", "a\uFFFD"},
		"a surrogate is three replacements":                {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
		"an overlong form is a replacement for each byte":  {"\xc0\xaf", "\uFFFD\uFFFD"},
		"a pair of units is hashed as two":                 {"\U0001F600 \U0001F600", "\U0001F600\U0001F600"},
	} {
		t.Run(name, func(t *testing.T) {
			line := map[int]bool{1: true}
			if got, want := fingerprints([]byte(test.text), line)[1], fingerprints([]byte(test.same), line)[1]; got != want {
				t.Errorf("%q has fingerprint %s, but %q has %s", test.text, got, test.same, want)
			}
		})
	}
	// By hand: U+1F600 is the units 0xD83D and 0xDE00, then 65535, then 97 zeros.
	want := uint64(0xD83D*37+0xDE00)*37 + 65535
	for range 97 {
		want *= 37
	}
	for _, hash := range lineHashes([]byte("\U0001F600")) {
		if hash != want {
			t.Errorf("the hash of U+1F600 is %x, want %x", hash, want)
		}
	}
}
