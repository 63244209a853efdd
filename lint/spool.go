package lint

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"mx46/zonefiles"
)

// This file keeps findings on disk while there may be more than memory is meant for, and sorts them there: many are
// sorted in memory at a time and written one after the other, and all of these are merged when they are read.

// spool is findings in an order, on disk.
type spool struct {
	run     *Run
	compare func(a, b *Finding) int
	rules   map[*Rule]int

	mu   sync.Mutex
	file Temporary
	size int64
	ends []int64   // of the parts that are sorted each
	held []weighed // what the next part is made of
	err  error
}

// Temporary is a file that is removed as it is closed.
type Temporary interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// spooled is a finding as it is written.
type spooled struct {
	Rule    int // its number among those of the run
	Weight  int
	Finding Finding // without its rule
}

func (run *Run) newSpool(compare func(a, b *Finding) int) *spool {
	s := &spool{run: run, compare: compare, rules: map[*Rule]int{}}
	for i, r := range run.Rules {
		s.rules[r] = i
	}
	return s
}

// close removes what is on disk.
func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close() // it has no name any more, and nobody reads it
	}
}

// add adds a finding; several may be added at a time.
func (s *spool) add(f weighed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if s.held = append(s.held, f); len(s.held) >= spoolPart {
		s.flush()
	}
}

// flush writes what is held.
func (s *spool) flush() {
	if len(s.held) == 0 || s.err != nil {
		return
	}
	if s.file == nil {
		file, err := s.run.Temporary()
		if s.err = err; err != nil {
			return
		}
		s.file = file
	}
	s.sortHeld()
	counted := &countingWriter{to: s.file}
	buffer := bufio.NewWriter(counted)
	encoder := gob.NewEncoder(buffer)
	for _, f := range s.held {
		out := spooled{s.rules[f.Rule], f.weight, *f.Finding}
		out.Finding.Rule = nil
		s.err = cmp.Or(s.err, encoder.Encode(&out))
	}
	s.err = cmp.Or(s.err, buffer.Flush())
	s.size += counted.n
	s.ends = append(s.ends, s.size)
	clear(s.held)
	s.held = s.held[:0]
}

func (s *spool) sortHeld() {
	slices.SortStableFunc(s.held, func(a, b weighed) int { return s.compare(a.Finding, b.Finding) })
}

type countingWriter struct {
	to io.Writer
	n  int64
}

func (w *countingWriter) Write(data []byte) (int, error) {
	n, err := w.to.Write(data)
	w.n += int64(n)
	return n, err
}

// part is a part that is being read, and its first finding that nobody had yet.
type part struct {
	decoder *gob.Decoder
	first   weighed
}

// next reads the next finding; it reports false at the end.
func (p *part) next(s *spool) (bool, error) {
	var in spooled
	if err := p.decoder.Decode(&in); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return false, err
	}
	f := in.Finding
	f.Rule = s.run.Rules[in.Rule]
	p.first = weighed{&f, in.Weight}
	return true, nil
}

// parts is a heap of them.
type parts struct {
	*spool
	list []*part
}

func (p *parts) Len() int { return len(p.list) }
func (p *parts) Less(i, j int) bool {
	return p.compare(p.list[i].first.Finding, p.list[j].first.Finding) < 0
}
func (p *parts) Swap(i, j int) { p.list[i], p.list[j] = p.list[j], p.list[i] }
func (p *parts) Push(x any)    { p.list = append(p.list, x.(*part)) }
func (p *parts) Pop() any {
	last := p.list[len(p.list)-1]
	p.list = p.list[:len(p.list)-1]
	return last
}

