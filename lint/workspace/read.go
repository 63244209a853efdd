package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file reads the zones that were found, and sorts them into views.

// Read reads the zones of the sources, several at a time, in place of those read before.
func (w *Workspace) Read(ctx context.Context, sources []Source) error {
	sources = distinct(sources)
	zones := make([]*zonefiles.Zone, len(sources))
	journals := make([]journal, len(sources))
	w.loader.Recount()
	forEach(ctx, len(sources), w.jobs, func(i int) {
		zones[i] = w.ReadZone(sources[i])
		journals[i] = w.journalOf(zones[i])
	})
	if err := cmp.Or(ctx.Err(), w.exhausted()); err != nil {
		return err
	}
	for i, z := range zones {
		if sources[i].asked && z.Missing && !errors.Is(z.Err, disk.ErrTooLarge) {
			return fmt.Errorf("%s: %w", sources[i].Path, disk.Reason(z.Err))
		}
	}
	w.sources, w.zones, w.journals = sources, zones, map[string]journal{}
	for i, j := range journals {
		if j.name != "" {
			w.journals[sources[i].Path] = j
		}
	}
	w.arrange()
	return nil
}

// exhausted is the error of zones that share too much to be read to their ends.
func (w *Workspace) exhausted() error {
	if !w.loader.Exhausted() {
		return nil
	}
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
	sources = slices.DeleteFunc(sources, func(s Source) bool {
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

// arrange sorts the zones into views.
func (w *Workspace) arrange() {
	w.views = nil
	views := map[string]int{}
	for _, z := range zonefiles.Roots(w.zones) {
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
	return w.loader.Load(s.Path, s.Origin, zonefiles.Served{View: s.View, At: s.At})
}

// File is a file that was read, or is read now.
func (w *Workspace) File(name string) (*zonefiles.File, error) { return w.loader.Open(name) }

// Replace replaces the texts of files, by name, in memory, and reads again the zones that depend on them. Spans of
// earlier findings stay valid. After an error, the zones are as before.
func (w *Workspace) Replace(texts map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file, err := w.loader.Files.Add(name, texts[name])
		if err != nil {
			return err
		}
		w.loader.Put(file)
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

// Views are the zones by view, without those that others include. No view sees the zones of another.
func (w *Workspace) Views() [][]*zonefiles.Zone { return w.views }

// Problems are those of name servers' configurations.
func (w *Workspace) Problems() []zonefiles.Problem { return w.problems }

// Templates are the files that were read as zones because they were named, and why they seem to be templates.
func (w *Workspace) Templates(yield func(z *zonefiles.Zone, why string) bool) {
	for i, z := range w.zones {
		if !w.sources[i].asked || z.Missing {
			continue
		}
		if why := zonefiles.Template(w.loader.Files.File(z.File).Data); why != "" && !yield(z, why) {
			return
		}
	}
}

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
