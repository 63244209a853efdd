package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/workspace"
)

// settingFlags are the flags that override the configuration.
type settingFlags struct {
	failOn      string
	minSeverity string
	selected    []string
	ignored     []string
	severities  []string // RULE=LEVEL
}

// The words of the flags that take one of a few.
func failOnWords() []string      { return []string{"error", "warning", "note", "never"} }
func minSeverityWords() []string { return failOnWords()[:3] }
func levelWords() []string       { return append(minSeverityWords(), "off") }

func (f *settingFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.failOn, "fail-on", "",
		"lowest `severity` that makes the exit code 1: error, warning, note, never (default error)")
	flags.StringVar(&f.minSeverity, "min-severity", "",
		"lowest `severity` to report: error, warning, note (default warning)")
	flags.StringSliceVar(&f.selected, "select", nil, "run only these `rules`")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these `rules`")
	flags.StringArrayVar(&f.severities, "severity", nil,
		"severity of a rule as `RULE=LEVEL`: error, warning, note, off; repeatable")
	complete(cmd, "fail-on", words(failOnWords))
	complete(cmd, "min-severity", words(minSeverityWords))
	complete(cmd, "select", listOf(ruleWords))
	complete(cmd, "ignore", listOf(ruleWords))
	complete(cmd, "severity", pairs(ruleWords, words(levelWords)))
}

// configure overrides the configuration.
func (f *settingFlags) configure(w *workspace.Workspace) error {
	for _, given := range []struct {
		flag, text string
		known      []string
		into       *config.Setting[lint.Severity]
	}{
		{"--fail-on", f.failOn, failOnWords(), &w.Config().FailOn},
		{"--min-severity", f.minSeverity, minSeverityWords(), &w.Config().MinSeverity},
	} {
		if given.text == "" {
			continue
		}
		if err := oneOf("severity", given.text, given.known); err != nil {
			return fmt.Errorf("%s: %w", given.flag, err)
		}
		severity, err := lint.ParseSeverity(given.text)
		if err != nil {
			severity = lint.Off // never
		}
		*given.into = config.Setting[lint.Severity]{Value: severity, From: given.flag}
	}
	for _, text := range f.severities {
		name, level, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--severity %q is not RULE=LEVEL", text)
		}
		if _, err := rulesNamed(w.Catalog(), "--severity", []string{name}); err != nil {
			return err
		}
		if err := oneOf("severity", level, levelWords()); err != nil {
			return fmt.Errorf("--severity %s: %w", name, err)
		}
		severity, err := lint.ParseSeverity(level)
		if err != nil {
			return err
		}
		w.Config().SetSeverity(name, severity, "--severity")
	}
	return nil
}

// chosen are the rules to run.
func (f *settingFlags) chosen(w *workspace.Workspace) ([]*lint.Rule, error) {
	chosen := w.Catalog()
	if len(f.selected) > 0 {
		var err error
		if chosen, err = rulesNamed(w.Catalog(), "--select", f.selected); err != nil {
			return nil, err
		}
	}
	ignored, err := rulesNamed(w.Catalog(), "--ignore", f.ignored)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(r *lint.Rule) bool { return slices.Contains(ignored, r) }), nil
}

// rulesNamed are rules of the catalogue, in its order.
func rulesNamed(catalog []*lint.Rule, flag string, names []string) ([]*lint.Rule, error) {
	known := lint.Names(catalog)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s: %w", flag, unknownRule(name, known))
		}
	}
	return slices.DeleteFunc(slices.Clone(catalog), func(r *lint.Rule) bool {
		return !slices.Contains(names, r.Name)
	}), nil
}
