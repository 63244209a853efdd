package delivery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestEveryRunIsOneOfTheOutcomesAndNoOutcomeIsWithoutARun(t *testing.T) {
	rapid.Check(t, runsEndAsOutcomes)
}

func FuzzEveryRunIsOneOfTheOutcomes(f *testing.F) { f.Fuzz(rapid.MakeFuzz(runsEndAsOutcomes)) }

// runsEndAsOutcomes draws a world and holds its runs to its outcomes.
func runsEndAsOutcomes(t *rapid.T) {
	setting, zone, hosts := randomSetting(t)
	setting.outage.Families = rapid.SampledFrom([]Families{None, IPv4, IPv6}).Draw(t, "down")
	if h := rapid.IntRange(-1, len(hosts)-1).Draw(t, "lost"); h >= 0 {
		setting.outage.Hosts = ns(fmt.Sprint("mx", h))
	}
	sender := rapid.SampledFrom(Senders()).Draw(t, "sender")
	s := setting.simulate(t, zone)
	outcomes := s.Outcomes(sender)
	seen := map[Outcome]bool{}
	for seed := range uint64(300) {
		trace := s.Run(sender, seed)
		seen[trace.Outcome] = true
		if !slices.Contains(outcomes, trace.Outcome) {
			t.Fatalf("%v to %s %+v: %v is not among %v: %+v", sender, zone, setting, trace.Outcome, say(outcomes), trace.Steps)
		}
		if len(outcomes) == 1 {
			break
		}
	}
	if len(seen) != len(outcomes) {
		t.Fatalf("%v to %s %+v: runs end as %v, not as all of %v", sender, zone, setting, seen, say(outcomes))
	}
}

func TestATraceTellsEachStepWithItsRecord(t *testing.T) {
	s := setting{outage: Outage{Hosts: ns("mx10")}}.simulate(t, strings.Join([]string{
		"d MX 1 mx1", "d MX 10 mx10", "d MX 100 mx100",
		"mx1 AAAA 2001:db8::1", "mx10 A 192.0.2.10", "mx10 AAAA 2001:db8::10", "mx100 A 192.0.2.100",
	}, "\n"))
	trace := s.Run(sender4, 1)
	var got []string
	for _, s := range trace.Steps {
		host := ""
		if !s.Host.IsRoot() {
			host = s.Host.Undotted()
		}
		got = append(got, fmt.Sprintf("%s (%d) %s [%d]", host, s.Number, s.Text, lineOf(s.Record)))
	}
	want := []string{
		" (1) d has MX 1 mx1 [1]",
		" (1) d has MX 10 mx10 [2]",
		" (1) d has MX 100 mx100 [3]",
		" (3) mx1 has no A record [4]",
		" (5) mx1 has no address that the sender can use: try the next MX record [1]",
		" (3) mx10 has A 192.0.2.10 [5]",
		" (7) no connection to mx10 at 192.0.2.10: the host is down [5]",
		" (8) no address of mx10 is reachable: try the next MX record [2]",
		" (3) mx100 has A 192.0.2.100 [7]",
		" (7) connected to mx100 at 192.0.2.100 [7]",
		" (9) mx100 accepts the mail [3]",
		"mx100 (1) d has MX 1 mx1 [1]",
		"mx100 (1) d has MX 10 mx10 [2]",
		"mx100 (1) d has MX 100 mx100 [3]",
		"mx100 (2) drop MX 100 mx100: mx100 is itself at 100 [3]",
		"mx100 (3) mx1 has no A record [4]",
		"mx100 (5) mx1 has no address that mx100 can use: try the next MX record [1]",
		"mx100 (3) mx10 has A 192.0.2.10 [5]",
		"mx100 (7) no connection to mx10 at 192.0.2.10: the host is down [5]",
		"mx100 (8) no address of mx10 is reachable: try the next MX record [2]",
		"mx100 (8) the end of the list of MX records: delayed (4.4.1) [0]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(ns("mx100"), trace.Path); diff != "" {
		t.Error(diff)
	}
}

func TestARunEndsWhereItComesToTheUnknown(t *testing.T) {
	s := setting{}.simulate(t, "d MX 1 x\nx UNKNOWN\nd MX 2 mx\nmx A 192.0.2.1")
	steps := func(trace Trace) (texts []string) {
		for _, s := range trace.Steps {
			texts = append(texts, s.Text)
		}
		return texts[2:]
	}
	undecided := s.Run(sender4, 0)
	if diff := cmp.Diff([]string{"the A records of x are not in what is loaded", "whether x has an address that the sender can use is not in what is loaded"},
		steps(undecided)); diff != "" || undecided.Outcome.Kind != Undecided {
		t.Errorf("%v (-want +got)\n%s", undecided.Outcome, diff)
	}
	delivered := s.RunTo(sender4, Delivered, 1)
	if diff := cmp.Diff([]string{
		"the A records of x are not in what is loaded: suppose that it has one", "connected to x at its IPv4 address", "x accepts the mail",
	}, steps(delivered)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	stuck := steps(s.RunTo(sender4, Stuck, 1))
	if want := "the A records of x are not in what is loaded: suppose that it has none"; stuck[0] != want {
		t.Errorf("%q, want %q", stuck[0], want)
	}
}

func TestIPv6IsTriedBeforeIPv4WithinAPreference(t *testing.T) {
	s := setting{outage: Outage{Families: Dual}}.simulate(t,
		"d MX 1 mx\nmx A 192.0.2.1\nmx A 192.0.2.2\nmx AAAA 2001:db8::1\nmx AAAA 2001:db8::2\nd MX 2 mx2\nmx2 AAAA 2001:db8::3")
	for seed := range uint64(20) {
		var families string
		for _, s := range s.Run(sender46, seed).Steps {
			if s.Number == 7 {
				families += map[bool]string{true: "6", false: "4"}[strings.Contains(s.Text, "2001:")]
			}
		}
		if families != "66446" {
			t.Fatalf("seed %d tries %s", seed, families)
		}
	}
}

func TestATraceShowsWhatNAT64MakesOfAnAddress(t *testing.T) {
	for _, s := range (setting{}).simulate(t, "d MX 1 mx\nmx A 192.0.2.33").Run(sender64, 1).Steps {
		if s.Number == 7 && s.Text != "connected to mx at 64:ff9b::c000:221 (192.0.2.33 through NAT64)" {
			t.Error(s.Text)
		}
	}
}

func TestRunToFindsTheWantedEnd(t *testing.T) {
	s := setting{}.simulate(t, "d MX 1 mx1\nmx1 AAAA 2001:db8::1\nd MX 2 a\na A 192.0.2.1\nd MX 2 b\nb A 192.0.2.2\nb AAAA 2001:db8::2")
	for _, test := range []struct{ wanted, want OutcomeKind }{
		{Stuck, Stuck}, {Delivered, Delivered}, {Refused, s.Run(sender4, 0).Outcome.Kind},
	} {
		if got := s.RunTo(sender4, test.wanted, 50).Outcome.Kind; got != test.want {
			t.Errorf("wanted %v, got %v", test.wanted, got)
		}
	}
}

func TestALongTraceIsCut(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "d MX %d mx\n", i)
	}
	text.WriteString("mx A 10.0.0.1\n")
	trace := setting{}.simulate(t, text.String()).Run(sender4, 0)
	if !trace.Cut || trace.Outcome.Kind != Stuck || !slices.ContainsFunc(trace.Steps, func(s Step) bool { return s.Record != (zonefiles.Record{}) }) {
		t.Errorf("cut %v, %v after %d steps", trace.Cut, trace.Outcome, len(trace.Steps))
	}
}
