package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneSyntax = lint.Rule{
	Name:     "zone-syntax",
	Severity: lint.Error,
	File: func(p *lint.Pass) {
		reportProblems(p, zonefiles.SyntaxProblem)
		reportProblems(p, zonefiles.ConfigurationProblem)
	},
}
