package lint

import (
	"cmp"
	"iter"

	"mx46/zonefiles"
)

// This file keeps the findings of a run on disk where there may be more than memory is meant for.

// OnDisk is findings of a run that are too many for memory.
type OnDisk struct {
	run     *Run
	spool   *spool[weighed] // by place
	ignored map[zonefiles.FileID]*ignored
}

func (run *Run) newSpool(compare func(a, b weighed) int) *spool[weighed] {
	return &spool[weighed]{temporary: run.Temporary, compare: compare, code: findingCoder(run.Rules)}
}

// Close removes them.
func (d *OnDisk) Close() { d.spool.close() }

// NewCauses counts findings by cause, on disk too.
func (d *OnDisk) NewCauses() *Causes { return newCauses(d.run.Temporary) }

// Batches gives the findings in their order, those at one place always together.
func (d *OnDisk) Batches() iter.Seq2[[]Finding, error] {
	return func(yield func([]Finding, error) bool) {
		isSamePlace := func(a, b weighed) bool { return d.run.isSamePlace(a.Finding, b.Finding) }
		for group, err := range d.spool.groups(spoolBatch, isSamePlace) {
			batch := make([]Finding, len(group))
			for i, f := range group {
				batch[i] = *f.Finding
				d.run.silence(d.ignored, &batch[i])
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// endOnDisk is End where findings are kept on disk: all is done as there, for those about one owner at a time.
func (s *Session) endOnDisk(all *collector) (Result, error) {
	run := s.run
	defer s.spool.close()
	for _, f := range all.found {
		s.spool.add(f)
	}
	for _, f := range all.listOnce() {
		s.spool.add(weighed{f, 0})
	}
	comparePlaces := func(a, b weighed) int { return run.comparePlaces(a.Finding, b.Finding) }
	onDisk := &OnDisk{run: run, spool: run.newSpool(comparePlaces)}
	weight, count := 0, 0
	isSameOwner := func(a, b weighed) bool { return compareOwners(a, b) == 0 }
	for group, err := range s.spool.groups(1, isSameOwner) {
		if err != nil {
			onDisk.Close()
			return Result{}, err
		}
		unique := collector{files: run.Files}
		for _, f := range group {
			unique.addWeighed(f)
		}
		if weight += unique.weight; run.MaxFindings > 0 && weight > run.MaxFindings {
			onDisk.Close()
			return Result{}, ErrTooMany
		}
		for _, f := range unexplained(unique.list()) {
			onDisk.spool.add(weighed{f, 0})
			count++
		}
	}
	if err := onDisk.ignore(count); err != nil {
		onDisk.Close()
		return Result{}, err
	}
	return Result{OnDisk: onDisk, Summary: run.summary(all), Unjudged: all.unjudgedList()}, nil
}

// ignore is Run.ignore.
func (d *OnDisk) ignore(count int) error {
	if d.run.NoIgnores {
		return nil
	}
	files, ok := d.run.ignoredFiles()
	if !ok {
		return ErrTooMany
	}
	if len(files) == 0 {
		return nil
	}
	d.ignored = byFile(files)
	for f, err := range d.spool.all() {
		if err != nil {
			return err
		}
		own := *f.Finding
		d.run.silence(d.ignored, &own)
	}
	for _, file := range files {
		for _, about := range d.run.ignoreFindings(file) {
			d.spool.add(weighed{&about, 0})
			count++
		}
	}
	if d.run.MaxFindings > 0 && count > d.run.MaxFindings {
		return ErrTooMany
	}
	return nil
}

// compareOwners sorts findings by the owner that they are about.
func compareOwners(a, b weighed) int { return cmp.Compare(a.Subject.Owner, b.Subject.Owner) }

// spill takes the findings of a worker to the disk, where they are many.
func (s *Session) spill(w *worker) {
	if s.spool == nil || len(w.out.found) < spoolPart {
		return
	}
	for _, f := range w.out.found {
		s.spool.add(f)
	}
	w.out.found, w.out.weight = nil, 0
}
