package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/baseline"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles/disk"
)

// baselineFlags say which findings are known already.
type baselineFlags struct {
	baseline      string
	writeBaseline string

	known *baseline.Baseline // what --baseline holds; nil without it
}

func (f *baselineFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "", "do not report the findings that this `file` lists")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write what would be reported to this `file`, for --baseline")
	cmd.MarkFlagsMutuallyExclusive("write-baseline", "only")
	cmd.MarkFlagsMutuallyExclusive("write-baseline", "diff")
}

// open reads the baseline, which has to lie below the root.
func (f *baselineFlags) open(w *workspace.Workspace) error {
	if f.baseline == "" || f.writeBaseline != "" {
		return nil
	}
	name, err := w.Name(f.baseline)
	if err != nil {
		return err
	}
	text, err := w.Root().ReadFile(name, baseline.MaxSize)
	if err != nil {
		return fmt.Errorf("reading the baseline %s: %w", f.baseline, disk.Reason(err))
	}
	f.known, err = baseline.Parse(f.baseline, text)
	return err
}

// suppress marks the findings that the baseline lists. Notes list its entries that match nothing.
func (f *baselineFlags) suppress(
	w *workspace.Workspace, result *lint.Result, chosen []*lint.Rule, all bool,
) (notes []string) {
	if f.known == nil {
		return nil
	}
	stale, n := f.known.Suppress(result.Findings).Entries(w.Judged(chosen, all))
	result.Summary.Stale = n
	if n > 0 {
		match := text.Count(len(stale), "entry of %s matches", "entries of %s match")
		notes = append(notes, fmt.Sprintf(match+" nothing any more (write it again to drop them):", f.baseline))
		for _, line := range stale {
			notes = append(notes, "  "+line)
		}
	}
	return notes
}

// save writes a baseline of the findings that are reported or fail the run, and marks them as known.
func (f *baselineFlags) save(
	stdio *Stdio, w *workspace.Workspace, findings []lint.Finding,
) (notes []string, err error) {
	if f.writeBaseline == "" {
		return nil, nil
	}
	least := w.Config().MinSeverity.Value
	if failOn := w.Config().FailOn.Value; failOn != lint.Off {
		least = min(least, failOn)
	}
	b := baseline.New(slices.DeleteFunc(slices.Clone(findings), func(f lint.Finding) bool { return f.Severity < least }))
	old, err := disk.ReadPath(f.writeBaseline, baseline.MaxSize)
	if err == nil {
		_, err = baseline.Parse(f.writeBaseline, old)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, disk.ErrNotRegular) {
		return nil, fmt.Errorf("--write-baseline: %s exists and is not a baseline: %w", f.writeBaseline, disk.Reason(err))
	}
	err = writeFile(stdio, f.writeBaseline, func(w io.Writer) error {
		_, err := w.Write(b.Text())
		return err
	})
	if err != nil {
		return nil, err
	}
	b.Suppress(findings)
	_, n := b.Entries(func(string, string) bool { return true })
	return []string{fmt.Sprintf("Listed %s in %s.", text.Count(n, "finding", "findings"), f.writeBaseline)}, nil
}
