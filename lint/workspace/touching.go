package workspace

import (
	"fmt"
	"path"
	"slices"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file says which findings touch some files. A change of one zone can break another, so the rules see all zones,
// and what the change may have caused is reported.

// zoneID is a zone in the view that it is seen in.
type zoneID struct {
	view string
	zone zonefiles.Name
}

// touched is what some files hold.
type touched struct {
	files   *zonefiles.FileSet
	holds   func(name string) bool // a file is among them
	zones   map[zoneID]bool        // all zones: whether the files hold something of it
	targets map[zoneID]map[zonefiles.Name][]zonefiles.Name
}

// Touching keeps the findings that touch files: by their place or one that they refer to, by their zone, or by the zone
// of a host that their mail domain names. Configuration touches everything, and so does a file that is gone; notes say
// so.
func (w *Workspace) Touching(findings []lint.Finding, names []string) (kept []lint.Finding, notes []string) {
	for _, name := range names {
		switch _, err := w.loader.Root.Stat(name); {
		case err != nil:
			notes = append(notes, fmt.Sprintf("Everything is reported: %s cannot be found, and nothing says what it held.",
				w.Shown(name)))
		case name == w.confName || name == w.lockName || slices.Contains(w.confFiles, name):
			notes = append(notes, fmt.Sprintf("Everything is reported: %s is configuration, which touches all zones.",
				w.Shown(name)))
		}
	}
	if len(notes) > 0 {
		return findings, notes
	}
	among := map[string]bool{}
	for _, name := range names {
		among[name] = true
	}
	t := &touched{
		files: w.loader.Files, zones: map[zoneID]bool{},
		targets: map[zoneID]map[zonefiles.Name][]zonefiles.Name{},
	}
	t.holds = func(name string) bool { // a folder holds all in it
		for ; name != "." && name != "/"; name = path.Dir(name) {
			if among[name] {
				return true
			}
		}
		return among["."]
	}
	for _, zones := range w.views {
		for _, z := range zones {
			t.add(z)
		}
	}
	return slices.DeleteFunc(findings, func(f lint.Finding) bool { return !t.touches(&f) }), nil
}

func (t *touched) add(z *zonefiles.Zone) {
	id := zoneID{z.View, z.Origin}
	if !z.OriginKnown {
		return
	}
	t.zones[id] = t.zones[id] || z.ReadsAny(t.holds)
	targets := t.targets[id]
	if targets == nil {
		targets = map[zonefiles.Name][]zonefiles.Name{}
		t.targets[id] = targets
	}
	for i := range z.Len() {
		if r := z.Record(i); r.Type() == zonefiles.TypeMX {
			if target, ok := r.Name(1); ok {
				targets[r.OwnerName()] = append(targets[r.OwnerName()], target)
			}
		}
	}
}

func (t *touched) touches(f *lint.Finding) bool {
	places := []zonefiles.Span{f.Span}
	for _, related := range slices.Concat(f.Related, f.Path) {
		places = append(places, related.Span)
	}
	if slices.ContainsFunc(places, func(sp zonefiles.Span) bool {
		return t.holds(t.files.File(t.files.OnDisk(sp).File).Name)
	}) {
		return true
	}
	id := zoneID{f.View, f.Zone}
	if t.zones[id] || t.served(f.View, f.Subject.Owner) {
		return true
	}
	if target, err := zonefiles.ParseName([]byte(f.Subject.Target), zonefiles.Root); err == nil &&
		t.served(f.View, target) {
		return true
	}
	return slices.ContainsFunc(t.targets[id][f.Subject.Owner], func(n zonefiles.Name) bool { return t.served(f.View, n) })
}

// served reports whether the files hold something of the zone that a name lies in.
func (t *touched) served(view string, name zonefiles.Name) bool {
	for {
		if held, known := t.zones[zoneID{view, name}]; known || name.IsRoot() {
			return held
		}
		name = name.Parent()
	}
}
