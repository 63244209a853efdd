package zonefiles

// Which files git ignores: the patterns of .gitignore files, as gitignore(5) describes them.

import (
	"bytes"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Limits of one .gitignore file. What lies beyond is not honoured, and so looked at.
const (
	maxIgnoreBytes    = 1 << 20
	maxIgnorePatterns = 2000
	maxIgnorePattern  = 1024 // bytes
)

// ignoreFile holds the patterns of one folder's .gitignore. They speak of what lies below that folder.
type ignoreFile struct {
	folder   string // with a slash at its end, empty for the root
	patterns []ignorePattern
}

type ignorePattern struct {
	glob    string // of the path below the folder
	negated bool   // what it matches is not ignored after all
	folders bool   // it matches nothing else
}

func parseIgnoreFile(folder string, data []byte) ignoreFile {
	f := ignoreFile{folder: folder}
	for line := range bytes.Lines(data) {
		if pattern, ok := parseIgnorePattern(strings.TrimRight(string(line), "\r\n")); ok && len(f.patterns) < maxIgnorePatterns {
			f.patterns = append(f.patterns, pattern)
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
	// Braces mean nothing to git.
	p.glob = strings.NewReplacer("{", `\{`, "}", `\}`).Replace(strings.TrimPrefix(line, "/"))
	if !strings.Contains(line, "/") {
		p.glob = "**/" + p.glob // without a slash it is the name of a file at any depth
	}
	if strings.HasSuffix(p.glob, "/**") {
		p.glob += "/*" // what lies in the folder, not the folder
	}
	return p, true
}

// match tells whether the file ignores path, and whether it says anything about it. The last pattern that matches decides.
func (f *ignoreFile) match(path string, isFolder bool) (ignored, ok bool) {
	below, ok := strings.CutPrefix(path, f.folder)
	if !ok {
		return false, false
	}
	for i := len(f.patterns) - 1; i >= 0; i-- {
		p := &f.patterns[i]
		if p.folders && !isFolder {
			continue
		}
		if matched, err := doublestar.Match(p.glob, below); err == nil && matched {
			return !p.negated, true
		}
	}
	return false, false
}
