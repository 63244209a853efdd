package zonefiles

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPositions(t *testing.T) {
	files := &FileSet{}
	//             0123 4 56  7   (ä is 2 bytes, the emoji 4 bytes, 1 rune and 2 UTF-16 units)
	f, err := files.Add("zone", []byte("a\tb\r\nä😀x\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name         string
		offset       uint32
		line         int
		runes, utf16 int
	}{
		{"the first byte", 0, 1, 1, 1},
		{"behind a tab, which counts as one", 2, 1, 3, 3},
		{"the CR", 3, 1, 4, 4},
		{"the first byte of a line", 5, 2, 1, 1},
		{"behind two bytes of one rune", 7, 2, 2, 2},
		{"behind a rune of two UTF-16 units", 11, 2, 3, 4},
		{"the end of the file", 13, 3, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, q := files.Position(f.ID, tt.offset), files.PositionUTF16(f.ID, tt.offset)
			if p.Line != tt.line || p.Column != tt.runes || q.Line != tt.line || q.Column != tt.utf16 {
				t.Errorf("offset %d is %v in runes and %v in UTF-16, want %d:%d and %d:%d", tt.offset, p, q, tt.line, tt.runes, tt.line, tt.utf16)
			}
		})
	}
	if got := string(files.Line(f.ID, 1)); got != "a\tb" {
		t.Errorf("line 1 is %q, want it without its line end", got)
	}
}

func TestPositionsInALongLine(t *testing.T) {
	files := &FileSet{}
	line := strings.Repeat("ab\xff\xe2\x82ä😀\xf0\x9f", 2000)
	f, err := files.Add("zone", []byte("\n"+line+"\r\nx"))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at <= len(line)+1; at++ {
		offset := uint32(1 + at)
		before := f.Data[1:offset]
		p, q := files.Position(f.ID, offset), files.PositionUTF16(f.ID, offset)
		if p.Line != 2 || p.Column != 1+utf8.RuneCount(before) || q.Line != 2 || q.Column != 1+utf16Len(before) {
			t.Fatalf("byte %d of the line is %v in runes and %v in UTF-16, want 2:%d and 2:%d", at, p, q, 1+utf8.RuneCount(before), 1+utf16Len(before))
		}
	}
}

func TestGeneratedTextIsShownAtItsDirective(t *testing.T) {
	files := &FileSet{}
	f, err := files.Add("zone", []byte("$GENERATE 1-2 a$ A 192.0.2.$\n"))
	if err != nil {
		t.Fatal(err)
	}
	via := Span{f.ID, 0, 28}
	g, err := files.AddGenerated(via, []byte("a1 A 192.0.2.1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := files.OnDisk(Span{g.ID, 5, 14}); got != via {
		t.Errorf("OnDisk = %v, want %v", got, via)
	}
	if got := string(files.Text(Span{g.ID, 5, 14})); got != "192.0.2.1" {
		t.Errorf("Text = %q, want the generated text", got)
	}
}
