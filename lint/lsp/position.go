package lsp

import (
	"bytes"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"mx46/zonefiles"
)

// This file turns the offsets, in bytes, of texts and spans into lines and columns of the protocol, and back.

// encoding is the unit of columns.
type encoding string

const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16"
)

// chooseEncoding takes bytes where the client can, and what every client can elsewhere.
func chooseEncoding(offered []string) encoding {
	if slices.Contains(offered, string(utf8Units)) {
		return utf8Units
	}
	return utf16Units
}

// position is the place of a byte in a file.
func (e encoding) position(files *zonefiles.FileSet, id zonefiles.FileID, offset uint32) position {
	count := files.PositionUTF16
	if e == utf8Units {
		count = files.PositionBytes
	}
	at := count(id, offset)
	return position{Line: at.Line - 1, Character: at.Column - 1}
}

// span is the range of a span on disk.
func (e encoding) span(files *zonefiles.FileSet, sp zonefiles.Span) span {
	return span{e.position(files, sp.File, sp.Start), e.position(files, sp.File, sp.End)}
}

// offset is the byte at a position of a text. A column beyond the line's end means that end, and a line beyond the last
// the end of the text, as the protocol says.
func (e encoding) offset(text []byte, at position) int {
	start := 0
	for range at.Line {
		n := bytes.IndexByte(text[start:], '\n')
		if n < 0 {
			return len(text)
		}
		start += n + 1
	}
	line := text[start:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = bytes.TrimSuffix(line[:n], []byte{'\r'})
	}
	if e == utf8Units {
		return start + min(max(at.Character, 0), len(line))
	}
	offset, units := 0, 0
	for offset < len(line) && units < at.Character {
		r, size := utf8.DecodeRune(line[offset:])
		if units++; r > 0xFFFF {
			units++
		}
		offset += size
	}
	return start + offset
}

// uriOf is the URI of a file by its absolute path.
func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive of Windows
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// pathOf is the absolute path of a file by its URI; it reports false for any other document.
func pathOf(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	path := u.Path
	if len(path) > 2 && path[2] == ':' {
		path = path[1:]
	}
	return filepath.Clean(filepath.FromSlash(path)), true
}
