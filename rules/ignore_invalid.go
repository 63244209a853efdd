package rules

import "mx46/lint"

// The engine reports it when it reads ignore comments.
var ignoreInvalid = lint.Rule{Name: "ignore-invalid", Severity: lint.Error}
