package zonefiles

import (
	"bytes"
	"fmt"
	"strings"

	"mx46/zonefiles/disk"
)

// This file carries out $ORIGIN, $TTL and $INCLUDE (RFC 1035 s.5.1, RFC 2308 s.4), and hands $GENERATE on to
// generate.go.

// directive carries out an entry that begins with a dollar sign.
func (p *parser) directive(e *entry) {
	name := p.file.Data[e.fields[0].start:e.fields[0].end]
	switch string(bytes.ToUpper(name[:min(len(name), 16)])) {
	case "$ORIGIN":
		p.setOrigin(e)
	case "$TTL":
		p.setTTL(e)
	case "$INCLUDE":
		p.include(e)
	case "$GENERATE":
		p.generate(e)
	case "$DATE": // BIND writes it into dumps; it says nothing about the records
	default:
		p.syntax(p.span(e.fields[0]), fmt.Sprintf("%s is not a directive", Quote(name)),
			"the directives are $ORIGIN, $TTL, $INCLUDE and $GENERATE; write \\$ for a name that begins with a dollar sign")
		p.gap(Gap{Whole: true, Span: p.span(e.fields[0])})
	}
}

// arguments checks how many fields follow a directive's name.
func (p *parser) arguments(e *entry, least, most int, want string) bool {
	if n := len(e.fields) - 1; n >= least && n <= most {
		return true
	}
	name := p.file.Data[e.fields[0].start:e.fields[0].end]
	if len(e.fields)-1 < least {
		p.syntax(p.around(e), fmt.Sprintf("%s lacks its %s", Quote(name), want), "")
	} else {
		extra := e.fields[most+1]
		p.syntax(p.span(extra), fmt.Sprintf("%s has %s after its %s", Quote(name),
			Quote(p.file.Data[extra.start:extra.end]), want), "")
	}
	return false
}

func (p *parser) setOrigin(e *entry) {
	if !p.arguments(e, 1, 1, "name") {
		p.gap(Gap{Whole: true, Span: p.around(e)})
		return
	}
	if origin, ok := p.originField(e.fields[1]); ok {
		p.origin = origin
	}
}

// originField reads the name that an $ORIGIN or $INCLUDE gives.
func (p *parser) originField(f field) (NameID, bool) {
	text := p.file.Data[f.start:f.end]
	origin, err := p.names.internText(text, p.origin)
	if err != nil {
		p.syntax(p.span(f), fmt.Sprintf("origin %s cannot be a domain name: %v", Quote(text), err), "")
		p.gap(Gap{Whole: true, Span: p.span(f)})
		return rootID, false
	}
	return origin, true
}

func (p *parser) setTTL(e *entry) {
	if !p.arguments(e, 1, 1, "TTL") {
		return
	}
	f := e.fields[1]
	text := p.file.Data[f.start:f.end]
	ttl, ok := parseTTL(text)
	if !ok || f.quoted {
		p.syntax(p.span(f),
			fmt.Sprintf("$TTL %s is not a number of seconds up to 2147483647, with or without units (1h30m)", Quote(text)), "")
		ttl = 0 // one fault, one finding: the records that would inherit it are not accused of having no TTL
	}
	p.defaultTTL, p.hasDefaultTTL = servedTTL(ttl), true
}

// include reads another file in place of the directive, below an origin of its own if one is given. Origin and owner
// are as before afterwards; $TTL goes on, as in BIND.
func (p *parser) include(e *entry) {
	if !p.arguments(e, 1, 2, "file name") {
		p.gap(Gap{Whole: true, Span: p.around(e)})
		return
	}
	at := p.span(e.fields[1])
	refuse := func(kind ProblemKind, help, format string, args ...any) {
		p.problem(kind, at, fmt.Sprintf(format, args...), help)
		p.gap(Gap{Whole: true, Span: at})
	}
	origin := p.origin
	if len(e.fields) == 3 {
		var ok bool
		if origin, ok = p.originField(e.fields[2]); !ok {
			return
		}
	}
	path := string(decodeString(p.file.Data[at.Start:at.End]))
	shown := Quote([]byte(path))
	limits := &p.loader.Limits
	switch {
	case len(p.stack) > limits.MaxIncludeDepth:
		refuse(IncludeProblem, "", "include %s is more than %d files deep", shown, limits.MaxIncludeDepth)
		return
	case len(p.zone.Includes) >= limits.MaxIncludes:
		refuse(LimitProblem, "", "include %s is one more than the %d that a zone may have", shown, limits.MaxIncludes)
		return
	}
	file, err := p.loader.open(p.loader.includePaths(p.file.Name, p.zone.Path, path))
	if err != nil {
		refuse(IncludeProblem, "give the path relative to this file or to the root folder, "+
			`or map the server's folder under "paths" in the configuration`,
			"include %s cannot be read: %v", shown, disk.Reason(err))
		return
	}
	if chain := p.circle(file.ID); chain != "" {
		refuse(IncludeProblem, "", "include %s is circular: %s", shown, chain)
		return
	}
	if p.included += int64(len(file.Data)); p.included > limits.MaxIncludedBytes {
		refuse(LimitProblem, "", "include %s brings what the zone includes beyond %d bytes", shown, limits.MaxIncludedBytes)
		return
	}
	p.zone.Includes = append(p.zone.Includes, file.ID)
	p.nested(file, origin)
}

// nested reads a file in place of a directive.
func (p *parser) nested(file *File, origin NameID) {
	before := p.state()
	p.stack = append(p.stack, file.ID)
	p.origin = origin
	unclosed := p.unclosed
	p.parseFile(file)
	p.unclosed = unclosed
	p.stack = p.stack[:len(p.stack)-1]
	p.restore(before)
}

// circle is the way from a file back to itself, or "" where it is not being read already.
func (p *parser) circle(id FileID) string {
	for i, open := range p.stack {
		if open != id {
			continue
		}
		var names []string
		for _, f := range p.stack[i:] {
			names = append(names, Quote([]byte(p.loader.Files.File(f).Name)))
		}
		return strings.Join(append(names, names[0]), " includes ")
	}
	return ""
}
