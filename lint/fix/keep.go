package fix

import (
	"maps"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/workspace"
	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// This file knows which files are never edited, because an edit would do more harm than the findings that it mends.

// Kept says how many findings keep their fix because a file must stay as it is.
type Kept struct {
	File     string // relative to the root, with slashes
	Reason   string // why it is not edited, and what to do instead
	Findings int
}

// keeping is why the files that a zone is read from stay as they are.
type keeping struct {
	zone   *zonefiles.Zone
	seal   zonefiles.Type // of a record that vouches for the text of others; 0: there is none
	keeper workspace.Keeper
}

// zoneID is a zone in the view that it is seen in.
type zoneID struct {
	view   string
	origin zonefiles.Name
}

// keepings are the files that stay as they are, by name. They are found once, when the first fix asks: a zone that is edited has no
// reason to stay, and gets none by a fix.
func (s *session) keepings() map[string]keeping {
	if s.kept != nil {
		return s.kept
	}
	s.kept, s.unsealed = map[string]keeping{}, map[zoneID]string{}
	for _, z := range s.workspace.Zones() {
		k := keeping{z, sealOf(z), s.workspace.Keeper(z)}
		if id := (zoneID{z.View, z.Origin}); k.seal == 0 && z.OriginKnown && s.unsealed[id] == "" {
			s.unsealed[id] = z.Path
		}
		if k.seal == 0 && k.keeper == (workspace.Keeper{}) {
			continue
		}
		for _, name := range s.namesOf(z) {
			if _, known := s.kept[name]; !known {
				s.kept[name] = k
			}
		}
	}
	return s.kept
}

// namesOf are the files that a zone is read from.
func (s *session) namesOf(z *zonefiles.Zone) []string {
	names := []string{s.workspace.Files().File(z.File).Name}
	for _, include := range z.Includes {
		names = append(names, s.workspace.Files().File(include.File).Name)
	}
	return names
}

// keeps is the first file among those of edits that stays as it is; empty where there is none.
func (s *session) keeps(edits []lint.Edit) string {
	for _, e := range edits {
		name := s.workspace.Files().File(e.Span.File).Name
		if _, ok := s.keepings()[name]; ok {
			return name
		}
	}
	return ""
}

// sealOf is the type of a record of the zone that vouches for the text of others, so that a change of them breaks it: a signature, a
// link in the chain of names (RFC 4034), or a digest of the whole zone (RFC 8976). It is 0 where there is none. A signed zone has one
// among its first records, and no other zone takes longer than counting its records.
func sealOf(z *zonefiles.Zone) zonefiles.Type {
	for i := range z.Len() {
		if t := z.Record(i).Type(); isSeal(t) {
			return t
		}
	}
	for _, gap := range z.Gaps { // one that cannot be read is there all the same
		if isSeal(gap.Type) {
			return gap.Type
		}
	}
	return 0
}

func isSeal(t zonefiles.Type) bool {
	switch t {
	case zonefiles.TypeRRSIG, zonefiles.TypeNSEC, zonefiles.TypeNSEC3, zonefiles.TypeZONEMD:
		return true
	}
	return false
}

// reason says why a file stays as it is, and what to do instead.
func (s *session) reason(file string, k keeping) string {
	subject := "the zone"
	if k.zone.OriginKnown {
		subject = "zone " + k.zone.Origin.Undotted()
	}
	if file != k.zone.Path {
		subject += " (" + s.workspace.Shown(k.zone.Path) + "), which includes it,"
	}
	why, instead := s.whyNot(k)
	return subject + " " + why + "; " + instead
}

// whyNot says what keeps a zone from being edited, whom an edit would hurt, and what to do instead. Who takes updates of a zone that
// it has signed signs it again by itself, so that signatures come second. They come before a journal, which a signed copy may have.
func (s *session) whyNot(k keeping) (why, instead string) {
	switch keeper := k.keeper; {
	case keeper.Updates != "" && keeper.Server == serverconf.KnotDNS:
		return "takes dynamic updates (" + keeper.Updates + "), and knotd would write over the edit",
			"use nsupdate, or edit it by hand between knotc zone-freeze and zone-flush, and zone-reload and zone-thaw"
	case keeper.Updates != "":
		return "takes dynamic updates (" + keeper.Updates + "), and named would lose the edit, or not load the zone as it is out of sync " +
			"with its journal", "use nsupdate, or edit it by hand between rndc freeze and rndc thaw"
	case keeper.Copy != "":
		return "is a copy of another server's (" + keeper.Copy + "), and a transfer would write over the edit", "mend it there"
	case k.seal == zonefiles.TypeZONEMD:
		return "holds a digest (ZONEMD), which would no longer match, and secondaries that verify it would refuse the zone",
			s.mend(k.zone) + " have the digest made again"
	case k.seal != 0:
		return "holds DNSSEC signatures, which would no longer match, and validating senders would lose the domain",
			s.mend(k.zone) + " have it signed again"
	}
	return "has a journal, " + s.workspace.Shown(k.keeper.Journal) + ", and named would lose the edit, or not load the zone as it is out of " +
		"sync with it", "use nsupdate, or where nobody updates the zone remove the journal by rndc sync -clean"
}

// mend names the file to edit in place of one that a tool has made of it, as far as it can be seen. dnssec-signzone and BIND's
// inline-signing call what they make of FILE "FILE.signed"; others keep it in another folder, as a zone of the same name.
func (s *session) mend(z *zonefiles.Zone) string {
	if source, ok := strings.CutSuffix(z.Path, ".signed"); ok && s.isFile(source) {
		return "mend " + s.workspace.Shown(source) + ", which it is made from, and"
	}
	if source := s.unsealed[zoneID{z.View, z.Origin}]; z.OriginKnown && source != "" {
		return "mend the file that it is made from, perhaps " + s.workspace.Shown(source) + ", and"
	}
	return "mend the file that it is made from, and"
}

func (s *session) isFile(name string) bool {
	info, err := s.workspace.Root().Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// tellKept lists the files that stayed as they are, with the number of fixes that this has prevented, by file.
func (s *session) tellKept(fixes map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(fixes)) {
		s.outcome.Kept = append(s.outcome.Kept, Kept{name, s.reason(name, s.kept[name]), fixes[name]})
	}
}
