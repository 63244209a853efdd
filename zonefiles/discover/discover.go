package discover

// Which files of a folder tree are zones: those that have a zone's name, or whose text, of which the start is enough,
// is that of one. What has a zone's name or an SOA record and cannot be read as a zone is named with the reason. What
// is like a zone and yet none, such as a backup copy, is set aside.

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// Found is what a search found. Paths are relative to the root, with slashes, in byte order.
type Found struct {
	Zones    []string   // files whose text is that of a zone
	Configs  []string   // of name servers: those that serverconf.ServerOf knows
	SetAside []SetAside // like a zone, but not to be read as one
	Unread   []Unread   // a zone's, by name or an SOA record, but not in the form of one
	// Unreadable are files that have a zone's name and that nobody but their owner can read, and links of such a name that
	// lead nowhere.
	Unreadable []SetAside
	// Locked are the files and links of which that is so whatever their name, and why.
	Locked map[string]string
	// Links are other names of files among Zones, by symbolic links, and which of Zones each is.
	Links   map[string]string
	Ignored int // files and folders that a .gitignore names and git does not track
}

// SetAside is a file like a zone's, and why it is not among the zones.
type SetAside struct{ Path, Reason string }

// Unread is a file that holds a zone, or may, in another form than that of a zone file. The problem has no place.
type Unread struct {
	Path string
	zonefiles.Problem
}

// Search searches the folder dir, relative to the root, and all folders below it. Links to files are followed where
// they stay inside the root, links to folders never.
func Search(root *disk.Root, dir string) (Found, error) { return NewSearches(root).Search(dir) }

// SearchOthers is Search without a look at files that are known.
func SearchOthers(root *disk.Root, dir string, known func(name string) bool) (Found, error) {
	return NewSearches(root).search(dir, known)
}

// Searches are several searches of one root. A folder may have many names, by links, and lie within others that are
// searched too: the searches fail where that makes them many times as much work.
type Searches struct {
	root    *disk.Root
	visits  map[disk.Identity]int // of folders
	tracked func() trackedNames   // by git
}

// NewSearches begins searches.
func NewSearches(root *disk.Root) *Searches {
	return &Searches{
		root: root, visits: map[disk.Identity]int{},
		tracked: sync.OnceValue(func() trackedNames { return trackedFiles(root) }),
	}
}

// Search is Search as one of several.
func (s *Searches) Search(dir string) (Found, error) { return s.search(dir, nil) }

// visit counts a visit of a folder. It reports false where there are too many.
func (s *Searches) visit(dir string) bool {
	id, ok := s.root.Identity(dir)
	if !ok {
		return true
	}
	s.visits[id]++
	return s.visits[id] <= maxVisits
}

func (s *Searches) search(dir string, known func(name string) bool) (Found, error) {
	d := &discovery{Searches: s, known: known}
	dir = path.Clean(dir)
	var ignores []ignoreFile
	for i := range len(dir) { // those of the folders above
		if dir != "." && (i == 0 || dir[i] == '/') {
			ignores = d.ignoreFiles(ignores, dir[:i])
		}
	}
	if err := d.folder(dir, ignores, false, 0); err != nil {
		return Found{}, fmt.Errorf("searching for zone files: %w", err)
	}
	d.dropLinks()
	d.setSignedAside()
	slices.Sort(d.found.Zones)
	slices.Sort(d.found.Configs)
	slices.SortFunc(d.found.Unread, func(a, b Unread) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(d.found.Unreadable, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(d.found.SetAside, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) })
	return d.found, nil
}

// IsZone reports whether a search would take the file for a zone.
func IsZone(root *disk.Root, name string) bool {
	d := &discovery{Searches: NewSearches(root)}
	info, err := root.Stat(name)
	if err == nil && info.Mode().IsRegular() {
		d.file(name)
	}
	return len(d.found.Zones) > 0
}

type discovery struct {
	*Searches
	found   Found
	entries int
	matches int
	known   func(name string) bool // nil: none
	links   []link                 // to files
}

