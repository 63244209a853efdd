package workspace

import (
	"context"
	"maps"
	"slices"

	"mx46/lint"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file runs the rules.

// LintOptions say what to look for.
type LintOptions struct {
	Rules       []*lint.Rule // nil: the whole catalogue
	NoIgnores   bool         // as if there were no ignore comments
	MaxFindings int          // lint.ErrTooMany beyond them; 0: as many as there are
	KeepTexts   bool         // of zones that are let go, not only the lines that findings show: reports are to have them
	OnDisk      bool         // findings that are too many for memory are kept in a temporary file; see lint.Run
	InMemory    int          // findings that a worker may have before; see lint.Run
	All         bool         // every zone was read that the configuration speaks of: entries that match none are reported
}

// Lint runs rules over the zones as they are. Its error is lint.ErrTooMany, or the context's.
func (w *Workspace) Lint(ctx context.Context, o LintOptions) (lint.Result, error) {
	run := w.run(o)
	w.fill(run, o)
	result, err := run.Lint(ctx)
	w.complete(&result)
	return result, err
}

func (w *Workspace) run(o LintOptions) *lint.Run {
	run := &lint.Run{
		Files: w.loader.Files, Problems: w.problems, Rules: o.Rules, Catalog: w.catalog, Settings: w.Settings,
		Facts: w.Facts(), Observed: w.observed, Jobs: w.jobs, NoIgnores: o.NoIgnores, MaxFindings: o.MaxFindings,
	}
	if o.OnDisk {
		run.InMemory = o.InMemory
		run.Temporary = func() (lint.Temporary, error) { return disk.NewTemporary() }
	}
	if run.Rules == nil {
		run.Rules = w.catalog
	}
	return run
}

// fill gives a run what is known once all zones are read.
func (w *Workspace) fill(run *lint.Run, o LintOptions) {
	run.Views = w.views
	if o.All {
		run.Problems = append(slices.Clip(run.Problems), w.unused()...)
	}
}

// complete counts what is not for rules to see.
func (w *Workspace) complete(result *lint.Result) {
	s := &result.Summary
	result.Unread = w.unreadFiles()
	s.Unread = len(result.Unread)
	s.Snippets, s.Excluded = w.snippets, len(w.Excluded())
	s.SetAside = len(w.unchecked.SetAside)
	s.Elsewhere = len(w.Elsewhere(nil))
	for i := range w.copies {
		s.Copies += len(w.copies[i].Rest)
	}
	for _, kind := range []string{"secondary", "mirror", "stub"} {
		s.NotPrimary += w.unchecked.Secondary[kind]
	}
	for _, j := range w.journals {
		if j.ahead {
			s.Unsynced++
		}
	}
}

// unreadFiles are the files that may hold a zone, and of which nothing could be read.
func (w *Workspace) unreadFiles() []string {
	files := map[string]bool{}
	for i := range w.problems {
		if p := &w.problems[i]; p.Kind == zonefiles.UnreadProblem || p.Kind == zonefiles.OtherFormatProblem {
			files[w.loader.Files.File(p.Span.File).Name] = true
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// unused are the entries of the configuration that match nothing. There are none where a part of what they may match is
// not known: a zone that could not be read, in part or at all, or one of which a tool has yet to fill in some, or whose
// origin is a guess.
func (w *Workspace) unused() []zonefiles.Problem {
	isPart := func(z *zonefiles.Zone) bool {
		return z.Missing || !z.OriginKnown || z.Guessed || z.IsTemplate || z.HasGaps() || len(z.Elsewhere) > 0
	}
	isUnread := func(p zonefiles.Problem) bool { return p.Kind != zonefiles.LockProblem }
	if w.confName == "" || len(w.unread)+len(w.elsewhere) > 0 || slices.ContainsFunc(w.problems, isUnread) {
		return nil
	}
	others := []string{w.confName, w.lockName}
	for _, zones := range w.views {
		if slices.ContainsFunc(zones, isPart) {
			return nil
		}
		for _, z := range zones {
			for _, include := range z.Includes {
				others = append(others, w.loader.Files.File(include).Name)
			}
		}
	}
	return w.config.Unused(w.views, w.lock, slices.Concat(others, w.confFiles)...)
}

// Settings are those of a file and the zone in it.
func (w *Workspace) Settings(file, view string, origin zonefiles.Name) *lint.Settings {
	return w.config.Lint(file, view, origin)
}

// Judged reports whether a run of the chosen rules over all zones knows all findings of a rule in a zone. It does not
// where a part of the zone cannot be read.
func (w *Workspace) Judged(chosen []*lint.Rule) func(zone, rule string) bool {
	byName := map[string][]*zonefiles.Zone{}
	for _, z := range w.zones {
		byName[z.Origin.String()] = append(byName[z.Origin.String()], z)
	}
	known := map[string]bool{} // all rules: whether they ran
	for _, r := range w.catalog {
		known[r.Name] = false
	}
	rules := map[string]*lint.Rule{}
	for _, r := range chosen {
		known[r.Name], rules[r.Name] = true, r
	}
	return func(zone, rule string) bool {
		if ran, exists := known[rule]; exists && !ran {
			return false
		}
		for _, z := range byName[zone] {
			if z.HasGaps() || rules[rule] != nil && w.Settings(z.Path, z.View, z.Origin).Severity(rules[rule]) == lint.Off {
				return false
			}
		}
		return true
	}
}
