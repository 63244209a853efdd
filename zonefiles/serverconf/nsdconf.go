package serverconf

// Zones out of NSD's nsd.conf: a flat row of "keyword: value" in which a keyword without a value begins a section.

import (
	"bytes"
	"path"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// readNSDConf reads a configuration of NSD. Relative paths are relative to zonesdir, and without one, as those of
// includes, to the folder of the main file. A zone with request-xfr is a secondary one.
func readNSDConf(
	root *disk.Root, files *zonefiles.FileSet, name string, finder *disk.Finder,
) (ServerConf, []zonefiles.Problem, error) {
	r, f, err := open(root, files, name, finder)
	if err != nil {
		return ServerConf{}, nil, err
	}
	p := &nsdParser{confReader: r, zonesDir: path.Dir(name), patterns: map[string]nsdSection{}}
	p.read(f)
	p.end()
	p.resolve()
	r.conf.Folder = r.folder(p.zonesDir)
	return r.conf, r.problems, nil
}

type nsdParser struct {
	*confReader
	zonesDir string // a place
	section  nsdSection
	sections []nsdSection // the zones
	patterns map[string]nsdSection
}

// nsdSection is a zone: or a pattern: section as far as it has been read.
type nsdSection struct {
	kind      string
	at        zonefiles.Span
	name      confToken
	file      confToken
	secondary bool
}

// read goes on with the section that is open, so that a file may be included in the middle of it.
func (p *nsdParser) read(f *zonefiles.File) {
	lx := &confLexer{file: f, problem: p.problem}
	keyword := lx.nextNSD()
	for keyword.kind != endToken {
		value := lx.nextNSD()
		if value.kind == endToken || value.isNSDKeyword() {
			if keyword.isNSDKeyword() {
				p.end()
				p.section = nsdSection{kind: string(keyword.text), at: keyword.at}
			}
			keyword = value
			continue
		}
		p.option(keyword, value)
		for keyword = value; keyword.kind != endToken && !keyword.isNSDKeyword(); {
			keyword = lx.nextNSD() // further values, which no option of interest has
		}
	}
}

func (p *nsdParser) option(keyword, value confToken) {
	zone := p.section.kind == "zone:" || p.section.kind == "pattern:"
	switch string(keyword.text) {
	case "include:":
		p.include(value.at, path.Dir(p.stack[0]), string(value.text), true, p.read)
	case "zonesdir:":
		if len(value.text) > 0 {
			p.zonesDir = placeOf(path.Dir(p.stack[0]), string(value.text))
		}
	case "name:":
		p.section.name = value
	case "zonefile:":
		p.section.file = value
	case "request-xfr:":
		p.section.secondary = true
	case "include-pattern:":
		pattern, ok := p.patterns[string(value.text)]
		if !ok && zone {
			p.problem(value.at, "there is no pattern %s above this line", zonefiles.Quoted(value.text))
		}
		if ok && pattern.file.text != nil {
			p.section.file = pattern.file
		}
		p.section.secondary = p.section.secondary || pattern.secondary
	}
}

// end closes the section that is open.
func (p *nsdParser) end() {
	s := p.section
	p.section = nsdSection{}
	switch {
	case s.kind != "zone:" && s.kind != "pattern:":
	case s.name.text == nil:
		p.problem(s.at, "this section has no name")
	case s.kind == "pattern:":
		p.patterns[string(s.name.text)] = s
	case p.room(s.name.at):
		p.sections = append(p.sections, s)
	}
}

func (p *nsdParser) resolve() {
	seen := map[zonefiles.Name]bool{}
	for _, s := range p.sections {
		name, err := zonefiles.ParseName(s.name.text, zonefiles.Root)
		if err != nil {
			p.problem(s.name.at, "%s is not a zone's name: %v", zonefiles.Quoted(s.name.text), err)
			continue
		}
		zone, file := ServedZone{Name: name, At: s.name.at, FileAt: s.file.at}, expandZoneFile(string(s.file.text),
			percentToken(name))
		switch {
		case seen[name]:
			p.problem(s.name.at, "zone %s is configured twice", zonefiles.Quoted(name.String()))
		case s.secondary:
			p.copies("secondary", zone, p.zonesDir, file)
		case s.file.text == nil:
			p.conf.SetAside["primary without file"]++
		default:
			p.serve(zone, p.zonesDir, file)
		}
		seen[name] = true
	}
}

// nextNSD splits what NSD's configuration is made of: words and "strings", with the comments of the shell. A keyword is
// a word that ends with a colon.
func (lx *confLexer) nextNSD() confToken {
	data := lx.file.Data
	for lx.at < len(data) {
		start := lx.at
		switch c := data[start]; {
		case isConfSpace(c):
			lx.at++
		case c == '#':
			lx.comment()
		case c == '"':
			return lx.quoted()
		default:
			for lx.at < len(data) && !isConfSpace(data[lx.at]) && data[lx.at] != '"' {
				lx.at++
			}
			return confToken{kind: wordToken, text: data[start:lx.at], at: lx.span(start)}
		}
	}
	return confToken{kind: endToken, at: lx.span(lx.at)}
}

// isNSDKeyword asks for lower-case letters, digits and hyphens before a colon. An address that ends with colons has
// others.
func (t confToken) isNSDKeyword() bool {
	name, ok := bytes.CutSuffix(t.text, []byte(":"))
	return ok && !t.isString && len(name) > 0 && len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-")) == 0 &&
		name[0] >= 'a'
}