// ignoreFiles adds the .gitignore of a folder, if it has one. The root is "" here.
func (d *discovery) ignoreFiles(ignores []ignoreFile, folder string) []ignoreFile {
	if folder != "" {
		folder += "/"
	}
	data, _, err := d.root.ReadStart(folder+".gitignore", maxIgnoreBytes)
	if err != nil {
		return ignores
	}
	return append(slices.Clip(ignores), parseIgnoreFile(folder, data))
}

// folder searches a folder. InIgnored says that a .gitignore names it, or one above it, and that git tracks some of
// what it holds.
func (d *discovery) folder(dir string, ignores []ignoreFile, inIgnored bool, depth int) error {
	if depth > disk.MaxDepth {
		return fmt.Errorf("%s: more than %d folders are nested", dir, disk.MaxDepth)
	}
	if !d.visit(dir) {
		return fmt.Errorf("%s: it would be searched more than %d times", dir, maxVisits)
	}
	entries, err := d.root.ReadDir(dir, disk.MaxFiles-d.entries)
	if errors.Is(err, disk.ErrTooLarge) {
		return fmt.Errorf("%s: there are more than %d files", dir, disk.MaxFiles)
	}
	if err != nil {
		return err
	}
	d.entries += len(entries)
	if dir == "." {
		dir = ""
	}
	ignores = d.ignoreFiles(ignores, dir)
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		mode := entry.Type()
		if mode.IsDir() && disk.IsVersionControl(entry.Name()) {
			continue
		}
		ignored, err := d.ignored(ignores, name, mode.IsDir())
		if err != nil {
			return err
		}
		var deadLink error
		if mode&fs.ModeSymlink != 0 {
			info, err := d.root.Stat(name)
			switch {
			case err != nil:
				deadLink = err
			case info.IsDir():
				continue
			default:
				mode = info.Mode()
				d.links = append(d.links, link{name, info})
			}
		}
		ignored = ignored || inIgnored
		switch {
		case ignored && !d.tracked().holds(name):
			d.found.Ignored++
		case deadLink != nil:
			d.deadLink(name, deadLink)
		case mode.IsDir():
			if err := d.folder(name, ignores, ignored, depth+1); err != nil && !errors.Is(err, fs.ErrPermission) {
				return err
			} else if err != nil {
				d.setAside(name, "this folder cannot be read")
			}
		case mode.IsRegular():
			if d.known == nil || !d.known(name) {
				d.file(name)
			}
		}
	}
	return nil
}

// ignored asks the .gitignore files, the nearest first.
func (d *discovery) ignored(ignores []ignoreFile, name string, isFolder bool) (bool, error) {
	for i := len(ignores) - 1; i >= 0; i-- {
		if d.matches += len(ignores[i].patterns) + ignores[i].long*len(name)/longCost; d.matches > maxIgnoreMatches {
			return false, fmt.Errorf("%s: its .gitignore files have too many patterns for so many files", name)
		}
		if ignored, ok := ignores[i].match(name, isFolder); ok {
			return ignored, nil
		}
	}
	return false, nil
}

func (d *discovery) setAside(name, reason string) {
	d.found.SetAside = append(d.found.SetAside, SetAside{name, reason})
}

func (d *discovery) unreadable(name, reason string) {
	d.found.Unreadable = append(d.found.Unreadable, SetAside{name, reason})
}

func (d *discovery) unread(name string, p zonefiles.Problem) {
	d.found.Unread = append(d.found.Unread, Unread{name, p})
}

// locked notes why a file cannot be read.
func (d *discovery) locked(name string, err error) {
	if d.found.Locked == nil {
		d.found.Locked = map[string]string{}
	}
	d.found.Locked[name] = disk.Reason(err).Error()
}

