package fix

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"mx46/lint"
	"mx46/lint/workspace"
	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// This file knows which files are never edited, because that would do more harm than the findings do.

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

// keepings are the files of a workspace that stay as they are.
type keepings struct {
	workspace *workspace.Workspace
	files     map[string]*keeping // by name; nil for those that may be edited
	links     map[sameness][]link // the files that stay
	unsealed  map[zoneID]string   // the path of the first zone of its name that has no seal
}

// link is a file on the disk, under whatever name.
type link struct {
	info fs.FileInfo
	*keeping
}

// sameness is what a file has in common with itself under another name, and with few others.
type sameness struct {
	size    int64
	changed time.Time
}

func samenessOf(info fs.FileInfo) sameness { return sameness{info.Size(), info.ModTime()} }

// keepingsOf looks at all zones of a workspace. Fixes change nothing of it: they edit no zone that has to stay.
func keepingsOf(w *workspace.Workspace) *keepings {
	k := &keepings{w, map[string]*keeping{}, map[sameness][]link{}, map[zoneID]string{}}
	for _, z := range w.Zones() {
		why := keeping{z, sealOf(z), w.Keeper(z)}
		if id := (zoneID{z.View, z.Origin}); why.seal == 0 && z.OriginKnown && k.unsealed[id] == "" {
			k.unsealed[id] = z.Path
		}
		if why.seal == 0 && why.keeper == (workspace.Keeper{}) {
			continue
		}
		k.keep(z.File, &why)
		for _, include := range z.Includes {
			k.keep(include, &why)
		}
	}
	return k
}

// keep lets a file stay, for the first reason that is known.
func (k *keepings) keep(file zonefiles.FileID, why *keeping) {
	name := k.workspace.Files().File(file).Name
	if k.files[name] != nil {
		return
	}
	k.files[name] = why
	if info, err := k.workspace.Root().Stat(name); err == nil {
		k.links[samenessOf(info)] = append(k.links[samenessOf(info)], link{info, why})
	}
}

// of is why a file stays as it is, by this name or, through a link, by another; nil if it may be edited.
func (k *keepings) of(name string) *keeping {
	why, known := k.files[name]
	if known || len(k.links) == 0 {
		return why
	}
	if info, err := k.workspace.Root().Stat(name); err == nil {
		for _, link := range k.links[samenessOf(info)] {
			if os.SameFile(info, link.info) {
				why = link.keeping
			}
		}
	}
	k.files[name] = why
	return why
}

// among is the first of the files of edits that stays as it is; empty if none does.
func (k *keepings) among(edits []lint.Edit) string {
	for _, e := range edits {
		if name := k.workspace.Files().File(e.Span.File).Name; k.of(name) != nil {
			return name
		}
	}
	return ""
}

// Offer drops the fixes of files that Run does not edit: programs that read a report would.
func Offer(w *workspace.Workspace, findings []lint.Finding) []lint.Finding {
	return Offerer(w)(findings)
}

// Offerer is Offer for many batches of findings.
func Offerer(w *workspace.Workspace) func([]lint.Finding) []lint.Finding {
	var k *keepings
	return func(findings []lint.Finding) []lint.Finding {
		at := slices.IndexFunc(findings, func(f lint.Finding) bool { return len(f.Fixes) > 0 })
		if at < 0 {
			return findings
		}
		if k == nil {
			k = keepingsOf(w)
		}
		isKept := func(f lint.Fix) bool { return k.among(f.Edits) != "" }
		out := slices.Clone(findings)
		for i := at; i < len(out); i++ {
			out[i].Fixes = slices.DeleteFunc(slices.Clone(out[i].Fixes), isKept)
		}
		return out
	}
}

// sealOf is the type of a record of the zone that vouches for others, so that a change of them breaks it: a signature,
// a link in the chain of names (RFC 4034), or a digest of the zone (RFC 8976). It is 0 if there is none. A signed zone
// has one among its first records, so that a large one costs no more than a small one.
func sealOf(z *zonefiles.Zone) zonefiles.Type {
	if t := z.FirstOf(isSeal); t != 0 {
		return t
	}
	for _, t := range seals { // one that could not be read counts
		if z.Lacks(t) {
			return t
		}
	}
	return 0
}

var seals = [...]zonefiles.Type{zonefiles.TypeRRSIG, zonefiles.TypeNSEC, zonefiles.TypeNSEC3, zonefiles.TypeZONEMD}

func isSeal(t zonefiles.Type) bool { return slices.Contains(seals[:], t) }

// reason says why a file stays as it is, and what to do instead.
func (k *keepings) reason(file string) string {
	kept := k.of(file)
	subject := "the zone"
	if kept.zone.OriginKnown {
		subject = "zone " + kept.zone.Origin.Undotted()
	}
	if file != kept.zone.Path {
		subject += " (" + k.workspace.Shown(kept.zone.Path) + "), which reads it too,"
	}
	why, instead := k.whyNot(kept)
	return subject + " " + why + "; " + instead
}

// whyNot says why a zone is not edited, whom an edit would hurt, and what to do instead. A server that takes updates
// of a zone signs it again by itself, so signatures come second. They come before a journal, which a signed copy may
// have.
func (k *keepings) whyNot(kept *keeping) (why, instead string) {
	switch keeper := kept.keeper; {
	case keeper.Updates != "" && keeper.Server == serverconf.KnotDNS:
		return "takes dynamic updates (" + keeper.Updates + "), and knotd would write over the edit",
			"use nsupdate, or edit it by hand between knotc zone-freeze and zone-flush, and zone-reload and zone-thaw"
	case keeper.Updates != "":
		return "takes dynamic updates (" + keeper.Updates + "), and named would lose the edit, or not load the zone as it " +
			"is out of sync with its journal", "use nsupdate, or edit it by hand between rndc freeze and rndc thaw"
	case keeper.Copy != "":
		return "is a copy of another server's (" + keeper.Copy + "), and a transfer would write over the edit",
			"mend it there"
	case kept.seal == zonefiles.TypeZONEMD:
		return "holds a digest (ZONEMD), which would no longer match, and secondaries that verify it would refuse the zone",
			k.mend(kept.zone) + " have the digest made again"
	case kept.seal != 0:
		return "holds DNSSEC signatures, which would no longer match, and validating senders would lose the domain",
			k.mend(kept.zone) + " have it signed again"
	}
	return "has a journal, " + k.workspace.Shown(kept.keeper.Journal) + ", and named would lose the edit, or not load " +
			"the zone as it is out of sync with it",
		"use nsupdate, or where nobody updates the zone remove the journal by rndc sync -clean"
}

// mend names the file to edit in place of one made from it, if one is to be seen. dnssec-signzone and BIND's
// inline-signing make FILE.signed from FILE; others keep the two in different folders.
func (k *keepings) mend(z *zonefiles.Zone) string {
	if source, ok := strings.CutSuffix(z.Path, ".signed"); ok && k.isFile(source) {
		return "mend " + k.workspace.Shown(source) + ", which it is made from, and"
	}
	if source := k.unsealed[zoneID{z.View, z.Origin}]; z.OriginKnown && source != "" {
		return "mend the file that it is made from, perhaps " + k.workspace.Shown(source) + ", and"
	}
	return "mend the file that it is made from, and"
}

func (k *keepings) isFile(name string) bool {
	info, err := k.workspace.Root().Stat(name)
	return err == nil && info.Mode().IsRegular()
}
