package zonefiles

import (
	"bytes"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// FileID numbers a file within its FileSet, from 0.
type FileID uint32

// Span is the half-open byte range [Start, End) of one file. Offsets are in bytes. The zero Span is empty.
type Span struct {
	File       FileID
	Start, End uint32
}

// IsEmpty reports whether the span holds no byte.
func (s Span) IsEmpty() bool { return s.End <= s.Start }

// Len is the span's length in bytes.
func (s Span) Len() int { return int(s.End) - int(s.Start) }

// File is the text of one zone file, or text that was made from such files, as by $GENERATE.
// Its data never changes once it is in a FileSet.
type File struct {
	ID   FileID
	Name string // as it is shown to people: relative to the root, with slashes
	Data []byte

	segments []segment    // where made text comes from, by offset; none for text that is a file's own
	readings atomic.Int32 // by zones and directives

	once  sync.Once
	lines []uint32 // offset of each line's first byte

	counting sync.Mutex
	counted  map[uint32][]columnStop // of long lines, by the offset of the first byte
}

// segment is a part of made text, which ends where the next one starts, and the span that it was made from. The first
// segment starts at 0.
type segment struct {
	start  uint32 // bytes
	origin Span
}

// isMade reports whether the text was made from other files.
func (f *File) isMade() bool { return len(f.segments) > 0 }

// segmentAt is the segment that holds a byte of made text, or ends with the text.
func (f *File) segmentAt(offset uint32) segment {
	next := sort.Search(len(f.segments), func(i int) bool { return f.segments[i].start > offset })
	return f.segments[next-1]
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// TextStart is the offset of the text's first character, after a byte order mark.
func (f *File) TextStart() uint32 { return textStart(f.Data) }

func textStart(data []byte) uint32 {
	return uint32(len(data) - len(bytes.TrimPrefix(data, byteOrderMark)))
}

// columnStop is a place in a long line whose column is known.
type columnStop struct{ offset, runes, utf16 uint32 }

// stopDistance is how far such places are apart, in bytes: thousands of positions in one line cost no more than in as
// many lines.
const stopDistance = 4096

// stops are the places with known columns of the line that begins at start, from that one on.
func (f *File) stops(start uint32) []columnStop {
	f.counting.Lock()
	defer f.counting.Unlock()
	if stops := f.counted[start]; stops != nil {
		return stops
	}
	end := uint32(lineEndFrom(f.Data, int(start)))
	stops := []columnStop{{offset: start}}
	here := stops[0]
	for here.offset < end {
		r, size := utf8.DecodeRune(f.Data[here.offset:end])
		here.offset += uint32(size)
		here.runes++
		here.utf16++
		if r > 0xFFFF {
			here.utf16++
		}
		if here.offset-stops[len(stops)-1].offset >= stopDistance {
			stops = append(stops, here)
		}
	}
	if f.counted == nil {
		f.counted = map[uint32][]columnStop{}
	}
	f.counted[start] = stops
	return stops
}

// lineStarts builds the line table at the first question for a position, so a run without findings never does.
func (f *File) lineStarts() []uint32 {
	f.once.Do(func() {
		f.lines = make([]uint32, 1, 1+bytes.Count(f.Data, []byte{'\n'}))
		for at := 0; ; {
			n := bytes.IndexByte(f.Data[at:], '\n')
			if n < 0 {
				return
			}
			at += n + 1
			f.lines = append(f.lines, uint32(at))
		}
	})
	return f.lines
}

// FileSet numbers files and answers for their positions. It is safe for concurrent use.
type FileSet struct {
	adding sync.Mutex
	files  atomic.Pointer[[]*File] // a slice that only ever grows; those who read it need no lock
}

// Add gives data a number. It refuses data over maxTextSize bytes.
func (s *FileSet) Add(name string, data []byte) (*File, error) {
	return s.add(&File{Name: name, Data: data})
}

// AddGenerated adds text that a directive has generated; positions in it are shown at the directive.
func (s *FileSet) AddGenerated(directive Span, data []byte) (*File, error) {
	name := s.File(directive.File).Name
	return s.add(&File{Name: name, Data: data, segments: []segment{{origin: directive}}})
}

func (s *FileSet) add(f *File) (*File, error) {
	if len(f.Data) > maxTextSize {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d that can be addressed", f.Name, len(f.Data),
			uint32(maxTextSize))
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	var files []*File
	if all := s.files.Load(); all != nil {
		files = *all
	}
	f.ID = FileID(len(files))
	files = append(files, f)
	s.files.Store(&files)
	return f, nil
}

// File returns the file with that number, which must come from this set.
func (s *FileSet) File(id FileID) *File { return (*s.files.Load())[id] }

// Len is the number of files in the set.
func (s *FileSet) Len() int {
	if all := s.files.Load(); all != nil {
		return len(*all)
	}
	return 0
}

// Text is the bytes that the span covers. The caller must not change them.
func (s *FileSet) Text(sp Span) []byte { return s.File(sp.File).Data[sp.Start:sp.End] }

// OnDisk maps a span of made text to what it was made from, and any other span to itself. What was made from several
// places goes from the first of them to the last, or, where these lie in two files, is the first alone.
func (s *FileSet) OnDisk(sp Span) Span {
	for f := s.File(sp.File); f.isMade(); f = s.File(sp.File) {
		first, last := f.segmentAt(sp.Start).origin, f.segmentAt(max(sp.Start+1, sp.End)-1).origin
		if sp = first; last.File == first.File {
			sp.End = max(first.End, last.End)
		}
	}
	return sp
}

// Editable reports whether a span is text of a file, so that who changes it there changes nothing else. Made text is
// not.
func (s *FileSet) Editable(sp Span) bool { return !s.File(sp.File).isMade() }

// Position is a place in a file as people and their tools count: lines and columns from 1.
type Position struct {
	File   string
	Line   int
	Column int // in the unit of the function that made it
}

// String is file:line:column.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Position of a byte offset on disk, with the column counted in runes. An invalid UTF-8 byte counts as one rune.
func (s *FileSet) Position(id FileID, offset uint32) Position {
	p, stop := s.position(id, offset)
	p.Column = 1 + int(stop.runes) + utf8.RuneCount(s.File(id).Data[stop.offset:offset])
	return p
}

// PositionUTF16 is Position with the column counted in UTF-16 code units, as SARIF and LSP do.
func (s *FileSet) PositionUTF16(id FileID, offset uint32) Position {
	p, stop := s.position(id, offset)
	p.Column = 1 + int(stop.utf16) + utf16Len(s.File(id).Data[stop.offset:offset])
	return p
}

// PositionBytes is Position with the column counted in bytes.
func (s *FileSet) PositionBytes(id FileID, offset uint32) Position {
	f := s.File(id)
	start, line := f.lineAt(offset)
	return Position{File: f.Name, Line: line, Column: 1 + int(offset-start)}
}

// position is a position without its column, and a place before it in its line from which that can be counted.
func (s *FileSet) position(id FileID, offset uint32) (Position, columnStop) {
	f := s.File(id)
	start, line := f.lineAt(offset)
	stop := columnStop{offset: start}
	if offset-start > stopDistance {
		stops := f.stops(start)
		next := sort.Search(len(stops), func(i int) bool { return stops[i].offset > offset })
		stop = stops[next-1]
	}
	return Position{File: f.Name, Line: line}, stop
}

// lineAt gives the first offset and the number, from 1, of the line that holds offset.
func (f *File) lineAt(offset uint32) (start uint32, line int) {
	lines := f.lineStarts()
	line = sort.Search(len(lines), func(i int) bool { return lines[i] > offset })
	return lines[line-1], line
}

// Line is the bytes of a line, counted from 1, without its line end (LF or CR LF).
func (s *FileSet) Line(id FileID, line int) []byte {
	f := s.File(id)
	lines := f.lineStarts()
	start, end := lines[line-1], uint32(len(f.Data))
	if line < len(lines) {
		end = lines[line] - 1
	}
	return bytes.TrimSuffix(f.Data[start:end], []byte{'\r'})
}

// utf16Len counts the UTF-16 code units of b, one for each invalid byte.
func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		n++
		if r > 0xFFFF {
			n++
		}
		b = b[size:]
	}
	return n
}
