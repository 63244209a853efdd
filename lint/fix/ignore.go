package fix

import (
	"errors"
	"strings"

	"mx46/lint"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// This file makes ignore comments of findings.

// CheckReason refuses a reason that an ignore comment cannot hold.
func CheckReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("the reason is empty")
	case len(reason) > maxReason:
		return errors.New("the reason is too long for one line")
	case strings.ContainsFunc(reason, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the reason holds control characters")
	case strings.Contains(reason, "mx46:"):
		return errors.New(`the reason holds "mx46:", the mark of another comment`)
	}
	return nil
}

// Ignoring gives findings a comment that silences them, as their only fix. Left counts those that no comment can
// silence: they are about no record of a file, or about the comments.
func Ignoring(w *workspace.Workspace, findings []lint.Finding, reason string) (ignoring []lint.Finding, left int) {
	readers := map[zonefiles.FileID][]*zonefiles.Zone{}
	for _, zones := range w.Views() {
		for _, z := range zones {
			readers[z.File] = append(readers[z.File], z)
			for _, id := range z.Includes {
				readers[id] = append(readers[id], z)
			}
		}
	}
	for _, f := range findings {
		if f.Suppressed != "" {
			continue
		}
		edit, ok := ignoreEdit(w, readers, &f, reason)
		if !ok {
			left++
			continue
		}
		f.Fixes = []lint.Fix{{Message: "ignore " + f.Rule.Name, Safe: true, Edits: []lint.Edit{edit}}}
		ignoring = append(ignoring, f)
	}
	return ignoring, left
}

func ignoreEdit(
	w *workspace.Workspace, readers map[zonefiles.FileID][]*zonefiles.Zone, f *lint.Finding, reason string,
) (lint.Edit, bool) {
	at := w.Files().OnDisk(f.Span)
	for _, z := range readers[at.File] {
		if r, ok := z.RecordAt(at.File, at.Start); ok {
			return lint.AddIgnore(r, f.Rule, reason)
		}
	}
	return lint.Edit{}, false
}
