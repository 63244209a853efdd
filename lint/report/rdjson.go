package report

import (
	"bufio"
	"strings"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file writes the Reviewdog Diagnostic Format, whose columns count bytes and whose ends are exclusive.

type rdResult struct {
	Source      rdName         `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdName struct {
	Name string `json:"name"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
}

type rdLocation struct {
	Path  string  `json:"path"`
	Range rdRange `json:"range"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

func writeRDJSON(w *bufio.Writer, r *Report, _ Options) error {
	out := rdResult{Source: rdName{"mx46"}}
	return putJSONArray(w, out, "diagnostics", "  ", r.each(func(f *lint.Finding) any {
		return rdDiagnostic{
			Message:     strings.Join(prose(f), "\n"),
			Location:    rdLocation{r.Files.File(r.onDisk(f.Span).File).Name, r.rdRange(f.Span)},
			Severity:    strings.ToUpper(level(f.Severity, "info")),
			Code:        rdCode{f.Rule.Name},
			Suggestions: r.rdSuggestions(f),
		}
	}))
}

func (r *Report) rdRange(sp zonefiles.Span) rdRange {
	start, end := r.place(sp, inBytes)
	return rdRange{rdPosition{start.Line, start.Column}, rdPosition{end.Line, end.Column}}
}

// rdSuggestions is the edits of the first fix that changes only the finding's file, since suggestions apply together
// and to that file.
func (r *Report) rdSuggestions(f *lint.Finding) []rdSuggestion {
	file := r.onDisk(f.Span).File
next:
	for _, fix := range f.Fixes {
		var out []rdSuggestion
		for _, edit := range fix.Edits {
			if r.onDisk(edit.Span).File != file {
				continue next
			}
			out = append(out, rdSuggestion{r.rdRange(edit.Span), edit.New})
		}
		return out
	}
	return nil
}
