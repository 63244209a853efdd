package lint

import (
	"context"

	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file lints zones as they are read, and lets them go, so that memory follows the largest zone and what zones ask
// of one another rather than all zones together.

// View is the zones of one view that are yet to be read, one of each origin.
type View struct {
	Origins []zonefiles.Name
	// Read reads the zone with a number. Again is set where it was read before, or will be, as one zone asks another.
	Read func(i int, again bool) *zonefiles.Zone
	// LetGo forgets the text of a zone, but for what findings show of it; nil: texts stay.
	LetGo func(z *zonefiles.Zone, shown []zonefiles.Span, isWanted func(*zonefiles.File) bool)
}

// Stream reads and lints the zones of a view. Of those that nothing more may be asked of, the names and records are
// forgotten.
func (s *Session) Stream(ctx context.Context, view View) {
	graph := dns.Open(view.Origins, func(i int) *zonefiles.Zone { return view.Read(i, true) })
	large, waits := make([]*dns.Zone, len(view.Origins)), make([]bool, len(view.Origins))
	s.each(ctx, len(view.Origins), func(w *worker, i int) {
		z := view.Read(i, false)
		if w.out.full {
			return // but all are read, as if they were read first
		}
		zone := graph.Enter(z)
		if zone.Names.Len() > ownersPerTask { // enough for all workers
			graph.Stay(zone)
			large[i] = zone
			return
		}
		found := w.out
		w.out = s.run.newCollector()
		for _, t := range s.run.appendTasks(nil, zone) {
			w.do(&t)
		}
		var shown []zonefiles.Span
		if waits[i] = zone.Waits(); !waits[i] {
			shown = w.out.spans()
			found.merge(&w.out)
		}
		w.out = found
		isGone := graph.Leave(zone, func() {
			if view.LetGo != nil && zone.Zone == z {
				view.LetGo(z, shown, holdsIgnores)
			}
		})
		if isGone || zone.Zone != z {
			z.Forget()
		}
		s.spill(w)
	})
	if ctx.Err() != nil {
		return
	}
	graph.Close()
	var tasks []task
	for i, origin := range view.Origins {
		if large[i] != nil || waits[i] {
			tasks = s.run.appendTasks(tasks, graph.Ask(origin))
		}
	}
	s.do(ctx, tasks)
}
