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
	name := p.file.text[e.fields[0].start:e.fields[0].end]
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
	case "$ADDR_LIMIT_V4", "$ADDR_LIMIT_V6": // of gdnsd's answers
		if p.isForGDNSD() {
			return
		}
		fallthrough
	default:
		p.unreadable(p.span(e.fields[0]), gap{anywhere: true}, fmt.Sprintf("%s is not a directive", Quote(name)),
			"the directives are $ORIGIN, $TTL, $INCLUDE and $GENERATE; write \\$ for a name that begins with a dollar sign")
	}
}

// arguments checks how many fields follow a directive's name.
func (p *parser) arguments(e *entry, least, most int, want string) bool {
	if n := len(e.fields) - 1; n >= least && n <= most {
		return true
	}
	name := p.file.text[e.fields[0].start:e.fields[0].end]
	if len(e.fields)-1 < least {
		p.syntax(p.around(e), fmt.Sprintf("%s lacks its %s", Quote(name), want), "")
	} else {
		extra := e.fields[most+1]
		p.syntax(p.span(extra), fmt.Sprintf("%s has %s after its %s", Quote(name),
			Quote(p.file.text[extra.start:extra.end]), want), "")
	}
	return false
}

func (p *parser) setOrigin(e *entry) {
	if !p.arguments(e, 1, 1, "name") {
		p.gap(gap{anywhere: true})
		return
	}
	if origin, ok := p.originField(e.fields[1]); ok {
		p.origin = origin
	}
}

// originField reads the name that an $ORIGIN or $INCLUDE gives.
func (p *parser) originField(f field) (NameID, bool) {
	text := p.file.text[f.start:f.end]
	origin, err := p.names.internText(text, p.origin)
	if err != nil {
		p.syntax(p.span(f), fmt.Sprintf("origin %s cannot be a domain name: %v", Quote(text), err), "")
		p.gap(gap{anywhere: true})
		return rootID, false
	}
	return origin, true
}

func (p *parser) setTTL(e *entry) {
	if !p.arguments(e, 1, 1, "TTL") {
		return
	}
	f := e.fields[1]
	text := p.file.text[f.start:f.end]
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
		p.gap(gap{anywhere: true})
		return
	}
	at := p.span(e.fields[1])
	refuse := func(kind ProblemKind, help, format string, args ...any) {
		p.problem(kind, at, fmt.Sprintf(format, args...), help)
		p.gap(gap{anywhere: true})
	}
	origin := p.origin
	if len(e.fields) == 3 {
		var ok bool
		if origin, ok = p.originField(e.fields[2]); !ok {
			return
		}
	}
	path := string(decodeString(p.file.text[at.Start:at.End]))
	shown := Quote([]byte(path))
	limits := &p.loader.Limits
	switch {
	case len(p.stack) > limits.MaxIncludeDepth:
		refuse(IncludeProblem, "", "include %s is more than %d files deep", shown, limits.MaxIncludeDepth)
		return
	case len(p.zone.Includes)+len(p.zone.Elsewhere) >= limits.MaxIncludes:
		refuse(LimitProblem, "", "include %s is one more than the %d that a zone may have", shown, limits.MaxIncludes)
		return
	}
	places, expected := p.loader.includePaths(p.file.Name, p.zone.Path, path)
	const help = "give the path relative to this file or to the root folder, " +
		`or map the server's folder under "paths" in the configuration`
	switch {
	case !expected:
		p.zone.Elsewhere = append(p.zone.Elsewhere, Elsewhere{path, at})
		p.gap(gap{anywhere: true})
		return
	case len(places) > 1 && strings.HasPrefix(path, "/"):
		refuse(IncludeProblem, help, "include %s may be %s or %s here", shown, Quote(places[0]), Quote(places[1]))
		return
	}
	file, err := p.loader.open(places)
	if err != nil {
		refuse(IncludeProblem, help, "include %s cannot be read: %v", shown, disk.Reason(err))
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

// Elsewhere is an included file that only the name server has: its path is absolute, and the repository has neither the
// file nor the folder.
type Elsewhere struct {
	Path string
	Span Span // of the path
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
