package discover

// Which files git ignores: the patterns of .gitignore files, as gitignore(5) describes them.

import (
	"bytes"
	"path"
	"strings"
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
	glob    []string // the elements of the path below the folder, "**" for any number of them
	negated bool     // what it matches is not ignored after all
	folders bool     // it matches nothing else
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
	anchored := strings.Contains(line, "/")
	p.glob = strings.Split(strings.ReplaceAll(strings.TrimPrefix(line, "/"), "[!", "[^"), "/")
	switch last := len(p.glob) - 1; {
	case !anchored: // without a slash it is the name of a file at any depth
		p.glob = []string{"**", p.glob[0]}
	case p.glob[last] == "**": // what lies in the folder, not the folder
		p.glob = append(p.glob, "*")
	}
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
		if matchElements(p.glob, elements) {
			return !p.negated, true
		}
	}
	return false, false
}

// matchElements matches element by element, so that no wildcard but "**" passes a slash. A "**" takes as few elements
// as it can; when what follows it does not match, only the last one need take more.
func matchElements(glob, elements []string) bool {
	star, taken := -1, 0 // the last "**", and where the elements after it begin
	g, e := 0, 0
	for e < len(elements) {
		if g < len(glob) && glob[g] == "**" {
			star, taken = g, e
			g++
			continue
		}
		if g < len(glob) {
			if ok, err := path.Match(glob[g], elements[e]); ok && err == nil {
				g++
				e++
				continue
			}
		}
		if star < 0 {
			return false
		}
		taken++
		g, e = star+1, taken
	}
	return g == len(glob)
}
