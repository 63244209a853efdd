package serverconf

// Zones and views out of BIND's named.conf: enough of its grammar to find every zone, and no more. What named-checkconf
// refuses for other reasons is its business.

import (
	"path"
	"strings"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// readNamedConf reads a configuration of BIND. Relative paths are relative to the directory option, and without one to
// the folder of the main file. Templates and the placeholders of file names are those of BIND 9.21 ("Zone Templates",
// "file" in its reference manual).
func readNamedConf(
	root *disk.Root, files *zonefiles.FileSet, name string, finder *disk.Finder,
) (ServerConf, []zonefiles.Problem, error) {
	r, f, err := open(root, files, name, finder)
	if err != nil {
		return ServerConf{}, nil, err
	}
	p := &namedParser{
		confReader: r,
		directory:  path.Dir(name),
		templates:  map[string]zoneStatement{},
		special:    map[specialZone]string{},
		updates:    map[string]permission{},
	}
	p.block(&confLexer{file: f, problem: r.problem}, namedBlock{kind: topBlock})
	p.resolve()
	r.conf.Folder = r.folder(p.directory)
	return r.conf, r.problems, nil
}

// A namedBlock is a pair of braces whose statements are read, or the file around all of them. An included file goes on
// with the block that includes it.
type namedBlock struct {
	kind  blockKind
	view  string
	class string
	zone  *zoneStatement // for zoneBlock, which templates have, too
}

type blockKind int

const (
	topBlock blockKind = iota
	viewBlock
	optionsBlock
	zoneBlock
)

// zoneStatement is a zone or a template as it is written.
type zoneStatement struct {
	name                        zonefiles.Name
	view, class                 string
	at                          zonefiles.Span
	kind, file, inView, pattern confToken // pattern is the template that the zone is made from
	journal                     confToken
	updates                     permission
}

// specialZone is a zone that holds no names of its own: it configures the server. View is empty for every view.
type specialZone struct {
	view string
	name zonefiles.Name
}

type namedParser struct {
	*confReader
	directory  string // a place
	statements []*zoneStatement
	templates  map[string]zoneStatement
	special    map[specialZone]string
	updates    map[string]permission // by view; under "" that of the options
}

// block reads statements up to the closing brace, or to the end of the file for a file's own level.
func (p *namedParser) block(lx *confLexer, b namedBlock) {
	for {
		switch t := lx.next(); t.kind {
		case endToken:
			return
		case '}':
			if lx.open == 0 {
				p.problem(t.at, "this brace closes nothing")
				continue
			}
			lx.open--
			return
		case wordToken:
			p.statement(lx, b, t)
		}
	}
}

// statement reads one statement with its semicolon: words and blocks in any order.
func (p *namedParser) statement(lx *confLexer, b namedBlock, keyword confToken) {
	words := make([]confToken, 0, 3) // the first few: no statement of interest has more
	blocks := 0
	for {
		switch t := lx.next(); t.kind {
		case wordToken:
			if len(words) < cap(words) && blocks == 0 {
				words = append(words, t)
			}
			continue
		case '{':
			lx.open++
			p.braces(lx, b, keyword, words)
			blocks++
			continue
		case ';':
		case '}':
			p.problem(t.at, "a semicolon is missing before this brace")
			lx.back(t)
		case endToken:
			if !lx.broken {
				p.problem(keyword.at, "%s has no semicolon at its end", zonefiles.Quoted(keyword.text))
			}
		}
		break
	}
	p.simple(b, keyword, words, blocks)
}

// braces reads the block of a statement, whose opening brace has been read.
func (p *namedParser) braces(lx *confLexer, b namedBlock, keyword confToken, words []confToken) {
	inner := namedBlock{kind: -1, view: b.view, class: b.class}
	switch {
	case b.kind == topBlock && keyword.is("options"):
		inner.kind = optionsBlock
	case b.kind == topBlock && keyword.is("view") && len(words) > 0:
		inner.kind, inner.view = viewBlock, string(words[0].text)
		if len(words) > 1 {
			inner.class = string(words[1].text)
		}
	case b.kind == topBlock && keyword.is("template") && len(words) > 0:
		inner.kind, inner.zone = zoneBlock, &zoneStatement{}
	case (b.kind == topBlock || b.kind == viewBlock) && keyword.is("zone") && len(words) > 0:
		inner.kind, inner.zone = zoneBlock, &zoneStatement{view: b.view, class: b.class, at: words[0].at}
		if len(words) > 1 {
			inner.zone.class = string(words[1].text)
		}
	}
	start := keyword.at
	depth := lx.open
	switch {
	case inner.kind >= 0:
		p.block(lx, inner)
	case (b.kind == optionsBlock || b.kind == viewBlock) && keyword.is("response-policy"):
		p.specialZones(lx, b.view, "response policy")
	case (b.kind == optionsBlock || b.kind == viewBlock) && keyword.is("catalog-zones"):
		p.specialZones(lx, b.view, "catalog")
	case b.kind > topBlock && keyword.is("allow-update"):
		p.allowUpdate(lx, b, keyword)
	default:
		p.skip(lx, nil)
	}
	if lx.open >= depth && !lx.broken {
		lx.broken = true // one report for all the blocks that the end of the file leaves open
		p.problem(start, "the block of %s is not closed", zonefiles.Quoted(keyword.text))
	}
	if inner.kind != zoneBlock {
		return
	}
	if keyword.is("template") {
		p.templates[string(words[0].text)] = *inner.zone
		return
	}
	name, err := zonefiles.ParseName(words[0].text, zonefiles.Root)
	if err != nil {
		p.problem(words[0].at, "%s is not a zone's name: %v", zonefiles.Quoted(words[0].text), err)
		return
	}
	inner.zone.name = name
	if p.room(inner.zone.at) {
		p.statements = append(p.statements, inner.zone)
	}
}

// skip passes over a block whose opening brace has been read, and shows its words.
func (p *namedParser) skip(lx *confLexer, show func(confToken)) {
	for depth := lx.open; lx.open >= depth; {
		switch t := lx.next(); t.kind {
		case '{':
			lx.open++
		case '}':
			lx.open--
		case wordToken:
			if show != nil {
				show(t)
			}
		case endToken:
			return
		}
	}
}

// specialZones notes the zones that a block lists as: zone "rpz.example" ...;
func (p *namedParser) specialZones(lx *confLexer, view, kind string) {
	isName := false
	p.skip(lx, func(t confToken) {
		if isName {
			if name, err := zonefiles.ParseName(t.text, zonefiles.Root); err == nil {
				p.special[specialZone{view, name}] = kind
			}
		}
		isName = !isName && t.is("zone")
	})
}

// simple handles a statement that is complete.
func (p *namedParser) simple(b namedBlock, keyword confToken, words []confToken, blocks int) {
	if keyword.is("zone") && blocks == 0 && (b.kind == topBlock || b.kind == viewBlock) {
		p.problem(keyword.at, "this zone has no block")
	}
	if b.kind == zoneBlock && keyword.is("update-policy") {
		b.zone.updates = permission{keyword.at, true}
	}
	if len(words) == 0 {
		return
	}
	value := words[0]
	switch {
	case keyword.is("include"):
		p.include(value.at, p.directory, string(value.text), false, func(f *zonefiles.File) {
			p.block(&confLexer{file: f, problem: p.problem}, b)
		})
	case b.kind == optionsBlock && keyword.is("directory"):
		p.directory = placeOf(path.Dir(p.stack[0]), string(value.text))
	case b.kind == zoneBlock && keyword.is("type"):
		b.zone.kind = value
		if strings.EqualFold(string(value.text), nativeType) {
			p.conf.Dialect = zonefiles.PowerDNS
		}
	case b.kind == zoneBlock && keyword.is("file"):
		b.zone.file = value
	case b.kind == zoneBlock && keyword.is("journal"):
		b.zone.journal = value
	case b.kind == zoneBlock && keyword.is("in-view"):
		b.zone.inView = value
	case b.kind == zoneBlock && keyword.is("template"):
		b.zone.pattern = value
	}
}

// nativeType is a type of zones that PowerDNS's bind backend alone knows: those of which it tells no other server.
const nativeType = "native"

// zoneType is the type of a zone by BIND's present name for it, and empty for what is none.
func zoneType(word []byte) string {
	switch kind := strings.ToLower(string(word)); kind {
	case "primary", "secondary", "mirror", "hint", "stub", "static-stub", "forward", "redirect", "delegation-only":
		return kind
	case "master":
		return "primary"
	case "slave":
		return "secondary"
	case nativeType:
		return "primary"
	}
	return ""
}

// resolve makes the zones out of their statements, now that all views, templates and the directory are known.
func (p *namedParser) resolve() {
	type inView struct {
		view string
		name zonefiles.Name
	}
	p.conf.Zones = make([]ServedZone, 0, len(p.statements))
	const setAside = -1
	seen := make(map[inView]int, len(p.statements)) // index of Zones
	for _, z := range p.statements {
		key := inView{z.view, z.name}
		if _, twice := seen[key]; twice {
			p.problem(z.at, "zone %s is configured twice", zonefiles.Quoted(z.name.String()))
			continue
		}
		seen[key] = setAside
		if z.inView.text != nil {
			switch other, ok := seen[inView{string(z.inView.text), z.name}]; {
			case !ok:
				p.problem(z.inView.at, "no view %s has zone %s above this line", zonefiles.Quoted(z.inView.text),
					zonefiles.Quoted(z.name.String()))
			case other == setAside:
				p.conf.SetAside["in-view"]++
			default:
				same := p.conf.Zones[other]
				same.View, same.At = z.view, z.at
				seen[key] = len(p.conf.Zones)
				p.conf.Zones = append(p.conf.Zones, same)
			}
			continue
		}
		kind, why := p.complete(z)
		zone := ServedZone{Name: z.name, View: z.view, At: z.at, FileAt: z.file.at, Updates: p.updatesOf(z).span()}
		switch why {
		case "":
		case "secondary", "mirror", "stub":
			p.copies(why, zone, p.directory, z.path(z.file, kind))
			continue
		default:
			p.conf.SetAside[why]++
			continue
		}
		if z.journal.text != nil {
			zone.Journal = p.folder(placeOf(p.directory, z.path(z.journal, kind)))
		}
		if p.serve(zone, p.directory, z.path(z.file, kind)) {
			seen[key] = len(p.conf.Zones) - 1
		}
	}
}

// complete takes what the zone does not say from its template, and gives its type and why it is set aside, if it is.
func (p *namedParser) complete(z *zoneStatement) (kind, setAside string) {
	if z.pattern.text != nil {
		template, ok := p.templates[string(z.pattern.text)]
		if !ok {
			p.problem(z.pattern.at, "there is no template %s", zonefiles.Quoted(z.pattern.text))
		}
		if z.kind.text == nil {
			z.kind = template.kind
		}
		if z.file.text == nil {
			z.file = template.file
		}
		if z.journal.text == nil {
			z.journal = template.journal
		}
		if z.updates.at.IsEmpty() {
			z.updates = template.updates
		}
	}
	if z.kind.text == nil {
		p.problem(z.at, "zone %s has no type", zonefiles.Quoted(z.name.String()))
		return "", "unknown type"
	}
	if kind = zoneType(z.kind.text); kind == "" {
		p.problem(z.kind.at, "%s is not a type of zone", zonefiles.Quoted(z.kind.text))
		return "", "unknown type"
	}
	special := p.special[specialZone{z.view, z.name}]
	if special == "" {
		special = p.special[specialZone{"", z.name}]
	}
	switch {
	case z.class != "" && !strings.EqualFold(z.class, "in"):
		return kind, "class other than IN"
	case kind != "primary":
		return kind, kind
	case special != "":
		return kind, special
	case z.file.text == nil: // from a database, or BIND refuses it
		return kind, "primary without file"
	}
	return kind, ""
}

// path is the name of a file of the zone, with its placeholders replaced.
func (z *zoneStatement) path(name confToken, kind string) string {
	text := string(name.text)
	if strings.ContainsAny(text, "$%") {
		text = expandZoneFile(text, namedToken(z, kind))
	}
	return text
}

// namedToken reads BIND's placeholders of a zone's file.
func namedToken(z *zoneStatement, kind string) func(string) (string, int) {
	percent := percentToken(z.name)
	view := z.view
	if view == "" {
		view = "_default"
	}
	words := [...]struct{ text, value string }{
		{"$name", z.name.Undotted()},
		{"$type", kind},
		{"$view", view},
		{"%t", kind},
		{"%v", view},
		{"$label1", "%z"},
		{"$label2", "%y"},
		{"$label3", "%x"},
		{"$char1", "%1"},
		{"$char2", "%2"},
		{"$char3", "%3"},
	}
	return func(text string) (string, int) {
		if text[0] != '$' && text[0] != '%' {
			return "", 0
		}
		for _, word := range words {
			if len(text) < len(word.text) || !strings.EqualFold(text[:len(word.text)], word.text) {
				continue
			}
			if strings.HasPrefix(word.value, "%") {
				value, _ := percent(word.value)
				return value, len(word.text)
			}
			return word.value, len(word.text)
		}
		return percent(text)
	}
}
