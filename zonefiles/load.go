package zonefiles

import (
	"bytes"
	"cmp"
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
	// Dialect is that of zones of which nobody says another.
	Dialect Dialect
	// Jobs is how many parts of one large file are read at a time; 0 is one for each CPU.
	Jobs int

	part int // bytes; of tests, in place of partSize. Below 0, every entry is read by the parser

	repeated atomic.Int64 // bytes of files, from their second reading on
	made     atomic.Int64 // bytes of made text

	mu       sync.Mutex
	read     map[string]*openFile
	contents map[disk.Identity]*content
	ofGDNSD  map[string]func() bool // by folder; see isFolderOfGDNSD
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
	once     sync.Once
	file     *File
	identity disk.Identity // of its content; zero where the system does not say
	err      error
	opens    int   // how often it was asked for
	letGo    *File // what is left of it; see Loader.LetGo
}

// NewLoader makes a loader of the files below root, with the default limits.
func NewLoader(root *disk.Root) *Loader {
	return &Loader{
		Files: &FileSet{}, Root: root, Limits: DefaultLimits, read: map[string]*openFile{},
		contents: map[disk.Identity]*content{}, ofGDNSD: map[string]func() bool{},
	}
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
	slot.opens++
	l.mu.Unlock()
	slot.once.Do(func() { slot.err = l.readFile(name, slot) })
	return slot.file, slot.err
}

// content is the text of a file that links may give several names.
type content struct {
	once     sync.Once
	data     []byte
	err      error
	readings *atomic.Int32 // by zones and directives
}

