package lint

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
)

// This file keeps the findings of a run on disk where they are many, and makes of all that were found those of the
// result.

// OnDisk is findings of a run that are too many for memory.
type OnDisk struct {
	Counts [Error + 1]int // of those that are not suppressed, by severity

	spool *spool[placed]
	hints causeHints
}

// Close removes them.
func (d *OnDisk) Close() { d.spool.close() }

// NewCauses counts findings by cause, on disk too.
func (d *OnDisk) NewCauses() *Causes { return newCauses(d.spool.temporary, d.spool.part, &d.hints) }

// Batches gives the findings in their order, those at one place always together. Brief ones are to be counted: they may
// have no prose, targets, further places or fixes.
func (d *OnDisk) Batches(isBrief bool) iter.Seq2[[]Finding, error] {
	return func(yield func([]Finding, error) bool) {
		isSamePlace := func(a, b placed) bool { return a.comparePlace(b) == 0 }
		for group, err := range d.spool.groups(spoolBatch, isBrief, isSamePlace) {
			if !yield(inOrder(group), err) || err != nil {
				return
			}
		}
	}
}

func (run *Run) inMemory() int { return cmp.Or(run.InMemory, spoolPart) }

// newSpool makes one of findings by the owner that they are about.
func (run *Run) newSpool() *spool[weighed] {
	code := findingCoder(run.Rules)
	return &spool[weighed]{
		temporary: run.Temporary, part: run.inMemory(),
		compare: func(a, b weighed) int { return cmp.Compare(a.Subject.Owner, b.Subject.Owner) },
		code: func(c *coder, f *weighed) {
			if c.isReading {
				f.Finding = &Finding{}
			}
			codeNumber(c, &f.weight)
			code(c, f.Finding)
		},
	}
}

// newPlaces makes one of findings by place.
func (run *Run) newPlaces() *spool[placed] {
	code := findingCoder(run.Rules)
	return &spool[placed]{
		temporary: run.Temporary, part: run.inMemory(),
		compare: placed.compare,
		code: func(c *coder, f *placed) {
			if c.isReading {
				f.Finding = &Finding{}
			}
			if code(c, f.Finding); c.isReading && c.err == nil {
				*f = run.placed(f.Finding)
			}
		},
	}
}

// spill takes the findings of a worker to the disk, where they are many.
func (s *Session) spill(w *worker) {
	if len(w.out.found) < s.run.inMemory() || s.run.Temporary == nil {
		return
	}
	s.spilling.Lock()
	defer s.spilling.Unlock()
	if w.out.full = w.out.full || s.isFull; w.out.full || s.spool.temporary == nil {
		return
	}
	if !s.spool.write(slices.AppendSeq(make([]weighed, 0, len(w.out.found)), maps.Values(w.out.found))) {
		return // all stay in memory from now on
	}
	s.isSpilled = true
	s.uncounted += w.out.weight
	clear(w.out.found)
	w.out.weight = 0
	if limit := s.run.MaxFindings; limit > 0 && s.uncounted > limit {
		s.compact()
	}
}

// compact leaves one of each finding on the disk, so that what is there does not grow with how often each is found. The
// session is full where these are more than the limit.
func (s *Session) compact() {
	once := s.run.newSpool()
	s.err = s.eachOwner(func(findings []weighed) {
		for _, f := range findings {
			once.add(f)
		}
	})
	s.spool.close()
	s.spool, s.uncounted, s.isFull = once, 0, s.err != nil
}

// eachOwner gives one of each finding that was found, those about one owner at a time. Its error is ErrTooMany where
// they are more than the limit.
func (s *Session) eachOwner(do func([]weighed)) error {
	run, weight := s.run, 0
	unique := collector{files: run.Files}
	isSameOwner := func(a, b weighed) bool { return a.Subject.Owner == b.Subject.Owner }
	for group, err := range s.spool.groups(1, false, isSameOwner) {
		if err != nil {
			return err
		}
		if len(group) > 1 && s.isSpilled { // otherwise one collector had all of them
			for _, f := range group {
				unique.addWeighed(f)
			}
			group = slices.AppendSeq(group[:0], maps.Values(unique.found))
			if clear(unique.found); len(group) > maxReused {
				unique.found = nil
			}
		}
		for _, f := range group {
			weight += f.weight
		}
		if run.MaxFindings > 0 && weight > run.MaxFindings {
			return ErrTooMany
		}
		do(group)
	}
	return nil
}

// End gives what was found.
func (s *Session) End(ctx context.Context) (Result, error) {
	if err := cmp.Or(ctx.Err(), s.err); err != nil {
		return Result{}, err
	}
	run, all := s.run, s.run.newCollector()
	for _, w := range s.workers {
		all.merge(&w.out)
	}
	run.reportProblems(&all)
	if all.full {
		return Result{}, ErrTooMany
	}
	s.spool.held = slices.AppendSeq(s.spool.held, maps.Values(all.found))
	for _, f := range all.listOnce() {
		s.spool.held = append(s.spool.held, weighed{f, 0})
	}
	settled := &OnDisk{spool: run.newPlaces(), hints: causeHints{several: map[uint64]bool{}}}
	if err := s.settle(settled); err != nil {
		settled.Close()
		return Result{}, err
	}
	result := Result{Summary: run.summary(&all), Unjudged: all.unjudgedList()}
	if settled.spool.isOnDisk() {
		result.OnDisk = settled
		return result, nil
	}
	slices.SortFunc(settled.spool.held, placed.compare)
	result.Findings = inOrder(settled.spool.held)
	return result, nil
}

// settle drops the findings that others explain, suppresses those that ignore comments name, adds those about the
// comments, and sorts all by place.
func (s *Session) settle(into *OnDisk) error {
	run := s.run
	ignores, ok := run.readIgnores()
	if !ok {
		return ErrTooMany
	}
	count := 0
	add := func(f *Finding) {
		if count++; f.Suppressed == "" {
			into.Counts[f.Severity]++
		}
		into.hints.add(f)
		into.spool.add(run.placed(f))
	}
	var explained explanations
	err := s.eachOwner(func(findings []weighed) {
		for _, f := range explained.without(findings) {
			ignores.silence(f.Finding)
			add(f.Finding)
		}
	})
	if err != nil {
		return err
	}
	for f := range ignores.findings() {
		add(f)
	}
	if len(ignores.files) > 0 && run.MaxFindings > 0 && count > run.MaxFindings {
		return ErrTooMany
	}
	return nil
}
