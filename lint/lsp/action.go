package lsp

import (
	"context"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file offers changes of the text. The client makes them.

func (s *Server) actions(ctx context.Context, p actionParams) ([]codeAction, error) {
	actions := []codeAction{}
	err := s.at(ctx, p.TextDocument.URI, func(v *view, d *document) error {
		if wants(p.Context.Only, quickFix) {
			for i := range v.findings {
				f := &v.findings[i]
				if uri, shown := v.diagnostic(f); uri == d.uri && overlap(shown.Range, p.Range) {
					actions = append(actions, v.fixes(f, shown)...)
					actions = append(actions, v.ignores(f, shown)...)
				}
			}
		}
		// To fix everything takes several runs of the rules, which nobody wants at each move of the cursor.
		if len(p.Context.Only) == 0 || !wants(p.Context.Only, fixAll) {
			return nil
		}
		all, err := v.fixAll(ctx, d)
		actions = append(actions, all...)
		return err
	})
	return actions, err
}

// wants reports whether a client wants actions of a kind: it names none, the kind, or one that it belongs to.
func wants(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return kind == o || strings.HasPrefix(kind, o+".")
	})
}

func before(a, b position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}

// overlap reports whether ranges have a place in common. Where one ends and the other starts counts: a cursor is an
// empty range.
func overlap(a, b span) bool { return !before(a.End, b.Start) && !before(b.End, a.Start) }

func (v *view) fixes(f *lint.Finding, shown diagnostic) []codeAction {
	var actions []codeAction
	for _, fix := range f.Fixes {
		if !v.canEdit(fix.Edits) {
			continue
		}
		title := text.Line(fix.Message)
		if !fix.Safe {
			title += " (look before you save: this may not be what was meant)"
		}
		actions = append(actions, codeAction{
			Title: title, Kind: quickFix, IsPreferred: fix.Safe, Diagnostics: []diagnostic{shown}, Edit: v.edit(fix.Edits),
		})
	}
	return actions
}

func (v *view) canEdit(edits []lint.Edit) bool {
	return !slices.ContainsFunc(edits, func(e lint.Edit) bool { return !v.workspace.Files().Editable(e.Span) })
}

// reasonToFillIn is what people replace in an ignore comment.
const reasonToFillIn = "say why"

// ignores offers to silence a finding where it is.
func (v *view) ignores(f *lint.Finding, shown diagnostic) []codeAction {
	at := v.onDisk(f.Span)
	record, ok := v.recordAt(at.File, at.Start)
	if !ok {
		return nil
	}
	edit, ok := lint.AddIgnore(record, f.Rule, reasonToFillIn)
	if !ok {
		return nil
	}
	return []codeAction{{
		Title: "Ignore " + f.Rule.Name + " here: " + reasonToFillIn, Kind: quickFix, Diagnostics: []diagnostic{shown},
		Edit: v.edit([]lint.Edit{edit}),
	}}
}

// edit is a change of the files that edits lie in.
func (v *view) edit(edits []lint.Edit) workspaceEdit {
	files := v.workspace.Files()
	changes := map[string][]textEdit{}
	var order []string
	for _, e := range edits {
		uri := v.uri(files.File(e.Span.File).Name)
		if changes[uri] == nil {
			order = append(order, uri)
		}
		changes[uri] = append(changes[uri], textEdit{v.encoding.span(files, e.Span), e.New})
	}
	if !v.documentChanges {
		return workspaceEdit{Changes: changes}
	}
	var out workspaceEdit
	for _, uri := range order {
		id := documentID{URI: uri}
		for _, d := range v.documents {
			if d.uri == uri {
				id.Version = &d.version
			}
		}
		out.DocumentChanges = append(out.DocumentChanges, documentEdit{id, changes[uri]})
	}
	return out
}

// fixAll makes all safe fixes of one file.
func (v *view) fixAll(ctx context.Context, d *document) ([]codeAction, error) {
	name, err := v.workspace.Name(d.path)
	if err != nil {
		return nil, nil // the file lies outside, and has no findings
	}
	files := v.workspace.Files()
	within := func(f lint.Fix) bool {
		return !slices.ContainsFunc(f.Edits, func(e lint.Edit) bool { return files.File(e.Span.File).Name != name })
	}
	outcome, err := fix.Run(v.workspace, fix.Options{}, func() ([]lint.Finding, error) {
		findings, err := v.lint(ctx)
		for i := range findings {
			findings[i].Fixes = slices.DeleteFunc(slices.Clone(findings[i].Fixes), func(f lint.Fix) bool { return !within(f) })
		}
		return findings, err
	})
	v.generation = 0 // the workspace holds the fixed texts until it is refreshed
	if err != nil {
		return nil, err
	}
	for _, c := range outcome.Changes {
		if c.Name == name {
			file, err := files.Add(name, c.Before)
			if err != nil {
				return nil, err
			}
			whole := zonefiles.Span{File: file.ID, End: uint32(len(c.Before))}
			return []codeAction{{
				Title: "Make all safe fixes of mx46", Kind: fixAll,
				Edit: v.edit([]lint.Edit{{Span: whole, New: string(c.After)}}),
			}}, nil
		}
	}
	return nil, nil
}
