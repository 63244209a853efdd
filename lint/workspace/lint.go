package workspace

import (
	"context"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file is what the rules find in the zones that were read.

// LintOptions say what is looked for.
type LintOptions struct {
	Rules       []*lint.Rule // nil: the whole catalogue
	NoIgnores   bool         // as if there were no ignore comments
	MaxFindings int          // lint.ErrTooMany beyond them; 0: as many as there are
}

// Lint runs rules over the zones as they are. Its error is lint.ErrTooMany, or the context's.
func (w *Workspace) Lint(ctx context.Context, o LintOptions) (lint.Result, error) {
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Problems: w.problems, Rules: o.Rules, Catalog: w.catalog,
		Settings: w.Settings, Facts: w.config.Facts(), Jobs: w.jobs, NoIgnores: o.NoIgnores, MaxFindings: o.MaxFindings,
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

// Settings are what the configuration says of a file and the zone in it.
func (w *Workspace) Settings(file string, origin zonefiles.Name) *lint.Settings {
	return w.config.Lint(file, origin, w.catalog)
}

// Judged reports of which rules in which zones a run of the rules that were chosen knows all findings: not in a zone of which a part
// cannot be read. All says that every zone there is was read, so that no other holds any.
func (w *Workspace) Judged(chosen []*lint.Rule, all bool) func(zone, rule string) bool {
	byName := map[string][]*zonefiles.Zone{}
	for _, z := range w.zones {
		byName[z.Origin.String()] = append(byName[z.Origin.String()], z)
	}
	known := map[string]bool{} // the rules that there are: whether they ran
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
