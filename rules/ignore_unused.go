package rules

import "mx46/lint"

// The engine reports it: only there is it known what a comment silenced.
var ignoreUnused = lint.Rule{Name: "ignore-unused", Severity: lint.Warning}
