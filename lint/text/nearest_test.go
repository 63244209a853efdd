package text

import (
	"strings"
	"testing"
)

func TestTheNearestWordIsFoundAndOnlyWhereOneIsNear(t *testing.T) {
	known := []string{"stack", "scope", "ignore", "mx-no-ipv4", "mx-no-ipv6", "mx-target-cname"}
	for _, test := range []struct{ word, want string }{
		{"stak", "stack"},
		{"STACK", "stack"},
		{"scoop", "scope"},
		{"mx-noipv4", "mx-no-ipv4"},
		{"mx-no-ipv", "mx-no-ipv4"}, // the first of two that are as near
		{"mx-cname", ""},            // too far for its length
		{"s", ""},
		{"", ""},
		{"zone", ""},
		{strings.Repeat("stack", 100_000), ""},
	} {
		got, ok := Nearest(test.word, known)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("the word nearest to %.20q is %q, %t; want %q", test.word, got, ok, test.want)
		}
	}
}
