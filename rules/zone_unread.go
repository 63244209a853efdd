package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

var zoneUnread = lint.Rule{
	Name:     "zone-unread",
	Severity: lint.Warning,
	Problems: []zonefiles.ProblemKind{zonefiles.UnreadProblem, zonefiles.OtherFormatProblem},
}
