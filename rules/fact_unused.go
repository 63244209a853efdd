package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var factUnused = lint.Rule{
	Name:     "fact-unused",
	Severity: lint.Warning,
	Problems: []zonefiles.ProblemKind{zonefiles.UnusedProblem},
}
