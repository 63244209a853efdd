package report

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
)

// writeGitHub writes workflow commands, which GitHub Actions shows as annotations in a pull request. It shows ten of
// each level a step, so the most severe come first. What the configuration leaves out is one more.
func writeGitHub(w *bufio.Writer, r *Report, o Options) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	type annotation struct {
		cause
		text string
	}
	var annotations []annotation
	for c := range r.causes(r.countCauses(o.All)) {
		f := c.first
		start, end := r.place(f.Span, inRunes)
		where := fmt.Sprintf("file=%s,line=%d,endLine=%d", property.Replace(path(start.File)), start.Line, end.Line)
		if start.Line == end.Line { // the runner rejects columns of different lines
			where += fmt.Sprintf(",col=%d,endColumn=%d", start.Column, end.Column)
		}
		text := data.Replace(strings.Join(r.causeProse(c), "\n"))
		text = fmt.Sprintf("::%s %s,title=%s::%s\n", level(f.Severity, "notice"), where, property.Replace(f.Rule.Name), text)
		severity := &lint.Finding{Severity: f.Severity} // the others of its batch are not kept with it
		annotations = append(annotations, annotation{cause{severity, c.shared}, text})
	}
	slices.SortStableFunc(annotations, func(a, b annotation) int { return compareCauses(&a.cause, &b.cause) })
	for i := range annotations {
		w.WriteString(annotations[i].text)
	}
	if file := r.Settings.Configuration; file != "" && r.Settings.relaxes() {
		fmt.Fprintf(w, "::notice file=%s,line=1,endLine=1,col=1,endColumn=1,title=mx46::%s\n", property.Replace(path(file)),
			data.Replace(r.Settings.sentence()))
	}
	return nil
}
