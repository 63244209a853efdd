package discover

// Which files git ignores: the patterns of .gitignore files, as gitignore(5) describes them.

import (
	"bytes"
	"strings"

	"mx46/zonefiles/disk"
)

// A wildcard may try the rest of its pattern at every byte of a name, so that a long pattern costs much more than a
// usual one: as much as another match for every longCost bytes of the pattern, beyond those of a usual one, times bytes
// of the name.
const (
	longPattern = 32
	longCost    = 16
)

// ignoreFile holds the patterns of one folder's .gitignore. They apply to what is below that folder.
type ignoreFile struct {
	folder   string // with a slash at its end, empty for the root
	patterns []ignorePattern
	long     int // bytes of long patterns
}

type ignorePattern struct {
	glob    disk.Pattern // of the path below the folder
	negated bool         // what it matches is not ignored after all
	folders bool         // it matches nothing else
}

func parseIgnoreFile(folder string, data []byte) ignoreFile {
	f := ignoreFile{folder: folder}
	for line := range bytes.Lines(data) {
		if pattern, ok := parseIgnorePattern(strings.TrimRight(string(line), "\r\n")); ok &&
			len(f.patterns) < maxIgnorePatterns {
			f.patterns = append(f.patterns, pattern)
			f.long += max(0, len(line)-longPattern)
		}
	}
	return f
}

func parseIgnorePattern(line string) (p ignorePattern, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' || len(line) > maxIgnorePattern {
		return p, false
	}
	line, p.negated = strings.CutPrefix(line, "!")
	line, p.folders = strings.CutSuffix(line, "/")
	if line == "" {
		return p, false
	}
	glob := strings.TrimPrefix(line, "/")
	switch {
	case !strings.Contains(line, "/"): // the name of a file at any depth
		glob = "**/" + glob
	case glob == "**" || strings.HasSuffix(glob, "/**"): // what lies in the folder, not the folder
		glob += "/*"
	}
	p.glob = disk.NewPattern(glob)
	return p, true
}

// match reports whether the file ignores name, and whether it has a pattern for it. The last pattern that matches
// decides.
func (f *ignoreFile) match(name string, isFolder bool) (ignored, ok bool) {
	below, ok := strings.CutPrefix(name, f.folder)
	if !ok {
		return false, false
	}
	elements := strings.Split(below, "/")
	for i := len(f.patterns) - 1; i >= 0; i-- {
		p := &f.patterns[i]
		if p.folders && !isFolder {
			continue
		}
		if p.glob.Match(elements) {
			return !p.negated, true
		}
	}
	return false, false
}
