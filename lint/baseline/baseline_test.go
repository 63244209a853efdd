package baseline_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/lint/baseline"
	"mx46/zonefiles"
)

var (
	noAddress = &lint.Rule{Name: "mx-target-no-address"}
	noIPv6    = &lint.Rule{Name: "mx-no-ipv6"}
)

func finding(rule *lint.Rule, owner, target string) lint.Finding {
	return lint.Finding{
		Rule: rule, Zone: zonefiles.MustName("example.org."),
		Subject: lint.Subject{Owner: zonefiles.MustName(owner), Target: target},
	}
}

// known has a finding twice, one without a target, one whose target needs quotes, and one that a comment silences.
func known() []lint.Finding {
	silent := finding(noIPv6, "silent.example.org.", "")
	silent.Suppressed = "a reason"
	return []lint.Finding{
		finding(noAddress, "example.org.", "mx2.example.org."), finding(noAddress, "example.org.", "mx2.example.org."),
		finding(noIPv6, "example.org.", ""), finding(noAddress, "a.example.org.", "ü \"x\"\x1b"), silent,
	}
}

const knownText = `mx46 baseline 1
# Findings that are known and not reported: zone, owner, rule, target, how many. Written by mx46 lint --write-baseline.
example.org. a.example.org. mx-target-no-address "\u00fc \"x\"\x1b" 1
example.org. example.org. mx-no-ipv6 "" 1
example.org. example.org. mx-target-no-address mx2.example.org. 2
`

func TestABaselineIsSortedText(t *testing.T) {
	if diff := cmp.Diff(knownText, string(baseline.New(known()).Text())); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestAParsedBaselineIsWrittenAsItWas(t *testing.T) {
	for _, text := range []string{knownText, strings.ReplaceAll(knownText, "\n", "\r\n"), knownText + "\n# a remark\n", strings.TrimSuffix(knownText, "\n")} {
		b, err := baseline.Parse("b", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(knownText, string(b.Text())); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	}
}

func TestABaselineSuppressesAsManyAsItHolds(t *testing.T) {
	b, err := baseline.Parse("b", []byte(knownText))
	if err != nil {
		t.Fatal(err)
	}
	now := []lint.Finding{
		finding(noAddress, "example.org.", "mx2.example.org."), finding(noAddress, "example.org.", "mx2.example.org."),
		finding(noAddress, "example.org.", "mx2.example.org."), finding(noIPv6, "new.example.org.", ""),
	}
	left := b.Suppress(now)
	var got []string
	for _, f := range now {
		got = append(got, f.Suppressed)
	}
	if diff := cmp.Diff([]string{lint.Baselined, lint.Baselined, "", ""}, got); diff != "" {
		t.Errorf("suppressed (-want +got):\n%s", diff)
	}
	asked := func(_, rule string) bool { return rule != "mx-no-ipv6" }
	if entries, n := left.Count(asked); entries != 1 || n != 1 {
		t.Errorf("%d entries with %d findings are left", entries, n)
	}
	text := strings.Replace(knownText, "2\n", "7\r\n# ours\n", 1)
	if b, err = baseline.Parse("b", []byte(text)); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, `example.org. a.example.org. mx-target`) {
			want.WriteString(strings.Replace(line, "7\r", "3\r", 1))
		}
	}
	for i := range now {
		now[i].Suppressed = ""
	}
	if diff := cmp.Diff(want.String(), string(b.Prune([]byte(text), b.Suppress(now), asked))); diff != "" {
		t.Errorf("pruned (-want +got):\n%s", diff)
	}
}

func TestAFaultyBaselineIsRefusedWithItsPlace(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", `b:1:1: the file is empty; the first line of a baseline is "mx46 baseline 1"`},
		{"something else", "{\x1b[2J}\n", `b:1:1: it is no baseline: the first line is "{\x1b[2J}" and not "mx46 baseline 1"`},
		{"another version", "mx46 baseline 2\n", "b:1:1: version 2 is not 1, the only one that this mx46 reads"},
		{"a mark of a merge", "mx46 baseline 1\n<<<<<<< HEAD\n", "b:2:9: the line holds no owner here; it is: zone owner rule target count"},
		{"too few fields", "mx46 baseline 1\n. . r \n", "b:2:7: the line holds no target here; it is: zone owner rule target count"},
		{"two blanks", "mx46 baseline 1\n.  . r t 1\n", "b:2:3: the line holds no owner here; it is: zone owner rule target count"},
		{"an open quote", "mx46 baseline 1\n. . r \"t 1\n", "b:2:7: the line holds no target here; it is: zone owner rule target count"},
		{"no count", "mx46 baseline 1\n. . r t\n", "b:2:7: the line holds no target here; it is: zone owner rule target count"},
		{"a count of nothing", "mx46 baseline 1\n. . r t 0\n", "b:2:9: the line does not end with a count from 1 up"},
		{"a huge count", "mx46 baseline 1\n. . r t 99999999999\n", "b:2:9: the line does not end with a count from 1 up"},
		{"more behind the count", "mx46 baseline 1\n. . r t 1 2\n", "b:2:9: the line does not end with a count from 1 up"},
		{"a line twice", "mx46 baseline 1\n. . r t 1\n. . r \"t\" 2\n", "b:3:1: line 2 is about the same"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := baseline.Parse("b", []byte(test.text))
			if err == nil || err.Error() != test.want {
				t.Errorf("the error is %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestALineIsAboutTheSameHoweverItIsQuoted(t *testing.T) {
	b, err := baseline.Parse("b", []byte("mx46 baseline 1\n\"z\" b r \"\\x74\" 1\na b r t 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := knownText[:strings.Index(knownText, "example")] + "a b r t 2\nz b r t 1\n"
	if diff := cmp.Diff(want, string(b.Text())); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestABaselineOfAnySizeCostsLittle(t *testing.T) {
	var text strings.Builder
	text.WriteString("mx46 baseline 1\n")
	entries := 0
	for ; text.Len() < baseline.MaxSize-16; entries++ {
		fmt.Fprintf(&text, "%x b c d 3\n", entries)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := baseline.Parse("b", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 40*baseline.MaxSize {
		t.Errorf("%d bytes are allocated for a file of %d", bytes, baseline.MaxSize)
	}
	if all, findings := b.Count(func(string, string) bool { return true }); all != entries || findings != 3*entries {
		t.Errorf("%d entries with %d findings; there are %d", all, findings, entries)
	}
	if _, err := baseline.Parse("b", []byte(text.String()+strings.Repeat("\n", 16))); err == nil || err.Error() != "b:1:1: the file is larger than 16777216 bytes" {
		t.Errorf("the error is %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(knownText)
	f.Add("mx46 baseline 1\n\"\" \"\\x00\" r t 7\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := baseline.Parse("b", []byte(text))
		if err != nil {
			return
		}
		again, err := baseline.Parse("b", b.Text())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, b.Text())
		}
		if diff := cmp.Diff(string(b.Text()), string(again.Text())); diff != "" {
			t.Errorf("text (-first +second):\n%s", diff)
		}
	})
}
