package lint

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"slices"
)

// This file sorts more than memory is meant for: many are sorted in memory at a time and written to disk one after the
// other, and all of these are merged when they are read.

// spool is values in an order, on disk where they are many and there is a place for them.
type spool[T any] struct {
	temporary func() (Temporary, error) // nil: all stay in memory, or no more can be written
	part      int                       // how many there are in memory
	compare   func(a, b T) int
	code      func(*coder, *T)

	file   Temporary
	buffer *bufio.Writer
	size   int64
	parts  []sortedPart // in the file
	held   []T          // what is in memory
}

// sortedPart is where a part ends, and how many values it has.
type sortedPart struct {
	end    int64
	values int
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

// isOnDisk reports whether values are on disk.
func (s *spool[T]) isOnDisk() bool { return len(s.parts) > 0 }

// add adds a value.
func (s *spool[T]) add(v T) {
	if s.held = append(s.held, v); len(s.held) >= s.part && s.write(s.held) {
		clear(s.held)
		s.held = s.held[:0]
	}
}

// write sorts values and writes them to the disk. It reports false where that cannot be.
func (s *spool[T]) write(values []T) bool {
	if s.temporary == nil {
		return false
	}
	if s.file == nil {
		file, err := s.temporary()
		if err != nil {
			s.temporary = nil
			return false
		}
		s.file, s.buffer = file, bufio.NewWriterSize(file, spoolRoom)
	}
	slices.SortFunc(values, s.compare)
	buffer := s.buffer
	end, sizes := s.size, make([]byte, 0, 2*binary.MaxVarintLen64)
	var c coder
	for i := range values {
		c.out, c.head = c.out[:0], 0
		s.code(&c, &values[i])
		sizes = binary.AppendUvarint(sizes[:0], uint64(c.head))
		sizes = binary.AppendUvarint(sizes, uint64(len(c.out)-c.head))
		n, _ := buffer.Write(sizes) // Flush says what is wrong
		m, _ := buffer.Write(c.out)
		end += int64(n + m)
	}
	if buffer.Flush() != nil {
		s.temporary = nil
		return false
	}
	s.size, s.parts = end, append(s.parts, sortedPart{end, len(values)})
	return true
}

// part is a part that is being read, and its first value that nobody had yet.
type part[T any] struct {
	first  T
	held   []T // those after it, in memory
	in     *bufio.Reader
	left   int // and those on disk
	octets []byte
}

// next reads the next value; it reports false at the end.
func (p *part[T]) next(s *spool[T], isBrief bool) (bool, error) {
	switch {
	case len(p.held) > 0:
		p.first, p.held = p.held[0], p.held[1:]
		return true, nil
	case p.left == 0:
		return false, nil
	}
	p.left--
	head, err := binary.ReadUvarint(p.in)
	if err != nil {
		return false, err
	}
	rest, err := binary.ReadUvarint(p.in)
	if err != nil {
		return false, err
	}
	size := head
	if !isBrief {
		size += rest
	}
	p.octets = slices.Grow(p.octets[:0], int(size))[:size]
	if _, err := io.ReadFull(p.in, p.octets); err != nil {
		return false, err
	}
	c := coder{isReading: true, isBrief: isBrief, in: string(p.octets)} // all text of the value is a part of it
	if isBrief {
		if _, err := p.in.Discard(int(rest)); err != nil {
			return false, err
		}
	}
	var v T
	s.code(&c, &v)
	p.first = v
	return true, c.err
}

// merger is a heap of them.
type merger[T any] struct {
	*spool[T]
	list []*part[T]
}

func (m *merger[T]) Len() int           { return len(m.list) }
func (m *merger[T]) Less(i, j int) bool { return m.compare(m.list[i].first, m.list[j].first) < 0 }
func (m *merger[T]) Swap(i, j int)      { m.list[i], m.list[j] = m.list[j], m.list[i] }
func (m *merger[T]) Push(x any)         { m.list = append(m.list, x.(*part[T])) }
func (m *merger[T]) Pop() any {
	last := m.list[len(m.list)-1]
	m.list = m.list[:len(m.list)-1]
	return last
}

// open begins to read all parts.
func (s *spool[T]) open(isBrief bool) (*merger[T], error) {
	slices.SortFunc(s.held, s.compare)
	merged, start := &merger[T]{spool: s}, int64(0)
	add := func(p *part[T]) error {
		ok, err := p.next(s, isBrief)
		if ok {
			merged.list = append(merged.list, p)
		}
		return err
	}
	if err := add(&part[T]{held: s.held}); err != nil {
		return nil, err
	}
	room := max(4096, spoolRoom/max(1, len(s.parts)))
	for _, p := range s.parts {
		in := bufio.NewReaderSize(io.NewSectionReader(s.file, start, p.end-start), room)
		if err := add(&part[T]{in: in, left: p.values}); err != nil {
			return nil, err
		}
		start = p.end
	}
	heap.Init(merged)
	return merged, nil
}

// all gives the values in their order, as often as it is asked for. IsBrief leaves out of those on disk what counting
// does not need.
func (s *spool[T]) all(isBrief bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		merged, err := s.open(isBrief)
		for err == nil && merged.Len() > 0 {
			p := merged.list[0]
			v := p.first
			var ok bool
			switch ok, err = p.next(s, isBrief); {
			case err != nil:
				continue
			case ok:
				heap.Fix(merged, 0)
			default:
				heap.Pop(merged)
			}
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, fmt.Errorf("reading findings of a temporary file: %w", err))
		}
	}
}

// groups gives the values that isSame holds together, which follow one another, at least so many at a time. Each group
// is good until the next.
func (s *spool[T]) groups(least int, isBrief bool, isSame func(a, b T) bool) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var group []T
		for v, err := range s.all(isBrief) {
			if err != nil {
				yield(nil, err)
				return
			}
			if n := len(group); n >= least && !isSame(group[n-1], v) {
				if !yield(group, nil) {
					return
				}
				clear(group)
				group = group[:0]
			}
			group = append(group, v)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}
