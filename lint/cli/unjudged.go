package cli

import (
	"fmt"
	"slices"

	"mx46/lint/text"
	"mx46/lint/workspace"
)

// This file says once a run what of the zones there are was not judged, and why.

// Limits of these sentences; --stats says all of it.
const (
	maxCopiesSaid = 5 // zones of which there are several files
	maxPathsSaid  = 3 // includes that only the server has
)

// unjudged says it of the files that a run concerns; nil: all.
func unjudged(w *workspace.Workspace, concerns func(file string) bool) (notes []string) {
	copies := slices.DeleteFunc(slices.Clone(w.Copies()), func(c workspace.Copies) bool {
		return concerns != nil && !slices.ContainsFunc(c.Files, concerns)
	})
	for i := range copies {
		if i == maxCopiesSaid {
			more := text.Count(len(copies)-i, "more zone", "more zones")
			notes = append(notes, fmt.Sprintf("So it is with %s (--stats).", more))
			break
		}
		notes = append(notes, copies[i].String())
	}
	if paths := w.Elsewhere(concerns); len(paths) > 0 {
		notes = append(notes, fmt.Sprintf("What only the server has is included: %s. Nothing is concluded from what it may "+
			`hold; if the repository has it elsewhere, map the folder under "paths" in the configuration.`,
			text.Some(paths, maxPathsSaid)))
	}
	return notes
}
