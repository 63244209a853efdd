package cli

import (
	"iter"
	"slices"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/report"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// This file makes reports of more findings than memory is meant for: some at a time.

// maySpool reports whether findings may be kept on disk: every report takes one after the other, and nothing else is to
// be done with them.
func (f *lintFlags) maySpool(outputs []output) bool {
	isWhole := func(o output) bool { return !report.AreBatched(o.format) }
	return !f.asked() && !f.stats && f.writeBaseline == "" && !slices.ContainsFunc(outputs, isWhole)
}

// offered is findings on disk as reports are to have them.
type offered struct {
	*lint.OnDisk
	offer func([]lint.Finding) []lint.Finding
}

func (o offered) Batches(isBrief bool) iter.Seq2[[]lint.Finding, error] {
	return func(yield func([]lint.Finding, error) bool) {
		for findings, err := range o.OnDisk.Batches(isBrief) {
			if !yield(o.offer(findings), err) {
				return
			}
		}
	}
}

// offerer makes of findings those that reports are to have.
func offerer(w *workspace.Workspace) func([]lint.Finding) []lint.Finding {
	offer := fix.Offerer(w)
	return func(findings []lint.Finding) []lint.Finding {
		return offer(lint.Fold(w.Files(), reported(w, findings)))
	}
}

// toReport makes of a run's findings those that reports are to have, and gives the highest severity of all. Of findings
// on disk, those of the result are only what caveats ask for.
func toReport(w *workspace.Workspace, result *lint.Result) (worst lint.Severity, onDisk report.Source, err error) {
	if result.OnDisk == nil {
		worst = weigh(w, result)
		result.Findings = offerer(w)(result.Findings)
		return worst, nil, nil
	}
	for severity, n := range result.OnDisk.Counts {
		worst = max(worst, weighSome(w, &result.Summary, lint.Severity(severity), n))
	}
	if len(result.Unread) > 0 { // of which the report says whether findings do
		for findings, err := range result.OnDisk.Batches(true) {
			if err != nil {
				return worst, nil, err
			}
			for _, f := range reported(w, findings) {
				if slices.Contains(f.Rule.Problems, zonefiles.UnreadProblem) {
					result.Findings = append(result.Findings, f)
				}
			}
		}
	}
	return worst, offered{result.OnDisk, offerer(w)}, nil
}
