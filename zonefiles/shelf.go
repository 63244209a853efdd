package zonefiles

import (
	"encoding/binary"
	"fmt"
	"sync"

	"mx46/zonefiles/disk"
)

// This file keeps the lines of files that were let go: in memory while they are few, and else in a temporary file, so
// that nothing is read twice that somebody may change meanwhile.

// shelfPart is how many bytes of lines are in memory, and shelfSlots of how many files there are the lines that were
// asked for last.
const (
	shelfPart  = 128 << 10
	shelfSlots = 32
)

// shelf holds lines of many files, one file after the other. It is safe for concurrent use.
type shelf struct {
	mu      sync.Mutex
	file    *disk.Temporary // nil: there is none yet
	isFull  bool            // no more can be written, and the rest stays in memory
	written int64           // bytes in the file
	rest    []byte          // what follows them
	err     error           // of reading
	seen    [shelfSlots]struct {
		of *kept
		keptLines
	}
	next int // the slot of seen to use again
}

// put adds lines of a text, which each end at an offset in it.
func (s *shelf) put(text []byte, lines []keptLine) (at int64, size uint32) {
	if len(lines) == 0 {
		return 0, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.rest)
	at = s.written + int64(before)
	out, last := binary.AppendUvarint(s.rest, uint64(len(lines))), keptLine{}
	for _, line := range lines {
		out = binary.AppendUvarint(out, uint64(line.start-last.start))
		out = binary.AppendUvarint(out, uint64(line.number-last.number))
		out = binary.AppendUvarint(out, uint64(line.end-line.start))
		last = line
	}
	for _, line := range lines {
		out = append(out, text[line.start:line.end]...)
	}
	s.rest = out
	size = uint32(len(out) - before)
	if len(s.rest) >= shelfPart {
		s.write()
	}
	return at, size
}

// write writes the rest to the file.
func (s *shelf) write() {
	if s.isFull {
		return
	}
	if s.file == nil {
		file, err := disk.NewTemporary()
		if err != nil {
			s.isFull = true
			return
		}
		s.file = file
	}
	if _, err := s.file.Write(s.rest); err != nil {
		s.isFull = true
		return
	}
	s.written += int64(len(s.rest))
	s.rest = s.rest[:0]
}

// get is the lines of a file; none where they cannot be read.
func (s *shelf) get(k *kept) keptLines {
	if k.bytes == 0 {
		return keptLines{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.seen {
		if s.seen[i].of == k {
			return s.seen[i].keptLines
		}
	}
	data := make([]byte, k.bytes)
	if k.at >= s.written {
		copy(data, s.rest[k.at-s.written:])
	} else if n, err := s.file.ReadAt(data, k.at); n < len(data) {
		if s.err == nil {
			s.err = fmt.Errorf("reading lines of a temporary file: %w", err)
		}
		return keptLines{}
	}
	lines := decodeLines(data)
	s.seen[s.next].of, s.seen[s.next].keptLines = k, lines
	s.next = (s.next + 1) % shelfSlots
	return lines
}

// decodeLines reads what put has written.
func decodeLines(data []byte) keptLines {
	number := func() uint32 {
		n, size := binary.Uvarint(data)
		data = data[size:]
		return uint32(n)
	}
	lines := make([]keptLine, number())
	var last keptLine
	for i := range lines {
		last.start += number()
		last.number += number()
		last.end += number()
		lines[i] = last
	}
	return keptLines{lines, data}
}

func (s *shelf) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// close removes the file.
func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.Close() // it has no name any more, and nobody reads it
	}
}
