package zonefiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"
	"sync/atomic"

	"mx46/zonefiles/disk"
)

// This file reads zone files into a FileSet and works out their origins.

// Loader reads zones. It is safe for concurrent use.
type Loader struct {
	Files  *FileSet
	Root   *disk.Root
	Limits Limits
	// Finder leads from paths as a name server knows them to names below the root; nil: nothing does.
	Finder *disk.Finder
	// IncludeFolders are where name servers look for included files, relative to the root.
	IncludeFolders []string
	// Jobs is how many parts of one large file are read at a time; 0 is one for each CPU.
	Jobs int

	part int // bytes; of tests, in place of partSize

	repeated atomic.Int64 // bytes of files, from their second reading on
	made     atomic.Int64 // bytes of made text

	mu   sync.Mutex
	read map[string]*openFile
}

// Exhausted reports whether the zones read beyond Limits.MaxRepeated. They are incomplete then.
func (l *Loader) Exhausted() bool { return l.repeated.Load()+l.made.Load() > l.Limits.MaxRepeated }

// Recount counts readings of files anew, for zones that take the place of those read before. Made text goes on to
// count, since it stays in memory. No zone may be read meanwhile.
func (l *Loader) Recount() {
	l.repeated.Store(0)
	for id := range l.Files.Len() {
		l.Files.File(FileID(id)).readings.Store(0)
	}
}

// account counts one reading of a file.
func (l *Loader) account(file *File) {
	count := &l.repeated
	if file.isMade() {
		count = &l.made
	} else if file.readings.Add(1) == 1 {
		return
	}
	count.Add(int64(len(file.Data)) + labelCost*int64(ownerDots(file.Data)))
}

// labelCost is what a label costs beyond its text, which may be a letter and a dot: a name of its own in the tree of
// names. It is a part of the true cost, as the bytes of the text are.
const labelCost = 16

// ownerDots counts the dots at the beginning of lines, up to the first blank, and in directives.
func ownerDots(text []byte) int {
	dots, counts, directive := 0, true, len(text) > 0 && text[0] == '$'
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n', '\r':
			counts = true
			directive = i+1 < len(text) && text[i+1] == '$'
		case ' ', '\t':
			counts = directive
		case '\\':
			i++
		case '.':
			if counts {
				dots++
			}
		}
	}
	return dots
}

// openFile is a file that is read once, whoever asks for it.
type openFile struct {
	once sync.Once
	file *File
	err  error
}

// NewLoader makes a loader of the files below root, with the default limits.
func NewLoader(root *disk.Root) *Loader {
	return &Loader{Files: &FileSet{}, Root: root, Limits: DefaultLimits, read: map[string]*openFile{}}
}

// Open reads a file below the root, once however often it is asked for.
func (l *Loader) Open(name string) (*File, error) {
	name = path.Clean(name)
	l.mu.Lock()
	slot := l.read[name]
	if slot == nil {
		slot = &openFile{}
		l.read[name] = slot
	}
	l.mu.Unlock()
	slot.once.Do(func() {
		var data []byte
		if data, slot.err = l.Root.ReadFile(name, l.Limits.MaxFileSize); slot.err == nil {
			slot.file, slot.err = l.Files.Add(name, data)
		}
	})
	return slot.file, slot.err
}

// Put makes a file of the loader's FileSet what later Opens of its name give, whatever is on the disk.
func (l *Loader) Put(file *File) {
	slot := &openFile{file: file}
	slot.once.Do(func() {})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[path.Clean(file.Name)] = slot
}

