package serverconf

// What the configurations of name servers have in common: which zones a server serves from which files. BIND's
// named.conf, NSD's nsd.conf and Knot DNS's knot.conf each have a reader of their own and give the same ServerConf.

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// ServerConf is what the configuration of one name server says about its zones.
type ServerConf struct {
	Server Server
	// Dialect is that of the zone files, where only one program reads such a configuration; else "".
	Dialect zonefiles.Dialect
	// Zones are those that the server is primary for, in the order in which the configuration lists them.
	Zones []ServedZone
	// Lost are zones that it would be among, if it were clear what their files are here.
	Lost []LostZone
	// Copies are zones that the server has from another one and writes into a file.
	Copies []ServedZone
	// SetAside counts the zones that are not among Zones by what they are: "secondary", "hint", "response policy", ...
	SetAside map[string]int
	// Files are the configuration's own files, the main one first.
	Files []zonefiles.FileID
	// Elsewhere are the paths of included files that only the server has; each may be there several times.
	Elsewhere []string
	// Bytes is how long they are, each as often as it is included.
	Bytes int64
	// Folder is where the server looks for what zone files include by relative names, relative to the root; empty where
	// that is outside of the root, or is next to the file that includes, as for Knot DNS.
	Folder string
}

// LostZone is a zone whose file is not found below the root.
type LostZone struct {
	Name zonefiles.Name
	Base string // the last element of the file's path
	Why  zonefiles.Problem
}

// ServedZone is a zone that a name server keeps in a file.
type ServedZone struct {
	Name   zonefiles.Name
	File   string         // relative to the root, with slashes; whether it exists has not been asked
	View   string         // empty where the server has no views. Each view is a universe of its own
	At     zonefiles.Span // the zone's name in the configuration
	FileAt zonefiles.Span // the file's name, which may be in a template and have placeholders
	// Updates is the keyword that lets others change the zone while it is served (RFC 2136), so that the server writes the
	// file; empty if nobody may. BIND's dnssec-policy and inline-signing do not: a signed copy has a file of its own, and
	// a zone that is signed in place takes updates.
	Updates zonefiles.Span
	Journal string // where BIND keeps such changes at first; empty: in File with .jnl at its end
}

const outsideHelp = `map the server's folder to one of the repository under "paths" in the configuration; ` +
	`on the server itself, --root / lets ` +
	`mx46 read its files where they are`

// Server is a kind of name server whose configuration can be read. The zero Server is none.
type Server uint8

// The kinds of name servers.
const (
	BIND Server = 1 + iota
	NSD
	KnotDNS
)

// servers says of each Server by which key the configuration of mx46 names one of its configurations, what the file is
// called, and what reads it.
var servers = [...]struct {
	key    string
	isName func(base string) bool
	read   func(*disk.Root, *zonefiles.FileSet, string, *disk.Finder) (ServerConf, []zonefiles.Problem, error)
}{
	BIND:    {"named-conf", func(base string) bool { return strings.HasPrefix(base+".", "named.conf.") }, readNamedConf},
	NSD:     {"nsd-conf", func(base string) bool { return base == "nsd.conf" }, readNSDConf},
	KnotDNS: {"knot-conf", func(base string) bool { return base == "knot.conf" }, readKnotConf},
}

// Servers are all kinds of name servers.
func Servers() []Server { return []Server{BIND, NSD, KnotDNS} }

// ServerOf is the kind of name server that a file of this name configures.
func ServerOf(name string) Server {
	for _, s := range Servers() {
		if servers[s].isName(path.Base(name)) {
			return s
		}
	}
	return 0
}

// Key is the key of .mx46.yaml that names a configuration.
func (s Server) Key() string { return servers[s].key }

// Read reads the configuration file name, and what it includes, below root. Every file that is read goes into files.
//
// Paths that begin with a slash are the server's; finder leads to where they are below the root. What lies
// outside the root is a problem and is never read. The error is that of the main file: it cannot be read.
func (s Server) Read(
	root *disk.Root, files *zonefiles.FileSet, name string, finder *disk.Finder,
) (ServerConf, []zonefiles.Problem, error) {
	conf, problems, err := servers[s].read(root, files, name, finder)
	conf.Server = s
	return conf, problems, err
}

// confReader reads the files of one configuration, with the limits that hold for all of them.
type confReader struct {
	root     *disk.Root
	files    *zonefiles.FileSet
	finder   *disk.Finder
	loaded   map[string]*zonefiles.File
	stack    []string // files being read, the including ones first
	includes int
	zones    int
	conf     ServerConf
	problems []zonefiles.Problem
}

