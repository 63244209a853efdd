package lint_test

import (
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

// aboutIgnores are the rules that the engine reports itself.
func aboutIgnores() []*lint.Rule {
	return []*lint.Rule{
		{Name: "ignore-unused", Severity: lint.Warning},
		{Name: "ignore-invalid", Severity: lint.Error},
	}
}

// TestUnusedIgnoresOfRulesOfAllKinds names rules in ignore comments that have nothing to report there, whatever they look at.
func TestUnusedIgnoresOfRulesOfAllKinds(t *testing.T) {
	for _, rule := range []*lint.Rule{
		problemsOfFile("toy", lint.Error),
		inZone("toy", lint.Error, zonefiles.TypeTXT),
		ofType("toy", lint.Error, zonefiles.TypeTXT),
		mxOfDomain("toy", lint.Error),
	} {
		run := newRun(t, "-- example.org.zone --\nmx A 192.0.32.1 ; mx46:ignore toy -- nothing to hide\n", append(aboutIgnores(), rule)...)
		check(t, run, "example.org.zone:1 warning ignore-unused example.org. -> toy: the ignore comment silences no finding of toy")
	}
}
