package rules

import "mx46/lint"

// The engine reports it, since only the engine knows what a comment silenced.
var ignoreUnused = lint.Rule{Name: "ignore-unused", Severity: lint.Warning}
