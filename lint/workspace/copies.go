package workspace

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file decides between several files that are one zone. At most one of them is what a name server serves: the one
// that was named, or else the one of which a configuration says the origin, or else one without a backup's name. The
// others are not judged then, and no other zone sees them. Where none of this tells them apart, each is judged by
// itself, and other zones see what all of them say.

// Copies are several files of one zone in a view.
type Copies struct {
	Origin zonefiles.Name
	View   string
	Files  []string // those that count, the one that a simulation goes by first
	Rest   []string // those that do not
	why    string   // they do not

	templates []string // among Files
}

// String is a sentence for people.
func (c *Copies) String() string {
	zone, files := c.Origin.Undotted(), text.Some(c.Files, maxFilesShown)
	if len(c.Rest) > 0 {
		return fmt.Sprintf("%s is read from %s and not from %s (%s).", zone, files, text.Some(c.Rest, maxFilesShown), c.why)
	}
	advice := "give each a view, or exclude all but one"
	if n := len(c.templates); n > 0 {
		var words []string
		for _, file := range c.Files {
			if slices.Contains(c.templates, file) {
				file += " (a template)"
			}
			words = append(words, file)
		}
		files = text.Some(words, maxFilesShown)
		if n < len(c.Files) {
			advice = "exclude the template, or what is made from it"
		}
	}
	return fmt.Sprintf("%d files claim to be the zone %s: %s. Each is judged by itself, other zones see what all of them "+
		"say, and simulations go by the first; %s.", len(c.Files), zone, files, advice)
}

// Copies are the zones of which several files were found.
func (w *Workspace) Copies() []Copies { return w.copies }

// standing is how much speaks for a file to be what is served.
type standing int

const (
	asBackup standing = iota
	asFound
	asConfigured
	asNamed
)

// why says why files of a lower standing do not count.
func (s standing) why() string {
	switch s {
	case asNamed:
		return "that was named"
	case asConfigured:
		return "that is what a configuration says"
	}
	return "that is a backup by its name"
}

func standingOf(s *Source) standing {
	switch {
	case s.asked:
		return asNamed
	case s.Origin != nil:
		return asConfigured
	case isBackup(s.Path):
		return asBackup
	}
	return asFound
}

// isBackup reports whether some folder of a path is named as one of what is no longer served.
func isBackup(file string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(path.Dir(file)), "/"), func(folder string) bool {
		words := strings.FieldsFunc(folder, func(r rune) bool { return strings.ContainsRune("-_. ", r) })
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(backupWords, word) })
	})
}

var backupWords = []string{
	"old", "older", "bak", "backup", "backups", "archive", "archives", "archived", "attic", "deleted", "removed",
	"obsolete", "deprecated", "orig", "original", "previous", "saved", "trash", "unused", "disabled", "retired",
}

// claim is a zone and what speaks for it.
type claim struct {
	zone     *zonefiles.Zone
	standing standing
}

// settleCopies gives zones, which were read from sources, without the files that do not count, and puts those first
// that simulations go by.
func (w *Workspace) settleCopies(zones []*zonefiles.Zone, sources map[*zonefiles.Zone]*Source) []*zonefiles.Zone {
	claims := make(map[zoneID][]claim, len(zones))
	inViews := map[zonefiles.Name][]claim{} // by a configuration
	for _, z := range zones {
		if !z.OriginKnown || z.Missing {
			continue
		}
		id, c := zoneID{z.View, z.Origin}, claim{z, standingOf(sources[z])}
		claims[id] = append(claims[id], c)
		if c.standing == asConfigured && z.View != "" {
			inViews[z.Origin] = append(inViews[z.Origin], c)
		}
	}
	w.copies = nil
	place := map[*zonefiles.Zone]int{} // among its copies; -1: it does not count
	for id, all := range claims {
		if id.view == "" {
			all = append(all, inViews[id.zone]...)
		}
		if len(all) > 1 {
			w.copies = append(w.copies, settle(id, all, place))
		}
	}
	if len(w.copies) == 0 {
		return zones
	}
	slices.SortFunc(w.copies, func(a, b Copies) int {
		return cmp.Or(cmp.Compare(a.View, b.View), cmp.Compare(a.Origin, b.Origin))
	})
	zones = slices.DeleteFunc(zones, func(z *zonefiles.Zone) bool { return place[z] < 0 })
	slices.SortStableFunc(zones, func(a, b *zonefiles.Zone) int { return cmp.Compare(place[a], place[b]) })
	return zones
}

// settle decides between the claims on one zone: by their standing. What is no template goes first, then a file that is
// named after the zone, then the last serial, and then what lies in fewer folders.
func settle(id zoneID, all []claim, place map[*zonefiles.Zone]int) Copies {
	slices.SortStableFunc(all, func(a, b claim) int {
		return cmp.Or(
			cmp.Compare(b.standing, a.standing),
			cmp.Compare(template(a.zone), template(b.zone)),
			cmp.Compare(nameFits(b.zone), nameFits(a.zone)),
			cmp.Compare(serial(b.zone), serial(a.zone)),
			cmp.Compare(strings.Count(a.zone.Path, "/"), strings.Count(b.zone.Path, "/")),
		)
	})
	c := Copies{Origin: id.zone, View: id.view, why: all[0].standing.why()}
	for i, claim := range all {
		counts := claim.standing == all[0].standing
		if counts {
			c.Files = append(c.Files, claim.zone.Path)
			if claim.zone.IsTemplate {
				c.templates = append(c.templates, claim.zone.Path)
			}
		} else {
			c.Rest = append(c.Rest, claim.zone.Path)
		}
		switch {
		case claim.zone.View != id.view:
		case counts:
			place[claim.zone] = i
		default:
			place[claim.zone] = -1
		}
	}
	return c
}

// nameFits is 1 where the name of a zone's file says its origin.
func nameFits(z *zonefiles.Zone) int {
	if origin, ok, _ := zonefiles.OriginFromFileName(z.Path); ok && origin == z.Origin {
		return 1
	}
	return 0
}

// template is 1 for a template, and else 0.
func template(z *zonefiles.Zone) int {
	if z.IsTemplate {
		return 1
	}
	return 0
}

func serial(z *zonefiles.Zone) uint64 {
	soa, ok := z.SOA()
	if !ok {
		return 0
	}
	return soa.Number(zonefiles.SOASerial)
}
