package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/report"
)

// lintFlags are the flags of mx46 lint.
type lintFlags struct {
	loadFlags
	settingFlags
	outputFlags
	only  bool
	stats bool
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

It exits with 0 where nothing at or above --fail-on is found, 1 where something is, and 2 where it cannot do its work.`,
		Example: `  mx46 lint
  mx46 lint zones/ --fail-on warning
  mx46 lint db.example.org --origin example.org
  mx46 lint /etc/bind/named.conf --min-severity note
  mx46 lint --only $(git diff --name-only main)
  mx46 lint zones/ --output sarif=mx46.sarif --output text=-`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, stdio, args) },
	}
	flags.loadFlags.register(cmd)
	flags.settingFlags.register(cmd)
	flags.outputFlags.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&flags.only, "only", false, "lint everything, as without a PATH, and report what touches the PATHs alone")
	f.BoolVar(&flags.stats, "stats", false, "tell on standard error what was set aside, what each rule found and how long it took")
	return cmd
}

func (f *lintFlags) run(cmd *cobra.Command, stdio *Stdio, paths []string) error {
	outputs, err := f.outputFlags.parse(stdio)
	if err != nil {
		return err
	}
	w, result, err := f.lint(cmd, stdio, paths)
	if err != nil {
		return err
	}
	worst := lint.Off
	for _, finding := range result.Findings {
		if finding.Suppressed == "" {
			worst = max(worst, finding.Severity)
		}
	}
	least := w.config.MinSeverity.Value
	result.Findings = slices.DeleteFunc(result.Findings, func(found lint.Finding) bool { return found.Severity < least })
	result.Findings = lint.Fold(result.Findings)
	r := &report.Report{Result: result, Files: w.loader.Files, Rules: w.catalog, Version: version(), Root: w.rootPath}
	for _, out := range outputs {
		if err := f.write(stdio, w, r, out); err != nil {
			return err
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

// lint reads the zones and runs the rules.
func (f *lintFlags) lint(cmd *cobra.Command, stdio *Stdio, paths []string) (*workspace, lint.Result, error) {
	var touched []string
	if f.only {
		if len(paths) == 0 {
			return nil, lint.Result{}, errors.New("--only needs the paths of files that findings must touch")
		}
		touched, paths = paths, nil
	}
	w, names, err := f.open(append(paths, touched...))
	if err != nil {
		return nil, lint.Result{}, err
	}
	if f.only {
		touched, names = names, nil
		w.folder = "."
	}
	if err := f.configure(w); err != nil {
		return nil, lint.Result{}, err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return nil, lint.Result{}, err
	}
	progress := startProgress(stdio)
	defer progress.stop()
	progress.say(func() string { return fmt.Sprintf("reading: %d files", w.loader.Files.Len()) })
	if err := f.read(w, cmd, names); err != nil {
		return nil, lint.Result{}, err
	}
	w.clock.phase("reading")
	progress.say(func() string { return fmt.Sprintf("linting: %d zones", len(slices.Concat(w.views...))) })
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Rules: chosen, Settings: w.settings, Facts: w.facts(), Jobs: f.jobs,
	}
	result := run.Lint()
	w.clock.phase("linting")
	result.Summary.SetAside = len(w.setAside)
	for _, n := range w.secondary {
		result.Summary.NotPrimary += n
	}
	if f.only {
		result.Findings = w.touching(result.Findings, touched)
	}
	return w, result, nil
}
