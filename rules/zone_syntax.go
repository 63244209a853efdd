package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneSyntax = lint.Rule{
	Name:     "zone-syntax",
	Severity: lint.Error,
	Problems: []zonefiles.ProblemKind{zonefiles.SyntaxProblem, zonefiles.ConfigurationProblem},
}
