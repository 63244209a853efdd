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
// Its data never changes once it is in a FileSet. See Loader.LetGo for files without data.
type File struct {
	ID   FileID
	Name string // as it is shown to people: relative to the root, with slashes
	Data []byte

	answer     bool      // of a name server, and on no disk
	text       []byte    // Data as the parser reads it, once it does: of a template, without its placeholders
	hiding     sync.Once // makes text
	isTemplate bool
	segments   []segment     // where made text comes from, by offset; none for text that is a file's own
	readings   *atomic.Int32 // by zones and directives, by any name of the file

	kept *kept // of a file whose text was let go; nil: all of it is there

	once   sync.Once
	blocks []lineBlock

	counting sync.Mutex
	counted  map[uint32][]columnStop // of long lines, by the offset of the first byte
}

// read makes text.
func (f *File) read() []byte {
	f.hiding.Do(func() {
		if f.text = f.Data; f.isMade() || f.answer {
			return
		}
		if shown := hideTemplate(f.Data); shown != nil {
			f.text, f.isTemplate = shown, true
		}
	})
	return f.text
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

// lineBlock is the part of a file that begins at a multiple of lineBlockSize.
type lineBlock struct {
	before uint32 // line ends before the block
	start  uint32 // offset of the line that holds the block's first byte
}

// lineBlockSize is small enough to search a block for each position, and so large that all blocks take no room.
const lineBlockSize = 4096

var newline = []byte{'\n'}

// lineBlocks counts the lines at the first question for a position, so a run without findings never does.
func (f *File) lineBlocks() []lineBlock {
	f.once.Do(func() {
		n := len(f.Data) / lineBlockSize
		f.blocks = make([]lineBlock, 1+n)
		parts := partsOf(f.Data)
		inParallel(parts, func(part int) {
			for i := part * n / parts; i < (part+1)*n/parts; i++ { // of each block, what the next one is to know
				block := f.Data[i*lineBlockSize : (i+1)*lineBlockSize]
				last := bytes.LastIndexByte(block, '\n')
				f.blocks[i+1] = lineBlock{uint32(bytes.Count(block, newline)), uint32(i*lineBlockSize + last + 1)}
			}
		})
		for i := range n {
			before, block := &f.blocks[i], &f.blocks[i+1]
			if block.before == 0 {
				block.start = before.start
			}
			block.before += before.before
		}
	})
	return f.blocks
}

// FileSet numbers files and answers for their positions. It is safe for concurrent use.
type FileSet struct {
	adding sync.Mutex
	files  atomic.Pointer[[]*atomic.Pointer[File]] // a slice that only ever grows; those who read it need no lock

	generating sync.Mutex
	generated  map[Span]*File // by directive

	shelf shelf // of files that were let go
}

// Close removes what is kept in a temporary file: the lines of files that were let go.
func (s *FileSet) Close() { s.shelf.close() }

// Err says why lines of files that were let go are missing from what was asked for; nil: none are.
func (s *FileSet) Err() error { return s.shelf.failure() }

// Add gives data a number. It refuses data over maxTextSize bytes.
func (s *FileSet) Add(name string, data []byte) (*File, error) {
	return s.add(&File{Name: name, Data: data})
}

// AddGenerated adds text that a directive has generated; positions in it are shown at the directive. The text is kept
// once, however often the directive is carried out.
func (s *FileSet) AddGenerated(directive Span, data []byte) (*File, error) {
	s.generating.Lock()
	defer s.generating.Unlock()
	if known := s.generated[directive]; known != nil && bytes.Equal(known.Data, data) {
		return known, nil
	}
	name := s.File(directive.File).Name
	f, err := s.add(&File{Name: name, Data: data, segments: []segment{{origin: directive}}})
	if err != nil {
		return nil, err
	}
	if s.generated == nil {
		s.generated = map[Span]*File{}
	}
	s.generated[directive] = f
	return f, nil
}

// AddAnswer adds text that says what a name server answers, under the URI of the question (RFC 4501).
func (s *FileSet) AddAnswer(uri string, data []byte) (*File, error) {
	return s.add(&File{Name: uri, Data: data, answer: true})
}

// IsAnswer reports whether the text says what a name server answers.
func (f *File) IsAnswer() bool { return f.answer }

func (s *FileSet) add(f *File) (*File, error) {
	if len(f.Data) > maxTextSize {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d that can be addressed", f.Name, len(f.Data),
			uint32(maxTextSize))
	}
	if f.readings == nil {
		f.readings = new(atomic.Int32)
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	var files []*atomic.Pointer[File]
	if all := s.files.Load(); all != nil {
		files = *all
	}
	f.ID = FileID(len(files))
	slot := &atomic.Pointer[File]{}
	slot.Store(f)
	files = append(files, slot)
	s.files.Store(&files)
	return f, nil
}

// replace puts a file in the place of the one with its number.
func (s *FileSet) replace(f *File) { (*s.files.Load())[f.ID].Store(f) }

// File returns the file with that number, which must come from this set.
func (s *FileSet) File(id FileID) *File { return (*s.files.Load())[id].Load() }

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
// not, and neither are answers.
func (s *FileSet) Editable(sp Span) bool { return !s.File(sp.File).isMade() && !s.File(sp.File).answer }

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
	p.Column = 1 + int(stop.runes) + utf8.RuneCount(s.File(id).part(stop.offset, offset))
	return p
}

// PositionUTF16 is Position with the column counted in UTF-16 code units, as SARIF and LSP do.
func (s *FileSet) PositionUTF16(id FileID, offset uint32) Position {
	p, stop := s.position(id, offset)
	p.Column = 1 + int(stop.utf16) + utf16Len(s.File(id).part(stop.offset, offset))
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
	if offset-start > stopDistance && f.kept == nil {
		stops := f.stops(start)
		next := sort.Search(len(stops), func(i int) bool { return stops[i].offset > offset })
		stop = stops[next-1]
	}
	return Position{File: f.Name, Line: line}, stop
}

// lineAt gives the first offset and the number, from 1, of the line that holds offset.
func (f *File) lineAt(offset uint32) (start uint32, line int) {
	if f.kept != nil {
		start, line, _ = f.kept.lineAt(offset)
		return start, line
	}
	block := f.lineBlocks()[offset/lineBlockSize]
	begin := offset / lineBlockSize * lineBlockSize
	before := f.Data[begin:offset]
	start, line = block.start, 1+int(block.before)+bytes.Count(before, newline)
	if last := bytes.LastIndexByte(before, '\n'); last >= 0 {
		start = begin + uint32(last) + 1
	}
	return start, line
}

// Line is the bytes of a line, counted from 1, without its line end (LF or CR LF).
func (s *FileSet) Line(id FileID, line int) []byte {
	f := s.File(id)
	if f.kept != nil {
		return bytes.TrimSuffix(f.kept.line(line), []byte{'\r'})
	}
	blocks := f.lineBlocks()
	// The line ends in the last block that fewer line ends precede. There may be very many findings in one long line, so
	// only that block is searched.
	last := sort.Search(len(blocks), func(i int) bool { return int(blocks[i].before) >= line }) - 1
	start := int(blocks[last].start)
	end := lineEndFrom(f.Data, max(start, last*lineBlockSize))
	for n := int(blocks[last].before) + 1; n < line; n++ {
		start = end + 1
		end = lineEndFrom(f.Data, start)
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
