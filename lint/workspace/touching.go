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

// domainID is a mail domain in a zone.
type domainID struct {
	zone zoneID
	name zonefiles.Name
}

// touched is what some files hold.
type touched struct {
	files   *zonefiles.FileSet
	holds   func(name string) bool // a file is among them
	zones   map[zoneID]bool        // all zones: whether the files hold something of it
	domains map[domainID]bool      // mail domains with a host that the files serve
	known   map[zoneID]bool        // names that served was asked about
	rivals  map[string]bool        // other files that claim to be one of their zones
}

// Touching keeps the findings that touch files: by their place or one that they refer to, by their zone, or by the zone
// of a host that their mail domain names. Configuration touches everything, and so does a file that is gone; notes say
// so.
func (w *Workspace) Touching(findings []lint.Finding, names []string) (kept []lint.Finding, notes []string) {
	read := map[string]bool{}
	for _, z := range w.zones {
		z.ReadsAny(func(name string) bool {
			read[name] = read[name] || !z.Missing
			return false
		})
	}
	configuration := setOf(append(slices.Clone(w.confFiles), w.confName, w.lockName, w.config.Baseline.Value))
	for _, name := range names {
		switch _, err := w.loader.Root.Stat(name); {
		case err != nil && !read[name]:
			notes = append(notes, fmt.Sprintf("Everything is reported: %s cannot be found, and nothing says what it held.",
				w.Shown(name)))
		case configuration[name]:
			notes = append(notes, fmt.Sprintf("Everything is reported: %s is configuration, which touches all zones.",
				w.Shown(name)))
		}
	}
	if len(notes) > 0 {
		return findings, notes
	}
	t := &touched{
		files: w.loader.Files, holds: Holding(names), zones: map[zoneID]bool{},
		domains: map[domainID]bool{}, known: map[zoneID]bool{}, rivals: map[string]bool{},
	}
	for _, zones := range w.views {
		for _, z := range zones {
			t.addZone(z)
		}
	}
	for _, zones := range w.views {
		for _, z := range zones {
			t.addDomains(z)
			t.addRival(z)
		}
	}
	return slices.DeleteFunc(findings, func(f lint.Finding) bool { return !t.touches(&f) }), nil
}

// Holding says which files are among some files and folders, or in one of these.
func Holding(names []string) func(name string) bool {
	among := setOf(names)
	return func(name string) bool {
		for ; name != "." && name != "/"; name = path.Dir(name) {
			if among[name] {
				return true
			}
		}
		return among["."]
	}
}

// setOf is a set of names, of which there may be very many.
func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// Within keeps the findings whose place is in files.
func (w *Workspace) Within(findings []lint.Finding, names []string) []lint.Finding {
	among := setOf(names)
	return slices.DeleteFunc(slices.Clone(findings), func(f lint.Finding) bool {
		return !among[w.Position(f.Span).File]
	})
}

// addZone notes whether the files hold something of a zone.
func (t *touched) addZone(z *zonefiles.Zone) {
	if id := (zoneID{z.View, z.Origin}); z.OriginKnown {
		t.zones[id] = t.zones[id] || z.ReadsAny(t.holds)
	}
}

// addRival notes another file of a zone that the files hold: each of the two is judged by itself.
func (t *touched) addRival(z *zonefiles.Zone) {
	if t.zones[zoneID{z.View, z.Origin}] && !z.ReadsAny(t.holds) {
		t.rivals[z.Path] = true
	}
}

// addDomains notes the mail domains of a zone that name a host which the files serve, once all zones are known. There
// are many findings, and many targets of one mail domain.
func (t *touched) addDomains(z *zonefiles.Zone) {
	id := zoneID{z.View, z.Origin}
	for i := range z.Len() {
		if r := z.Record(i); z.OriginKnown && r.Type() == zonefiles.TypeMX {
			if target, ok := r.Name(1); ok && t.served(z.View, target) {
				t.domains[domainID{id, r.OwnerName()}] = true
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
	if t.rivals[t.files.File(t.files.OnDisk(f.Span).File).Name] {
		return false
	}
	id := zoneID{f.View, f.Zone}
	if t.zones[id] {
		return true
	}
	if f.Subject.Target == "" && !f.Subject.Owner.IsAtOrBelow(f.Zone) {
		return false // a record outside its zone says nothing about the zone that its name lies in
	}
	if t.served(f.View, f.Subject.Owner) {
		return true
	}
	if target, err := zonefiles.ParseName([]byte(f.Subject.Target), zonefiles.Root); err == nil &&
		t.served(f.View, target) {
		return true
	}
	return t.domains[domainID{id, f.Subject.Owner}]
}

// served reports whether the files hold something of the zone that a name lies in. Names that lie below one are asked
// about once.
func (t *touched) served(view string, name zonefiles.Name) bool {
	id := zoneID{view, name}
	if held, isZone := t.zones[id]; isZone || name.IsRoot() {
		return held
	}
	held, known := t.known[id]
	if !known {
		held = t.served(view, name.Parent())
		t.known[id] = held
	}
	return held
}
