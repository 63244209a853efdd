package lock

import (
	"time"

	"mx46/lint/delivery"
)

// This file writes locks.

const (
	magic  = "# mx46 hosts v"
	header = magic + `1. Written by "mx46 resolve": commit it, do not edit. ` +
		`Facts of your own belong under "hosts" in .mx46.yaml.`
	seen = "# seen "
)

// kinds are the words for kinds of addresses, in the order in which they are written.
var kinds = [...]struct {
	word      string
	kind      delivery.Kind
	reachable bool
}{
	{"global", delivery.Global, false},
	{"documentation", delivery.Documentation, false},
	{"private", delivery.Private, false},
	{"scoped", delivery.Scoped, false},
	{"translated", delivery.Translated, false},
	{"special-purpose", delivery.SpecialPurpose, false},
	{"special-purpose-reachable", delivery.SpecialPurpose, true},
}

// nameWidth is the room for a host's name, the same in every file: a long name that comes or goes changes its own
// line alone.
const nameWidth = 29

// AppendText appends the host's line, without a line end.
func (h *Host) AppendText(b []byte) []byte {
	start := len(b)
	if h.Name.FirstLabel() != "" && h.Name.FirstLabel()[0] == '#' {
		b = append(b, '\\') // or the line would be a comment
	}
	b = h.Name.AppendText(b)
	for len(b)-start < nameWidth-1 {
		b = append(b, ' ')
	}
	return h.appendFacts(b)
}

// Facts is the host's line without its name.
func (h *Host) Facts() string { return string(h.appendFacts(nil)[1:]) }

// appendFacts appends the facts, each after a blank.
func (h *Host) appendFacts(b []byte) []byte {
	if !h.Alias.IsRoot() {
		b = h.Alias.AppendText(append(b, " alias="...))
	}
	switch h.State {
	case Unknown:
		b = append(b, " unknown"...)
	case NoData:
		b = append(b, " nodata"...)
	case NXDomain:
		b = append(b, " nxdomain"...)
	case Addresses:
		b = h.IPv4.appendText(b, " ipv4")
		b = h.IPv6.appendText(b, " ipv6")
	}
	switch h.DNS {
	case delivery.IPv4:
		b = append(b, " dns=ipv4"...)
	case delivery.IPv6:
		b = append(b, " dns=ipv6"...)
	}
	return b
}

// String is the host's line.
func (h *Host) String() string { return string(h.AppendText(nil)) }

func (s Seen) appendText(b []byte, family string) []byte {
	if s.Found == 0 {
		return b
	}
	b = append(b, family...)
	if s.Found.Only(delivery.Global) {
		return b
	}
	separator := byte('=')
	for _, k := range kinds {
		if s.Found.Has(k.kind) && (k.kind != delivery.SpecialPurpose || s.Reachable == k.reachable) {
			b = append(append(b, separator), k.word...)
			separator = ','
		}
	}
	return b
}

// AppendText appends the lock as a file, in the one order that it has.
func (l *Lock) AppendText(b []byte) []byte {
	b = append(append(b, header...), '\n')
	if !l.Seen.IsZero() {
		b = append(l.Seen.AppendFormat(append(b, seen...), time.DateOnly), '\n')
	}
	for i := range l.hosts {
		b = append(l.hosts[i].AppendText(b), '\n')
	}
	return b
}

// Change is a host of which two locks say different things. Before or After is nil where one says nothing.
type Change struct{ Before, After *Host }

// Diff lists what differs from one lock to another, in the order of the file.
func Diff(before, after *Lock) (changes []Change) {
	old, now := before.Hosts(), after.Hosts()
	for len(old) > 0 || len(now) > 0 {
		var c Change
		var order int
		switch {
		case len(old) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = CompareNames(old[0].Name, now[0].Name)
		}
		if order <= 0 {
			c.Before, old = &old[0], old[1:]
		}
		if order >= 0 {
			c.After, now = &now[0], now[1:]
		}
		if order != 0 || !c.Before.Same(*c.After) {
			changes = append(changes, c)
		}
	}
	return changes
}
