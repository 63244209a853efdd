package lint_test

import (
	"fmt"
	"slices"
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

func TestFindingsAreCountedByWhatCausesThem(t *testing.T) {
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
	counted := lint.NewCauses()
	for i := range findings {
		counted.Add(&findings[i])
	}
	if err := counted.Count(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range findings {
		if c := counted.Of(&findings[i]); c != nil {
			got = append(got, fmt.Sprint(c.Findings, c.Domains, c.Named, len(c.Places)))
		} else {
			got = append(got, "its own")
		}
	}
	three, one := "3 2 [d1. d3.] 3", func(domain string) string { return "1 1 [" + domain + "] 1" }
	want := []string{three, "its own", "its own", one("d1."), three, three, one("d4."), one("d5."), one("d6.")}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
