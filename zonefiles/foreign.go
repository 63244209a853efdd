package zonefiles

import (
	"cmp"
	"fmt"
	"strings"
)

// Some programs read records of types that the others refuse, and make addresses of them as they answer. So the
// addresses are unknown, unless they are those of a name that some zone holds, and what else the zone says counts.

// Dialect is whose zone files a zone may be one of.
type Dialect string

// The dialects beside that of RFC 1035.
const (
	PowerDNS Dialect = "powerdns"
	GDNSD    Dialect = "gdnsd"
)

// foreignType is a type that one program alone reads.
type foreignType struct {
	readers string  // who
	dialect Dialect // that allows it; GDNSD needs no leave, since nobody else has names like these
	makes   []Type  // what is made of it; none: the type in its first field
	isAlias bool    // its only field is a name, whose addresses are given
}

func foreignTypeOf(mnemonic string) (foreignType, bool) {
	addresses := []Type{TypeA, TypeAAAA}
	switch strings.ToUpper(mnemonic) {
	case "ALIAS":
		return foreignType{"PowerDNS and some providers read it", PowerDNS, addresses, true}, true
	case "ANAME":
		return foreignType{"some providers read it", PowerDNS, addresses, true}, true
	case "LUA":
		return foreignType{"PowerDNS reads it", PowerDNS, nil, false}, true
	case "DYNA":
		return foreignType{"gdnsd reads it", GDNSD, addresses, false}, true
	case "DYNC":
		return foreignType{"gdnsd reads it", GDNSD, append(addresses, TypeCNAME), false}, true
	}
	return foreignType{}, false
}

// aliasTarget is the name that a record's fields, from its type on, give as its only one.
func (p *parser) aliasTarget(fields []field) (target Name, ok bool) {
	if len(fields) != 2 || fields[1].quoted {
		return Root, false
	}
	target, err := ParseName(p.file.text[fields[1].start:fields[1].end], p.names.Name(p.origin))
	return target, err == nil && !target.IsHidden()
}

// foreign reads a record, from its type on, if the type is one that some programs read.
func (p *parser) foreign(fields []field) bool {
	at := p.span(fields[0])
	t, ok := foreignTypeOf(string(p.file.text[at.Start:min(at.End, at.Start+maxWord)]))
	if !ok || fields[0].quoted {
		return false
	}
	if target, ok := p.aliasTarget(fields); ok && t.isAlias {
		p.zone.addAlias(p.owner, target)
		t.makes = nil
	} else if t.makes == nil && len(fields) > 1 {
		made, _ := parseType(p.file.text[fields[1].start:fields[1].end])
		t.makes = []Type{made} // 0, which is any, where it is none
	}
	for _, made := range t.makes {
		p.gap(gap{owner: p.owner, typ: made})
	}
	if t.dialect == GDNSD {
		p.dialect = cmp.Or(p.dialect, GDNSD)
	}
	if t.dialect != GDNSD && t.dialect != p.dialect && !p.zone.IsTemplate {
		p.syntax(at, fmt.Sprintf("%s is not an RR type: %s, and BIND, Knot and NSD refuse the zone",
			Quote(p.file.text[at.Start:at.End]), t.readers),
			"publish the addresses as A and AAAA records; if PowerDNS serves this zone, set dialect: powerdns")
	}
	return true
}
