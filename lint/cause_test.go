package lint_test

import (
	"fmt"
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

func TestFindingsAreSortedByWhatCausesThem(t *testing.T) {
	a, b := &lint.Rule{Name: "a"}, &lint.Rule{Name: "b"}
	of := func(rule *lint.Rule, severity lint.Severity, view, domain, cause string) lint.Finding {
		f := lint.Finding{Rule: rule, Severity: severity, View: view}
		f.Subject.Owner = zonefiles.MustName(domain)
		if cause != "" {
			f.Cause = zonefiles.MustName(cause)
		}
		return f
	}
	findings := []lint.Finding{
		of(a, lint.Error, "", "d1.", "host."),
		of(a, lint.Error, "", "d2.", ""),
		of(a, lint.Error, "", "d2.", ""),
		of(b, lint.Error, "", "d1.", "host."),
		of(a, lint.Error, "", "d3.", "host."),
		of(a, lint.Error, "", "d1.", "host."),
		of(a, lint.Note, "", "d4.", "host."),
		of(a, lint.Error, "inside", "d5.", "host."),
		of(a, lint.Error, "", "d6.", "other."),
	}
	var got []string
	for _, c := range lint.Causes(findings) {
		got = append(got, fmt.Sprint(c.First.Rule.Name, c.Domains(), len(c.Others)))
	}
	want := "[a[d1. d3.] 2 a[d2.] 0 a[d2.] 0 b[d1.] 0 a[d4.] 0 a[d5.] 0 a[d6.] 0]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
