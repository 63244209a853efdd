package workspace

import (
	"context"
	"errors"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file lints zones while they are read, so that few of them are in memory at a time.

// Streams reports whether Stream is to take the place of Read and Lint: for several zones, where the origin of every
// one is stated, no two files claim one, and nothing in the configuration is to be looked for in all zones.
func (w *Workspace) Streams(sources []Source) bool {
	if len(sources) < 2 || w.config.AsksZones() {
		return false
	}
	_, ok := byView(distinct(sources))
	return ok
}

// Stream reads and lints zones, and forgets those that no other asks. What was seen on the way stays as after Read, but
// for the names and records of these.
func (w *Workspace) Stream(ctx context.Context, sources []Source, o LintOptions) (lint.Result, error) {
	sources = distinct(sources)
	views, ok := byView(sources)
	if !ok {
		return lint.Result{}, errors.New("it takes all of these zones to know which of them there are")
	}
	r, run := w.newReading(sources), w.run(o)
	if r.repeatsTooMuch() {
		return lint.Result{}, w.errRepeated()
	}
	session := run.Start()
	defer session.Close()
	for _, numbers := range views {
		view := lint.View{Read: func(i int, again bool) *zonefiles.Zone {
			if !again {
				return r.read(numbers[i])
			}
			return w.readAgain(sources[numbers[i]])
		}}
		if !o.KeepTexts {
			view.LetGo = w.loader.LetGo
		}
		for _, n := range numbers {
			view.Origins = append(view.Origins, *sources[n].Origin)
		}
		session.Stream(ctx, view)
	}
	if err := r.end(ctx); err != nil {
		return lint.Result{}, err
	}
	w.fill(run, o)
	result, err := session.End(ctx)
	w.complete(&result)
	return result, err
}

// byView are the numbers of sources by view. It reports false where zones have to be read to know which of them there
// are, or which count.
func byView(sources []Source) (views [][]int, ok bool) {
	type claim struct {
		view   string
		origin zonefiles.Name
	}
	claims, index := map[claim]bool{}, map[string]int{}
	for n := range sources {
		s := &sources[n]
		if s.Origin == nil {
			return nil, false
		}
		// Whatever names no view may be in any.
		id, everywhere := claim{s.View, *s.Origin}, claim{"", *s.Origin}
		if claims[id] || claims[everywhere] {
			return nil, false
		}
		claims[id] = true
		at, met := index[s.View]
		if !met {
			at = len(views)
			index[s.View] = at
			views = append(views, nil)
		}
		views[at] = append(views[at], n)
	}
	if _, hasNone := index[""]; hasNone && len(index) > 1 {
		return nil, false
	}
	return views, true
}

func (w *Workspace) readAgain(s Source) *zonefiles.Zone {
	return w.loader.Load(s.Path, s.Origin, zonefiles.Served{View: s.View, At: s.At, Dialect: s.Dialect, Again: true})
}

// recall reads again the zones that were forgotten.
func (w *Workspace) recall() {
	isChanged := false
	for i, z := range w.zones {
		if z.IsForgotten() {
			w.zones[i], isChanged = w.readAgain(w.sources[i]), true
		}
	}
	if isChanged {
		w.arrange()
	}
}
