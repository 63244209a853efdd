package zonefiles

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"sync"

	"mx46/zonefiles/disk"
)

// gdnsd reads more than RFC 1035 has, and what it reads so is no fault of a zone that it serves: any number as the
// serial, of which it takes the lower 32 bits; strings of TXT records that it splits; two numbers as the TTL of DYNA
// and DYNC; directives that limit how many addresses it answers with. What it makes of them is unknown here.

// isForGDNSD reports whether gdnsd serves the zone: the dialect says so, or a record that it alone reads, in the zone
// or in one of the same folder, since gdnsd serves whole folders.
func (p *parser) isForGDNSD() bool {
	if p.dialect == "" && !p.soughtGDNSD {
		p.soughtGDNSD = true
		if holdsGDNSD(p.file.text) || p.loader.isFolderOfGDNSD(path.Dir(p.zone.Path)) {
			p.dialect = GDNSD
		}
	}
	return p.dialect == GDNSD
}

// isFolderOfGDNSD reports whether the start of a file in a folder, of the first of them, shows that gdnsd reads it.
func (l *Loader) isFolderOfGDNSD(folder string) bool {
	if l.Root == nil {
		return false
	}
	l.mu.Lock()
	is := l.ofGDNSD[folder]
	if is == nil {
		is = sync.OnceValue(func() bool {
			entries, _ := l.Root.ReadDir(folder, disk.MaxFiles)
			entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() })
			return slices.ContainsFunc(entries[:min(len(entries), maxNeighbours)], func(e fs.DirEntry) bool {
				head, _, err := l.Root.ReadStart(path.Join(folder, e.Name()), MaxSniffed)
				return err == nil && holdsGDNSD(head)
			})
		})
		l.ofGDNSD[folder] = is
	}
	l.mu.Unlock()
	return is() // it reads files, while others may open some
}

// holdsGDNSD reports whether a line of the text is a DYNA or DYNC record.
func holdsGDNSD(text []byte) bool {
	const lineStart = 512 // how far back the line is looked at
	for from := 0; ; {
		at := bytes.Index(text[from:], []byte("DYN"))
		if at < 0 {
			return false
		}
		at += from
		from = at + len("DYN")
		before := text[max(0, at-lineStart):at]
		before = before[bytes.LastIndexByte(before, '\n')+1:]
		if from+1 < len(text) && (text[from] == 'A' || text[from] == 'C') && byteClass[text[from+1]] == blank &&
			len(before) > 0 && byteClass[before[len(before)-1]] == blank && !bytes.ContainsAny(before, `;"`) {
			return true
		}
	}
}

// readsAll reports whether gdnsd reads a field of a record that others refuse.
func (p *parser) readsAll(t Type, text []byte, f field, number uint32) bool {
	text = text[f.start:f.end]
	switch t {
	case TypeSOA:
		_, err := strconv.ParseUint(string(text[:min(len(text), maxWidth)]), 10, 64)
		return number == SOASerial && err == nil && p.isForGDNSD()
	case TypeTXT:
		size, ok := stringSize(text, f.escaped)
		return ok && size > maxString && size <= maxLongString && p.isForGDNSD()
	}
	return false
}

// isTwoTTLs reports whether a field is a TTL and a least TTL, with a slash between them.
func isTwoTTLs(text []byte) bool {
	ttl, least, ok := bytes.Cut(text, []byte{'/'})
	_, isTTL := parseTTL(ttl)
	_, isLeast := parseTTL(least)
	return ok && isTTL && isLeast
}
