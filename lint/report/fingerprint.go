package report

import (
	"fmt"
	"iter"
	"unicode/utf16"
	"unicode/utf8"
)

// This file computes primaryLocationLineHash, by which GitHub recognises an alert when lines above it come and go.
// GitHub computes it too and warns about any other value.

const (
	hashBase   = 37
	hashWindow = 100   // UTF-16 code units, from the start of the line, across lines
	hashEnd    = 65535 // follows the last unit of the file
)

// fingerprints is the hashes of some lines of a file, counted from 1. Lines end with LF, CR LF or CR.
func fingerprints(data []byte, lines map[int]bool) map[int]string {
	wanted := map[uint64]int{} // how often it was seen
	for line, hash := range lineHashes(data) {
		if lines[line] {
			wanted[hash] = 0
		}
	}
	prints := map[int]string{}
	for line, hash := range lineHashes(data) {
		n, ok := wanted[hash]
		if !ok {
			continue
		}
		wanted[hash] = n + 1
		if lines[line] {
			prints[line] = fmt.Sprintf("%x:%d", hash, n+1)
		}
	}
	return prints
}

// lineHashes is the hashes of all lines: h = h*37 + unit over the window, modulo 2^64, padded with zeros at the end.
func lineHashes(data []byte) iter.Seq2[int, uint64] {
	leaving := uint64(1) // the factor of the unit that leaves the window
	for range hashWindow {
		leaving *= hashBase
	}
	return func(yield func(int, uint64) bool) {
		var units [hashWindow]uint16
		var starts [hashWindow]int // the line that begins with this unit; 0: none
		var hash uint64
		at, line, lineStart := 0, 0, true
		put := func(unit uint16) bool {
			if starts[at] > 0 && !yield(starts[at], hash) {
				return false
			}
			starts[at] = 0
			if lineStart {
				line++
				starts[at] = line
			}
			lineStart = unit == '\n'
			hash = hash*hashBase + uint64(unit) - leaving*uint64(units[at])
			units[at] = unit
			at = (at + 1) % hashWindow
			return true
		}
		for unit := range hashedUnits(data) {
			if !put(unit) {
				return
			}
		}
		for range hashWindow {
			if !put(0) {
				return
			}
		}
	}
}

// hashedUnits is the text as it is hashed: line ends as LF, no spaces and tabs, and the final unit.
func hashedUnits(data []byte) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for i := 0; i < len(data); {
			r, size := decode(data[i:])
			i += size
			switch {
			case r == ' ' || r == '\t':
				continue
			case r == '\r':
				if i < len(data) && data[i] == '\n' {
					i++
				}
				r = '\n'
			}
			if r > 0xFFFF {
				high, low := utf16.EncodeRune(r)
				if !yield(uint16(high)) {
					return
				}
				r = low
			}
			if !yield(uint16(r)) {
				return
			}
		}
		yield(hashEnd)
	}
}

// decode is utf8.DecodeRune, but the longest beginning of a rune gives one U+FFFD, as in GitHub's decoder (Encoding
// Standard, section 8.1.1, and Unicode section 3.9, "substitution of maximal subparts").
func decode(data []byte) (r rune, size int) {
	r, size = utf8.DecodeRune(data)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	for n := 2; n <= min(len(data), utf8.UTFMax-1); n++ {
		// The beginning of a rune is what more bytes could complete.
		if utf8.FullRune(data[:n]) {
			return r, size
		}
		size = n
	}
	return r, size
}
