package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/baseline"
	"mx46/lint/config"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles/disk"
)

// baselineFlags say which findings are known already.
type baselineFlags struct {
	baseline      string
	noBaseline    bool
	writeBaseline string
	pruneBaseline bool

	known  *workspace.Known // nil without a baseline
	pruned []byte           // what is to be written of it; nil: nothing is
}

func (f *baselineFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "",
		"do not report the findings that this `file` lists (default: what the key baseline of "+config.FileName+" names)")
	flags.BoolVar(&f.noBaseline, "no-baseline", false, "report the findings that a baseline lists, too")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write what would be reported to this `file`, for --baseline")
	flags.BoolVar(&f.pruneBaseline, "prune-baseline", false, "drop from the baseline what matches nothing any more")
	for _, pair := range [][2]string{
		{"write-baseline", "only"},
		{"write-baseline", "diff"},
		{"write-baseline", "prune-baseline"},
		{"prune-baseline", "diff"},
		{"prune-baseline", "no-baseline"},
		{"baseline", "no-baseline"},
	} {
		cmd.MarkFlagsMutuallyExclusive(pair[0], pair[1])
	}
}

// open reads the baseline, which has to lie below the root.
func (f *baselineFlags) open(w *workspace.Workspace) (err error) {
	if f.writeBaseline != "" || f.noBaseline {
		return nil
	}
	name := w.Config().Baseline.Value
	if f.baseline != "" {
		if name, err = w.Name(f.baseline); err != nil {
			return err
		}
	}
	if f.known, err = w.Baseline(name); err == nil && f.known == nil && f.pruneBaseline {
		err = fmt.Errorf("--prune-baseline needs --baseline, or the key baseline in %s", config.FileName)
	}
	return err
}

// suppress marks the findings that the baseline lists. Notes count its entries that match nothing, if all zones were
// read: a finding may rest on any of them.
func (f *baselineFlags) suppress(
	w *workspace.Workspace, result *lint.Result, chosen []*lint.Rule, all bool,
) (notes []string) {
	if f.known == nil {
		return nil
	}
	left := f.known.Suppress(result.Findings)
	if !all {
		return nil
	}
	judged := w.Judged(chosen)
	entries, findings := left.Count(judged)
	if f.pruned = nil; entries == 0 {
		return nil
	}
	if f.pruneBaseline {
		f.pruned = f.known.Prune(f.known.Text, left, judged)
		return []string{fmt.Sprintf("Dropped %s of %s that matched nothing any more.",
			text.Count(entries, "entry", "entries"), w.Shown(f.known.Name))}
	}
	result.Summary.Stale = findings
	return []string{fmt.Sprintf(text.Count(entries, "entry of %s matches", "entries of %s match")+
		" nothing any more: --prune-baseline drops what is stale.", w.Shown(f.known.Name))}
}

// save writes the baseline, if asked to.
func (f *baselineFlags) save(
	stdio *Stdio, w *workspace.Workspace, findings []lint.Finding,
) (notes []string, err error) {
	if f.pruned != nil {
		name := filepath.Join(w.RootPath(), filepath.FromSlash(f.known.Name))
		return nil, stdio.write(w.WritePath, name, func(to io.Writer) error {
			_, err := to.Write(f.pruned)
			return err
		})
	}
	return f.write(stdio, w, findings)
}

// write writes a baseline of the findings that are reported, and marks them as known.
func (f *baselineFlags) write(
	stdio *Stdio, w *workspace.Workspace, findings []lint.Finding,
) (notes []string, err error) {
	if f.writeBaseline == "" {
		return nil, nil
	}
	least := w.Config().Shown()
	b := baseline.New(slices.DeleteFunc(slices.Clone(findings), func(f lint.Finding) bool { return f.Severity < least }))
	old, err := w.ReadPath(f.writeBaseline, baseline.MaxSize)
	if err == nil {
		_, err = baseline.Parse(f.writeBaseline, old)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, disk.ErrNotRegular) {
		return nil, fmt.Errorf("--write-baseline: %s exists and is not a baseline: %w", f.writeBaseline, disk.Reason(err))
	}
	content := b.Text()
	if len(content) > baseline.MaxSize {
		return nil, fmt.Errorf("--write-baseline: a baseline of %d bytes is larger than the %d that --baseline reads",
			len(content), baseline.MaxSize)
	}
	err = stdio.write(w.WritePath, f.writeBaseline, func(to io.Writer) error {
		_, err := to.Write(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	b.Suppress(findings)
	_, listed := b.Count(func(string, string) bool { return true })
	notes = []string{fmt.Sprintf("Listed %s in %s.", text.Count(listed, "finding", "findings"), f.writeBaseline)}
	if name, err := w.Name(f.writeBaseline); err == nil && name != w.Config().Baseline.Value {
		notes = append(notes, fmt.Sprintf("To use it, name it under baseline in %s, or give --baseline.", config.FileName))
	}
	return notes, nil
}
