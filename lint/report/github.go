package report

import (
	"bufio"
	"fmt"
	"strings"
)

// writeGitHub writes workflow commands, which GitHub Actions shows as annotations in a pull request. It shows ten of
// each level a step, so the most severe come first.
func writeGitHub(w *bufio.Writer, r *Report, _ Options) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	findings := r.worstFirst()
	for i := range findings {
		f := &findings[i]
		start, end := r.place(f.Span, inRunes)
		where := fmt.Sprintf("file=%s,line=%d,endLine=%d", property.Replace(path(start.File)), start.Line, end.Line)
		if start.Line == end.Line { // the runner rejects columns of different lines
			where += fmt.Sprintf(",col=%d,endColumn=%d", start.Column, end.Column)
		}
		text := data.Replace(strings.Join(prose(f), "\n"))
		fmt.Fprintf(w, "::%s %s,title=%s::%s\n", level(f.Severity, "notice"), where, property.Replace(f.Rule.Name), text)
	}
	return nil
}
