package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneInclude = lint.Rule{
	Name:     "zone-include",
	Severity: lint.Error,
	Problems: []zonefiles.ProblemKind{zonefiles.IncludeProblem},
}
