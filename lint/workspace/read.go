package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"mx46/lint/mtasts"
	"mx46/lint/observed"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file reads the zones that were found, and sorts them into views.

// Read reads the zones of the sources, several at a time, in place of those read before.
func (w *Workspace) Read(ctx context.Context, sources []Source) error {
	r := w.newReading(distinct(sources))
	if r.repeatsTooMuch() {
		return w.errRepeated()
	}
	forEach(ctx, len(r.sources), w.jobs, func(i int) { r.read(i) })
	return r.end(ctx)
}

// reading is zones that are being read.
type reading struct {
	*Workspace
	sources  []Source
	zones    []*zonefiles.Zone
	journals []journal
	// The folders of many zones that hold no file which is named as a journal.
	withoutJournals map[string]bool
}

func (w *Workspace) newReading(sources []Source) *reading {
	w.loader.Recount()
	return &reading{
		w, sources, make([]*zonefiles.Zone, len(sources)), make([]journal, len(sources)), w.withoutJournals(sources),
	}
}

// repeatsTooMuch reports whether it is certain before any zone is read that they share too much: too many of them are
// the same file's.
func (r *reading) repeatsTooMuch() bool {
	limits, repeated := &r.loader.Limits, int64(0)
	for start, end := 0, 0; start < len(r.sources); start = end {
		name := r.sources[start].Path // by which they are sorted
		for end < len(r.sources) && r.sources[end].Path == name {
			end++
		}
		if end == start+1 {
			continue
		}
		info, err := r.loader.Root.Stat(name)
		if err == nil && info.Mode().IsRegular() && info.Size() <= limits.MaxFileSize {
			repeated += int64(end-start-1) * info.Size()
		}
	}
	return repeated > limits.MaxRepeated
}

func (r *reading) read(i int) *zonefiles.Zone {
	z := r.ReadZone(r.sources[i])
	r.zones[i] = z
	if folder, _ := path.Split(z.Path); !r.withoutJournals[folder] || r.journalNames[z.Path] != "" {
		r.journals[i] = r.journalOf(z)
	}
	return z
}

// end puts the zones in place of those read before, unless some could not be read.
func (r *reading) end(ctx context.Context) error {
	w := r.Workspace
	if err := cmp.Or(ctx.Err(), w.exhausted()); err != nil {
		return err
	}
	for i, z := range r.zones {
		if z.Missing && (r.sources[i].asked && !errors.Is(z.Err, disk.ErrTooLarge) || w.isUnreadable(z)) {
			return fmt.Errorf("%s: %w", r.sources[i].Path, disk.Reason(z.Err))
		}
	}
	w.sources, w.zones, w.journals = r.sources, r.zones, map[string]journal{}
	for i, j := range r.journals {
		if j.name != "" {
			w.journals[w.sources[i].Path] = j
		}
	}
	w.explainOrigins()
	w.arrange()
	return nil
}

// isUnreadable reports whether a file is there that a zone is missing for: nobody but its owner may read it, or it is a
// link that leads nowhere.
func (w *Workspace) isUnreadable(z *zonefiles.Zone) bool {
	if !errors.Is(z.Err, fs.ErrNotExist) {
		return errors.Is(z.Err, fs.ErrPermission)
	}
	_, err := w.loader.Root.Lstat(z.Path)
	return err == nil // it is a link, since nothing is there
}

// exhausted is the error of zones that share too much to be read to their ends.
func (w *Workspace) exhausted() error {
	if !w.loader.Exhausted() {
		return nil
	}
	return w.errRepeated()
}

func (w *Workspace) errRepeated() error {
	return fmt.Errorf("the zones repeat and generate more than %d bytes: lint fewer at a time",
		w.loader.Limits.MaxRepeated)
}

// distinct are the sources by path, each once. A stated origin takes precedence over the file's own.
func distinct(sources []Source) []Source {
	type key struct {
		path, view string
		origin     zonefiles.Name
		isStated   bool
	}
	seen, stated := make(map[key]bool, len(sources)), make(map[string]bool, len(sources))
	for _, s := range sources {
		stated[s.Path] = stated[s.Path] || s.Origin != nil
	}
	sources = slices.DeleteFunc(slices.Clone(sources), func(s Source) bool {
		if s.Origin == nil && stated[s.Path] {
			return true
		}
		k := key{path: s.Path, view: s.View, isStated: s.Origin != nil}
		if s.Origin != nil {
			k.origin = *s.Origin
		}
		again := seen[k]
		seen[k] = true
		return again
	})
	slices.SortStableFunc(sources, func(a, b Source) int { return cmp.Compare(a.Path, b.Path) })
	return sources
}

