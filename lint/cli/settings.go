package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/report"
	"mx46/lint/workspace"
)

// settingFlags are the flags that override the configuration.
type settingFlags struct {
	failOn      string
	minSeverity string
	selected    []string
	ignored     []string
	severities  []string // RULE=LEVEL
	excluded    []string // globs
	stack       string
	scope       string
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
	flags.StringSliceVar(&f.selected, "select", nil,
		"run only these `rules`: mx-* means all whose names begin with mx-, and !mx-relay-* takes some away again")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these `rules`")
	flags.StringVar(&f.stack, "stack", "",
		"`families` that all mail domains are meant to have, whatever the configuration says: "+
			strings.Join(config.Stacks(), ", "))
	flags.StringVar(&f.scope, "scope", "",
		"`scope` of the hosts, who is to reach them, whatever the configuration says: "+strings.Join(config.Scopes(), ", "))
	flags.StringArrayVar(&f.severities, "severity", nil,
		"severity of a rule as `RULE=LEVEL`: error, warning, note, off; repeatable")
	complete(cmd, "fail-on", words(failOnWords))
	complete(cmd, "min-severity", words(minSeverityWords))
	complete(cmd, "select", listOf(ruleWords))
	complete(cmd, "ignore", listOf(ruleWords))
	complete(cmd, "stack", words(config.Stacks))
	complete(cmd, "scope", words(config.Scopes))
	complete(cmd, "severity", pairs(ruleWords, words(levelWords)))
}

// registerExclude registers the flag that leaves files out.
func (f *settingFlags) registerExclude(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.excluded, "exclude", nil, "leave out the files that this `glob` matches; repeatable")
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
	if err := f.configureZones(w); err != nil {
		return err
	}
	for _, text := range f.severities {
		name, level, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--severity %q is not RULE=LEVEL", text)
		}
		named, err := rulesNamed(w.Catalog(), "--severity", []string{name})
		if err != nil {
			return err
		}
		if err := oneOf("severity", level, levelWords()); err != nil {
			return fmt.Errorf("--severity %s: %w", name, err)
		}
		severity, err := lint.ParseSeverity(level)
		if err != nil {
			return err
		}
		for _, r := range named {
			w.Config().SetSeverity(r.Name, severity, "--severity")
		}
	}
	return nil
}

// configureZones overrides what the configuration says of zones and files.
func (f *settingFlags) configureZones(w *workspace.Workspace) error {
	for _, given := range []struct {
		flag, word string
		set        func(word, from string) error
	}{
		{"--stack", f.stack, w.Config().SetStack}, {"--scope", f.scope, w.Config().SetScope},
	} {
		if given.word == "" {
			continue
		}
		if err := given.set(given.word, given.flag); err != nil {
			return fmt.Errorf("%s: %w", given.flag, err)
		}
	}
	for _, glob := range f.excluded {
		if err := w.Config().Exclude(w.Folder(), glob); err != nil {
			return fmt.Errorf("--exclude: %w", err)
		}
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

// maxExcluded is how many excluded files a report names.
const maxExcluded = 1000

// reported are the settings that bear on what is found, for a report.
func (f *settingFlags) reported(w *workspace.Workspace) report.Settings {
	s := report.Settings{Configuration: w.ConfigName()}
	if w.Lock() != nil {
		s.Lock = w.LockName()
	}
	s.Off, s.PartlyOff, s.Lowered, s.Values = w.Config().Relaxed(w.Catalog())
	named, _ := rulesNamed(w.Catalog(), "--ignore", f.ignored) // which chosen has refused, if they are not known
	names := lint.Names(named)
	ignored := func(rule string) bool { return slices.Contains(names, rule) }
	s.PartlyOff, s.Lowered = slices.DeleteFunc(s.PartlyOff, ignored), slices.DeleteFunc(s.Lowered, ignored)
	s.Off = slices.Compact(slices.Sorted(slices.Values(append(s.Off, names...))))
	s.Excluded = w.Excluded()
	s.Excluded = s.Excluded[:min(len(s.Excluded), maxExcluded)]
	return s
}

// rulesNamed are the rules of the catalogue, in its order, that patterns mean. One with ! takes away what those before
// it mean, or, as the first, what all rules are.
func rulesNamed(catalog []*lint.Rule, flag string, patterns []string) ([]*lint.Rule, error) {
	known := lint.Names(catalog)
	isNamed := map[string]bool{}
	for i, pattern := range patterns {
		pattern, without := strings.CutPrefix(pattern, "!")
		names := lint.NamesLike(pattern, known)
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: %w", flag, unknownRule(pattern, known))
		}
		if without && i == 0 {
			for _, name := range known {
				isNamed[name] = true
			}
		}
		for _, name := range names {
			isNamed[name] = !without
		}
	}
	return slices.DeleteFunc(slices.Clone(catalog), func(r *lint.Rule) bool { return !isNamed[r.Name] }), nil
}
