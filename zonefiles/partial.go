package zonefiles

import (
	"fmt"
	"strings"
)

// This file reads the records of templates, of which a tool has yet to fill in some fields (template.go). What such a
// field says is unknown, and no more: a record that says where something is stays, with a name that no zone holds; any
// other becomes a gap.

// UnknownTTL is the TTL of records whose TTL a tool has yet to fill in. It is larger than any other.
const UnknownTTL = inheritsTTL - 1

// isTooLarge reports a template that is not read, since it is too much for the zone. Nothing is read after it.
func (p *parser) isTooLarge(f *File) bool {
	if !f.isTemplate {
		return false
	}
	if p.templates += len(f.Data); p.templates <= maxTemplateText {
		return false
	}
	p.problem(LimitProblem, Span{File: f.ID},
		fmt.Sprintf("the file is not read: with it, the templates of the zone are more than %d bytes", maxTemplateText),
		"lint the zone that a tool makes of it")
	p.gap(gap{anywhere: true})
	return true
}

// partial reads an entry of a template if something in it is unknown; it reports false for any other.
func (p *parser) partial(e *entry) bool {
	data, fields := p.file.text, e.fields
	if p.isDirective(e) {
		unknown := isAnyHidden(data, fields)
		if unknown {
			p.partialDirective(e)
		}
		return unknown
	}
	if !e.indented {
		p.partialOwner(fields[0])
		fields = fields[1:]
	}
	if p.ownerState == unknownOwner || isAnyHidden(data, fields) {
		p.partialRecord(e, fields)
		return true
	}
	return false
}

func (p *parser) isDirective(e *entry) bool {
	return !e.indented && !e.fields[0].quoted && p.file.text[e.fields[0].start] == '$'
}

func isAnyHidden(data []byte, fields []field) bool {
	return len(fields) > 0 && isHidden(data[fields[0].start:fields[len(fields)-1].end])
}

// partialDirective carries out a directive with an unknown argument as far as that goes.
func (p *parser) partialDirective(e *entry) {
	data := p.file.text
	switch name := string(data[e.fields[0].start:e.fields[0].end]); {
	case strings.EqualFold(name, "$TTL"):
		p.defaultTTL, p.hasDefaultTTL = UnknownTTL, true
		return
	case strings.EqualFold(name, "$ORIGIN") && len(e.fields) > 1:
		text := data[e.fields[1].start:e.fields[1].end]
		if origin, err := p.names.internText(text, p.origin); err == nil {
			p.origin = origin
			return
		}
	}
	p.gap(gap{anywhere: true})
}

// partialOwner makes a field the owner of the records from here on; it is unknown if a tool has yet to fill in a part
// of it, or of the origin that it is below.
func (p *parser) partialOwner(f field) {
	text := p.file.text[f.start:f.end]
	isAbsolute := len(text) > 0 && text[len(text)-1] == '.'
	if isHidden(text) || !isAbsolute && p.names.Name(p.origin).IsHidden() {
		p.ownerState = unknownOwner
	} else if p.setOwner(text) != nil {
		p.ownerState = brokenOwner
	}
}

// partialRecord reads a record of which a part is unknown, from the field after its owner on.
func (p *parser) partialRecord(e *entry, fields []field) {
	data := p.file.text
	missing := gap{owner: p.owner, anywhere: p.ownerState != knownOwner || len(e.fields) == 1}
	ttl, hasTTL, otherClass, rest := ttlAndClass(data, fields)
	for len(rest) > 1 && isHidden(data[rest[0].start:rest[0].end]) {
		if _, _, _, after := ttlAndClass(data, rest[1:]); len(after) > 0 {
			if typ, ok := parseType(data[after[0].start:after[0].end]); ok && typ.isData() {
				ttl, hasTTL, rest = UnknownTTL, true, after
				break
			}
		}
		rest = rest[1:]
	}
	if len(rest) == 0 {
		p.gap(missing)
		return
	}
	typ, ok := parseType(data[rest[0].start:rest[0].end])
	if !ok || !typ.isData() {
		p.gap(missing)
		return
	}
	if missing.typ = typ; otherClass {
		p.setAside(fields[:len(fields)-len(rest)])
		return
	}
	p.hasSOA = p.hasSOA || typ == TypeSOA
	if missing.anywhere || !p.stays(typ, rest[1:]) {
		p.gap(missing)
		return
	}
	if hasTTL {
		p.lastTTL, p.hasLastTTL = ttl, true
	} else if ttl, hasTTL = p.inheritedTTL(); !hasTTL {
		ttl = UnknownTTL
		if typ == TypeSOA {
			p.defaultTTL, p.hasDefaultTTL = ttl, true
		}
	}
	p.keep(e, typ, ttl, rest[1:])
}

// stays reports whether a record of the type says more by being there than by what is unknown of it: that there is a
// zone, a cut, an alias or a mail domain. It must have all its fields, and names in their places.
func (p *parser) stays(typ Type, rdata []field) bool {
	names := map[Type][2]int{ // from, to
		TypeSOA: {0, 2}, TypeNS: {0, 1}, TypeCNAME: {0, 1}, TypeDNAME: {0, 1}, TypeMX: {1, 2},
	}
	of, ok := names[typ]
	if !ok || len(rdata) < of[1] || typ == TypeSOA && len(rdata) != 7 || typ != TypeSOA && len(rdata) != of[1] {
		return false
	}
	for _, f := range rdata[of[0]:of[1]] {
		if f.quoted || checkName(p.file.text[f.start:f.end], f.escaped, p.originSize().octets) != nil {
			return false
		}
	}
	return true
}
