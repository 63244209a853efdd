package text

import "testing"

func TestListsReadAsSentencesDo(t *testing.T) {
	for _, test := range []struct {
		words         []string
		and, or, some string
	}{
		{nil, "", "", ""},
		{[]string{"a"}, "a", "a", "a"},
		{[]string{"a", "b"}, "a and b", "a or b", "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c", "a, b or c", "a, b and 1 more"},
		{[]string{"a", "b", "c", "d"}, "a, b, c and d", "a, b, c or d", "a, b and 2 more"},
	} {
		if got := And(test.words); got != test.and {
			t.Errorf("And(%q) is %q, want %q", test.words, got, test.and)
		}
		if got := Or(test.words); got != test.or {
			t.Errorf("Or(%q) is %q, want %q", test.words, got, test.or)
		}
		if got := Some(test.words, 2); got != test.some {
			t.Errorf("Some(%q, 2) is %q, want %q", test.words, got, test.some)
		}
	}
}

func TestSomeLeavesTheListAlone(t *testing.T) {
	words := []string{"a", "b", "c"}
	if Some(words, 1); words[1] != "b" {
		t.Errorf("the list is %q", words)
	}
}

func TestNounsAgreeWithTheirNumber(t *testing.T) {
	for n, want := range []string{"0 entries", "1 entry", "2 entries"} {
		if got := Count(n, "entry", "entries"); got != want {
			t.Errorf("Count(%d) is %q, want %q", n, got, want)
		}
	}
}
