package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// This file finds files by the patterns of a stranger. Each folder is looked at once for each element of a pattern, so
// that no pattern costs more than its length times the names that there are.

// matchCost is what it costs to hold a name against an element of a pattern. After an asterisk, the rest may be tried
// at every byte of the name.
func matchCost(element, name string) int { return 1 + len(element)*len(name)/costUnit }

// costUnit is how many pairs of a pattern's byte and a name's byte cost as much as any match does.
const costUnit = 256

// Pattern is a glob of paths. * and ? stay within a folder, [a-z] and [!a-z] are classes, and an element ** is any
// depth of folders.
type Pattern struct {
	elements []string
	size     int // bytes
}

// NewPattern reads a glob.
func NewPattern(glob string) Pattern {
	return Pattern{strings.Split(strings.ReplaceAll(glob, "[!", "[^"), "/"), len(glob)}
}

// Cost is what it may cost to match a path: 1 for most, and no more than its length times that of the path.
func (p Pattern) Cost(path string) int { return 1 + p.size*len(path)/costUnit }

// Match matches a path, split at its slashes, element by element. A "**" takes as few elements as it can; where what
// follows it does not match, only the last one need take more.
func (p Pattern) Match(elements []string) bool {
	star, taken := -1, 0 // the last "**", and where the elements after it begin
	g, e := 0, 0
	for e < len(elements) {
		if g < len(p.elements) && p.elements[g] == "**" {
			star, taken = g, e
			g++
			continue
		}
		if g < len(p.elements) {
			if ok, err := path.Match(p.elements[g], elements[e]); ok && err == nil {
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
	for g < len(p.elements) && p.elements[g] == "**" {
		g++
	}
	return g == len(p.elements)
}

// Globber finds files below a root, and remembers what it has seen and found: there is one for a run.
type Globber struct {
	root    *Root
	found   map[search]result
	folders map[string][]fs.DirEntry // by name; none where it cannot be read
	modes   map[string]fs.FileMode   // of files and folders, links followed; ModeIrregular where there is nothing
	links   map[string]bool          // links to folders that wildcards have led through
	listed  int                      // files and folders; a folder counts by each path that links give it
	matches int
}

type search struct {
	pattern    string
	skipHidden bool
}

type result struct {
	names []string
	err   error
}

// NewGlobber makes a Globber that has listed nothing yet.
func NewGlobber(root *Root) *Globber {
	return &Globber{
		root: root, found: map[search]result{}, folders: map[string][]fs.DirEntry{}, modes: map[string]fs.FileMode{},
		links: map[string]bool{},
	}
}

// Glob lists what a pattern names and is no folder, sorted. A Pattern says what it may hold. Links to folders are
// followed where an element names them, below another link by their whole name alone, and not where ** comes to them.
// What cannot be read is passed over. With skipHidden, wildcards match no name that begins with a dot, unless the
// element begins with one too. The caller must not change the list.
func (g *Globber) Glob(pattern string, skipHidden bool) ([]string, error) {
	asked := search{pattern, skipHidden}
	r, known := g.found[asked]
	if !known {
		r.names, r.err = g.glob(pattern, skipHidden)
		g.found[asked] = r
	}
	return r.names, r.err
}

func (g *Globber) glob(pattern string, skipHidden bool) ([]string, error) {
	elements := strings.Split(strings.ReplaceAll(pattern, "[!", "[^"), "/")
	elements = slices.CompactFunc(elements, func(a, b string) bool { return a == "**" && b == "**" })
	if elements[len(elements)-1] == "**" {
		elements = append(elements, "*") // the files in these folders
	}
	found := []string{"."}
	for i, element := range elements {
		var next []string
		seen := map[string]bool{}
		for _, folder := range found {
			var err error
			if element == "**" {
				next, err = g.below(next, folder, seen, 0)
			} else {
				next, err = g.element(next, folder, element, i == len(elements)-1, skipHidden)
			}
			if err != nil {
				return nil, err
			}
		}
		slices.Sort(next)
		found = slices.Compact(next)
	}
	return found, nil
}

// element adds what one element of a pattern names in a folder: folders, or files for the last element.
func (g *Globber) element(found []string, folder, element string, last, skipHidden bool) ([]string, error) {
	if !strings.ContainsAny(element, "*?[") {
		name := path.Join(folder, element)
		if g.matches++; g.matches > maxGlobMatches {
			return nil, errGlob
		}
		if mode := g.mode(name); mode != fs.ModeIrregular && mode.IsDir() != last {
			found = append(found, name)
		}
		return found, nil
	}
	entries, err := g.list(folder)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if g.matches += matchCost(element, entry.Name()); g.matches > maxGlobMatches {
			return nil, errGlob
		}
		ok, err := path.Match(element, entry.Name())
		if err != nil {
			return nil, err
		}
		if !ok || skipHidden && entry.Name()[0] == '.' && element[0] != '.' {
			continue
		}
		name, mode := path.Join(folder, entry.Name()), entry.Type()
		if mode&fs.ModeSymlink != 0 {
			if mode = g.mode(name); mode.IsDir() {
				if g.isBehindLink(folder) {
					continue // following links behind links is exponential in the pattern's length
				}
				g.links[name] = true
			}
		}
		if mode.IsDir() != last {
			found = append(found, name)
		}
	}
	return found, nil
}

// isBehindLink reports whether a wildcard has led through a link on the way to a folder.
func (g *Globber) isBehindLink(folder string) bool {
	for ; folder != "."; folder = path.Dir(folder) {
		if g.links[folder] {
			return true
		}
	}
	return false
}

// below adds a folder and all folders below it, but for those that have been seen.
func (g *Globber) below(found []string, folder string, seen map[string]bool, depth int) ([]string, error) {
	if seen[folder] {
		return found, nil
	}
	if depth > MaxDepth {
		return nil, fmt.Errorf("%s: more than %d folders are nested", folder, MaxDepth)
	}
	seen[folder] = true
	found = append(found, folder)
	entries, err := g.list(folder)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if g.matches++; g.matches > maxGlobMatches {
			return nil, errGlob
		}
		if entry.IsDir() {
			if found, err = g.below(found, path.Join(folder, entry.Name()), seen, depth+1); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// mode is that of a file or folder, links followed.
func (g *Globber) mode(name string) fs.FileMode {
	mode, ok := g.modes[name]
	if !ok {
		mode = fs.ModeIrregular
		if info, err := g.root.dir.Stat(name); err == nil {
			mode = info.Mode().Type()
		}
		g.modes[name] = mode
	}
	return mode
}

// list lists a folder; one that cannot be read is empty.
func (g *Globber) list(folder string) ([]fs.DirEntry, error) {
	entries, ok := g.folders[folder]
	if ok {
		return entries, nil
	}
	entries, err := g.root.ReadDir(folder, MaxFiles-g.listed)
	if errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("%s: more than %d files and folders would have to be matched with patterns", folder, MaxFiles)
	}
	g.listed += len(entries)
	g.folders[folder] = entries
	return entries, nil
}

var errGlob = fmt.Errorf("names would have to be matched with patterns more than %d times", maxGlobMatches)
