// Package fix makes the fixes that findings come with. It works in memory: it edits, reads the zones again, compares
// their records with those before, and lints again, until nothing is left to fix. The caller writes the texts to the
// disk.
package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"mx46/lint"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// Outcome is what came of a run.
type Outcome struct {
	Changes  []Change // sorted by name
	Fixed    int      // findings whose fix was made
	Refused  []Refusal
	Kept     []Kept     // sorted by file
	Serials  int        // SOA serials that were raised
	NoSerial []NoSerial // sorted by file
	// Unreachable counts the findings whose fix would change text of no file: what a directive generates, or standard
	// input.
	Unreachable int
}

// NotFixed counts the findings whose fix was asked for and not made.
func (o *Outcome) NotFixed() int {
	n := len(o.Refused) + o.Unreachable
	for _, k := range o.Kept {
		n += k.Findings
	}
	return n
}

// Change is a file's text before and after.
type Change struct {
	Name          string // relative to the root, with slashes
	Before, After []byte
}

// Refusal is a fix that was not made.
type Refusal struct {
	Finding lint.Finding
	Reason  string
}

// NoSerial is a serial that was not raised, in a zone that has changed.
type NoSerial struct {
	File   string // of the zone, relative to the root, with slashes
	Reason string
}

// ErrEndless is the error of a run whose fixes undo each other.
var ErrEndless = errors.New("the fixes undo each other, and none is made")

// Options say which fixes are made.
type Options struct {
	Unsafe bool      // also those that a person has to look at
	Serial time.Time // the day of raised SOA serials; the zero Time: serials stay as they are
}

// Run makes fixes until none is left, and then raises the serials of the zones that have changed. Find gives the
// findings to be fixed in the workspace as it is.
func Run(w *workspace.Workspace, o Options, find func() ([]lint.Finding, error)) (Outcome, error) {
	s := session{
		workspace: w, keepings: keepingsOf(w), unsafe: o.Unsafe, refused: map[fixKey]bool{},
		originals: map[string]*zonefiles.File{}, current: map[string]*zonefiles.File{},
	}
	for range maxRounds {
		findings, err := find()
		if err != nil {
			return Outcome{}, err
		}
		plans := s.plan(findings)
		if len(plans) == 0 {
			err := s.finish(o.Serial)
			return s.outcome, err
		}
		fixed := s.outcome.Fixed
		if err := s.round(plans); err != nil {
			return Outcome{}, err
		}
		if s.outcome.Fixed > fixed { // a fix that was refused beside these may hold after them
			clear(s.refused)
			s.outcome.Refused = nil
		}
	}
	return Outcome{}, ErrEndless
}

// session is one run.
type session struct {
	workspace *workspace.Workspace
	unsafe    bool
	outcome   Outcome
	refused   map[fixKey]bool
	originals map[string]*zonefiles.File // the files that were changed, as they were
	current   map[string]*zonefiles.File // and as they are
	keepings  *keepings
	kept      map[string]int // the findings of the last plan that keep their fix, by the file that stays for it

	// Within a round:
	base      []*zonefiles.Zone
	tries     int
	tried     int                        // bytes, in all rounds
	installed map[string]*zonefiles.File // files that differ from those of base, as they were there
}

// fixKey knows a fix again when its place has moved.
type fixKey struct {
	rule    string
	zone    zonefiles.Name
	subject lint.Subject
	message string
}

// plan is a fix that is to be made.
type plan struct {
	finding *lint.Finding
	edits   []lint.Edit
	key     fixKey
}

// plan chooses the fixes of one round: in the order of the findings, each that touches none before it. Fixes that make
// the same edits go together.
func (s *session) plan(findings []lint.Finding) []plan {
	files := s.workspace.Files()
	s.outcome.Unreachable, s.kept = 0, map[string]int{}
	var plans []plan
	taken := map[zonefiles.FileID][]lint.Edit{} // sorted
	for i := range findings {
		f := &findings[i]
		at := slices.IndexFunc(f.Fixes, func(fix lint.Fix) bool { return (fix.Safe || s.unsafe) && len(fix.Edits) > 0 })
		if at < 0 || f.Suppressed != "" {
			continue
		}
		p := plan{f, f.Fixes[at].Edits, fixKey{f.Rule.Name, f.Zone, f.Subject, f.Fixes[at].Message}}
		kept := s.keepings.among(p.edits)
		switch {
		case s.refused[p.key]:
		case !slices.ContainsFunc(p.edits, func(e lint.Edit) bool { return string(files.Text(e.Span)) != e.New }):
			s.refuse(p, "it would change nothing")
		case slices.ContainsFunc(p.edits, func(e lint.Edit) bool { return !isOnDisk(files, e.Span) }):
			s.outcome.Unreachable++
		case kept != "":
			s.kept[kept]++
		case take(taken, p.edits):
			plans = append(plans, p)
		}
	}
	return plans
}

// isOnDisk reports whether a span is text of a file: neither generated nor standard input.
func isOnDisk(files *zonefiles.FileSet, at zonefiles.Span) bool {
	return files.Editable(at) && files.File(at.File).Name != "<stdin>"
}

