package serverconf

import (
	"strings"

	"mx46/zonefiles"
)

// Whether anybody may change a zone while it is served (RFC 2136). The server then writes the zone's file itself: an
// edit is lost, or does not fit the journal and keeps the zone from being loaded.

// permission is what a configuration says of updates. The zero permission: nothing.
type permission struct {
	at      zonefiles.Span // the keyword
	granted bool
}

// allowUpdate reads the block of BIND's allow-update after its opening brace. Only "none" and "!any" make a zone
// static: BIND takes an empty list, or the name of one, for a dynamic zone ("rndc zonestatus" says so).
func (p *namedParser) allowUpdate(lx *confLexer, b namedBlock, keyword confToken) {
	said := permission{at: keyword.at}
	outer, elements, negated := lx.open, 0, false
	p.skip(lx, func(t confToken) {
		word := strings.ToLower(string(t.text))
		if negated {
			word = "!" + word
		}
		if negated = word == "!"; negated {
			return
		}
		elements++
		said.granted = said.granted || lx.open > outer || word != "none" && word != "!any"
	})
	said.granted = said.granted || elements == 0
	if b.kind == zoneBlock {
		b.zone.updates = said
	} else {
		p.updates[b.view] = said
	}
}

// span is the keyword of a permission that is granted, and empty otherwise.
func (p permission) span() zonefiles.Span {
	if !p.granted {
		return zonefiles.Span{}
	}
	return p.at
}

// updatesOf is what a zone says of updates by itself, or else its view, or else the options.
func (p *namedParser) updatesOf(z *zoneStatement) permission {
	for _, said := range []permission{z.updates, p.updates[z.view]} {
		if !said.at.IsEmpty() {
			return said
		}
	}
	return p.updates[""]
}

// knotACL is an item of the section acl of Knot DNS, as far as it is about updates.
type knotACL struct {
	updates zonefiles.Span // the action; empty where it is none of them
	denies  bool
}

// aclOption handles a value of an item of the section acl.
func (p *knotParser) aclOption(key string, value confToken) {
	if key == "id" {
		p.acl = string(value.text)
	}
	acl := p.acls[p.acl]
	switch word := strings.ToLower(string(value.text)); key {
	case "action":
		if word == "update" {
			acl.updates = value.at
		}
	case "deny":
		acl.denies = word == "on" || word == "true"
	default:
		return
	}
	p.acls[p.acl] = acl
}

// refer lets a rule of the section acl, which comes before, apply to the zone or template that is open.
func (p *knotParser) refer(rule confToken) {
	acl, said := p.acls[string(rule.text)], &p.open.updates
	switch {
	case said.granted:
	case acl.denies || acl.updates.IsEmpty():
		said.at = rule.at
	default:
		*said = permission{acl.updates, true}
	}
}
