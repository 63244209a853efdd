package zonefiles

import (
	"bytes"
	"sync/atomic"
	"testing"
)

func TestABlockIsWholeLinesAndNoneIsLeftOut(t *testing.T) {
	line := []byte("mail MX 10 mx ; a line of the text\n")
	text := bytes.Repeat(line, 3*blockOfLines)
	var lines, octets atomic.Int64
	if anyBlock(text, func(block []byte) bool {
		octets.Add(int64(len(block)))
		lines.Add(int64(bytes.Count(block, line[:len(line)-1])))
		return false
	}) {
		t.Error("something holds of no block and yet of one")
	}
	if octets.Load() != int64(len(text)) || lines.Load() != 3*blockOfLines {
		t.Errorf("%d bytes and %d lines were searched, want %d and %d", octets.Load(), lines.Load(), len(text), 3*blockOfLines)
	}
	for _, at := range []int{0, 1, blockOfLines, blockOfLines + 1, len(text)/2 + 1, len(text) - 1} {
		changed := bytes.Clone(text)
		changed[at] = 0
		if !anyBlock(changed, hasNUL) {
			t.Errorf("the byte at %d is not found", at)
		}
		if anyBlock(changed[:at], hasNUL) {
			t.Errorf("a byte before %d is found", at)
		}
	}
}