// open begins a configuration with its main file.
func open(
	root *disk.Root, files *zonefiles.FileSet, name string, finder *disk.Finder,
) (*confReader, *zonefiles.File, error) {
	name = path.Clean(name)
	r := &confReader{
		root: root, files: files, finder: finder, loaded: map[string]*zonefiles.File{}, stack: []string{name},
		conf: ServerConf{SetAside: map[string]int{}},
	}
	f, err := r.load(name)
	if err != nil {
		return nil, nil, err
	}
	return r, f, nil
}

func (r *confReader) problem(at zonefiles.Span, format string, args ...any) {
	r.problems = append(r.problems, zonefiles.Problem{
		Kind: zonefiles.ConfigurationProblem, Span: at,
		Message: fmt.Sprintf(format, args...),
	})
}

// load reads a file once and counts its bytes each time.
func (r *confReader) load(name string) (*zonefiles.File, error) {
	f := r.loaded[name]
	if f == nil {
		data, err := r.root.ReadFile(name, min(maxConfFile, maxConfBytes-r.conf.Bytes))
		if err != nil {
			return nil, err
		}
		if f, err = r.files.Add(name, data); err != nil {
			return nil, err
		}
		r.loaded[name] = f
		r.conf.Files = append(r.conf.Files, f.ID)
	}
	if r.conf.Bytes += int64(len(f.Data)); r.conf.Bytes > maxConfBytes {
		return nil, fmt.Errorf("the configuration is longer than %d bytes with what it includes", maxConfBytes)
	}
	return f, nil
}

// A place is where a path of the configuration leads: a path that begins with a slash lies on the server, any other one
// is relative to the root. placeOf gives the place of text, which may be relative to the place base.
func placeOf(base, text string) string {
	if path.IsAbs(text) {
		return path.Clean(text)
	}
	return path.Join(base, text)
}

// candidates are the names below the root that a place may mean: none where it lies outside, and more than one where
// its path does not tell which of several files is meant.
func (r *confReader) candidates(place string) []string {
	found := []string{place}
	if path.IsAbs(place) {
		// A pattern means files in a folder, and that is what is looked for.
		folder, pattern := place, ""
		if at := strings.IndexAny(place, "*?["); at >= 0 {
			at = strings.LastIndexByte(place[:at], '/')
			folder, pattern = place[:at+1], place[at+1:]
		}
		found = r.finder.Find(folder, path.Dir(r.stack[0]))
		for i := range found {
			found[i] = path.Join(found[i], pattern)
		}
	}
	return slices.DeleteFunc(found, func(name string) bool {
		return name == ".." || strings.HasPrefix(name, "../") || path.IsAbs(name)
	})
}

