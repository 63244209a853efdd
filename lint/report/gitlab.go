package report

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"strings"

	"mx46/lint"
)

// This file writes GitLab's Code Quality report: a subset of the Code Climate issue format.

type gitlabIssue struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

func writeGitLab(w *bufio.Writer, r *Report, _ Options) error {
	seen := map[string]int{}
	return putJSONArray(w, nil, "", "  ", r.each(func(f *lint.Finding) any {
		start, end := r.place(f.Span, inRunes)
		// Lines move, so the identity does not include them. Of issues with the same identity, GitLab keeps only one.
		identity := fmt.Sprintf("%q", []string{
			f.Rule.Name, start.File, string(f.Zone), string(f.Subject.Owner), f.Subject.Target,
		})
		seen[identity]++
		return gitlabIssue{
			Description: strings.Join(prose(f), " "),
			Check:       f.Rule.Name,
			Fingerprint: fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s %d", identity, seen[identity]))),
			Severity:    gitlabSeverity(f.Severity),
			Location:    gitlabLocation{start.File, gitlabLines{start.Line, end.Line}},
		}
	}))
}

// gitlabSeverity is one of info, minor, major, critical and blocker.
func gitlabSeverity(s lint.Severity) string {
	switch s {
	case lint.Error:
		return "critical"
	case lint.Warning:
		return "major"
	}
	return "info"
}
