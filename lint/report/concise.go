package report

import (
	"bufio"
	"fmt"
)

// writeConcise writes file:line:column: severity: message [rule], a finding a line, with the column in runes.
func writeConcise(w *bufio.Writer, r *Report, o Options) error {
	for _, f := range r.Result.Findings {
		at, _ := r.place(f.Span, inRunes)
		fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s]\n", o.path(at.File), at.Line, at.Column, f.Severity, f.Message, f.Rule.Name)
	}
	return nil
}
