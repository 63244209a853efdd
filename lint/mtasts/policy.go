// Package mtasts reads MTA-STS policies, which say at which MX hosts senders may deliver a domain's mail (RFC 8461).
package mtasts

import (
	"bytes"
	"strings"

	"mx46/zonefiles"
)

// Policy is what a policy says. Spans lie in the file that it was read from.
type Policy struct {
	Mode Mode
	MX   []Pattern
	// Fault says why senders deliver as if there were no policy; empty where the policy can be used.
	Fault string
	Place zonefiles.Span // of the fault, or of the mode

	names, parents map[zonefiles.Name]bool // of MX: those without a wildcard, and the parents of the others
}

// Mode says what senders do about a host that the policy does not allow (RFC 8461 s.5).
type Mode uint8

// The modes.
const (
	None    Mode = iota // they heed nothing
	Testing             // they report it
	Enforce             // they do not deliver there
)

var modes = [...]string{None: "none", Testing: "testing", Enforce: "enforce"}

// String is the mode's word.
func (m Mode) String() string { return modes[m] }

// Pattern is which MX hosts an mx field allows.
type Pattern struct {
	Name  zonefiles.Name // with the label * for any one label there
	Place zonefiles.Span
}

// Allows reports whether senders may deliver to an MX host, by its name in the MX record (RFC 8461 s.4.1).
func (p *Policy) Allows(host zonefiles.Name) bool {
	return p.names[host] || !host.IsRoot() && p.parents[host.Parent()]
}

func (p *Policy) allow(pattern zonefiles.Name, place zonefiles.Span) {
	p.MX = append(p.MX, Pattern{pattern, place})
	if pattern.IsWildcard() {
		p.parents[pattern.Parent()] = true
	} else {
		p.names[pattern] = true
	}
}

// Parse reads a policy (RFC 8461 s.3.2). Lines that are no field, and fields that it does not know, it passes over, and
// of a field that may be there once the first counts.
func Parse(file *zonefiles.File) *Policy {
	p := &Policy{
		Place: zonefiles.Span{File: file.ID, End: uint32(len(firstLine(file.Data)))},
		names: map[zonefiles.Name]bool{}, parents: map[zonefiles.Name]bool{},
	}
	if len(file.Data) > MaxSize {
		p.Fault = "it is larger than senders read"
		return p
	}
	seen := map[string]bool{}
	at := 0
	for line := range bytes.Lines(file.Data) {
		text := bytes.TrimRight(line, "\r\n")
		place := zonefiles.Span{File: file.ID, Start: uint32(at), End: uint32(at + len(text))}
		at += len(line)
		key, value, ok := strings.Cut(string(text), ":")
		if isFirst := !seen[key] || key == "mx"; !ok || !isFirst {
			continue
		}
		seen[key] = true
		p.field(key, strings.Trim(value, " \t"), place)
	}
	switch {
	case p.Fault != "":
	case !seen["version"]:
		p.Fault = `it has no line "version: STSv1"`
	case !seen["mode"]:
		p.Fault = "it has no mode"
	case !seen["max_age"]:
		p.Fault = "it has no max_age"
	case len(p.MX) == 0 && p.Mode != None:
		p.Fault = "it allows no MX host"
	}
	return p
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.TrimRight(line, "\r")
}

// field takes in one field.
func (p *Policy) field(key, value string, place zonefiles.Span) {
	fault := ""
	switch key {
	case "version":
		if value != "STSv1" {
			fault = "its version is not STSv1"
		}
	case "mode":
		fault = "its mode is none of enforce, testing and none"
		for mode, word := range modes {
			if word == value {
				p.Mode, fault = Mode(mode), ""
			}
		}
		if p.Fault == "" {
			p.Place = place
		}
	case "max_age":
		if len(value) < 1 || len(value) > 10 || strings.Trim(value, "0123456789") != "" {
			fault = "its max_age is no number of seconds"
		}
	case "mx":
		if name, ok := parsePattern(value); ok {
			p.allow(name, place)
		} else {
			fault = "a pattern is neither a host name nor one with *. before it"
		}
	}
	if fault != "" && p.Fault == "" {
		p.Fault, p.Place = fault, place
	}
}

// parsePattern reads a host name, with or without a wildcard as its first label. Senders compare it as text, so that a
// final dot keeps it from matching anything.
func parsePattern(value string) (zonefiles.Name, bool) {
	host := strings.TrimPrefix(value, "*.")
	isForeign := func(c rune) bool {
		return c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}
	if host == "" || strings.HasSuffix(host, ".") || strings.ContainsFunc(host, isForeign) {
		return zonefiles.Root, false
	}
	name, err := zonefiles.ParseName([]byte(value), zonefiles.Root)
	return name, err == nil
}