// deadLink decides about a link that leads to nothing that can be read.
func (d *discovery) deadLink(name string, err error) {
	if !errors.Is(err, disk.ErrOutsideRoot) {
		d.locked(name, err)
	}
	switch {
	case !hasZoneName(name):
	case errors.Is(err, disk.ErrOutsideRoot):
		d.unread(name, zonefiles.Problem{
			Kind:    zonefiles.UnreadProblem,
			Message: zonefiles.Quote(path.Base(name)) + " is a link that leads outside the root folder",
			Help:    "name a root folder that holds both with --root, or link to a file within this one",
		})
	default:
		d.unreadable(name, fmt.Sprintf("it is a link that leads nowhere: %v", disk.Reason(err)))
	}
}

// hasZoneName reports whether a file's name says that it is a zone's.
func hasZoneName(name string) bool {
	_, ok, marked := zonefiles.OriginFromFileName(path.Base(name))
	return ok && marked || strings.HasSuffix(name, ".zone") || strings.HasSuffix(name, ".zonefile")
}

// file decides about one file.
func (d *discovery) file(name string) {
	base := path.Base(name)
	if !hasSuffixOf(base, zonefiles.TemplateSuffixes[:]) && serverconf.ServerOf(name) != 0 {
		d.found.Configs = append(d.found.Configs, name)
		return
	}
	if hasSuffixOf(base, keySuffixes) || strings.HasPrefix(base, "dsset-") || strings.HasPrefix(base, "keyset-") {
		return
	}
	head, looks, err := d.sniff(name)
	named := hasZoneName(name)
	isBackup := hasSuffixOf(base, backupSuffixes)
	if err != nil {
		d.locked(name, err)
	}
	format, isOther := zonefiles.OtherFormatOf(name, head)
	switch {
	case err != nil && named && !isBackup:
		d.unreadable(name, disk.Reason(err).Error())
	case err != nil:
		d.setAside(name, fmt.Sprintf("it cannot be read: %v", disk.Reason(err)))
	case isBackup:
		if looks.LikeZone() {
			d.setAside(name, "its name is a backup copy's")
		}
	case isOther:
		if named || looks.SOA || !format.Common {
			d.unread(name, format.Problem(zonefiles.Span{}, name))
		}
	case looks.LikeZone() && looks.Hints && !looks.SOA:
		d.setAside(name, "it holds the root's hints")
	case looks.LikeZone() || named && looks.HoldsRecords():
		d.zone(name, looks)
	case named:
		d.unread(name, notAZone(base, len(head) == 0, looks))
	case looks.SOA:
		d.unread(name, zonefiles.Problem{
			Kind:    zonefiles.OtherFormatProblem,
			Message: zonefiles.Quote(base) + " holds an SOA record among other text, and was not checked",
			Help:    "if it is a zone, name it as PATH or in the configuration; if it holds zones, lint what is made from it",
		})
	}
}

// zone decides about a file whose text is that of a zone.
func (d *discovery) zone(name string, looks zonefiles.Sniffed) {
	switch {
	case !looks.Template || looks.Plain:
		d.found.Zones = append(d.found.Zones, name)
	case looks.SOA || hasZoneName(name):
		d.unread(name, zonefiles.Problem{
			Kind:    zonefiles.UnreadProblem,
			Message: zonefiles.Quote(path.Base(name)) + " is a template in which no record of a host is written in full",
			Help:    "lint the zone that is made from it",
		})
	default:
		d.setAside(name, "it is a template without a record in full")
	}
}

// notAZone says why a file with a zone's name is none.
func notAZone(base string, isEmpty bool, looks zonefiles.Sniffed) zonefiles.Problem {
	p := zonefiles.Problem{
		Kind:    zonefiles.UnreadProblem,
		Message: zonefiles.Quote(base) + " has a zone's name, but hardly a line of it is a record",
		Help:    "restore the zone, or exclude the file in the configuration",
	}
	switch {
	case isEmpty:
		p.Message = zonefiles.Quote(base) + " is empty"
	case looks.IsEmpty():
		p.Message = zonefiles.Quote(base) + " holds nothing but comments"
	}
	return p
}

