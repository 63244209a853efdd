package cli

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file reads the zones that were found, and sorts them into views.

// load finds and reads the zones of a command.
func (f *loadFlags) load(cmd *cobra.Command, paths []string) (*workspace, error) {
	w, names, err := f.open(paths)
	if err != nil {
		return nil, err
	}
	return w, f.read(w, cmd, names)
}

// read finds and reads zones: those of the names, or else of the configuration, or else of the working folder.
func (f *loadFlags) read(w *workspace, cmd *cobra.Command, names []string) error {
	sources, err := f.find(w, cmd, names)
	if err != nil {
		return err
	}
	return w.read(sources, f.jobs)
}

// read reads the zones, several at a time, and sorts them into views.
func (w *workspace) read(sources []source, jobs int) error {
	type key struct {
		path, view string
		origin     zonefiles.Name
		isStated   bool
	}
	seen, stated := make(map[key]bool, len(sources)), make(map[string]bool, len(sources))
	for _, s := range sources {
		stated[s.path] = stated[s.path] || s.origin != nil
	}
	sources = slices.DeleteFunc(sources, func(s source) bool {
		if s.origin == nil && stated[s.path] {
			return true // what is said of a file stands above what it says itself
		}
		k := key{path: s.path, view: s.view, isStated: s.origin != nil}
		if s.origin != nil {
			k.origin = *s.origin
		}
		again := seen[k]
		seen[k] = true
		return again
	})
	slices.SortStableFunc(sources, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	zones := make([]*zonefiles.Zone, len(sources))
	forEach(len(sources), jobs, func(i int) { zones[i] = w.readOne(&sources[i]) })
	if w.loader.Exhausted() {
		return fmt.Errorf("the zones include, generate and share more than %d bytes beyond what their files hold: lint fewer at a time",
			w.loader.Limits.Repeated)
	}
	for i, z := range zones {
		if sources[i].asked && z.Missing && !errors.Is(z.Err, disk.ErrTooLarge) {
			return fmt.Errorf("%s: %w", sources[i].path, disk.Reason(z.Err))
		}
	}
	w.sources, w.zones, w.confs = sources, zones, w.views
	w.arrange()
	return nil
}

// arrange sorts the zones into views.
func (w *workspace) arrange() {
	w.views = slices.Clone(w.confs)
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

func (w *workspace) readOne(s *source) *zonefiles.Zone {
	var z *zonefiles.Zone
	if s.file != nil {
		z = w.loader.Parse(s.file, s.origin)
	} else {
		z = w.loader.Load(s.path, s.origin)
	}
	z.View = s.view
	if z.Missing && !s.at.IsEmpty() {
		z.Problems[0].Span = s.at
	}
	return z
}

// templates are notes on files that were named on the command line and are read as zones, though a tool has to make zones of them first.
func (w *workspace) templates() (notes []string) {
	for i, z := range w.zones {
		if !w.sources[i].asked || z.Missing {
			continue
		}
		if why := zonefiles.Template(w.loader.Files.File(z.File).Data); why != "" {
			notes = append(notes, fmt.Sprintf("%s is read as a zone since it was named, but %s: lint what is made of it.", w.shown(z.Path), why))
		}
	}
	return notes
}

// forEach calls do for 0 to n-1, jobs at a time; 0 jobs are one for each CPU.
func forEach(n, jobs int, do func(int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(jobs, n) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
}