// readFile reads a file, once however many names it has.
func (l *Loader) readFile(name string, slot *openFile) error {
	opened, err := l.Root.Open(name)
	if err != nil {
		return err
	}
	defer opened.Close()
	c := &content{readings: new(atomic.Int32)}
	if id, ok := opened.Identity(); ok {
		l.mu.Lock()
		if known := l.contents[id]; known != nil {
			c = known
		}
		l.contents[id], slot.identity = c, id
		l.mu.Unlock()
	}
	c.once.Do(func() { c.data, c.err = opened.Read(l.Limits.MaxFileSize) })
	if c.err != nil {
		return c.err
	}
	if slot.letGo != nil {
		slot.file = l.Files.restore(slot.letGo.ID, c.data)
	}
	if slot.file == nil {
		slot.file, err = l.Files.add(&File{Name: name, Data: c.data, readings: c.readings})
	}
	return err
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
// paths relative to the file that includes or to the repository. Of an absolute path, which is the server's, they are
// those that it may mean; expected says that the repository should have the file, since it has the folder.
func (l *Loader) includePaths(includer, zonePath, name string) (candidates []string, expected bool) {
	if path.IsAbs(name) {
		near := path.Dir(zonePath)
		if l.Finder == nil {
			return nil, false
		}
		if found := l.Finder.Find(name, near); len(found) > 0 {
			return found, true
		}
		if folders := l.Finder.Find(path.Dir(name), near); len(folders) > 0 {
			return []string{path.Join(folders[0], path.Base(name))}, true // where it is not
		}
		return nil, false
	}
	for _, folder := range slices.Concat([]string{path.Dir(includer), path.Dir(zonePath), "."}, l.IncludeFolders) {
		if candidate := path.Join(folder, name); !slices.Contains(candidates, candidate) {
			candidates = append(candidates, candidate)
		}
	}
	return candidates, true
}

// Served is what a name server's configuration says of a zone, if one does.
type Served struct {
	View    string
	At      Span    // of the file's name
	Dialect Dialect // "": the Loader's
	Again   bool    // the zone is read once more, which does not count: it was forgotten, or another one asks for it
}

// Load reads the zone in a file below the root. Where origin is nil, it comes from the file, or else from its name.
// A problem of the file as a whole is at the place that names it. Load itself never fails.
func (l *Loader) Load(name string, origin *Name, as Served) *Zone {
	file, err := l.Open(name)
	if err != nil {
		return l.missing(name, origin, as, err)
	}
	z := l.parse(file, origin, cmp.Or(as.Dialect, l.Dialect), as.Again)
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
	z.addGap(gap{anywhere: true})
	if origin == nil {
		if found, guessed, ok := fromName(name); ok {
			origin, z.Guessed = &found, guessed
		}
	}
	l.setOrigin(z, origin)
	return z
}

// linesAbout is how many lines there are in data, or, if it is long, in as much as its first mebibyte suggests, and a
// few more.
func linesAbout(data []byte) int {
	const sample = 1 << 20
	if len(data) <= 2*sample {
		return bytes.Count(data, newline) + 1
	}
	return int(float64(bytes.Count(data[:sample], newline)) / sample * float64(len(data)) * 17 / 16)
}

// Parse reads the zone in a file that is in the loader's FileSet already.
func (l *Loader) Parse(file *File, origin *Name) *Zone {
	return l.parse(file, origin, l.Dialect, false)
}

func (l *Loader) parse(file *File, origin *Name, dialect Dialect, again bool) *Zone {
	lines := linesAbout(file.Data)
	z := &Zone{Path: file.Name, File: file.ID, Names: newNames(min(lines*3/4, len(file.Data)/16, 1<<10)), files: l.Files}
	z.Names.text = file.read()
	if origin == nil {
		if found, guessed, ok := originOf(file); ok {
			origin, z.Guessed = &found, guessed
		}
	}
	l.setOrigin(z, origin)
	if problem, ok := unread(file); ok {
		z.Problems = []Problem{problem}
		z.addGap(gap{anywhere: true})
		return z
	}
	z.records = make([]record, 0, min(lines, len(file.Data)/8+1))
	p := parser{
		loader: l, zone: z, names: z.Names, stack: []FileID{file.ID}, origin: z.apex,
		owners: textInterner{names: z.Names}, dialect: dialect, again: again,
	}
	p.parseFile(file)
	if p.withoutTTL != nil && p.hasSOA {
		z.Problems = append(z.Problems, *p.withoutTTL)
	}
	unknown := "the zone's origin is not known, so its names mean nothing"
	if z.Guessed && z.hasOutside() && contradicts(file, z.Origin) {
		unknown = fmt.Sprintf("the zone's origin is not known: the file's name says %s, where its names do not lie",
			z.Origin.Undotted())
		z.Origin, z.apex, z.OriginKnown, z.Guessed = Root, rootID, false, false
	}
	if !z.OriginKnown && z.hasMX() {
		z.Problems = append(z.Problems, Problem{
			Kind: OriginProblem, Span: firstLine(file), Message: unknown,
			Help: "give --origin, begin the file with an absolute $ORIGIN or SOA owner, " +
				"or name the file after the zone (db.example.org)",
		})
	}
	return z
}

// unread says why a file is not read as a zone, if it is not.
func unread(file *File) (Problem, bool) {
	if len(file.Data) == 0 {
		return Problem{
			Kind: UnreadProblem, Span: Span{File: file.ID}, Message: Quote(path.Base(file.Name)) + " is empty",
			Help: "restore the zone, or remove the file",
		}, true
	}
	if format, ok := OtherFormatOf(file.Name, file.Data); ok {
		return format.Problem(Span{File: file.ID}, file.Name), true
	}
	return Problem{}, false
}

func (l *Loader) setOrigin(z *Zone, origin *Name) {
	if origin == nil {
		return
	}
	z.Origin, z.OriginKnown = *origin, true
	z.apex, _ = z.Names.intern([]byte(*origin), rootID)
}

// hasOutside reports whether the tree has names that are neither at or below the origin nor above it.
func (z *Zone) hasOutside() bool {
	for id := z.apex; id != rootID; {
		id = z.Names.Parent(id)
		if z.Names.nodes[id].children > 1 {
			return true
		}
	}
	return false
}

// hasMX reports whether the zone takes mail, or says that it takes none.
func (z *Zone) hasMX() bool {
	return slices.ContainsFunc(z.records, func(r record) bool { return r.typ == TypeMX })
}

// hasOwnSOA reports whether the zone's own file, and not one that it includes, says that it is a zone.
func (z *Zone) hasOwnSOA() bool {
	soa, ok := z.SOA()
	return ok && z.OriginKnown && soa.place().file.ID == z.File
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
// another, all stay. So does what is a zone whoever includes it, or else a new file could hide any other: one whose
// origin is stated, or that has an SOA record of its own.
func Roots(zones []*Zone, isStated func(*Zone) bool) []*Zone {
	includers := map[FileID][]*Zone{}
	for _, z := range zones {
		for _, include := range z.Includes {
			includers[include] = append(includers[include], z)
		}
	}
	return slices.DeleteFunc(slices.Clone(zones), func(z *Zone) bool {
		isIncluded := slices.ContainsFunc(includers[z.File], func(other *Zone) bool {
			return other.File != z.File && !slices.Contains(z.Includes, other.File)
		})
		return isIncluded && !z.Missing && !isStated(z) && !z.hasOwnSOA()
	})
}
