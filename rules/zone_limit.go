package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneLimit = lint.Rule{
	Name:     "zone-limit",
	Severity: lint.Error,
	File:     func(p *lint.Pass) { reportProblems(p, zonefiles.LimitProblem) },
}