// all gives the findings in their order, as often as it is asked for. Few need no file.
func (s *spool) all() iter.Seq2[weighed, error] {
	return func(yield func(weighed, error) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.file == nil && s.err == nil {
			s.sortHeld()
			for _, f := range s.held {
				own := *f.Finding // as if it had been read
				if !yield(weighed{&own, f.weight}, nil) {
					return
				}
			}
			return
		}
		s.flush()
		if s.err != nil {
			yield(weighed{}, fmt.Errorf("keeping findings in a temporary file: %w", s.err))
			return
		}
		merged, start := &parts{spool: s}, int64(0)
		for _, end := range s.ends {
			p := &part{decoder: gob.NewDecoder(bufio.NewReader(io.NewSectionReader(s.file, start, end-start)))}
			if ok, err := p.next(s); !ok {
				yield(weighed{}, fmt.Errorf("reading findings of a temporary file: %w", cmp.Or(err, io.ErrUnexpectedEOF)))
				return
			}
			merged.list = append(merged.list, p)
			start = end
		}
		heap.Init(merged)
		for merged.Len() > 0 {
			p := merged.list[0]
			f := p.first
			switch ok, err := p.next(s); {
			case err != nil:
				yield(weighed{}, fmt.Errorf("reading findings of a temporary file: %w", err))
				return
			case ok:
				heap.Fix(merged, 0)
			default:
				heap.Pop(merged)
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// groups gives the findings that isSame holds together, which follow one another, at least so many at a time.
func (s *spool) groups(least int, isSame func(a, b *Finding) bool) iter.Seq2[[]weighed, error] {
	return func(yield func([]weighed, error) bool) {
		var group []weighed
		for f, err := range s.all() {
			if err != nil {
				yield(nil, err)
				return
			}
			if n := len(group); n >= least && !isSame(group[n-1].Finding, f.Finding) {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
			group = append(group, f)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// OnDisk is findings of a run that are too many for memory.
type OnDisk struct {
	run     *Run
	spool   *spool
	ignored map[zonefiles.FileID]*ignored
}

// Close removes them.
func (d *OnDisk) Close() { d.spool.close() }

// Batches gives the findings in their order, those at one place always together; and, for as long as each batch lasts,
// the texts that they show.
func (d *OnDisk) Batches(withTexts bool) iter.Seq2[[]Finding, error] {
	return func(yield func([]Finding, error) bool) {
		for group, err := range d.spool.groups(spoolBatch, d.run.isSamePlace) {
			if err != nil {
				yield(nil, err)
				return
			}
			batch := make([]Finding, len(group))
			for i, f := range group {
				d.run.silence(d.ignored, f.Finding)
				batch[i] = *f.Finding
			}
			giveBack := func() {}
			if withTexts {
				giveBack, err = d.run.borrow(batch)
			}
			isWanted := yield(batch, err)
			giveBack()
			if err != nil || !isWanted {
				return
			}
		}
	}
}

// borrow gives the files that findings lie in their texts back for a while.
func (run *Run) borrow(findings []Finding) (giveBack func(), err error) {
	var ends []func()
	giveBack = func() {
		for _, end := range ends {
			end()
		}
	}
	if run.Borrow == nil {
		return giveBack, nil
	}
	var spans []zonefiles.Span
	for i := range findings {
		spans = findings[i].appendSpans(spans)
	}
	for _, sp := range spans {
		if id := run.Files.OnDisk(sp).File; run.Files.File(id).IsLetGo() {
			end, err := run.Borrow(id)
			if err != nil {
				return giveBack, err
			}
			ends = append(ends, end)
		}
	}
	return giveBack, nil
}

// endOnDisk is End where findings are kept on disk: all is done as there, for those at one place or about one owner at
// a time.
func (s *Session) endOnDisk(all *collector) (Result, error) {
	run := s.run
	defer s.spool.close()
	for _, f := range all.found {
		s.spool.add(f)
	}
	for _, f := range all.listOnce() {
		s.spool.add(weighed{f, 0})
	}
	bySubject := run.newSpool(compareAbout)
	defer bySubject.close()
	weight := 0
	for group, err := range s.spool.groups(1, run.isSamePlace) {
		if err != nil {
			return Result{}, err
		}
		unique := collector{files: run.Files}
		for _, f := range group {
			unique.addWeighed(f)
		}
		if weight += unique.weight; run.MaxFindings > 0 && weight > run.MaxFindings {
			return Result{}, ErrTooMany
		}
		for _, f := range unique.found {
			bySubject.add(f)
		}
	}
	found, count := run.newSpool(run.comparePlaces), 0
	isSameOwner := func(a, b *Finding) bool { return compareAbout(a, b) == 0 }
	for group, err := range bySubject.groups(1, isSameOwner) {
		if err != nil {
			found.close()
			return Result{}, err
		}
		list := make([]*Finding, len(group))
		for i, f := range group {
			list[i] = f.Finding
		}
		for _, f := range unexplained(list) {
			found.add(weighed{f, 0})
			count++
		}
	}
	onDisk := &OnDisk{run: run, spool: found}
	if err := onDisk.ignore(count); err != nil {
		found.close()
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
		d.run.silence(d.ignored, f.Finding)
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

// compareAbout sorts findings by the zone and the owner that they are about.
func compareAbout(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.View, b.View), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Subject.Owner, b.Subject.Owner))
}

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