// inRoot maps a place into the root. It is false for a place outside, and where it is not clear what is meant.
func (r *confReader) inRoot(place string) (string, bool) {
	if found := r.candidates(path.Clean(place)); len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// folder maps a place into the root; it is empty for one outside.
func (r *confReader) folder(place string) string {
	if name, ok := r.inRoot(place); ok {
		return name
	}
	return ""
}

// file maps a path that a server opens into the root, or says why it cannot.
func (r *confReader) file(at zonefiles.Span, base, text string) (string, bool) {
	if text == "" || len(text) > maxServerPath || strings.Contains(text, "\x00") {
		r.problem(at, "%s cannot be the name of a file", zonefiles.Quoted(text))
		return "", false
	}
	place := placeOf(base, text)
	switch found := r.candidates(place); len(found) {
	case 0:
		r.problem(at, "%s lies outside the root folder; a path mapping can say where it is kept", zonefiles.Quoted(place))
	case 1:
		return found[0], true
	default:
		r.problem(at, "%s may be %s or %s here; a path mapping can say which", zonefiles.Quoted(place),
			zonefiles.Quoted(found[0]), zonefiles.Quoted(found[1]))
	}
	r.problems[len(r.problems)-1].Help = outsideHelp
	return "", false
}

// isElsewhere reports whether only the server has the file at a place: the root has neither that nor its folder.
func (r *confReader) isElsewhere(place string) bool {
	return path.IsAbs(place) && len(place) <= maxServerPath && len(r.candidates(place)) == 0 &&
		len(r.finder.Find(path.Dir(place), path.Dir(r.stack[0]))) == 0
}

// include calls read for each file that pattern, relative to the place base, names. A pattern without wildcards must
// name one; orNone says that one with wildcards need not, as for NSD and Knot DNS.
func (r *confReader) include(at zonefiles.Span, base, pattern string, orNone bool, read func(*zonefiles.File)) {
	if len(r.stack) >= maxConfDepth {
		r.problem(at, "%s is not read: more than %d files include one another", zonefiles.Quoted(pattern), maxConfDepth)
		return
	}
	if place := placeOf(base, pattern); r.isElsewhere(place) && r.includes < maxConfIncludes {
		r.includes++
		r.conf.Elsewhere = append(r.conf.Elsewhere, place)
		return
	}
	name, ok := r.file(at, base, pattern)
	if !ok {
		return
	}
	names := []string{name}
	if strings.ContainsAny(name, "*?[") {
		for strings.Contains(name, "**") {
			name = strings.ReplaceAll(name, "**", "*") // as in glob(7)
		}
		var err error
		if names, err = r.finder.Glob(name, true); err != nil {
			r.problem(at, "%s cannot be included: %v", zonefiles.Quoted(pattern), err)
			return
		}
		if len(names) == 0 && !orNone {
			r.problem(at, "%s is the name of no file", zonefiles.Quoted(pattern))
		}
	}
	for _, name := range names {
		switch r.includes++; {
		case r.includes == maxConfIncludes+1:
			r.problem(at, "%s is not read, nor what is included after it: more than %d includes", zonefiles.Quoted(name),
				maxConfIncludes)
			fallthrough
		case r.includes > maxConfIncludes:
			return
		case slices.Contains(r.stack, name):
			r.problem(at, "%s includes itself", zonefiles.Quoted(name))
			continue
		}
		f, err := r.load(name)
		if err != nil {
			r.problem(at, "%s cannot be included: %v", zonefiles.Quoted(name), disk.Reason(err))
			continue
		}
		r.stack = append(r.stack, name)
		read(f)
		r.stack = r.stack[:len(r.stack)-1]
	}
}

// room counts a zone and reports whether it may be kept; the first one that may not is a problem.
func (r *confReader) room(at zonefiles.Span) bool {
	r.zones++
	if r.zones == maxConfZones+1 {
		r.problem(at, "there are more than %d zones; this one and those after it are not read", maxConfZones)
	}
	return r.zones <= maxConfZones
}

// serve adds a zone whose file's name is text, relative to the place base, unless that is a problem.
func (r *confReader) serve(zone ServedZone, base, text string) (ok bool) {
	if zone.File, ok = r.file(zone.FileAt, base, text); ok {
		r.conf.Zones = append(r.conf.Zones, zone)
	} else {
		r.conf.Lost = append(r.conf.Lost, LostZone{zone.Name, path.Base(text), r.problems[len(r.problems)-1]})
	}
	return ok
}

// copies notes a zone of a kind that the server has from another one. That its file is missing or outside the root is
// no problem.
func (r *confReader) copies(kind string, zone ServedZone, base, text string) {
	r.conf.SetAside[kind]++
	if name, ok := r.inRoot(placeOf(base, text)); ok && text != "" {
		zone.File = name
		r.conf.Copies = append(r.conf.Copies, zone)
	}
}

// expandZoneFile replaces the placeholders of a file's name. token reads the one at the start of its argument and gives
// its value and its length, 0 where there is none. The result is cut off just above maxServerPath bytes.
func expandZoneFile(text string, token func(string) (string, int)) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() <= maxServerPath; {
		if value, size := token(text[i:]); size > 0 {
			b.WriteString(value)
			i += size
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// percentToken reads the placeholders that NSD and BIND share: the zone's name, without its final dot, its first three
// characters, and its last three labels. A dot replaces what the name does not have.
func percentToken(zone zonefiles.Name) func(string) (string, int) {
	name := zone.Undotted()
	labels := strings.Split(name, ".")
	return func(text string) (string, int) {
		if len(text) < 2 || text[0] != '%' {
			return "", 0
		}
		switch c := text[1]; c {
		case 's':
			return name, 2
		case '1', '2', '3':
			if at := int(c - '1'); at < len(name) {
				return name[at : at+1], 2
			}
			return ".", 2
		case 'z', 'y', 'x':
			if at := len(labels) - 1 - int('z'-c); at >= 0 && labels[at] != "" {
				return labels[at], 2
			}
			return ".", 2
		}
		return "", 0
	}
}
