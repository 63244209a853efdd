package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/report"
)

// lintFlags are the flags of mx46 lint.
type lintFlags struct {
	loadFlags
	format      string
	outputs     []string // FORMAT=FILE
	failOn      string
	minSeverity string
	selected    []string
	ignored     []string
	severities  []string // RULE=LEVEL
	color       string
	quiet       bool
}

func newLintCommand(stdio *Stdio) *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Report what keeps mail from arriving",
		Long: `lint reads zones and reports what keeps mail for their domains from arriving.

A PATH is a zone file, a folder in which zones are found by their content and names, a name server's configuration (named.conf,
nsd.conf, knot.conf), or - for standard input. Without a PATH, lint reads the zones that .mx46.yaml lists, or else the working folder.

It exits with 0 where nothing at or above --fail-on is found, 1 where something is, and 2 where it cannot do its work.`,
		Example: `  mx46 lint
  mx46 lint zones/ --fail-on warning
  mx46 lint db.example.org --origin example.org
  mx46 lint /etc/bind/named.conf --min-severity note
  mx46 lint zones/ --output sarif=mx46.sarif --output text=-`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, stdio, args) },
	}
	flags.register(cmd)
	f := cmd.Flags()
	f.StringVar(&flags.format, "format", "", "format on standard output: "+strings.Join(report.Formats(), ", "))
	f.StringArrayVar(&flags.outputs, "output", nil, "write a report as FORMAT=FILE as well; - is standard output; repeatable")
	f.StringVar(&flags.failOn, "fail-on", "", "least severity that makes the exit code 1: error, warning, note, never")
	f.StringVar(&flags.minSeverity, "min-severity", "", "least severity that is reported: error, warning, note")
	f.StringSliceVar(&flags.selected, "select", nil, "run these rules alone")
	f.StringSliceVar(&flags.ignored, "ignore", nil, "do not run these rules")
	f.StringArrayVar(&flags.severities, "severity", nil, "severity of a rule as RULE=error|warning|note|off; repeatable")
	f.StringVar(&flags.color, "color", "auto", "colours in text: auto, always, never")
	f.BoolVar(&flags.quiet, "quiet", false, "no summary, and nothing where nothing is found")
	return cmd
}

func (f *lintFlags) run(cmd *cobra.Command, stdio *Stdio, paths []string) error {
	outputs, err := f.parseOutputs()
	if err != nil {
		return err
	}
	w, err := f.load(cmd, paths)
	if err != nil {
		return err
	}
	if err := f.configure(w); err != nil {
		return err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return err
	}
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Rules: chosen, Settings: w.settings, Facts: w.facts(), Jobs: f.jobs,
	}
	result := run.Lint()
	result.Summary.SetAside = len(w.setAside)
	for _, n := range w.secondary {
		result.Summary.NotPrimary += n
	}
	worst := lint.Off
	for _, finding := range result.Findings {
		if finding.Suppressed == "" {
			worst = max(worst, finding.Severity)
		}
	}
	least := w.config.MinSeverity.Value
	result.Findings = slices.DeleteFunc(result.Findings, func(found lint.Finding) bool { return found.Severity < least })
	r := &report.Report{Result: result, Files: w.loader.Files, Rules: w.catalog, Version: version(), Root: w.rootPath}
	for _, out := range outputs {
		if err := f.write(stdio, w, r, out); err != nil {
			return err
		}
	}
	if failOn := w.config.FailOn.Value; failOn != lint.Off && worst >= failOn {
		return exitError(exitFindings)
	}
	return nil
}

// configure lets the flags stand above the configuration.
func (f *lintFlags) configure(w *workspace) error {
	for _, given := range []struct {
		flag, text string
		into       *config.Setting[lint.Severity]
		never      bool
	}{
		{"--fail-on", f.failOn, &w.config.FailOn, true},
		{"--min-severity", f.minSeverity, &w.config.MinSeverity, false},
	} {
		if given.text == "" {
			continue
		}
		severity, err := lint.ParseSeverity(given.text)
		switch {
		case given.text == "never" && given.never:
			severity = lint.Off
		case err != nil, severity == lint.Off:
			return fmt.Errorf("%s %q is none of error, warning, note%s", given.flag, given.text, map[bool]string{true: ", never"}[given.never])
		}
		*given.into = config.Setting[lint.Severity]{Value: severity, From: given.flag}
	}
	for _, text := range f.severities {
		name, level, ok := strings.Cut(text, "=")
		severity, err := lint.ParseSeverity(level)
		if !ok || err != nil {
			return fmt.Errorf("--severity %q is not RULE=error|warning|note|off", text)
		}
		if _, err := w.rulesNamed("--severity", []string{name}); err != nil {
			return err
		}
		w.config.SetSeverity(name, severity, "--severity")
	}
	return nil
}

// chosen are the rules to run.
func (f *lintFlags) chosen(w *workspace) ([]*lint.Rule, error) {
	chosen := w.catalog
	if len(f.selected) > 0 {
		var err error
		if chosen, err = w.rulesNamed("--select", f.selected); err != nil {
			return nil, err
		}
	}
	ignored, err := w.rulesNamed("--ignore", f.ignored)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(r *lint.Rule) bool { return slices.Contains(ignored, r) }), nil
}

// rulesNamed are rules of the catalogue, in its order.
func (w *workspace) rulesNamed(flag string, names []string) ([]*lint.Rule, error) {
	for _, name := range names {
		if !slices.Contains(w.ruleNames(), name) {
			return nil, fmt.Errorf("%s: %s", flag, unknownRule(name, w.ruleNames()))
		}
	}
	return slices.DeleteFunc(slices.Clone(w.catalog), func(r *lint.Rule) bool { return !slices.Contains(names, r.Name) }), nil
}

// output is one report to write.
type output struct{ format, file string }

// stdoutFile stands for standard output.
const stdoutFile = "-"

func (f *lintFlags) parseOutputs() ([]output, error) {
	var outputs []output
	if f.format != "" || len(f.outputs) == 0 {
		format := f.format
		if format == "" {
			format = report.Formats()[0]
		}
		outputs = append(outputs, output{format, stdoutFile})
	}
	for _, text := range f.outputs {
		format, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--output %q is not FORMAT=FILE", text)
		}
		outputs = append(outputs, output{format, file})
	}
	for _, out := range outputs {
		if !slices.Contains(report.Formats(), out.format) {
			return nil, fmt.Errorf("format %q is none of %s", out.format, strings.Join(report.Formats(), ", "))
		}
	}
	return outputs, nil
}

func (f *lintFlags) write(stdio *Stdio, w *workspace, r *report.Report, out output) error {
	if out.file != stdoutFile {
		return w.writeFile(out.file, func(file io.Writer) error { return report.Write(file, out.format, r, report.Options{}) })
	}
	width, terminal := stdio.Terminal(stdio.Out)
	options := report.Options{Color: useColor(stdio, stdio.Out, f.color), Quiet: f.quiet}
	if terminal {
		options.Width = width
		options.Links = options.Color
	}
	return report.Write(stdio.Out, out.format, r, options)
}

// writeFile writes a file as a whole or not at all: to a temporary file beside it, which then takes its place.
func (w *workspace) writeFile(name string, write func(io.Writer) error) (err error) {
	if _, err := w.name(name); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".mx46-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, pathError(err))
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
			err = fmt.Errorf("writing %s: %w", name, pathError(err))
		}
	}()
	if err := errors.Join(write(file), file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