// sniff looks at the start of a file, and further where that is all comments.
func (d *discovery) sniff(name string) (head []byte, looks zonefiles.Sniffed, err error) {
	for _, limit := range [...]int64{zonefiles.MaxSniffed, maxPreamble} {
		var complete bool
		if head, complete, err = d.root.ReadStart(name, limit); err != nil {
			return nil, looks, err
		}
		if looks = zonefiles.Sniff(head, complete); complete || !looks.IsEmpty() {
			break
		}
	}
	return head, looks, nil
}

// link is a symbolic link, and the file that it leads to.
type link struct {
	name string
	file fs.FileInfo
}

// namedFile is a file by the name that stays, and the origins that its names say which stay.
type namedFile struct {
	link
	origins map[zonefiles.Name]bool
}

// dropLinks keeps one name of each zone that links lead to: the file's own, unless a link's name says the origin and
// that one does not. Names that say other origins stay, and so do those that share a file without a link: it may be
// meant to be several zones.
func (d *discovery) dropLinks() {
	if len(d.links) == 0 {
		return
	}
	isLink := map[string]bool{}
	for _, l := range d.links {
		isLink[l.name] = true
	}
	kept := map[disk.Look][]*namedFile{}
	find := func(info fs.FileInfo) *namedFile {
		files := kept[disk.LookOf(info)]
		at := slices.IndexFunc(files, func(f *namedFile) bool { return os.SameFile(f.file, info) })
		if at < 0 {
			return nil
		}
		return files[at]
	}
	keep := func(l link, origin zonefiles.Name) {
		key := disk.LookOf(l.file)
		kept[key] = append(kept[key], &namedFile{l, map[zonefiles.Name]bool{origin: true}})
	}
	isZone := map[string]bool{}
	for _, name := range d.found.Zones {
		isZone[name] = true
		info, err := d.root.Stat(name)
		if err != nil || isLink[name] {
			continue
		}
		origin, _, _ := zonefiles.OriginFromFileName(path.Base(name))
		if f := find(info); f != nil {
			f.origins[origin] = true
		} else {
			keep(link{name, info}, origin)
		}
	}
	d.found.Links = map[string]string{}
	for _, l := range d.links {
		origin, says, marked := zonefiles.OriginFromFileName(path.Base(l.name))
		switch f := find(l.file); {
		case !isZone[l.name]:
		case f == nil:
			keep(l, origin)
		case says && !saysOrigin(f.name):
			d.found.Links[f.name] = l.name
			f.link, f.origins[origin] = l, true
		case says && marked && !f.origins[origin]:
			f.origins[origin] = true
		default:
			d.found.Links[l.name] = f.name
		}
	}
	for name, other := range d.found.Links {
		d.found.Links[name] = cmp.Or(d.found.Links[other], other)
	}
	d.found.Zones = slices.DeleteFunc(d.found.Zones, func(name string) bool { return d.found.Links[name] != "" })
}

func saysOrigin(name string) bool {
	_, ok, _ := zonefiles.OriginFromFileName(path.Base(name))
	return ok
}

// setSignedAside sets signed zones aside where the zone that they were made from is beside them.
func (d *discovery) setSignedAside() {
	unsigned := map[string]bool{}
	for _, name := range d.found.Zones {
		unsigned[name] = true
	}
	d.found.Zones = slices.DeleteFunc(d.found.Zones, func(name string) bool {
		source, ok := strings.CutSuffix(name, ".signed")
		if ok = ok && unsigned[source]; ok {
			d.setAside(name, "it is the signed copy of a zone beside it")
		}
		return ok
	})
}

var (
	backupSuffixes = []string{
		"~", ".bak", ".old", ".orig", ".rej", ".swp", ".save", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".rpmsave",
		".rpmnew", ".rpmorig",
	}
	keySuffixes = []string{".key", ".private", ".state", ".jnl", ".jbk", ".mkeys"}
)

func hasSuffixOf(name string, suffixes []string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}
