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
	"mx46/lint/text"
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
	alone          bool
	stdinFilename  string
	maxFindings    int
	stats          bool
	noIgnores      bool
	allowEmpty     bool
	showSuppressed bool

	keepTexts bool     // reports need them
	onDisk    bool     // findings may be kept there, since reports write one after the other
	touched   []string // the files that findings must touch; nil: all findings count
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

A zone file in a git repository is linted in its context: lint reads all zones of the
repository, those that .mx46.yaml lists or else all, and reports the findings that touch
the file: those that lie there or refer to a line there, and those about a zone or a host
that it holds. With --alone, --origin or --no-config, and outside a repository, it is
linted by itself. A folder is a context of its own.

--only is for hooks, which name all files of a commit: of these, some may be no zones, or
gone. With - and --stdin-filename FILE, lint reads standard input in place of FILE, whether
that is there or not, and reports what touches it: as an editor needs it for text that is
not saved.

Comments in zones silence findings (see mx46 rules ignore-invalid), and so does a
baseline, which lists known ones. --fix makes the fixes that findings have. It never edits
zones that hold DNSSEC signatures or that a name server writes itself (dynamic and
secondary ones): the report says why, and what to do instead.

Text is fitted into the terminal, or into as many columns as COLUMNS says; what goes into a
pipe or a file has lines of 80. For programs, choose another --format: concise has a line
for each finding.

