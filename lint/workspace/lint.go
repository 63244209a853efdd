package workspace

import (
	"context"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file runs the rules.

// LintOptions say what to look for.
type LintOptions struct {
	Rules       []*lint.Rule // nil: the whole catalogue
	NoIgnores   bool         // as if there were no ignore comments
	MaxFindings int          // lint.ErrTooMany beyond them; 0: as many as there are
}

// Lint runs rules over the zones as they are. Its error is lint.ErrTooMany, or the context's.
func (w *Workspace) Lint(ctx context.Context, o LintOptions) (lint.Result, error) {
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Problems: w.problems, Rules: o.Rules, Catalog: w.catalog,
		Settings: w.Settings, Facts: w.Facts(), Jobs: w.jobs, NoIgnores: o.NoIgnores, MaxFindings: o.MaxFindings,
	}
	if run.Rules == nil {
		run.Rules = w.catalog
	}
	result, err := run.Lint(ctx)
	result.Summary.SetAside = len(w.unchecked.SetAside)
	for _, kind := range []string{"secondary", "mirror", "stub"} {
		result.Summary.NotPrimary += w.unchecked.Secondary[kind]
	}
	for _, j := range w.journals {
		if j.ahead {
			result.Summary.Unsynced++
		}
	}
	return result, err
}

// Settings are those of a file and the zone in it.
func (w *Workspace) Settings(file string, origin zonefiles.Name) *lint.Settings {
	return w.config.Lint(file, origin, w.catalog)
}

// Judged reports whether a run of the chosen rules knows all findings of a rule in a zone. It does not where a part of
// the zone cannot be read. All says that every existing zone was read.
func (w *Workspace) Judged(chosen []*lint.Rule, all bool) func(zone, rule string) bool {
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
		zones := byName[zone]
		for _, z := range zones {
			if len(z.Gaps) > 0 || rules[rule] != nil && w.Settings(z.Path, z.Origin).Severity(rules[rule]) == lint.Off {
				return false
			}
		}
		return all || len(zones) > 0
	}
}
