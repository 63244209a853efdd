package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/report"
	"mx46/lint/text"
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

A PATH is a zone file, a folder in which zones are found by their content and names, a name server's configuration (named.conf,
nsd.conf, knot.conf), or - for standard input. Without a PATH, lint reads the zones that .mx46.yaml lists, or else the working folder.

With --only, the whole context is read as without a PATH, and of what is found only that is reported which touches the PATHs: it lies
there, refers to a line there, or is about a zone that they hold or a host in such a zone.

Findings are silenced by comments in the zones (mx46 rules ignore-invalid tells how they are written) and by a baseline, which lists
those that are known. With --fix, those that have a fix are mended, and what is left is reported. A zone that holds DNSSEC
signatures is never edited, nor a file that it includes: the report names the file to mend in its place.

It exits with 0 where nothing at or above --fail-on is found, 1 where something is, and 2 where it cannot do its work.`,
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
	f.BoolVar(&flags.noIgnores, "no-ignores", false, "take no notice of ignore comments")
	f.BoolVar(&flags.showSuppressed, "show-suppressed", false, "report what comments and the baseline silence too, in "+strings.Join(report.SuppressedFormats(), ", "))
	f.BoolVar(&flags.only, "only", false, "lint everything, as without a PATH, and report what touches the PATHs alone")
	f.IntVar(&flags.maxFindings, "max-findings", defaultMaxFindings, "give up where more is wrong, since each finding costs memory; 0: never")
	f.BoolVar(&flags.stats, "stats", false, "tell on standard error what was set aside, what each rule found and how long it took")
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
	found, err := f.lint(cmd, stdio, paths)
	if err != nil {
		return err
	}
	if err := f.carryOut(stdio, &found); err != nil {
		return err
	}
	w, result := found.workspace, found.result
	written, err := f.save(w, result.Findings)
	if err != nil {
		return err
	}
	worst := lint.Off
	for _, finding := range result.Findings {
		if finding.Suppressed == "" {
			worst = max(worst, finding.Severity)
		}
	}
	result.Findings = lint.Fold(w.loader.Files, w.reported(result.Findings))
	r := &report.Report{
		Result: result, Files: w.loader.Files, Rules: w.catalog, Version: version(), Root: w.rootPath,
		Notes: slices.Concat(found.notes, written),
	}
	for _, out := range outputs {
		if err := f.write(stdio, w, r, out, f.showSuppressed); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.file == stdoutFile && report.HasNotes(o.format) }) {
		notes := r.Notes
		if left := report.NotChecked(r); left != "" && !f.quiet {
			notes = append(notes, left)
		}
		for _, note := range notes {
			fmt.Fprintf(stdio.Err, "mx46: %s\n", text.Line(note))
		}
	}
	if f.stats {
		w.clock.phase("writing reports")
		w.printStats(stdio, result.Findings)
	}
	if failOn := w.config.FailOn.Value; failOn != lint.Off && worst >= failOn {
		return exitError(exitFindings)
	}
	return nil
}

// defaultMaxFindings is more than people read. Together they take some 100 MB.
const defaultMaxFindings = 50_000

// outcome is what a run of rules over zones found.
type outcome struct {
	workspace *workspace
	result    lint.Result
	notes     []string
	fixes     *fix.Outcome // nil where none are asked for
}

// lint reads the zones, runs the rules and makes fixes, in memory, where that is asked for.
func (f *lintFlags) lint(cmd *cobra.Command, stdio *Stdio, paths []string) (found outcome, err error) {
	var touched []string
	if f.only {
		if len(paths) == 0 {
			return found, errors.New("--only needs the paths of files that findings must touch")
		}
		touched, paths = paths, nil
	}
	w, names, err := f.loadFlags.open(append(paths, touched...))
	if err != nil {
		return found, err
	}
	if f.only {
		touched, names = names, nil
		w.folder = "."
	}
	if err := f.configure(w); err != nil {
		return found, err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return found, err
	}
	if err := f.baselineFlags.open(w); err != nil {
		return found, err
	}
	progress := startProgress(stdio, progressAfter)
	defer progress.stop()
	progress.say(func() string { return fmt.Sprintf("reading: %d files", w.loader.Files.Len()) })
	if err := f.read(w, cmd, names); err != nil {
		return found, err
	}
	w.clock.phase("reading")
	progress.say(func() string { return fmt.Sprintf("linting: %d zones", len(w.zones)) })
	all := len(names) == 0 && (len(w.config.Zones) > 0 || w.folder == ".")
	tooMany := false
	lintNow := func() []lint.Finding {
		found = f.once(w, chosen, touched, all)
		tooMany = tooMany || found.result.TooMany
		return w.reported(found.result.Findings)
	}
	defer w.clock.phase("linting")
	giveUp := func() error {
		if !tooMany {
			return nil
		}
		return fmt.Errorf("there are more than %d findings: lint fewer zones at a time, choose rules with --select, or allow more with --max-findings",
			f.maxFindings)
	}
	if !f.asked() {
		lintNow()
		return found, giveUp()
	}
	var first outcome
	out, err := f.mend(w, func() []lint.Finding {
		list := lintNow()
		if first.workspace == nil {
			first = found
		}
		return list
	})
	if err = cmp.Or(err, giveUp()); err != nil {
		return found, err
	}
	if f.diff {
		found = first
	}
	found.fixes = &out
	return found, nil
}

// once lints the zones as they stand. All says that every zone there is was read.
func (f *lintFlags) once(w *workspace, chosen []*lint.Rule, touched []string, all bool) outcome {
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Rules: chosen, Catalog: w.catalog, Settings: w.settings, Facts: w.facts(),
		Jobs: f.jobs, NoIgnores: f.noIgnores, MaxFindings: f.maxFindings,
	}
	found := outcome{workspace: w, result: run.Lint()}
	found.notes = append(w.templates(), f.suppress(w, &found.result, chosen, all)...)
	found.result.Summary.SetAside = len(w.setAside)
	for _, n := range w.secondary {
		found.result.Summary.NotPrimary += n
	}
	if f.only {
		var notes []string
		found.result.Findings, notes = w.touching(found.result.Findings, touched)
		found.notes = append(found.notes, notes...)
	}
	return found
}

// reported are the findings that are grave enough to be told.
func (w *workspace) reported(findings []lint.Finding) []lint.Finding {
	var reported []lint.Finding
	for _, f := range findings {
		if f.Severity >= w.config.MinSeverity.Value {
			reported = append(reported, f)
		}
	}
	return reported
}
