package lint

import (
	"bufio"
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
)

// This file sorts more than memory is meant for: many are sorted in memory at a time and written to disk one after the
// other, and all of these are merged when they are read.

// spool is values in an order, on disk where they are many.
type spool[T any] struct {
	temporary func() (Temporary, error) // nil: all stay in memory
	compare   func(a, b T) int
	code      func(*coder, *T)

	mu   sync.Mutex
	file Temporary
	size int64
	ends []int64 // of the parts that are sorted each
	held []T     // what the next part is made of
	err  error
}

// Temporary is a file that is removed as it is closed.
type Temporary interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// close removes what is on disk.
func (s *spool[T]) close() {
	if s.file != nil {
		_ = s.file.Close() // it has no name any more, and nobody reads it
	}
}

// add adds a value; several may be added at a time.
func (s *spool[T]) add(v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if s.held = append(s.held, v); len(s.held) >= spoolPart && s.temporary != nil {
		s.flush()
	}
}

// flush writes what is held.
func (s *spool[T]) flush() {
	if len(s.held) == 0 || s.err != nil {
		return
	}
	if s.file == nil {
		file, err := s.temporary()
		if s.err = err; err != nil {
			return
		}
		s.file = file
	}
	s.sortHeld()
	buffer := bufio.NewWriter(s.file)
	var c coder
	for i := range s.held {
		c.out = c.out[:0]
		s.code(&c, &s.held[i])
		n, _ := buffer.Write(c.out) // Flush says what is wrong
		s.size += int64(n)
	}
	s.err = buffer.Flush()
	s.ends = append(s.ends, s.size)
	clear(s.held)
	s.held = s.held[:0]
}

func (s *spool[T]) sortHeld() { slices.SortStableFunc(s.held, s.compare) }

// part is a part that is being read, and its first value that nobody had yet.
type part[T any] struct {
	from  coder
	first T
}

// next reads the next value; it reports false at the end.
func (p *part[T]) next(s *spool[T]) (bool, error) {
	if _, err := p.from.in.Peek(1); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return false, err
	}
	var v T
	s.code(&p.from, &v)
	p.first = v
	return true, p.from.err
}

// parts is a heap of them.
type parts[T any] struct {
	*spool[T]
	list []*part[T]
}

func (p *parts[T]) Len() int           { return len(p.list) }
func (p *parts[T]) Less(i, j int) bool { return p.compare(p.list[i].first, p.list[j].first) < 0 }
func (p *parts[T]) Swap(i, j int)      { p.list[i], p.list[j] = p.list[j], p.list[i] }
func (p *parts[T]) Push(x any)         { p.list = append(p.list, x.(*part[T])) }
func (p *parts[T]) Pop() any {
	last := p.list[len(p.list)-1]
	p.list = p.list[:len(p.list)-1]
	return last
}

// all gives the values in their order, as often as it is asked for. Few need no file.
func (s *spool[T]) all() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		var none T
		if s.file == nil && s.err == nil {
			s.sortHeld()
			for _, v := range s.held {
				if !yield(v, nil) {
					return
				}
			}
			return
		}
		s.flush()
		if s.err != nil {
			yield(none, fmt.Errorf("keeping findings in a temporary file: %w", s.err))
			return
		}
		merged, start := &parts[T]{spool: s}, int64(0)
		for _, end := range s.ends {
			p := &part[T]{from: coder{in: bufio.NewReader(io.NewSectionReader(s.file, start, end-start))}}
			if ok, err := p.next(s); !ok || err != nil {
				yield(none, fmt.Errorf("reading findings of a temporary file: %w", cmp.Or(err, io.ErrUnexpectedEOF)))
				return
			}
			merged.list = append(merged.list, p)
			start = end
		}
		heap.Init(merged)
		for merged.Len() > 0 {
			p := merged.list[0]
			v := p.first
			switch ok, err := p.next(s); {
			case err != nil:
				yield(none, fmt.Errorf("reading findings of a temporary file: %w", err))
				return
			case ok:
				heap.Fix(merged, 0)
			default:
				heap.Pop(merged)
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

// groups gives the values that isSame holds together, which follow one another, at least so many at a time.
func (s *spool[T]) groups(least int, isSame func(a, b T) bool) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var group []T
		for v, err := range s.all() {
			if err != nil {
				yield(nil, err)
				return
			}
			if n := len(group); n >= least && !isSame(group[n-1], v) {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
			group = append(group, v)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}
