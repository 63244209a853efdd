package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"mx46/lint/config"
	"mx46/lint/text"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// This file looks for zone files that were forgotten: a configuration lists zones, and these are not among them.

// Uncovered are the zone files in the configuration's folder and below that no entry of zones leads to, once the zones
// are read. Files that the configuration excludes are meant to be left out.
func (w *Workspace) Uncovered() ([]string, error) {
	if len(w.config.Zones) == 0 {
		return nil, nil
	}
	covered := w.covered()
	isCovered := func(name string) bool { return covered[name] }
	found, err := discover.SearchOthers(w.loader.Root, path.Dir(w.confName), isCovered)
	if err != nil {
		return nil, err
	}
	isLink := w.linksTo(covered)
	return slices.DeleteFunc(found.Zones, func(name string) bool {
		unsigned, _ := strings.CutSuffix(name, ".signed")
		return covered[unsigned] || w.config.Excludes(name) || isLink(name)
	}), nil
}

// covered are the files that the zones were read from, or that a name server's configuration speaks of. What was read
// only since it was named is not among them, unless a zone includes it.
func (w *Workspace) covered() map[string]bool {
	covered, beside := map[string]bool{}, setOf(w.beside)
	for _, z := range w.zones {
		z.ReadsAny(func(name string) bool {
			covered[name] = covered[name] || !beside[z.Path] || name != z.Path
			return false
		})
	}
	for _, s := range w.servers {
		for _, z := range slices.Concat(s.Zones, s.Copies) {
			covered[z.File] = true
		}
	}
	return covered
}

// linksTo says which names are symbolic links to one of some files. These are looked at once, when the first link is
// met: there may be very many of both.
func (w *Workspace) linksTo(files map[string]bool) func(name string) bool {
	targets := sync.OnceValue(func() map[disk.Look][]fs.FileInfo {
		all := map[disk.Look][]fs.FileInfo{}
		for file := range files {
			if info, err := w.loader.Root.Stat(file); err == nil {
				all[disk.LookOf(info)] = append(all[disk.LookOf(info)], info)
			}
		}
		return all
	})
	return func(name string) bool {
		link, err := w.loader.Root.Lstat(name)
		if err != nil || link.Mode()&fs.ModeSymlink == 0 {
			return false
		}
		target, err := w.loader.Root.Stat(name)
		return err == nil && slices.ContainsFunc(targets()[disk.LookOf(target)], func(info fs.FileInfo) bool {
			return os.SameFile(info, target)
		})
	}
}

// Covers reports whether the configuration lists zones and the file of a source of FindFile is among them; listed is
// whether it lists any.
func (w *Workspace) Covers(s Source) (covers, listed bool) {
	return !slices.Contains(w.beside, s.Path), len(w.config.Zones) > 0
}

// SayUncovered says for people how many zone files no entry of zones leads to, and names the first of them.
func (w *Workspace) SayUncovered(names []string) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = w.Shown(name)
	}
	return fmt.Sprintf("No entry of zones in %s covers %s.", w.Shown(w.confName), text.Some(shown, maxUncovered))
}

// Unlisted says of zone files that were named what keeps other runs from seeing them.
func (w *Workspace) Unlisted(names []string) (notes []string) {
	covered, beside, named := w.covered(), setOf(w.beside), setOf(names)
	for _, name := range names {
		switch {
		case covered[name]:
		case w.config.Excludes(name):
			notes = append(notes, fmt.Sprintf("%s was not linted: %s excludes it. With --alone it is linted by itself.",
				w.Shown(name), w.Shown(w.confName)))
		case beside[name] && len(w.config.Zones) > 0:
			notes = append(notes, fmt.Sprintf("%s was linted since it is named: no entry of zones in %s covers it.",
				w.Shown(name), w.Shown(w.confName)))
		case beside[name]:
			notes = append(notes, fmt.Sprintf("%s was linted since it is named: a search for zones does not find it. "+
				"List it under zones in %s.", w.Shown(name), config.FileName))
		}
	}
	for i := range w.copies {
		if slices.ContainsFunc(w.copies[i].Rest, func(file string) bool { return named[file] }) {
			notes = append(notes, w.copies[i].String()+" With --alone a file is linted by itself.")
		}
	}
	return notes
}

// IsContext reports whether zone files of these names have a context that they are linted in: the zones of the
// repository. Folders, configurations of name servers and standard input are contexts of their own.
func (w *Workspace) IsContext(names []string) bool {
	if _, err := w.loader.Root.Lstat(".git"); err != nil {
		return false
	}
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool {
		info, err := w.loader.Root.Stat(name)
		return name == Stdin || err != nil || info.IsDir() || serverconf.ServerOf(name) != 0
	})
}

// LikeZones are the files among names that a search takes for zones.
func (w *Workspace) LikeZones(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !discover.IsZone(w.loader.Root, name) })
}