// arrange sorts the zones that count into views.
func (w *Workspace) arrange() {
	sources := make(map[*zonefiles.Zone]*Source, len(w.zones))
	for i, z := range w.zones {
		sources[z] = &w.sources[i]
	}
	w.views = nil
	views := map[string]int{}
	roots := zonefiles.Roots(w.zones, func(z *zonefiles.Zone) bool { return sources[z].Origin != nil })
	w.snippets = len(w.zones) - len(roots)
	for _, z := range w.settleCopies(roots, sources) {
		at, ok := views[z.View]
		if !ok {
			at = len(w.views)
			views[z.View] = at
			w.views = append(w.views, nil)
		}
		w.views[at] = append(w.views[at], z)
	}
}

// ReadZone reads the zone of any source.
func (w *Workspace) ReadZone(s Source) *zonefiles.Zone {
	return w.loader.Load(s.Path, s.Origin, zonefiles.Served{View: s.View, At: s.At, Dialect: s.Dialect})
}

// File is a file that was read, or is read now.
func (w *Workspace) File(name string) (*zonefiles.File, error) { return w.loader.Open(name) }

// Replace replaces the texts of files, by name, in memory, and reads again the zones that depend on them. Spans of
// earlier findings stay valid. After an error, the zones are as before.
func (w *Workspace) Replace(texts map[string][]byte) error {
	if err := w.put(texts); err != nil {
		return err
	}
	zones := slices.Clone(w.zones)
	w.loader.Recount()
	for i, z := range zones {
		if w.reads(z, texts) {
			zones[i] = w.ReadZone(w.sources[i])
		}
	}
	if err := w.exhausted(); err != nil {
		return err
	}
	w.zones = zones
	w.arrange()
	return nil
}

// put lets texts take the place of files, by name, before zones are read from them.
func (w *Workspace) put(texts map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file, err := w.loader.Files.Add(name, texts[name])
		if err != nil {
			return err
		}
		w.loader.Put(file)
	}
	return nil
}

// reads reports whether a zone is read from one of the files, or misses an include that may be among them.
func (w *Workspace) reads(z *zonefiles.Zone, texts map[string][]byte) bool {
	isAmong := func(name string) bool {
		_, ok := texts[name]
		return ok
	}
	return z.ReadsAny(isAmong) ||
		slices.ContainsFunc(z.Problems, func(p zonefiles.Problem) bool { return p.Kind == zonefiles.IncludeProblem })
}

// Zones are the zones that were read, by file, including those that others include.
func (w *Workspace) Zones() []*zonefiles.Zone { return w.zones }

// Views are the zones by view, without those that others include, and without copies that do not count. No view sees
// the zones of another.
func (w *Workspace) Views() [][]*zonefiles.Zone { return w.views }

// Elsewhere are the paths of files that zones, or configurations of name servers, include and only the server has,
// sorted. Where only some files are of concern, they are those that the zones of these include.
func (w *Workspace) Elsewhere(concerns func(file string) bool) []string {
	paths := map[string]bool{}
	if concerns == nil {
		paths = setOf(w.elsewhere)
	}
	for _, view := range w.views {
		for _, z := range view {
			if concerns != nil && !z.ReadsAny(concerns) {
				continue
			}
			for _, missing := range z.Elsewhere {
				paths[missing.Path] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// Problems are those of name servers' configurations.
func (w *Workspace) Problems() []zonefiles.Problem { return w.problems }

// Observe puts zones that were made of answers, and what was seen beside, in place of those that were read, and MTA-STS
// policies that are served in place of files.
func (w *Workspace) Observe(
	zones []*zonefiles.Zone, seen map[zonefiles.Name]*observed.Zone, policies map[zonefiles.Name]*mtasts.Policy,
) {
	w.sources, w.journals = make([]Source, len(zones)), nil
	w.zones, w.observed = zones, seen
	maps.Copy(w.policies, policies)
	w.arrange()
}

// Loader makes zones of the workspace's files.
func (w *Workspace) Loader() *zonefiles.Loader { return w.loader }

// forEach calls do for 0 to n-1, jobs at a time, until the context ends; 0 jobs are one for each CPU.
func forEach(ctx context.Context, n, jobs int, do func(int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(jobs, n) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
}
