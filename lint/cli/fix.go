package cli

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles/disk"
)

// fixFlags say what to do with the fixes of findings.
type fixFlags struct {
	fix        bool
	unsafe     bool
	diff       bool
	bumpSerial bool
	addIgnore  string // the reason

	unignored int // findings that no comment can silence
}

func (f *fixFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.fix, "fix", false, "make the safe fixes, and report the other findings")
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "with --fix or --diff: also make fixes that need review")
	flags.BoolVar(&f.diff, "diff", false, "print the fixes as a unified diff instead of a report")
	flags.StringVar(&f.addIgnore, "add-ignore", "",
		"write an ignore comment with this `reason` at each record with a finding; --diff shows them instead")
	flags.BoolVar(&f.bumpSerial, "bump-serial", false,
		"with --fix or --diff: raise the SOA serial of each zone that changes")
}

func (f *fixFlags) asked() bool { return f.fix || f.diff || f.addIgnore != "" }

// check refuses flags that do not go together, and drops the default report from standard output if the diff goes
// there.
func (f *fixFlags) check(outputs []output, stated bool) ([]output, error) {
	switch {
	case f.unsafe && !f.asked():
		return nil, errors.New("--unsafe-fixes needs --fix or --diff")
	case f.bumpSerial && !f.asked():
		return nil, errors.New("--bump-serial needs --fix or --diff")
	case f.addIgnore != "":
		if err := fix.CheckReason(f.addIgnore); err != nil {
			return nil, fmt.Errorf("--add-ignore: %w", err)
		}
	}
	if !f.diff {
		return outputs, nil
	}
	kept := slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.file == stdoutFile })
	if stated && len(kept) < len(outputs) {
		return nil, errors.New("--diff needs standard output for itself; write reports into files with --output FORMAT=FILE")
	}
	return kept, nil
}

// applyFixes fixes in memory until nothing changes. Find lints the zones as they are; its last call finds what is left.
func (f *fixFlags) applyFixes(w *workspace.Workspace, find func() ([]lint.Finding, error)) (fix.Outcome, error) {
	options := fix.Options{Unsafe: f.unsafe}
	if f.bumpSerial {
		options.Serial = time.Now()
	}
	if f.addIgnore != "" {
		findAll := find
		find = func() (findings []lint.Finding, err error) {
			findings, err = findAll()
			findings, f.unignored = fix.Ignoring(w, findings, f.addIgnore)
			return findings, err
		}
	}
	out, err := fix.Run(w, options, find)
	if err == nil && out.Serials > 0 {
		_, err = find()
	}
	return out, err
}

// carryOut prints or writes the fixes.
func (f *fixFlags) carryOut(stdio *Stdio, w *workspace.Workspace, found *outcome) error {
	if found.fixes == nil {
		return nil
	}
	notes := append(f.notes(w, found.fixes), f.reviewed(reported(w, found.result.Findings))...)
	if f.diff {
		for _, note := range notes {
			stdio.note(note)
		}
		return printDiff(stdio, found.fixes.Changes)
	}
	found.result.Summary.Fixed, found.result.Summary.NotFixed = found.fixes.Fixed, found.fixes.NotFixed()
	found.notes = append(notes, found.notes...)
	return writeChanges(stdio, w, found.fixes.Changes)
}

