package lint_test

import (
	"testing"

	"mx46/lint"
)

func TestSeveritiesAreReadAsTheyAreWritten(t *testing.T) {
	for _, severity := range []lint.Severity{lint.Off, lint.Note, lint.Warning, lint.Error} {
		if got, err := lint.ParseSeverity(severity.String()); err != nil || got != severity {
			t.Errorf("%s is read as %s (%v)", severity, got, err)
		}
	}
	for _, text := range []string{"", "fatal", "Error", " note"} {
		if got, err := lint.ParseSeverity(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	if lint.Off >= lint.Note || lint.Note >= lint.Warning || lint.Warning >= lint.Error {
		t.Error("the severities do not rise")
	}
}
