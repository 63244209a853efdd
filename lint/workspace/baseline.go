package workspace

import (
	"fmt"

	"mx46/lint/baseline"
	"mx46/zonefiles/disk"
)

// This file reads what is known already.

// Known is a baseline, and the file that holds it.
type Known struct {
	*baseline.Baseline
	Name string
	Text []byte
}

// Baseline reads a baseline below the root, such as that which the configuration names. It is nil where the name is
// empty.
func (w *Workspace) Baseline(name string) (*Known, error) {
	if name == "" {
		return nil, nil
	}
	text, err := w.loader.Root.ReadFile(name, baseline.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline %s: %w", w.Shown(name), disk.Reason(err))
	}
	known, err := baseline.Parse(w.Shown(name), text)
	if err != nil {
		return nil, err
	}
	return &Known{known, name, text}, nil
}