// reviewed counts the findings whose fixes are left to --unsafe-fixes.
func (f *fixFlags) reviewed(findings []lint.Finding) []string {
	if f.unsafe || f.addIgnore != "" {
		return nil
	}
	n := 0
	for _, finding := range findings {
		fixes := slices.DeleteFunc(slices.Clone(finding.Fixes), func(fix lint.Fix) bool { return len(fix.Edits) == 0 })
		isSafe := func(fix lint.Fix) bool { return fix.Safe }
		if finding.Suppressed == "" && len(fixes) > 0 && !slices.ContainsFunc(fixes, isSafe) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{text.Count(n, "finding has a fix", "findings have fixes") +
		" for you to review: --diff --unsafe-fixes shows what would change."}
}

// writeChanges writes the changed files, or none if one has changed on the disk.
func writeChanges(stdio *Stdio, w *workspace.Workspace, changes []fix.Change) error {
	for _, c := range changes {
		now, err := w.Root().ReadFile(c.Name, int64(len(c.Before)))
		if errors.Is(err, disk.ErrTooLarge) || err == nil && !bytes.Equal(now, c.Before) {
			err = disk.ErrChanged
		}
		if err != nil {
			return fmt.Errorf("fixing %s: %w; nothing is written", w.Shown(c.Name), disk.Reason(err))
		}
	}
	for i, c := range changes {
		err := finish(func() error { return w.Root().ReplaceFile(c.Name, c.Before, c.After) })
		if err != nil {
			return fmt.Errorf("fixing %s: %w; %d of %d files were written", w.Shown(c.Name), disk.Reason(err), i, len(changes))
		}
	}
	return nil
}

// printDiff prints a unified diff, with names relative to the root. A terminal gets no control characters but line ends
// and tabs; patch and git apply get the bytes as they are, except for lines that a log of GitHub Actions would obey.
func printDiff(stdio *Stdio, changes []fix.Change) error {
	_, terminal := stdio.Terminal(stdio.Out)
	for _, c := range changes {
		patch := diff.Diff(diffName("a/"+c.Name), c.Before, diffName("b/"+c.Name), c.After)
		if terminal {
			patch = []byte(text.Visible(strings.ReplaceAll(string(patch), "\r\n", "\n")))
		}
		if stdio.Getenv("GITHUB_ACTIONS") == "true" {
			patch = text.Disobeyed(patch) // such lines are no loss to a patch
		}
		if _, err := stdio.Out.Write(patch); err != nil {
			return err
		}
	}
	return nil
}

// diffName is a file's name in a diff, quoted as by git if need be.
func diffName(name string) string {
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

// notes say what was fixed, and what was not and why.
func (f *fixFlags) notes(w *workspace.Workspace, out *fix.Outcome) []string {
	did, raised := "Fixed", "Raised"
	switch {
	case f.addIgnore != "" && f.diff:
		did = "Would ignore"
	case f.addIgnore != "":
		did = "Ignored"
	case f.diff:
		did, raised = "Would fix", "Would raise"
	}
	findings, files := text.Count(out.Fixed, "finding", "findings"), text.Count(len(out.Changes), "file", "files")
	notes := []string{fmt.Sprintf("%s %s in %s.", did, findings, files)}
	if f.unignored > 0 {
		notes = append(notes, fmt.Sprintf("Not ignored: %s that no comment at a record silences: use a baseline or the "+
			"configuration.", text.Count(f.unignored, "finding", "findings")))
	}
	if out.Serials > 0 {
		notes = append(notes, fmt.Sprintf("%s %s.", raised, text.Count(out.Serials, "SOA serial", "SOA serials")))
	}
	for _, n := range out.NoSerial {
		notes = append(notes, fmt.Sprintf("The serial in %s is not raised: %s.", w.Shown(n.File), n.Reason))
	}
	for _, k := range out.Kept {
		count := text.Count(k.Findings, "finding", "findings")
		notes = append(notes, fmt.Sprintf("Not fixed: %s in %s: %s.", count, w.Shown(k.File), k.Reason))
	}
	if out.Unreachable > 0 {
		notes = append(notes, fmt.Sprintf("Not fixed: %s in text that is generated or from standard input.",
			text.Count(out.Unreachable, "finding", "findings")))
	}
	for _, r := range out.Refused {
		at := w.Position(r.Finding.Span)
		notes = append(notes, fmt.Sprintf("Not fixed: %s (%s:%d): %s.", r.Finding.Rule.Name, w.Shown(at.File), at.Line,
			r.Reason))
	}
	return notes
}
