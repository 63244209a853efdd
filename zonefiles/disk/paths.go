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
	if len(p) == 0 {
		return "", false
	}
	server = path.Clean(server)
	for at := server; ; {
		if to, ok := p[at]; ok {
			return path.Join(to, server[len(at):]), true
		}
		switch slash := strings.LastIndexByte(at, '/'); {
		case slash > 0:
			at = at[:slash]
		case slash == 0 && at != "/":
			at = "/"
		default:
			return "", false
		}
	}
}

// Finder finds below a root what a name server has elsewhere. It is safe for concurrent use.
type Finder struct {
	Paths Paths // nil: none

	root    *Root
	once    sync.Once
	globs   sync.Mutex
	globber *Globber
	// What lies below the root, by the last element of its name: the numbers of the folders that hold it. Whole names are
	// put together when they are asked for, since those of many files deep down would fill the memory.
	holders map[string][]int32
	folders []listed
	numbers map[childFolder]int32
}

// listed is a folder below the root; the root is number 0. Those inside of it have the numbers after its own, up to
// last.
type listed struct {
	name   string
	parent int32
	last   int32
}

type childFolder struct {
	parent int32
	name   string
}

// NewFinder makes a Finder, which looks at the folders below the root when it is first asked for something that Paths
// do not lead to.
func NewFinder(root *Root, paths Paths) *Finder {
	return &Finder{Paths: paths, root: root, globber: NewGlobber(root)}
}

// Glob is Globber.Glob below the root.
func (f *Finder) Glob(pattern string, skipHidden bool) ([]string, error) {
	f.globs.Lock()
	defer f.globs.Unlock()
	return f.globber.Glob(pattern, skipHidden)
}

// Find translates an absolute path on the name server to the names below the root that it may mean: the one that Paths
// say, or else those that end as the path does, in as many elements as possible, below the folder near, or else
// anywhere. There are none where nothing ends so, and the first two where the path does not tell them apart.
func (f *Finder) Find(server, near string) []string {
	if local, ok := f.Paths.Local(server); ok {
		return []string{local}
	}
	f.once.Do(f.list)
	elements := strings.Split(path.Clean(server), "/")
	base := elements[len(elements)-1]
	above := elements[max(0, len(elements)-1-maxCommonEnd) : len(elements)-1]
	all := f.holders[base]
	if len(all) > maxNamesakes {
		return nil
	}
	from, to := f.numbersBelow(near)
	var found []int32
	longest, anyNear := -1, false
	for _, in := range all {
		isNear := from <= in && in <= to
		length := f.commonEnd(above, in)
		switch {
		case anyNear && !isNear:
		case isNear && !anyNear, length > longest:
			found, longest, anyNear = []int32{in}, length, isNear
		case length == longest && len(found) == 1:
			found = append(found, in)
		}
	}
	var names []string
	for _, in := range found {
		names = append(names, f.nameIn(in, base))
	}
	return names
}

// numbersBelow are the numbers of a folder and of all inside of it; none where it is not there.
func (f *Finder) numbersBelow(name string) (from, to int32) {
	if len(f.folders) == 0 {
		return 0, -1
	}
	at := int32(0)
	for _, element := range strings.Split(path.Clean(name), "/") {
		if element == "." {
			continue
		}
		child, ok := f.numbers[childFolder{at, element}]
		if !ok {
			return 0, -1
		}
		at = child
	}
	return at, f.folders[at].last
}

// commonEnd is how many elements a path on the server and a folder have in common at their ends.
func (f *Finder) commonEnd(server []string, in int32) (length int) {
	for ; in > 0 && length < len(server) && server[len(server)-1-length] == f.folders[in].name; length++ {
		in = f.folders[in].parent
	}
	return length
}

// nameIn is the name of something in a folder.
func (f *Finder) nameIn(in int32, base string) string {
	elements := []string{base}
	for ; in > 0; in = f.folders[in].parent {
		elements = append(elements, f.folders[in].name)
	}
	slices.Reverse(elements)
	return strings.Join(elements, "/")
}

// list looks at all folders below the root.
func (f *Finder) list() {
	f.holders, f.numbers = map[string][]int32{}, map[childFolder]int32{}
	f.folders = []listed{{}}
	left := maxListed
	var look func(name string, number int32, depth int) bool
	look = func(name string, number int32, depth int) bool {
		entries, err := f.root.ReadDir(name, left)
		if err != nil {
			return !errors.Is(err, ErrTooLarge) // what cannot be read holds nothing for us
		}
		left -= len(entries)
		for _, entry := range entries {
			if entry.IsDir() && IsVersionControl(entry.Name()) {
				continue
			}
			f.holders[entry.Name()] = append(f.holders[entry.Name()], number)
			if entry.Type()&fs.ModeType != fs.ModeDir {
				continue
			}
			child := int32(len(f.folders))
			f.folders = append(f.folders, listed{entry.Name(), number, child})
			f.numbers[childFolder{number, entry.Name()}] = child
			if depth == MaxDepth || !look(path.Join(name, entry.Name()), child, depth+1) {
				return false
			}
		}
		f.folders[number].last = int32(len(f.folders)) - 1
		return true
	}
	if !look(".", 0, 0) {
		f.holders, f.folders = nil, nil
	}
}

// IsVersionControl reports whether a folder of that name is a version control system's own.
func IsVersionControl(name string) bool { return name == ".git" || name == ".hg" || name == ".svn" }
