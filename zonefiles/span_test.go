package zonefiles

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
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
	line := strings.Repeat("ab\xff\xe2\x82ä😀\xf0\x9f", 800)
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

// TestLinesAreThoseOfTheText compares lines that are far shorter and far longer than a block with the text split at its
// line ends.
func TestLinesAreThoseOfTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOf(rapid.OneOf(
			rapid.IntRange(0, 90), rapid.IntRange(lineBlockSize-3, lineBlockSize+3), rapid.IntRange(0, 3*lineBlockSize),
		)).Draw(t, "lines")
		var lines []string
		for _, size := range append(sizes, 0) {
			lines = append(lines, strings.Repeat("a", size))
		}
		files := &FileSet{}
		f, err := files.Add("zone", []byte(strings.Join(lines, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		start := 0
		for i, want := range lines {
			if got := string(files.Line(f.ID, i+1)); got != want {
				t.Fatalf("line %d has %d bytes, want %d", i+1, len(got), len(want))
			}
			for _, at := range []int{0, len(want) / 2, len(want)} {
				p := files.PositionBytes(f.ID, uint32(start+at))
				if p.Line != i+1 || p.Column != at+1 {
					t.Fatalf("byte %d of line %d is at %v", at, i+1, p)
				}
			}
			start += len(want) + 1
		}
	})
}

func TestLinesOfALargeTextAreCountedByAllCPUs(t *testing.T) {
	long := strings.Repeat("x", 3*lineBlockSize)
	text := strings.Repeat("a\n\n"+strings.Repeat("mail MX 10 mx\n", 900)+long+"\n", 300)
	if parts := partsOf([]byte(text)); parts == 1 && runtime.GOMAXPROCS(0) > 1 {
		t.Fatalf("%d bytes are not shared out", len(text))
	}
	files := &FileSet{}
	f, err := files.Add("zone", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	start := 0
	for i, line := range strings.Split(text, "\n") {
		if p := files.PositionBytes(f.ID, uint32(start+len(line))); p.Line != i+1 || p.Column != len(line)+1 {
			t.Fatalf("the end of line %d, of %d bytes, is at %v", i+1, len(line), p)
		}
		start += len(line) + 1
	}
}

func TestGeneratedTextIsShownAtItsDirective(t *testing.T) {
	files := &FileSet{}
	f, err := files.Add("zone", []byte("$GENERATE 1-2 a$ A 192.0.2.$\n"))
	if err != nil {
		t.Fatal(err)
	}
	directive := Span{f.ID, 0, 28}
	g, err := files.AddGenerated(directive, []byte("a1 A 192.0.2.1\n"))
	if err != nil {
		t.Fatal(err)
	}
	address := Span{g.ID, 5, 14}
	if got := files.OnDisk(address); got != directive {
		t.Errorf("OnDisk = %v, want %v", got, directive)
	}
	if got := string(files.Text(address)); got != "192.0.2.1" {
		t.Errorf("Text = %q, want the generated text", got)
	}
	again, err := files.AddGenerated(directive, []byte("a1 A 192.0.2.1\n"))
	if err != nil || again != g {
		t.Errorf("the same text is there twice: %v", err)
	}
	if files.Editable(address) || !files.Editable(directive) {
		t.Error("generated text can be edited, or its directive cannot")
	}
}

// TestMadeTextIsShownWhereItWasMadeFrom makes texts of random pieces of others, and looks at every span of them.
func TestMadeTextIsShownWhereItWasMadeFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := &FileSet{}
		origins := map[FileID][]Span{} // of each byte of made text, and of the text's end
		for id := range FileID(rapid.IntRange(1, 5).Draw(t, "files")) {
			f := &File{Data: make([]byte, rapid.IntRange(0, 20).Draw(t, "size"))}
			if id > 0 && rapid.Bool().Draw(t, "made") {
				for i := range len(f.Data) + 1 {
					if i > 0 && rapid.Bool().Draw(t, "goes on") {
						origins[id] = append(origins[id], origins[id][i-1])
						continue
					}
					source := files.File(FileID(rapid.IntRange(0, int(id)-1).Draw(t, "source")))
					start := rapid.IntRange(0, len(source.Data)).Draw(t, "start")
					end := rapid.IntRange(start, len(source.Data)).Draw(t, "end")
					origins[id] = append(origins[id], Span{source.ID, uint32(start), uint32(end)})
					f.segments = append(f.segments, segment{uint32(i), origins[id][i]})
				}
			}
			if _, err := files.add(f); err != nil {
				t.Fatal(err)
			}
		}
		var want func(Span) Span
		want = func(sp Span) Span {
			pieces := origins[sp.File]
			if pieces == nil {
				return sp
			}
			pieces = pieces[sp.Start:max(sp.Start+1, sp.End)]
			whole, last := pieces[0], pieces[len(pieces)-1]
			if whole.File == last.File && last.End > whole.End {
				whole.End = last.End
			}
			return want(whole)
		}
		for id := range FileID(files.Len()) {
			size := uint32(len(files.File(id).Data))
			for start := range size + 1 {
				for end := start; end <= size; end++ {
					sp := Span{id, start, end}
					if got := files.OnDisk(sp); got != want(sp) || !files.Editable(got) {
						t.Fatalf("OnDisk(%v) = %v, want %v", sp, got, want(sp))
					}
				}
			}
		}
	})
}
