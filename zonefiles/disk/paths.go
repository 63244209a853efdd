package disk

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Paths lead from folders as a name server knows them to those below the root. Both are clean.
type Paths map[string]string

// Local translates a path on the name server to one below the root, by the longest prefix that holds it. It is false
// where none does.
func (p Paths) Local(server string) (local string, ok bool) {
	server = path.Clean(server)
	for at := server; ; at = path.Dir(at) {
		if to, ok := p[at]; ok {
			return path.Join(to, server[len(at):]), true
		}
		if at == path.Dir(at) {
			return "", false
		}
	}
}

// Finder finds below a root what a name server has elsewhere. It is safe for concurrent use.
type Finder struct {
	Paths Paths // nil: none

	root    *Root
	once    sync.Once
	entries map[string][]string // files and folders by the last element of their names; nil where they are too many
}

// NewFinder makes a Finder, which looks at the folders below the root when it is first asked for something that Paths
// do not lead to.
func NewFinder(root *Root, paths Paths) *Finder { return &Finder{Paths: paths, root: root} }

// Find translates an absolute path on the name server to the names below the root that it may mean: the one that Paths
// say, or else those that end as the path does, in as many elements as possible, below the folder near, or else
// anywhere. There are none where nothing ends so, and more than one where the path does not tell them apart.
func (f *Finder) Find(server, near string) []string {
	if local, ok := f.Paths.Local(server); ok {
		return []string{local}
	}
	f.once.Do(f.list)
	server = path.Clean(server)
	all := f.entries[path.Base(server)]
	if len(all) > maxNamesakes {
		return nil
	}
	below := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return near != "." && !strings.HasPrefix(name, near+"/")
	})
	if len(below) == 0 {
		below = all
	}
	var found []string
	longest := 0
	for _, name := range below {
		switch n := commonEnd(server, name); {
		case n > longest:
			found, longest = []string{name}, n
		case n == longest:
			found = append(found, name)
		}
	}
	return found
}

// commonEnd is the length in bytes of the elements that two paths end with, the slashes before them included.
func commonEnd(a, b string) int {
	a, b = "/"+strings.TrimPrefix(a, "/"), "/"+b
	length := 0
	for n := 1; n <= min(len(a), len(b)) && a[len(a)-n] == b[len(b)-n]; n++ {
		if a[len(a)-n] == '/' {
			length = n
		}
	}
	return length
}

// list looks at all folders below the root.
func (f *Finder) list() {
	f.entries = map[string][]string{}
	left := maxListed
	var folder func(name string, depth int) bool
	folder = func(name string, depth int) bool {
		entries, err := f.root.ReadDir(name, left)
		if err != nil {
			return !errors.Is(err, ErrTooLarge) // what cannot be read holds nothing for us
		}
		left -= len(entries)
		for _, entry := range entries {
			if entry.IsDir() && IsVersionControl(entry.Name()) {
				continue
			}
			at := path.Join(name, entry.Name())
			f.entries[entry.Name()] = append(f.entries[entry.Name()], at)
			if entry.Type()&fs.ModeType == fs.ModeDir && (depth == MaxDepth || !folder(at, depth+1)) {
				return false
			}
		}
		return true
	}
	if !folder(".", 0) {
		f.entries = nil
	}
}

// IsVersionControl reports whether a folder of that name is a version control system's own.
func IsVersionControl(name string) bool { return name == ".git" || name == ".hg" || name == ".svn" }