// take adds edits to those taken, unless one touches another edit than itself.
func take(taken map[zonefiles.FileID][]lint.Edit, edits []lint.Edit) bool {
	at := func(e lint.Edit) (int, bool) {
		return slices.BinarySearchFunc(taken[e.Span.File], e, func(a, b lint.Edit) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
		})
	}
	for _, e := range edits {
		list := taken[e.Span.File]
		n, same := at(e)
		if same && list[n] == e {
			continue
		}
		if same || n > 0 && touch(list[n-1], e) || n < len(list) && touch(e, list[n]) {
			return false
		}
	}
	for _, e := range edits {
		if n, same := at(e); !same {
			taken[e.Span.File] = slices.Insert(taken[e.Span.File], n, e)
		}
	}
	return true
}

// touch reports whether two edits, in the order of the text, share a byte, or one inserts where the other ends or
// begins.
func touch(a, b lint.Edit) bool {
	if a.Span.IsEmpty() || b.Span.IsEmpty() {
		return b.Span.Start <= a.Span.End
	}
	return b.Span.Start < a.Span.End
}

// round makes those of the planned fixes that change nothing but what they touch.
func (s *session) round(plans []plan) error {
	s.begin()
	made, err := s.add(nil, plans)
	if err != nil {
		return err
	}
	if _, err := s.install(made); err != nil { // the last try need not be what holds
		return err
	}
	s.outcome.Fixed += len(made)
	return s.keep()
}

func (s *session) begin() {
	s.base = slices.Clone(s.workspace.Zones())
	s.installed, s.tries = map[string]*zonefiles.File{}, 0
}

// keep notes the files that a round has changed.
func (s *session) keep() error {
	for name, before := range s.installed {
		if _, known := s.originals[name]; !known {
			s.originals[name] = before
		}
		file, err := s.workspace.File(name)
		if err != nil {
			return err
		}
		s.current[name] = file
	}
	return nil
}

func (s *session) refuse(p plan, reason string) {
	s.refused[p.key] = true
	s.outcome.Refused = append(s.outcome.Refused, Refusal{*p.finding, reason})
}

// add is the plans that hold, with those that hold already. If not all do, it looks for the culprits by halves.
func (s *session) add(holding, plans []plan) ([]plan, error) {
	all := slices.Concat(holding, plans)
	s.tries++
	enough := s.tries > maxTries || s.tries > 1 && s.tried > maxTried
	reason := "too many other fixes change more than they should"
	if !enough {
		var err error
		if reason, err = s.install(all); err != nil || reason == "" {
			return all, err
		}
	}
	if len(plans) == 1 || enough {
		for _, p := range plans {
			s.refuse(p, reason)
		}
		return holding, nil
	}
	half := len(plans) / 2
	holding, err := s.add(holding, plans[:half])
	if err != nil {
		return nil, err
	}
	return s.add(holding, plans[half:])
}

// install reads the zones again with the plans carried out, and says what is wrong with them.
func (s *session) install(plans []plan) (reason string, err error) {
	texts := map[string][]byte{}
	for name, file := range s.installed {
		texts[name] = file.Data
	}
	clear(s.installed)
	byFile := map[zonefiles.FileID][]lint.Edit{}
	for _, p := range plans {
		for _, e := range p.edits {
			byFile[e.Span.File] = append(byFile[e.Span.File], e)
		}
	}
	for id, edits := range byFile {
		before := s.workspace.Files().File(id)
		text, err := lint.ApplyEdits(before.Data, edits)
		if err != nil {
			return "", fmt.Errorf("fixing %s: %w", before.Name, err)
		}
		s.tried += len(text)
		texts[before.Name] = text
		s.installed[before.Name] = before
	}
	if err := s.workspace.Replace(texts); err != nil {
		return "", err
	}
	regions := map[zonefiles.FileID][]region{} // of the old files and the new ones
	for id, edits := range byFile {
		after, err := s.workspace.File(s.workspace.Files().File(id).Name)
		if err != nil {
			return "", err
		}
		regions[id], regions[after.ID] = regionsOf(edits)
	}
	for i, after := range s.workspace.Zones() {
		if before := s.base[i]; before != after {
			if reason = compare(before, after, regions); reason != "" {
				return reason, nil
			}
		}
	}
	return "", nil
}

// finish raises serials and completes the outcome.
func (s *session) finish(serial time.Time) error {
	if !serial.IsZero() {
		if err := s.raiseSerials(serial); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.kept)) {
		s.outcome.Kept = append(s.outcome.Kept, Kept{name, s.keepings.reason(name), s.kept[name]})
	}
	for name, before := range s.originals {
		if s.changed(name) {
			s.outcome.Changes = append(s.outcome.Changes, Change{name, before.Data, s.current[name].Data})
		}
	}
	slices.SortFunc(s.outcome.Changes, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// changed reports whether a file's text is another now.
func (s *session) changed(name string) bool {
	before, ok := s.originals[name]
	return ok && !bytes.Equal(before.Data, s.current[name].Data)
}
