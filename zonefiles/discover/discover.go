package discover

// Which files of a folder tree are zones: by their content, of which the start is enough, and by their names where a
// name says that a file is something else. What is like a zone and yet none, a template above all, is set aside with
// the reason.

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
	"time"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// Found is what a search found. Paths are relative to the root, with slashes, in byte order.
type Found struct {
	Zones    []string   // files whose text is that of a zone
	Configs  []string   // of name servers: those that serverconf.ServerOf knows
	SetAside []SetAside // like a zone, but not to be read as one
	// Links are other names of files among Zones, by symbolic links, and which of Zones each is.
	Links   map[string]string
	Ignored int // files and folders that a .gitignore names and git does not track
}

// SetAside is a file like a zone's, and why it is not among the zones.
type SetAside struct{ Path, Reason string }

// Search searches the folder dir, relative to the root, and all folders below it. Links to files are followed where
// they stay inside the root, links to folders never.
func Search(root *disk.Root, dir string) (Found, error) {
	d := &discovery{root: root, tracked: sync.OnceValue(func() map[string]bool { return trackedFiles(root) })}
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
	slices.SortFunc(d.found.SetAside, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) })
	return d.found, nil
}

type discovery struct {
	root    *disk.Root
	found   Found
	entries int
	matches int
	tracked func() map[string]bool // by git
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
		if mode&fs.ModeSymlink != 0 {
			info, err := d.root.Stat(name)
			if err != nil || info.IsDir() {
				continue
			}
			mode = info.Mode()
			d.links = append(d.links, link{name, info})
		}
		ignored = ignored || inIgnored
		switch {
		case ignored && !d.tracked()[name]:
			d.found.Ignored++
		case mode.IsDir():
			if err := d.folder(name, ignores, ignored, depth+1); err != nil && !errors.Is(err, fs.ErrPermission) {
				return err
			} else if err != nil {
				d.setAside(name, "this folder cannot be read")
			}
		case mode.IsRegular():
			d.file(name)
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

// file decides about one file.
func (d *discovery) file(name string) {
	base := path.Base(name)
	template := hasSuffixOf(base, templateSuffixes)
	if !template && serverconf.ServerOf(name) != 0 {
		d.found.Configs = append(d.found.Configs, name)
		return
	}
	if hasSuffixOf(base, keySuffixes) || strings.HasPrefix(base, "dsset-") || strings.HasPrefix(base, "keyset-") {
		return
	}
	head, complete, err := d.root.ReadStart(name, zonefiles.MaxSniffed)
	if err != nil {
		d.setAside(name, fmt.Sprintf("it cannot be read: %v", disk.Reason(err)))
		return
	}
	s := zonefiles.Sniff(head, complete)
	switch {
	case template && s.Template == "" && s.LikeZone():
		d.setAside(name, "its name is a template's")
	case s.Template != "" && s.LikeTemplate():
		d.setAside(name, s.Template)
	case !s.LikeZone():
		if _, ok, marked := zonefiles.OriginFromFileName(base); ok && marked {
			d.setAside(name, "its name is a zone's, but its text is not")
		}
	case hasSuffixOf(base, backupSuffixes):
		d.setAside(name, "its name is a backup copy's")
	case s.Hints && !s.SOA:
		d.setAside(name, "it holds the root's hints")
	default:
		d.found.Zones = append(d.found.Zones, name)
	}
}

// link is a symbolic link, and the file that it leads to.
type link struct {
	name string
	file fs.FileInfo
}

// dropLinks keeps one name of each zone that links lead to: the file's own, unless a link's name says the origin and
// that one does not. Names that share a file without a link stay: it may be meant to be several zones.
func (d *discovery) dropLinks() {
	if len(d.links) == 0 {
		return
	}
	isLink := map[string]bool{}
	for _, l := range d.links {
		isLink[l.name] = true
	}
	type look struct { // what two names of one file have in common
		size    int64
		changed time.Time
	}
	lookOf := func(info fs.FileInfo) look { return look{info.Size(), info.ModTime()} }
	kept := map[look][]link{} // each file with the name that stays
	isZone := map[string]bool{}
	for _, name := range d.found.Zones {
		isZone[name] = true
		if info, err := d.root.Stat(name); err == nil && !isLink[name] {
			kept[lookOf(info)] = append(kept[lookOf(info)], link{name, info})
		}
	}
	d.found.Links = map[string]string{}
	for _, l := range d.links {
		key := lookOf(l.file)
		at := slices.IndexFunc(kept[key], func(k link) bool { return os.SameFile(k.file, l.file) })
		switch {
		case !isZone[l.name]:
		case at < 0:
			kept[key] = append(kept[key], l)
		case saysOrigin(l.name) && !saysOrigin(kept[key][at].name):
			d.found.Links[kept[key][at].name] = l.name
			kept[key][at] = l
		default:
			d.found.Links[l.name] = kept[key][at].name
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
	templateSuffixes = []string{
		".j2", ".jinja", ".jinja2", ".erb", ".epp", ".tmpl", ".tpl", ".template", ".m4", ".mustache", ".hbs", ".gotmpl",
		".tt", ".tt2",
	}
	backupSuffixes = []string{
		"~", ".bak", ".old", ".orig", ".rej", ".swp", ".save", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".rpmsave",
		".rpmnew", ".rpmorig",
	}
	keySuffixes = []string{".key", ".private", ".state", ".jnl", ".jbk", ".mkeys"}
)

func hasSuffixOf(name string, suffixes []string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}
