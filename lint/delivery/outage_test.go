package delivery_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "mx46/lint/delivery"
)

func TestFaultsBreakEachHostAndEachFamily(t *testing.T) {
	s := setting{}.simulate(t, "d MX 1 mx1\nmx1 AAAA 2001:db8::1\nd MX 10 mx10\nmx10 A 192.0.2.10\nmx10 AAAA 2001:db8::10")
	var got []string
	faults, _ := s.Faults([]Sender{sender4, sender6}, 100)
	for _, f := range faults {
		what := f.Family.String()
		if !f.Host.IsRoot() {
			what = f.Host.Undotted()
		}
		got = append(got, fmt.Sprintf("%s %v: %v", what, f.Sender, Worst(f.Outcomes)))
	}
	want := []string{
		"mx1 IPv4-only: delayed", "mx1 IPv6-only: delayed",
		"mx10 IPv4-only: delayed", "mx10 IPv6-only: delivered",
		"IPv4 IPv4-only: delayed", "IPv4 IPv6-only: delivered",
		"IPv6 IPv4-only: delayed", "IPv6 IPv6-only: delayed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFaultsLeaveHostsBeyondTheLimitAlone(t *testing.T) {
	s := setting{}.simulate(t, "d MX 1 mx1\nmx1 A 192.0.2.1\nd MX 2 mx2\nmx2 A 192.0.2.2\nd MX 3 mx3\nmx3 A 192.0.2.3")
	faults, omitted := s.Faults([]Sender{sender4}, 1)
	if len(faults) != 3 || faults[0].Host != n("mx1") || omitted != 2 {
		t.Errorf("%+v, %d omitted", faults, omitted)
	}
}
