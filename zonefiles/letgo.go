package zonefiles

import (
	"cmp"
	"hash/maphash"
	"path"
	"slices"
	"sort"
)

// This file lets the texts of files go. What stays is the lines that somebody is going to show, so that ten thousand
// zones with findings take little more memory than others.

// kept is what stays of a file whose text was let go.
type kept struct {
	size  uint32
	bytes uint32 // that its lines take on the shelf; 0: there are none
	at    int64  // where they are there
	shelf *shelf
	hash  uint64 // of the text
}

// keptLines are some lines of a file.
type keptLines struct {
	lines []keptLine
	text  []byte // of the lines, one after the other, without their LF
}

// keptLine is a line of the file: where it begins, its number, and where it ends in the text that was kept.
type keptLine struct{ start, number, end uint32 }

var hashSeed = maphash.MakeSeed()

// textOf is that of a line by its index.
func (k *keptLines) textOf(at int) []byte {
	from := uint32(0)
	if at > 0 {
		from = k.lines[at-1].end
	}
	return k.text[from:k.lines[at].end]
}

// lineAt is the line that holds an offset. Of one that nobody asked to keep, it is an empty line at the start.
func (k *kept) lineAt(offset uint32) (start uint32, number int, text []byte) {
	kept := k.shelf.get(k)
	after := sort.Search(len(kept.lines), func(i int) bool { return kept.lines[i].start > offset })
	if after > 0 {
		line, text := kept.lines[after-1], kept.textOf(after-1)
		if offset-line.start <= uint32(len(text)) {
			return line.start, int(line.number), text
		}
	}
	return offset, 1, nil
}

// line is the text of a line by its number, if it was kept.
func (k *kept) line(number int) []byte {
	kept := k.shelf.get(k)
	at := sort.Search(len(kept.lines), func(i int) bool { return int(kept.lines[i].number) >= number })
	if at == len(kept.lines) || int(kept.lines[at].number) != number {
		return nil
	}
	return kept.textOf(at)
}

// part is the text between two offsets of one line.
func (f *File) part(from, to uint32) []byte {
	if f.kept == nil {
		return f.Data[from:to]
	}
	start, _, text := f.kept.lineAt(from)
	size := uint32(len(text)) // 0 where the line cannot be read any more
	return text[min(from-start, size):min(to-start, size)]
}

// Size is the length of the text in bytes, even where it was let go.
func (f *File) Size() int {
	if f.kept != nil {
		return int(f.kept.size)
	}
	return len(f.Data)
}

// keepLines is the file without its text but for the first and the last lines of spans, which it puts on a shelf. It
// reports false where one of these is so long that places in it are to be found by their stops.
func (f *File) keepLines(spans []Span, on *shelf) (without *File, ok bool) {
	k := &kept{size: uint32(len(f.Data)), hash: maphash.Bytes(hashSeed, f.Data), shelf: on}
	var lines []keptLine
	keep := func(offset uint32) (start uint32) {
		start, number := f.lineAt(offset)
		lines = append(lines, keptLine{start: start, number: uint32(number)})
		return start
	}
	for _, sp := range spans {
		if sp.File != f.ID {
			continue
		}
		start, end := min(sp.Start, k.size), min(sp.End, k.size)
		keep(start)
		if end > start && keep(end) == end {
			keep(end - 1) // nothing of the last line is in the span
		}
	}
	slices.SortFunc(lines, func(a, b keptLine) int { return cmp.Compare(a.start, b.start) })
	lines = slices.Compact(lines)
	for i := range lines {
		line := &lines[i]
		if line.end = uint32(lineEndFrom(f.Data, int(line.start))); line.end-line.start > stopDistance {
			return nil, false
		}
	}
	k.at, k.bytes = on.put(f.Data, lines)
	return &File{ID: f.ID, Name: f.Name, readings: f.readings, kept: k}, true
}

// LetGo forgets the text of a zone's file but for the lines of spans, unless anybody else reads the file, the text is
// not the file's own, or somebody is going to look for what it holds: isWanted. Opened again, it is read again.
func (l *Loader) LetGo(z *Zone, spans []Span, isWanted func(*File) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := path.Clean(z.Path)
	slot := l.read[name]
	if slot == nil || slot.opens != 1 || slot.file == nil || slot.file.ID != z.File || isWanted(slot.file) {
		return
	}
	without, ok := slot.file.keepLines(spans, &l.Files.shelf)
	if !ok {
		return
	}
	if known := l.contents[slot.identity]; known != nil {
		l.contents[slot.identity] = &content{readings: known.readings}
	}
	l.read[name] = &openFile{opens: slot.opens, letGo: without}
	l.Files.replace(without)
}

// restore gives a file that was let go its text back, as it was read now. It is nil where that is another text.
func (s *FileSet) restore(id FileID, data []byte) *File {
	old := s.File(id)
	if maphash.Bytes(hashSeed, data) != old.kept.hash {
		return nil
	}
	file := &File{ID: id, Name: old.Name, Data: data, readings: old.readings}
	s.replace(file)
	return file
}