// open reads the first of several files that exists.
func (l *Loader) open(candidates []string) (file *File, err error) {
	for _, name := range candidates {
		if file, err = l.Open(name); !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, err
}

// includePaths are the places where an included file may be: name servers look in the folder they run in, people write
// paths relative to the file that includes or to the repository.
func (l *Loader) includePaths(includer, zonePath, name string) []string {
	if path.IsAbs(name) {
		if l.Finder != nil {
			if found := l.Finder.Find(name, path.Dir(zonePath)); len(found) == 1 {
				return found
			}
		}
		return []string{name}
	}
	var candidates []string
	for _, folder := range slices.Concat([]string{path.Dir(includer), path.Dir(zonePath), "."}, l.IncludeFolders) {
		if candidate := path.Join(folder, name); !slices.Contains(candidates, candidate) {
			candidates = append(candidates, candidate)
		}
	}
	return candidates
}

// Served is what a name server's configuration says of a zone, if one does.
type Served struct {
	View string
	At   Span // of the file's name
}

// Load reads the zone in a file below the root. Where origin is nil, it comes from the file, or else from its name.
// A problem of the file as a whole is at the place that names it. Load itself never fails.
func (l *Loader) Load(name string, origin *Name, as Served) *Zone {
	file, err := l.Open(name)
	if err != nil {
		return l.missing(name, origin, as, err)
	}
	z := l.Parse(file, origin)
	z.View = as.View
	return z
}

// missing is the zone of a file that cannot be read: its origin may be known, its content is not.
func (l *Loader) missing(name string, origin *Name, as Served, err error) *Zone {
	kind := IncludeProblem
	if errors.Is(err, disk.ErrTooLarge) {
		kind = LimitProblem
	}
	z := &Zone{Path: name, View: as.View, Names: newNames(0), files: l.Files, Missing: true, Err: err}
	if file, err := l.Files.Add(name, nil); err == nil {
		z.File = file.ID // an empty file of that name, for the problem to lie in
	}
	at := as.At
	if at.IsEmpty() {
		at = Span{File: z.File}
	}
	z.Problems = []Problem{{
		Kind: kind, Span: at,
		Message: fmt.Sprintf("%s cannot be read: %v", Quote(name), disk.Reason(err)),
	}}
	z.Gaps = []Gap{{Whole: true}}
	if origin == nil {
		if fromName, ok, _ := OriginFromFileName(name); ok {
			origin = &fromName
		}
	}
	l.setOrigin(z, origin)
	return z
}

// Parse reads the zone in a file that is in the loader's FileSet already.
func (l *Loader) Parse(file *File, origin *Name) *Zone {
	lines := bytes.Count(file.Data, []byte{'\n'}) + 1
	z := &Zone{Path: file.Name, File: file.ID, Names: newNames(min(lines*3/4, len(file.Data)/16, 1<<10)), files: l.Files}
	if origin == nil {
		if found, ok := originOf(file); ok {
			origin = &found
		}
	}
	l.setOrigin(z, origin)
	z.records = make([]record, 0, min(lines, len(file.Data)/8+1))
	p := parser{
		loader: l, zone: z, names: z.Names, stack: []FileID{file.ID}, origin: z.apex,
		owners: textInterner{names: z.Names},
	}
	p.parseFile(file)
	if p.withoutTTL != nil && p.hasSOA {
		z.Problems = append(z.Problems, *p.withoutTTL)
	}
	if !z.OriginKnown {
		z.Problems = append(z.Problems, Problem{
			Kind: OriginProblem, Span: firstLine(file),
			Message: "the zone's origin is not known, so its names mean nothing",
			Help: "give --origin, begin the file with an absolute $ORIGIN or SOA owner, " +
				"or name the file after the zone (db.example.org)",
		})
	}
	return z
}

func (l *Loader) setOrigin(z *Zone, origin *Name) {
	if origin == nil {
		return
	}
	z.Origin, z.OriginKnown = *origin, true
	z.apex, _ = z.Names.intern([]byte(*origin), rootID)
}

// firstLine is the span of a file's first line that is not empty.
func firstLine(file *File) Span {
	var e entry
	if !e.scan(file.Data, textStart(file.Data)) || len(e.fields) == 0 {
		return Span{File: file.ID}
	}
	return Span{file.ID, e.fields[0].start, e.fields[len(e.fields)-1].end}
}

// Roots leaves out the zones whose files others include: a snippet is no zone of its own. Of files that include one
// another, all stay.
func Roots(zones []*Zone) []*Zone {
	includers := map[FileID][]*Zone{}
	for _, z := range zones {
		for _, include := range z.Includes {
			includers[include] = append(includers[include], z)
		}
	}
	return slices.DeleteFunc(slices.Clone(zones), func(z *Zone) bool {
		return !z.Missing && slices.ContainsFunc(includers[z.File], func(other *Zone) bool {
			return other.File != z.File && !slices.Contains(z.Includes, other.File)
		})
	})
}
