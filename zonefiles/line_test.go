package zonefiles

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lineWords are what lines are made of, right and wrong.
var lineWords = strings.Split(`a|b.c|@|*|www.example.net.|.|..|a..b|.a|xn--a|"q"|\065|a\.b|`+strings.Repeat("x", 62)+"|"+strings.Repeat("y", 63)+
	`|60|1h|99999999999|0|1h2|IN|in|CH|A|a|AAAA|MX|NS|CNAME|SOA|TXT|SRV|DS|NSEC3PARAM|TYPE65400|NAPTR|RRSIG|HINFO|EUI48|AXFR|`+
	`192.0.2.1|192.0.2.256|192.0.2.01|1.2.3|1.2.3.4.5|2001:db8::1|::|1::2::3|::ffff:192.0.2.1|1:2:3:4:5:6:7:8:9|10|65535|65536|`+
	`aabb|(|)|;|; c|"|$|$TTL|\#|4|c0000201|00-00-5e-00-53-2a`, "|")

func TestRecordsByTheLineAreThoseEntryByEntry(t *testing.T) {
	dir := includeDir(t)
	word, blank := rapid.SampledFrom(lineWords), rapid.SampledFrom([]string{" ", "\t", "  ", " \t", "", "\n ", "\r"})
	end := rapid.SampledFrom([]string{"\n", "\r\n", "\n\n", "\n;\n", " \n", ""})
	heads := rapid.SampledFrom([]string{"", "", "a A ", "b 60 AAAA ", " MX ", "c IN 60 NS ", " 60 IN SRV ", "d CNAME ", " TXT ", "$ORIGIN x\n"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("$TTL 60\n")
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			b.WriteString(heads.Draw(t, "head"))
			for range rapid.IntRange(0, 5).Draw(t, "words") {
				b.WriteString(word.Draw(t, "word"))
				b.WriteString(blank.Draw(t, "blank"))
			}
			b.WriteString(end.Draw(t, "end"))
		}
		checkParts(t, dir, b.String(), 0)
		checkParts(t, dir, b.String(), rapid.IntRange(1, 60).Draw(t, "part"))
	})
}

// TestRepeatedOwnersAreWhatTheyAreAlone repeats owners in all the ways they are written in, and puts between them what
// may change or hide them. A worker takes over what it takes for the owner before.
func TestRepeatedOwnersAreWhatTheyAreAlone(t *testing.T) {
	dir := includeDir(t)
	padding := strings.Repeat(" ", maxPadding+100)
	owner := rapid.SampledFrom([]string{
		"a", "a", "a", "A", "@", "", "a.example.org.", "a.x", `a\.x`, `\097`, `"a"`, "a;", "(a", "..bad", "*", "$a",
		strings.Repeat("l", maxLabel+1), "a" + padding, "a " + padding,
	})
	rest := rapid.SampledFrom([]string{
		"A 192.0.2.1", "60 A 192.0.2.1", "IN AAAA 2001:db8::1", "CH TXT x", "MX 10 a", "MX x", "TXT ( x\n y )", "TXT \"open",
		"A 192.0.2.1 ;" + padding, "A 192.0.2.1" + padding, "TXT x" + padding, ")",
	})
	between := rapid.SampledFrom([]string{
		"", "", "", "", "\n", "; a\n", "$ORIGIN x\n", "$ORIGIN example.org.\n", "$TTL 60\n", "$INCLUDE more\n", "b A 192.0.2.1\n",
		"b A (\n192.0.2.1 )\n",
	})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 8).Draw(t, "owners") {
			owner := owner.Draw(t, "owner")
			for range rapid.IntRange(1, 4).Draw(t, "times") {
				b.WriteString(owner + " " + rest.Draw(t, "rest") + "\n" + between.Draw(t, "between"))
			}
		}
		text := b.String()
		checkParts(t, dir, text, max(1, len(text)/rapid.IntRange(4, 9).Draw(t, "parts")))
	})
}
