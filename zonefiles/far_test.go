package zonefiles

import (
	"strings"
	"testing"
)

func TestRDATAThatLiesFarFromItsEntrysStartIsFound(t *testing.T) {
	const blanks = 60_000
	for name, text := range map[string]string{
		"blanks before the type":                strings.Repeat(" ", blanks) + "A 192.0.2.1",
		"a comment in parentheses":              "( ;" + strings.Repeat("x", blanks) + "\n A ) 192.0.2.1",
		"parentheses before the type":           "( A 192.0.2.1 )",
		"parentheses before and within RDATA":   "( A ) (\n192.0.2.1\n)",
		"an owner as long as the rest together": strings.Repeat(" ", blanks) + "( A\n192.0.2.1 ) ;" + strings.Repeat("x", 5000),
	} {
		z := parseInParts(t, t.TempDir(), "$TTL 60\nx "+text+"\ny A 192.0.2.2\n", 0)
		if len(z.Problems) > 0 || z.Len() != 2 {
			t.Errorf("%s: %d records, %v", name, z.Len(), z.Problems)
			continue
		}
		r := z.Record(0)
		if r.Addr().String() != "192.0.2.1" || string(z.Files().Text(r.Field(0))) != "192.0.2.1" || r.CanonicalRDATA() != "192.0.2.1" {
			t.Errorf("%s: address %s, field %q, RDATA %q", name, r.Addr(), z.Files().Text(r.Field(0)), r.CanonicalRDATA())
		}
		if at := z.Files().Text(r.Span()); !strings.HasPrefix(string(at), "x ") || !strings.Contains(string(at), "192.0.2.1") {
			t.Errorf("%s: the record is %.40q", name, at)
		}
	}
}

func TestAnEntryOfBlanksAndCommentsIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"blanks":          strings.Repeat(" ", maxPadding+100) + "A 192.0.2.1",
		"a comment":       "A 192.0.2.1 ;" + strings.Repeat("x", maxPadding+100),
		"many comments":   "( " + strings.Repeat(";\n", maxPadding/2+50) + " A 192.0.2.1 )",
		"trailing blanks": "A 192.0.2.1" + strings.Repeat(" ", maxPadding+100),
	} {
		z := parseInParts(t, t.TempDir(), "$TTL 60\nx "+text+"\ny A 192.0.2.2\n", 0)
		if len(z.Problems) != 1 || z.Problems[0].Kind != LimitProblem || z.Len() != 1 || !z.MayHold(MustName("x.example.org."), TypeA) {
			t.Errorf("%s: %d records, %v", name, z.Len(), z.Problems)
		}
	}
	if z := parseInParts(t, t.TempDir(), "$TTL 60\nx TYPE65400 \\# 65535 "+strings.Repeat("0 0 ", 65535)+"\n", 0); len(z.Problems) > 0 {
		t.Errorf("the longest RDATA: %v", z.Problems)
	}
}
