package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/report"
	"mx46/lint/workspace"
)

// lintFlags are the flags of mx46 lint.
type lintFlags struct {
	loadFlags
	settingFlags
	outputFlags
	fixFlags
	baselineFlags
	only           bool
	maxFindings    int
	stats          bool
	noIgnores      bool
	showSuppressed bool
}

func newLintCommand(stdio *Stdio) *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Report what keeps mail from arriving",
		Long: `lint reads zones and reports what keeps mail for their domains from arriving.

A PATH is a zone file, a folder to search for zones, a name server's configuration
(named.conf, nsd.conf, knot.conf), or - for standard input. Without a PATH, lint reads
the zones that .mx46.yaml lists, or else searches the working folder.

With --only, lint reads all zones, as without a PATH, and reports the findings that touch
the PATHs: those that lie there or refer to a line there, and those about a zone or a host
that they hold.

Comments in zones silence findings (see mx46 rules ignore-invalid), and so does a
baseline, which lists known ones. --fix makes the fixes that findings have. It never edits
zones that hold DNSSEC signatures or that a name server writes itself (dynamic and
secondary ones): the report says why, and what to do instead.

The exit code is 1 if anything at or above --fail-on is found, 2 if mx46 cannot do its
work, and 0 otherwise.`,
		Example: `  mx46 lint
  mx46 lint zones/ --fail-on warning
  mx46 lint db.example.org --origin example.org
  mx46 lint /etc/bind/named.conf --min-severity note
  mx46 lint --only $(git diff --name-only main)
  mx46 lint --fix --bump-serial
  mx46 lint --write-baseline .mx46-baseline; mx46 lint --baseline .mx46-baseline
  mx46 lint zones/ --output sarif=mx46.sarif --output text=-`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, stdio, args) },
	}
	flags.loadFlags.register(cmd)
	flags.settingFlags.register(cmd)
	flags.outputFlags.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&flags.noIgnores, "no-ignores", false, "disregard ignore comments")
	f.BoolVar(&flags.showSuppressed, "show-suppressed", false,
		"also report silenced findings, in "+strings.Join(report.SuppressedFormats(), ", "))
	f.BoolVar(&flags.only, "only", false, "lint everything, and report only what touches the PATHs")
	f.IntVar(&flags.maxFindings, "max-findings", defaultMaxFindings, "give up beyond this `number` of findings; 0: never")
	f.BoolVar(&flags.stats, "stats", false, "print on standard error counts by rule, what was set aside, and times")
	flags.fixFlags.register(cmd)
	flags.baselineFlags.register(cmd)
	return cmd
}

func (f *lintFlags) run(cmd *cobra.Command, stdio *Stdio, paths []string) error {
	outputs, err := f.outputFlags.parse(stdio)
	if err != nil {
		return err
	}
	if outputs, err = f.fixFlags.check(outputs, f.format != "" || len(f.outputs) > 0); err != nil {
		return err
	}
	clock := startClock()
	w, found, err := f.find(cmd.Context(), stdio, paths, &clock)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := f.carryOut(stdio, w, &found); err != nil {
		return err
	}
	result := found.result
	written, err := f.save(stdio, w, result.Findings)
	if err != nil {
		return err
	}
	worst := lint.Off
	for _, finding := range result.Findings {
		if finding.Suppressed == "" {
			worst = max(worst, finding.Severity)
		}
	}
	result.Findings = fix.Offer(w, lint.Fold(w.Files(), reported(w, result.Findings)))
	r := &report.Report{
		Result: result, Files: w.Files(), Rules: w.Catalog(), Version: version(), Root: w.RootPath(),
		Notes: slices.Concat(found.notes, written),
	}
	if err := f.writeAll(stdio, w, r, outputs, f.showSuppressed); err != nil {
		return err
	}
	if f.stats {
		clock.phase("writing reports")
		printStats(stdio, w, result.Findings, clock)
	}
	if failOn := w.Config().FailOn.Value; failOn != lint.Off && worst >= failOn {
		return exitError(exitFindings)
	}
	return nil
}

