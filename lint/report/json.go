package report

import (
	"bufio"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file writes mx46's own JSON, version 1, which testdata/report/findings.schema.json describes. Later versions of
// mx46 may add members; the version changes when one is removed or changes its meaning.

type jsonReport struct {
	Version   int            `json:"version"`
	Findings  []jsonFinding  `json:"findings"`
	Summary   map[string]int `json:"summary"`
	NotJudged []jsonUnjudged `json:"not_judged"`
	Unread    []string       `json:"unread"`
	Settings  Settings       `json:"settings"`
}

// jsonUnjudged counts mail domains that were not judged, by a suffix of the MX hosts that nothing here knows.
type jsonUnjudged struct {
	Suffix      string `json:"suffix"`
	MailDomains int    `json:"mail_domains"`
}

type jsonFinding struct {
	Rule       string   `json:"rule"`
	Severity   string   `json:"severity"`
	Message    string   `json:"message"`
	Harm       string   `json:"harm"`
	Help       string   `json:"help"`
	Zone       string   `json:"zone"`
	Domain     string   `json:"domain"`
	Domains    []string `json:"domains,omitempty"`
	Target     string   `json:"target,omitempty"`
	Suppressed string   `json:"suppressed,omitempty"`
	jsonPlace
	Related []jsonRelated `json:"related"`
	Path    []jsonRelated `json:"path,omitempty"`
	Fixes   []jsonFix     `json:"fixes"`
}

// jsonPlace counts lines and columns from 1, columns in runes; the end is just after the last rune.
type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

type jsonRelated struct {
	jsonPlace
	Message string `json:"message"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Safe    bool       `json:"safe"`
	Edits   []jsonEdit `json:"edits"`
}

// jsonEdit replaces length bytes at offset, both in bytes of the file.
type jsonEdit struct {
	jsonPlace
	Offset uint32 `json:"offset"`
	Length int    `json:"length"`
	New    string `json:"new"`
}

func writeJSON(w *bufio.Writer, r *Report, _ Options) error {
	out := jsonReport{
		Version: 1, Summary: r.summary(), NotJudged: []jsonUnjudged{}, Settings: r.Settings.complete(),
		Unread: append([]string{}, r.Result.Unread...),
	}
	for _, u := range r.Result.Unjudged {
		out.NotJudged = append(out.NotJudged, jsonUnjudged{u.Suffix.String(), u.MailDomains})
	}
	return putJSONArray(w, out, "findings", "  ", r.each(func(f *lint.Finding) any { return r.jsonFinding(f) }))
}

// writeJSONLines writes the findings of the json format, one a line, and nothing else.
func writeJSONLines(w *bufio.Writer, r *Report, _ Options) error {
	for f := range r.all(false) {
		if err := PutJSON(w, r.jsonFinding(f), ""); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) jsonFinding(f *lint.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule.Name, Severity: f.Severity.String(), Message: f.Message, Harm: f.Harm, Help: f.Help,
		Zone: f.Zone.String(), Domain: f.Subject.Owner.String(), Target: f.Subject.Target, Suppressed: f.Suppressed,
		jsonPlace: r.jsonPlace(f.Span), Related: r.jsonRelated(f.Related), Path: r.jsonRelated(f.Path), Fixes: []jsonFix{},
	}
	for _, name := range f.Domains {
		out.Domains = append(out.Domains, name.String())
	}
	for _, fix := range f.Fixes {
		edits := []jsonEdit{}
		for _, edit := range fix.Edits {
			sp := r.onDisk(edit.Span)
			edits = append(edits, jsonEdit{r.jsonPlace(sp), sp.Start, sp.Len(), edit.New})
		}
		out.Fixes = append(out.Fixes, jsonFix{fix.Message, fix.Safe, edits})
	}
	return out
}

func (r *Report) jsonPlace(sp zonefiles.Span) jsonPlace {
	start, end := r.place(sp, inRunes)
	return jsonPlace{start.File, start.Line, start.Column, end.Line, end.Column}
}

func (r *Report) jsonRelated(places []lint.Related) []jsonRelated {
	out := []jsonRelated{}
	for _, p := range places {
		out = append(out, jsonRelated{r.jsonPlace(p.Span), p.Message})
	}
	return out
}
