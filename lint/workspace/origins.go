package workspace

import (
	"cmp"
	"path"
	"slices"

	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file says of zones without a known origin why the configurations of name servers beside them did not help.

func (w *Workspace) explainOrigins() {
	if len(w.found) == 0 && len(w.unread) == 0 {
		return
	}
	reasons := slices.Clone(w.unread)
	var names []string
	lost := map[string]string{} // what a configuration says of a file, by the last element of its path
	for _, c := range w.found {
		names = append(names, w.Shown(c.name))
		for _, z := range c.Lost {
			if lost[z.Base] == "" {
				lost[z.Base] = w.line(c.files, z.Why.Span) + " says which zone a file of that name is, but " + z.Why.Message
			}
		}
	}
	switch len(names) {
	case 0:
	case 1:
		reasons = append(reasons, names[0]+" does not name the file")
	default:
		reasons = append(reasons, text.Some(names, maxFilesShown)+" do not name the file")
	}
	for _, z := range w.zones {
		for i := range z.Problems {
			if p := &z.Problems[i]; p.Kind == zonefiles.OriginProblem {
				p.Help = cmp.Or(lost[path.Base(z.Path)], text.And(reasons)) + "; " + p.Help
			}
		}
	}
}
