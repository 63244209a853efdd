package serverconf

// Zones out of Knot DNS's knot.conf. Its syntax is a small part of YAML, read by lines: a section's name at the margin,
// below it a list of items that begin with their identifier, one "key: value" on a line.

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// knotStorage is where Knot DNS keeps zone files by default.
const knotStorage = "/var/lib/knot"

// readKnotConf reads a configuration of Knot DNS. Relative paths are relative to storage, and without one to
// /var/lib/knot where the finder has it, or else to the folder of the main file. A zone with a master is a secondary
// one.
func readKnotConf(
	root *disk.Root, files *zonefiles.FileSet, name string, finder *disk.Finder,
) (ServerConf, []zonefiles.Problem, error) {
	r, f, err := open(root, files, name, finder)
	if err != nil {
		return ServerConf{}, nil, err
	}
	p := &knotParser{confReader: r, storage: path.Dir(name), templates: map[string]knotItem{}, acls: map[string]knotACL{}}
	if _, ok := r.inRoot(knotStorage); ok {
		p.storage = knotStorage
	}
	p.read(f)
	p.resolve()
	return r.conf, r.problems, nil
}

type knotParser struct {
	*confReader
	storage   string // the default, a place
	items     []knotItem
	templates map[string]knotItem
	acls      map[string]knotACL
	section   string
	open      *knotItem // the one that lines belong to: nil outside zone and template
	acl       string    // the one that lines of the section acl belong to
}

// knotItem is an item of the sections zone and template. Texts are nil where the item does not say.
type knotItem struct {
	id, file, storage, template, catalog confToken
	updates                              permission
	secondary                            bool
}

func (p *knotParser) read(f *zonefiles.File) {
	for at := 0; at < len(f.Data); {
		line := f.Data[at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		p.line(f, at, line)
		at += len(line) + 1
	}
}

// line reads "key: value", "- key: value" or nothing. offset is where the line is in f.
func (p *knotParser) line(f *zonefiles.File, offset int, line []byte) {
	text := bytes.TrimLeft(line, " ")
	indent := len(line) - len(text)
	dash := bytes.HasPrefix(text, []byte("-"))
	if dash {
		text = bytes.TrimLeft(text[1:], " ")
	}
	start := offset + len(line) - len(text)
	if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' {
		return
	}
	key, _, ok := bytes.Cut(text, []byte(":"))
	if text[0] == '\t' || !ok {
		p.problem(zonefiles.Span{File: f.ID, Start: uint32(start), End: uint32(start + len(bytes.TrimRight(text, "\r")))},
			"this line is not read as key: value")
		return
	}
	value := p.value(f, start+len(key)+1, offset+len(line))
	name := string(bytes.TrimSpace(key))
	switch {
	case indent == 0 && !dash && name == "include":
		p.include(value.at, path.Dir(f.Name), string(value.text), true, p.read)
	case indent == 0 && !dash:
		p.section, p.open = name, nil
	case value.kind == wordToken:
		p.option(name, value, dash)
		if name == "acl" || name == "action" {
			p.rest(f, value, offset+len(line), func(more confToken) { p.option(name, more, false) })
		}
	}
}

// option handles a line of an item. An item begins with its identifier.
func (p *knotParser) option(key string, value confToken, dash bool) {
	switch {
	case p.section == "acl":
		p.aclOption(key, value)
		return
	case p.section == "zone" && key == "domain":
		p.open = nil
		if p.room(value.at) {
			p.items = append(p.items, knotItem{id: value})
			p.open = &p.items[len(p.items)-1]
		}
	case p.section == "template" && key == "id":
		p.open = &knotItem{id: value}
	case dash:
		p.open = nil
	}
	if p.open == nil {
		return
	}
	switch key {
	case "file":
		p.open.file = value
	case "storage":
		p.open.storage = value
	case "template":
		p.open.template = value
	case "catalog-role":
		p.open.catalog = value
	case "acl":
		p.refer(value)
	case "master":
		p.open.secondary = true
	}
	if p.section == "template" {
		p.templates[string(p.open.id.text)] = *p.open
	}
}

// rest reads what follows the first value of a list: commas separate, and a bracket ends it.
func (p *knotParser) rest(f *zonefiles.File, value confToken, end int, read func(confToken)) {
	for value.kind == wordToken {
		at := int(value.at.End)
		for at < end && (isConfSpace(f.Data[at]) || f.Data[at] == ',') {
			at++
		}
		if at == end || f.Data[at] == ']' || at == int(value.at.End) {
			return
		}
		if value = p.value(f, at, end); value.kind == wordToken {
			read(value)
		}
	}
}

