package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneOriginUnknown = lint.Rule{
	Name:     "zone-origin-unknown",
	Severity: lint.Error,
	Problems: []zonefiles.ProblemKind{zonefiles.OriginProblem},
}