The exit code is 1 if anything at or above --fail-on is found, 2 if mx46 cannot do its
work or there is no zone to check (see --allow-empty), and 0 otherwise.`,
		Example: `  mx46 lint
  mx46 lint zones/ --fail-on warning
  mx46 lint db.example.org --origin example.org
  mx46 lint /etc/bind/named.conf --min-severity note
  mx46 lint --only $(git diff --name-only main)
  mx46 lint - --stdin-filename zones/db.example.org <buffer
  mx46 lint --fix --bump-serial
  mx46 lint --select mx-target-no-address --add-ignore "moves in March, ticket 12"
  mx46 lint --write-baseline .mx46-baseline; mx46 lint --baseline .mx46-baseline
  mx46 lint zones/ --output sarif=mx46.sarif --output text=-`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, stdio, args) },
	}
	flags.loadFlags.register(cmd)
	flags.settingFlags.register(cmd)
	flags.registerExclude(cmd)
	flags.outputFlags.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&flags.noIgnores, "no-ignores", false, "disregard ignore comments")
	f.BoolVar(&flags.showSuppressed, "show-suppressed", false,
		"also report silenced findings, in "+strings.Join(report.SuppressedFormats(), ", "))
	f.BoolVar(&flags.only, "only", false, "lint everything, and report only what touches the PATHs, whatever they are")
	f.BoolVar(&flags.alone, "alone", false, "lint the PATHs by themselves, without the other zones of the repository")
	f.StringVar(&flags.stdinFilename, "stdin-filename", "",
		"lint everything with - in place of this `file`, and report only what touches it")
	f.IntVar(&flags.maxFindings, "max-findings", defaultMaxFindings,
		"give up beyond this `number` of findings, of which long ones count as several; 0: never")
	f.BoolVar(&flags.allowEmpty, "allow-empty", false, "accept that there is no zone to check")
	f.BoolVar(&flags.stats, "stats", false, "print on standard error counts by rule, what was set aside, and times")
	flags.fixFlags.register(cmd)
	flags.baselineFlags.register(cmd)
	for _, other := range []string{"fix", "unsafe-fixes", "bump-serial", "write-baseline", "prune-baseline"} {
		cmd.MarkFlagsMutuallyExclusive("add-ignore", other)
	}
	for _, other := range []string{"only", "origin", "fix", "alone"} {
		cmd.MarkFlagsMutuallyExclusive("stdin-filename", other)
	}
	cmd.MarkFlagsMutuallyExclusive("only", "alone")
	return cmd
}

func (f *lintFlags) run(cmd *cobra.Command, stdio *Stdio, paths []string) error {
	for _, name := range []string{"add-ignore", "write-baseline"} { // an unset variable of a script
		if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
			return fmt.Errorf("--%s: it is empty", name)
		}
	}
	outputs, err := f.outputFlags.parse(stdio)
	if err != nil {
		return err
	}
	if outputs, err = f.fixFlags.check(outputs, f.format != "" || len(f.outputs) > 0); err != nil {
		return err
	}
	f.keepTexts = slices.ContainsFunc(outputs, func(o output) bool { return report.NeedsTexts(o.format) })
	f.onDisk = f.maySpool(outputs)
	if f.only && len(paths) == 0 {
		return nil // a hook that has nothing to look at
	}
	clock := startClock()
	w, found, err := f.find(cmd.Context(), stdio, paths, &clock)
	if w != nil {
		defer w.Close()
	}
	if err != nil {
		return err
	}
	if err := f.carryOut(stdio, w, &found); err != nil {
		return err
	}
	result := found.result
	if result.OnDisk != nil {
		defer result.OnDisk.Close()
	}
	nothing := result.Summary.Zones == 0 && !f.allowEmpty
	if nothing && result.OnDisk == nil && len(result.Findings) == 0 {
		return nothingChecked(w, paths)
	}
	written, err := f.save(stdio, w, result.Findings)
	if err != nil {
		return err
	}
	worst, onDisk, err := toReport(w, &result)
	if err != nil {
		return err
	}
	r := &report.Report{
		Result: result, OnDisk: onDisk, Files: w.Files(), Rules: w.Catalog(), Version: version(), Root: w.RootPath(),
		Notes: slices.Concat(found.notes, written), Settings: f.settingFlags.reported(w),
	}
	if f.known != nil {
		r.Settings.Baseline = f.known.Name
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
	if nothing {
		return nothingChecked(w, paths)
	}
	return nil
}

// defaultMaxFindings is more than people read. Together they take some 100 MB where they stay in memory.
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
	switch {
	case f.stdinFilename != "" && !slices.Equal(paths, []string{workspace.Stdin}):
		return nil, outcome{}, errors.New("--stdin-filename needs - as the only PATH")
	case f.stdinFilename != "":
		paths = []string{f.stdinFilename}
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
		fixable := reported(w, found.result.Findings)
		if f.touched != nil {
			fixable = w.Within(fixable, f.touched)
		}
		return fixable, err
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
	folder := w.Folder()
	isContext := !f.alone && f.origin == "" && !f.noConfig && w.IsContext(names)
	if f.only || f.stdinFilename != "" || isContext {
		if f.writeBaseline != "" {
			return nil, errors.New("--write-baseline is for all zones: name none, or a folder, or lint the file --alone")
		}
		f.touched, names, folder = names, nil, "."
	}
	var beside []string
	switch {
	case f.only:
		beside = w.LikeZones(f.touched)
	case isContext:
		beside = f.touched
	}
	selection, err := f.selection(stdio, names)
	if err != nil {
		return nil, err
	}
	selection.Beside = beside
	selection.Folder, selection.AllowEmpty = folder, f.allowEmpty || len(names) == 1 // nothingChecked says more
	if f.stdinFilename != "" {
		text, err := w.ReadStdin(stdio.In)
		if err != nil {
			return nil, err
		}
		selection.Texts = map[string][]byte{f.touched[0]: text}
	}
	sources, err := w.Find(selection)
	if err != nil {
		return nil, err
	}
	all := selection.ReadsAll(w)
	if f.pruneBaseline && !f.knowsAll(all) {
		return nil, errors.New("--prune-baseline is for all zones, since a finding may rest on any: name no PATH, use no " +
			"--exclude, --stack, --scope, --no-lock or --no-config, and run it in the root if no configuration lists the zones")
	}
	run, doing := linter(w.Lint), "linting"
	f.onDisk = f.onDisk && f.touched == nil && f.known == nil
	if f.asked() || f.touched != nil || !w.Streams(sources) {
		err = say(stdio, "reading", w, func() error { return w.Read(ctx, sources) })
		clock.phase("reading")
	} else {
		doing = "reading and linting"
		run = func(ctx context.Context, o workspace.LintOptions) (lint.Result, error) {
			return w.Stream(ctx, sources, o)
		}
	}
	return func() (found outcome, err error) {
		err = say(stdio, doing, w, func() error {
			found, err = f.once(ctx, w, run, chosen, all)
			return err
		})
		return found, err
	}, err
}

// say says what is being done, if it takes long.
func say(stdio *Stdio, doing string, w *workspace.Workspace, do func() error) error {
	progress := startProgress(stdio, progressAfter)
	defer progress.stop()
	progress.say(func() string { return fmt.Sprintf("%s: %d files", doing, w.Files().Len()) })
	return do()
}

// linter runs rules over zones.
type linter func(context.Context, workspace.LintOptions) (lint.Result, error)

// once lints the zones as they are. All says that every existing zone was read.
func (f *lintFlags) once(
	ctx context.Context, w *workspace.Workspace, run linter, chosen []*lint.Rule, all bool,
) (outcome, error) {
	result, err := run(ctx, workspace.LintOptions{
		Rules: chosen, NoIgnores: f.noIgnores, MaxFindings: f.maxFindings, All: all, KeepTexts: f.keepTexts,
		OnDisk: f.onDisk,
	})
	if errors.Is(err, lint.ErrTooMany) {
		err = fmt.Errorf("there are more than %d findings, of which long ones count as several: lint fewer zones, --select "+
			"rules, or raise --max-findings", f.maxFindings)
	}
	if err != nil {
		return outcome{}, err
	}
	found := outcome{result: result}
	found.notes = f.suppress(w, &found.result, chosen, f.knowsAll(all))
	var concerns func(file string) bool // nil: every file does
	switch {
	case f.touched != nil:
		var notes []string
		found.result.Findings, notes = w.Touching(found.result.Findings, f.touched)
		if len(notes) == 0 {
			concerns = workspace.Holding(f.touched)
			found.result.Unread = slices.DeleteFunc(found.result.Unread, func(name string) bool { return !concerns(name) })
		}
		found.notes = slices.Concat(found.notes, notes, w.Unlisted(f.touched))
	case all:
		err = f.countUncovered(w, &found)
	}
	if !f.quiet {
		found.notes = slices.Concat(unjudged(w, concerns), found.notes)
	}
	return found, err
}

// knowsAll reports whether a run knows every finding there is, which it does not where a flag narrows what is looked at
// or known. All says that every existing zone was read.
func (f *lintFlags) knowsAll(all bool) bool {
	return all && len(f.excluded) == 0 && f.stack == "" && f.scope == "" && !f.noLock && !f.noConfig
}

// countUncovered counts the zone files that were forgotten in the configuration.
func (f *lintFlags) countUncovered(w *workspace.Workspace, found *outcome) error {
	names, err := w.Uncovered()
	if len(names) > 0 {
		found.result.Summary.Uncovered = len(names)
		found.notes = append(found.notes, w.SayUncovered(names))
	}
	return err
}

// nothingChecked says why there was no zone to check.
func nothingChecked(w *workspace.Workspace, paths []string) error {
	where := ""
	if len(paths) > 0 {
		where = " in " + text.And(paths)
	}
	var passed []string
	unchecked := w.Unchecked()
	count := func(n int, one, many string) {
		if n > 0 {
			passed = append(passed, text.Count(n, one, many))
		}
	}
	count(len(unchecked.SetAside), "file set aside as not a zone (--stats names it)",
		"files set aside as not zones (--stats names them)")
	secondary := 0
	for _, n := range unchecked.Secondary {
		secondary += n
	}
	count(secondary, "zone that the server is not primary for", "zones that the server is not primary for")
	count(unchecked.Ignored, "file or folder that .gitignore names", "files and folders that .gitignore names")
	if len(passed) > 0 {
		where += ", but " + text.And(passed)
	}
	return fmt.Errorf("nothing was checked: there is no zone%s%s; --allow-empty accepts that", where, outsideHelp(w))
}

// outsideHelp says how to reach what name servers' configurations speak of outside the root, if any were found.
func outsideHelp(w *workspace.Workspace) string {
	var names []string
	for _, name := range w.Unchecked().Outside {
		names = append(names, w.Shown(name))
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("; files that are named in %s lie outside the root folder %s, where mx46 reads nothing: "+
		"on the server itself, mx46 lint %s --root / reads them", text.Some(names, 1), w.RootPath(), names[0])
}

// weigh is the highest severity of findings that are not suppressed. It counts those that are not shown.
func weigh(w *workspace.Workspace, result *lint.Result) (worst lint.Severity) {
	for i := range result.Findings {
		if f := &result.Findings[i]; f.Suppressed == "" {
			worst = max(worst, weighSome(w, &result.Summary, f.Severity, 1))
		}
	}
	return worst
}

// weighSome counts findings of a severity if these are not shown. It gives the severity if there are any.
func weighSome(w *workspace.Workspace, s *lint.Summary, severity lint.Severity, n int) lint.Severity {
	switch {
	case n == 0:
		return lint.Off
	case severity >= w.Config().Shown():
	case severity == lint.Warning:
		s.HiddenWarnings += n
	default:
		s.HiddenNotes += n
	}
	return severity
}

// reported are the findings of a severity that is shown.
func reported(w *workspace.Workspace, findings []lint.Finding) []lint.Finding {
	isHidden := func(f lint.Finding) bool { return f.Severity < w.Config().Shown() }
	if !slices.ContainsFunc(findings, isHidden) {
		return findings
	}
	return slices.DeleteFunc(slices.Clone(findings), isHidden)
}
