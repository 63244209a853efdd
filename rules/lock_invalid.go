package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var lockInvalid = lint.Rule{
	Name:     "lock-invalid",
	Severity: lint.Error,
	Problems: []zonefiles.ProblemKind{zonefiles.LockProblem},
}
