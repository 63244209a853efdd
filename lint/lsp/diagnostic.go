package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file shows findings to the client.

// view is a project as the client sees it: its buffers by the names of files, and its unit of columns.
type view struct {
	*project
	encoding        encoding
	documents       []*document
	markup          string // what it shows in a hover
	documentChanges bool   // it makes edits of versions of buffers
}

// document is the open buffer of a file, by name; nil if there is none.
func (v *view) document(name string) *document {
	path := v.path(name)
	if i := slices.IndexFunc(v.documents, func(d *document) bool { return d.path == path }); i >= 0 {
		return v.documents[i]
	}
	return nil
}

// uri is that of a file, by name, as the client writes it where the file is open.
func (v *view) uri(name string) string {
	if d := v.document(name); d != nil {
		return d.uri
	}
	return uriOf(v.path(name))
}

// onDisk is the part of a span that lies in a file.
func (v *view) onDisk(sp zonefiles.Span) zonefiles.Span {
	files := v.workspace.Files()
	sp = files.OnDisk(sp)
	size := uint32(len(files.File(sp.File).Data))
	sp.Start, sp.End = min(sp.Start, size), min(max(sp.Start, sp.End), size)
	return sp
}

func (v *view) location(sp zonefiles.Span) location {
	sp, files := v.onDisk(sp), v.workspace.Files()
	return location{v.uri(files.File(sp.File).Name), v.encoding.span(files, sp)}
}

func (v *view) diagnostic(f *lint.Finding) (uri string, d diagnostic) {
	at := v.location(f.Span)
	d = diagnostic{
		Range: at.Range, Severity: severityOf(f.Severity), Code: f.Rule.Name, Source: "mx46", Message: describe(f),
	}
	if reference := f.Rule.Reference(); reference != "" {
		d.CodeDescription = &codeDescription{reference}
	}
	for _, r := range slices.Concat(f.Related, f.Path) {
		d.RelatedInformation = append(d.RelatedInformation, relatedLocation{v.location(r.Span), text.Line(r.Message)})
	}
	return at.URI, d
}

// describe is what is wrong, whom it hurts and what to do, a line each.
func describe(f *lint.Finding) string {
	out := text.Line(f.Message)
	if f.Harm != "" {
		out += "\nHarm: " + text.Line(f.Harm)
	}
	if f.Help != "" {
		out += "\nHelp: " + text.Line(f.Help)
	}
	return out
}

func severityOf(s lint.Severity) int {
	switch s {
	case lint.Error:
		return severityError
	case lint.Warning:
		return severityWarning
	}
	return severityInformation
}

// diagnostics are those of all files, by URI, in the order of the file.
func (v *view) diagnostics() map[string][]diagnostic {
	all := map[string][]diagnostic{}
	for i := range v.findings {
		uri, d := v.diagnostic(&v.findings[i])
		all[uri] = append(all[uri], d)
	}
	for uri, list := range all {
		all[uri] = limited(list)
	}
	return all
}

// limited keeps the most severe of very many diagnostics, and counts the others.
func limited(list []diagnostic) []diagnostic {
	if len(list) <= maxShown {
		return list
	}
	slices.SortStableFunc(list, func(a, b diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
	rest := len(list) - maxShown
	return append(list[:maxShown], diagnostic{
		Severity: severityInformation, Code: "more", Source: "mx46",
		Message: fmt.Sprintf("%d more findings in this file are not shown: mx46 lint lists them", rest),
	})
}

// publish sends the client what changed since the last time. What the client pulls is only withdrawn.
func (s *Server) publish(ctx context.Context, v *view) error {
	all := map[string][]diagnostic{}
	if v.err == nil {
		all = v.diagnostics()
	}
	pulled := map[string]bool{}
	if s.pulls() {
		for _, d := range v.documents {
			pulled[d.uri] = true
		}
	}
	now := map[string]string{}
	changed := false
	for _, uri := range slices.Sorted(maps.Keys(all)) {
		data, err := json.Marshal(all[uri])
		if err != nil {
			return err
		}
		now[uri] = string(data)
	}
	for _, uri := range slices.Sorted(maps.Keys(v.published)) {
		if _, still := now[uri]; !still {
			now[uri] = ""
		}
	}
	for _, uri := range slices.Sorted(maps.Keys(now)) {
		if now[uri] == v.published[uri] {
			continue
		}
		changed = true
		if pulled[uri] {
			continue
		}
		params := publishParams{URI: uri, Diagnostics: all[uri]}
		if params.Diagnostics == nil {
			params.Diagnostics = []diagnostic{}
		}
		for _, d := range v.documents {
			if d.uri == uri {
				params.Version = &d.version
			}
		}
		if err := s.rpc.Notify(ctx, "textDocument/publishDiagnostics", params); err != nil {
			return err
		}
	}
	maps.DeleteFunc(now, func(_, data string) bool { return data == "" })
	v.published = now
	if changed && s.pulls() {
		s.ask("workspace/diagnostic/refresh", nil)
	}
	return s.explain(ctx, v)
}

// explain shows once why there are no findings.
func (s *Server) explain(ctx context.Context, v *view) error {
	message := ""
	if v.err != nil {
		message = v.err.Error()
	}
	if message == v.shown {
		return nil
	}
	if v.shown = message; message == "" {
		return nil
	}
	return s.show(ctx, v.err)
}

// show shows an error to the person at the keyboard.
func (s *Server) show(ctx context.Context, err error) error {
	return s.rpc.Notify(ctx, "window/showMessage", showMessageParams{severityError, "mx46: " + text.Lines(err.Error())})
}
