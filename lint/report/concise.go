package report

import (
	"bufio"
	"fmt"
)

// writeConcise writes one finding a line, as file:line:column: severity: message [rule]. Columns count runes.
func writeConcise(w *bufio.Writer, r *Report, o Options) error {
	for f := range r.all(false) {
		at, _ := r.place(f.Span, inRunes)
		fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s]\n", o.path(at.File), at.Line, at.Column, f.Severity, f.Message, f.Rule.Name)
	}
	return nil
}
