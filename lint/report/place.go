package report

import (
	"mx46/lint"
	"mx46/zonefiles"
)

// counting is a way to count columns.
type counting func(*zonefiles.FileSet, zonefiles.FileID, uint32) zonefiles.Position

// inRunes, inUTF16 and inBytes count columns from 1, in runes, in UTF-16 code units and in bytes.
func inRunes(files *zonefiles.FileSet, id zonefiles.FileID, offset uint32) zonefiles.Position {
	return files.Position(id, offset)
}

func inUTF16(files *zonefiles.FileSet, id zonefiles.FileID, offset uint32) zonefiles.Position {
	return files.PositionUTF16(id, offset)
}

func inBytes(files *zonefiles.FileSet, id zonefiles.FileID, offset uint32) zonefiles.Position {
	return files.PositionBytes(id, offset)
}

// onDisk is the span in a file that people can open.
func (r *Report) onDisk(sp zonefiles.Span) zonefiles.Span {
	sp = r.Files.OnDisk(sp)
	size := uint32(r.Files.File(sp.File).Size())
	sp.End = min(sp.End, size)
	sp.Start = min(sp.Start, size)
	sp.End = max(sp.Start, sp.End)
	return sp
}

// place is the position at which a span begins, and the one just after it.
func (r *Report) place(sp zonefiles.Span, count counting) (start, end zonefiles.Position) {
	sp = r.onDisk(sp)
	return count(r.Files, sp.File, sp.Start), count(r.Files, sp.File, sp.End)
}

// generated is the generated line that a finding is about; empty if the finding is about text on disk.
func (r *Report) generated(f *lint.Finding) string {
	if r.Files.OnDisk(f.Span).File == f.Span.File {
		return ""
	}
	size := uint32(len(r.Files.File(f.Span.File).Data))
	line := r.Files.Line(f.Span.File, r.Files.Position(f.Span.File, min(f.Span.Start, size)).Line)
	shown, _, _ := window(line, 0, 0, maxRoom)
	return shown
}