// value reads the value between two offsets, the first one of a list. A comment begins with #.
func (p *knotParser) value(f *zonefiles.File, at, end int) confToken {
	lx := &confLexer{file: &zonefiles.File{ID: f.ID, Data: f.Data[:end]}, problem: p.problem, at: at}
	for lx.at < end && (isConfSpace(f.Data[lx.at]) || f.Data[lx.at] == '[') {
		lx.at++
	}
	start := lx.at
	switch {
	case start == end || f.Data[start] == '#':
		return confToken{kind: endToken, at: zonefiles.Span{File: f.ID, Start: uint32(start), End: uint32(start)}}
	case f.Data[start] == '"':
		return lx.quoted()
	}
	for lx.at < end && !isConfSpace(f.Data[lx.at]) && f.Data[lx.at] != ',' && f.Data[lx.at] != ']' {
		lx.at++
	}
	return confToken{kind: wordToken, text: f.Data[start:lx.at], at: lx.span(start)}
}

func (p *knotParser) resolve() {
	seen := map[zonefiles.Name]bool{}
	for _, item := range p.items {
		p.fill(&item)
		name, err := zonefiles.ParseName(item.id.text, zonefiles.Root)
		if err != nil {
			p.problem(item.id.at, "%s is not a zone's name: %v", zonefiles.Quoted(item.id.text), err)
			continue
		}
		storage := p.storage
		if item.storage.text != nil {
			storage = placeOf(storage, string(item.storage.text))
		}
		file := expandZoneFile(string(item.file.text), knotToken(name))
		zone := ServedZone{Name: name, At: item.id.at, FileAt: item.file.at, Updates: item.updates.span()}
		switch role := string(item.catalog.text); {
		case seen[name]:
			p.problem(item.id.at, "zone %s is configured twice", zonefiles.Quoted(name.String()))
		case item.secondary:
			p.copies("secondary", zone, storage, file)
		case role == "interpret" || role == "generate":
			p.conf.SetAside["catalog"]++
		default:
			p.serve(zone, storage, file)
		}
		seen[name] = true
	}
}

// fill takes what the zone does not say from its template, or from the one whose name is default, and at last from Knot
// DNS.
func (p *knotParser) fill(item *knotItem) {
	template := p.templates["default"]
	if item.template.text != nil {
		var ok bool
		if template, ok = p.templates[string(item.template.text)]; !ok {
			p.problem(item.template.at, "there is no template %s", zonefiles.Quoted(item.template.text))
		}
	}
	if item.file.text == nil {
		item.file = template.file
	}
	if item.file.text == nil {
		item.file = confToken{text: []byte("%s.zone"), at: item.id.at}
	}
	if item.storage.text == nil {
		item.storage = template.storage
	}
	if item.catalog.text == nil {
		item.catalog = template.catalog
	}
	if item.updates.at.IsEmpty() {
		item.updates = template.updates
	}
	item.secondary = item.secondary || template.secondary
}

// knotToken reads the formatters of Knot DNS: %s the zone's name without its final dot, %c[N] and %c[N-M] characters of
// it, %l[N] a label counted from the right, and %%.
func knotToken(zone zonefiles.Name) func(string) (string, int) {
	full := zone.String()
	name := strings.TrimSuffix(full, ".")
	labels := strings.Split(name, ".")
	return func(text string) (string, int) {
		switch {
		case strings.HasPrefix(text, "%%"):
			return "%", 2
		case strings.HasPrefix(text, "%s"):
			return name, 2
		case !strings.HasPrefix(text, "%c[") && !strings.HasPrefix(text, "%l["):
			return "", 0
		}
		const most = len("%c[255-255]")
		end := strings.IndexByte(text[:min(len(text), most)], ']')
		if end < 0 {
			return "", 0
		}
		from, to, isRange := strings.Cut(text[3:end], "-")
		if !isRange {
			to = from
		}
		low, err1 := strconv.Atoi(from)
		high, err2 := strconv.Atoi(to)
		switch {
		case err1 != nil || err2 != nil || low < 0 || high < low || isRange && text[1] == 'l':
			return "", 0
		case text[1] == 'c':
			low, high = min(low, len(full)), min(high+1, len(full))
			return full[low:high], end + 1
		case low < len(labels):
			return labels[len(labels)-1-low], end + 1
		}
		return "", end + 1
	}
}