// defaultMaxFindings is more than people read. Together they take some 100 MB.
const defaultMaxFindings = 50_000

// outcome is what a run of rules over zones found.
type outcome struct {
	result lint.Result
	notes  []string
	fixes  *fix.Outcome // nil where none are asked for
}

// find reads the zones, runs the rules, and makes fixes in memory if asked to.
func (f *lintFlags) find(
	ctx context.Context, stdio *Stdio, paths []string, clock *clock,
) (*workspace.Workspace, outcome, error) {
	if f.only && len(paths) == 0 {
		return nil, outcome{}, errors.New("--only needs the paths of files that findings must touch")
	}
	w, names, err := f.loadFlags.open(paths)
	if err != nil {
		return nil, outcome{}, err
	}
	once, err := f.prepare(ctx, stdio, w, names, clock)
	if err != nil {
		return nil, outcome{}, err
	}
	defer clock.phase("linting")
	if !f.asked() {
		found, err := once()
		return w, found, err
	}
	var found, first outcome
	fixes, err := f.applyFixes(w, func() ([]lint.Finding, error) {
		if found, err = once(); first.result.Findings == nil {
			first = found
		}
		return reported(w, found.result.Findings), err
	})
	if f.diff {
		found = first
	}
	found.fixes = &fixes
	return w, found, err
}

// prepare reads the zones, which once then lints as they are.
func (f *lintFlags) prepare(ctx context.Context, stdio *Stdio, w *workspace.Workspace, names []string, clock *clock) (
	once func() (outcome, error), err error,
) {
	if err := f.configure(w); err != nil {
		return nil, err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return nil, err
	}
	if err := f.baselineFlags.open(w); err != nil {
		return nil, err
	}
	var touched []string
	folder := w.Folder()
	if f.only {
		touched, names, folder = names, nil, "."
	}
	selection, err := f.selection(stdio, names)
	if err != nil {
		return nil, err
	}
	selection.Folder = folder
	progress := startProgress(stdio, progressAfter)
	progress.say(func() string { return fmt.Sprintf("reading: %d files", w.Files().Len()) })
	err = readZones(ctx, w, selection)
	progress.stop()
	clock.phase("reading")
	all := len(names) == 0 && (len(w.Config().Zones) > 0 || folder == ".")
	return func() (outcome, error) {
		progress := startProgress(stdio, progressAfter)
		defer progress.stop()
		progress.say(func() string { return fmt.Sprintf("linting: %d zones", len(w.Zones())) })
		return f.once(ctx, w, chosen, touched, all)
	}, err
}

// once lints the zones as they are. All says that every existing zone was read.
func (f *lintFlags) once(
	ctx context.Context, w *workspace.Workspace, chosen []*lint.Rule, touched []string, all bool,
) (outcome, error) {
	result, err := w.Lint(ctx, workspace.LintOptions{Rules: chosen, NoIgnores: f.noIgnores, MaxFindings: f.maxFindings})
	if errors.Is(err, lint.ErrTooMany) {
		err = fmt.Errorf("there are more than %d findings: lint fewer zones, --select rules, or raise --max-findings",
			f.maxFindings)
	}
	if err != nil {
		return outcome{}, err
	}
	found := outcome{result: result}
	for z, why := range w.Templates {
		found.notes = append(found.notes,
			fmt.Sprintf("%s is read as a zone because it was named, but %s: lint what is made from it.", w.Shown(z.Path), why))
	}
	found.notes = append(found.notes, f.suppress(w, &found.result, chosen, all)...)
	if f.only {
		var notes []string
		found.result.Findings, notes = w.Touching(found.result.Findings, touched)
		found.notes = append(found.notes, notes...)
	}
	return found, nil
}

// reported are the findings of at least --min-severity.
func reported(w *workspace.Workspace, findings []lint.Finding) []lint.Finding {
	var reported []lint.Finding
	for _, f := range findings {
		if f.Severity >= w.Config().MinSeverity.Value {
			reported = append(reported, f)
		}
	}
	return reported
}
