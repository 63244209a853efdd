package workspace

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"

	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// This file is what is known of the name servers that serve the zones: which files they write themselves.

// Keeper is why a name server writes a zone's file itself, so that others must not edit it. The zero Keeper: none is
// known.
type Keeper struct {
	Server  serverconf.Server // 0 where only a journal tells of it
	Updates string            // the line of its configuration, as file:line, that lets others change the zone
	Copy    string            // the line that makes the zone a copy of another server's
	Journal string            // the file in which named keeps changes: it is there
}

// server is a name server whose configuration was read.
type server struct {
	serverconf.ServerConf
	files *zonefiles.FileSet // that its spans lie in
}

// journal is a file in which named keeps changes of a zone.
type journal struct {
	name  string
	ahead bool // it has some that the zone's file lacks
}

// meet remembers a name server for what it says of files that anybody names.
func (w *Workspace) meet(conf serverconf.ServerConf, files *zonefiles.FileSet) {
	w.servers = append(w.servers, server{conf, files})
	for _, z := range conf.Zones {
		if z.Journal != "" {
			w.journalNames[z.File] = z.Journal
		}
	}
}

// Keeper is what is known of the name server that serves a zone from the file it was read from.
func (w *Workspace) Keeper(z *zonefiles.Zone) Keeper {
	if w.keepers == nil {
		w.keepers = map[string]Keeper{}
		for _, s := range w.servers {
			for _, served := range s.Zones {
				if !served.Updates.IsEmpty() {
					w.keepers[served.File] = Keeper{Server: s.Server, Updates: w.line(s.files, served.Updates)}
				}
			}
			for _, copied := range s.Copies {
				w.keepers[copied.File] = Keeper{Server: s.Server, Copy: w.line(s.files, copied.At)}
			}
		}
	}
	k := w.keepers[z.Path]
	k.Journal = w.journals[z.Path].name
	return k
}

func (w *Workspace) line(files *zonefiles.FileSet, at zonefiles.Span) string {
	position := files.Position(at.File, at.Start)
	return fmt.Sprintf("%s:%d", w.Shown(position.File), position.Line)
}

// journalOf looks for the journal of a zone, by default beside the zone's file. Knot DNS has one database for all
// zones, whether they change or not, so that its presence says nothing of any.
func (w *Workspace) journalOf(z *zonefiles.Zone) journal {
	name := cmp.Or(w.journalNames[z.Path], z.Path+journalSuffix)
	header, _, err := w.loader.Root.ReadStart(name, journalHeader)
	if err != nil || z.Missing {
		return journal{}
	}
	return journal{name, w.isAhead(name, header, z)}
}

// withoutJournals are the folders, by path.Split, that hold many of the zones and no journal by its name. Listing one
// takes less than looking for a journal beside each zone.
func (w *Workspace) withoutJournals(sources []Source) map[string]bool {
	zones := map[string]int{}
	for i := range sources {
		folder, _ := path.Split(sources[i].Path)
		zones[folder]++
	}
	without := map[string]bool{}
	for folder, n := range zones {
		if n < manyZones {
			continue
		}
		names, err := w.loader.Root.Names(path.Clean(folder), n*maxOthers)
		without[folder] = err == nil && !slices.ContainsFunc(names, func(name string) bool {
			return strings.EqualFold(path.Ext(name), journalSuffix) // some systems do not tell cases apart
		})
	}
	return without
}

// journalSuffix ends the name of a journal of which no configuration says another.
const journalSuffix = ".jnl"

// The start of a journal of BIND 9: its format, then the serial and the offset of its first change and of the end of
// its last one, of four bytes each.
const (
	journalFormat = ";BIND LOG V9"
	journalEnd    = 24 // offset of the serial after the last change
	journalHeader = journalEnd + 4
)

// isAhead reports whether a journal has changes that the zone's file lacks. Serials decide, since named may write a
// journal after the file that it brings up to date, and files are copied. Times decide if there are no serials to
// compare.
func (w *Workspace) isAhead(name string, header []byte, z *zonefiles.Zone) bool {
	if soa, ok := z.SOA(); ok && len(header) == journalHeader && bytes.HasPrefix(header, []byte(journalFormat)) {
		end, serial := binary.BigEndian.Uint32(header[journalEnd:]), uint32(soa.Number(zonefiles.SOASerial))
		return int32(end-serial) > 0 // RFC 1982 section 3.2
	}
	file, err1 := w.loader.Root.Stat(z.Path)
	changes, err2 := w.loader.Root.Stat(name)
	return err1 == nil && err2 == nil && changes.ModTime().After(file.ModTime())
}
