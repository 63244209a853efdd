package lsp

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file says what lies at a place: the findings there, the host that a record names, the file that is included.

// nameField is the place among the RDATA fields of the name of a host.
func nameField(t zonefiles.Type) int {
	switch t {
	case zonefiles.TypeMX:
		return 1
	case zonefiles.TypeSRV:
		return 3
	case zonefiles.TypeNS, zonefiles.TypeCNAME:
		return 0
	}
	return -1
}

// recordAt is the record at a byte of a file, in the first zone that is read from it.
func (v *view) recordAt(file zonefiles.FileID, offset uint32) (zonefiles.Record, bool) {
	for _, zones := range v.workspace.Views() {
		for _, z := range zones {
			if z.File != file && !slices.Contains(z.Includes, file) {
				continue
			}
			if r, ok := z.RecordAt(file, offset); ok {
				return r, true
			}
		}
	}
	return zonefiles.Record{}, false
}

// namedAt is the host that a record names at a byte, and where it does so.
func (v *view) namedAt(file zonefiles.FileID, offset uint32) (
	record zonefiles.Record, name zonefiles.Name, at zonefiles.Span, ok bool,
) {
	if record, ok = v.recordAt(file, offset); !ok {
		return record, name, at, false
	}
	field, ok := record.FieldAt(offset)
	if !ok || field != nameField(record.Type()) {
		return record, name, at, false
	}
	name, ok = record.Name(field)
	return record, name, record.Field(field), ok
}

func (s *Server) hover(ctx context.Context, p positionParams) (*hover, error) {
	var found *hover
	err := s.at(ctx, p.TextDocument.URI, func(v *view, d *document) error {
		file, offset, ok := v.place(d, p.Position)
		if !ok {
			return nil
		}
		var parts []string
		var at *span
		for i := range v.findings {
			f := &v.findings[i]
			uri, shown := v.diagnostic(f)
			if uri != d.uri || before(p.Position, shown.Range.Start) || before(shown.Range.End, p.Position) {
				continue
			}
			at = &shown.Range
			parts = append(parts, fenced(fmt.Sprintf("%s: %s\n%s", f.Severity, f.Rule.Name, describe(f))))
			if len(parts) <= maxPages {
				parts = append(parts, f.Rule.Page())
			}
		}
		if record, name, named, ok := v.namedAt(file.ID, offset); ok {
			shown := v.encoding.span(v.workspace.Files(), named)
			at = &shown
			parts = slices.Insert(parts, 0, fenced(strings.Join(v.describeHost(record, name), "\n")))
		}
		if len(parts) > 0 {
			found = &hover{markup{v.markup, strings.Join(parts, "\n\n")}, at}
		}
		return nil
	})
	return found, err
}

// maxPages is how many pages of rules one hover shows; more are not read.
const maxPages = 2

// fenced is text in which Markdown means nothing.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + text + "\n" + fence
}

// place is the file and the byte at a position of a document; it reports false where no zone is read from it.
func (v *view) place(d *document, at position) (*zonefiles.File, uint32, bool) {
	name, err := v.workspace.Name(d.path)
	if err != nil || !v.reads(name) {
		return nil, 0, false
	}
	file, err := v.workspace.File(name)
	if err != nil {
		return nil, 0, false
	}
	return file, uint32(v.encoding.offset(file.Data, at)), true
}

// describeHost says what is known of a host, a line each.
func (v *view) describeHost(record zonefiles.Record, name zonefiles.Name) []string {
	host := v.workspace.Host(record.Zone(), name)
	lines := []string{text.Line(name.Undotted() + ": " + families(host.Usable, host.Open))}
	if host.Canonical != name && !host.Loop {
		lines = append(lines, text.Line("an alias of "+host.Canonical.Undotted()))
	}
	for _, answer := range []*dns.Answer{&host.A, &host.AAAA} {
		if answer.Status != dns.Data {
			continue
		}
		for i := range min(answer.Records.Len(), maxAddresses) {
			r := answer.Records.At(i)
			lines = append(lines, text.Line(fmt.Sprintf("%s %s, %s", r.Type(), r.Addr(), v.workspace.Position(r.Span()))))
		}
		if left := answer.Records.Len() - maxAddresses; left > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", left))
		}
	}
	if host.Seen != nil {
		seen := v.workspace.Lock().Seen.Format(time.DateOnly)
		lines = append(lines, text.Line(fmt.Sprintf("%s %s, %s, as of %s",
			host.Seen.Name.Undotted(), host.Seen.Facts(), v.workspace.Position(host.Seen.Line), seen)))
	}
	if fact, ok := v.workspace.Config().Hosts[name]; ok {
		lines = append(lines, text.Line("said in "+fact.From))
	}
	return lines
}

// maxAddresses is how many addresses of a family one hover shows.
const maxAddresses = 8

// families says in which families a host can be reached.
func families(usable, open delivery.Families) string {
	switch {
	case open == delivery.Dual:
		return "nothing here knows its addresses"
	case open != delivery.None:
		return fmt.Sprintf("usable over %s; nothing here knows about %s", usable, open)
	case usable == delivery.None:
		return "no usable address"
	}
	return "usable over " + usable.String()
}

func (s *Server) definition(ctx context.Context, p positionParams) ([]location, error) {
	found := []location{}
	err := s.at(ctx, p.TextDocument.URI, func(v *view, d *document) error {
		file, offset, ok := v.place(d, p.Position)
		if !ok {
			return nil
		}
		if record, name, _, ok := v.namedAt(file.ID, offset); ok {
			found = append(found, v.addressesOf(record, name)...)
		} else if include, ok := v.includedAt(file, offset); ok {
			found = append(found, location{URI: v.uri(include)})
		}
		return nil
	})
	return found, err
}

// addressesOf are the addresses of a host that a record names, or else the alias at its name.
func (v *view) addressesOf(record zonefiles.Record, name zonefiles.Name) []location {
	host := v.workspace.Host(record.Zone(), name)
	var found []location
	for _, answer := range []*dns.Answer{&host.A, &host.AAAA} {
		if answer.Status == dns.Data || answer.Status == dns.Alias {
			for i := range answer.Records.Len() {
				found = append(found, v.location(answer.Records.At(i).Span()))
			}
		}
	}
	if len(found) == 0 && host.Seen != nil {
		found = append(found, v.location(host.Seen.Line))
	}
	return found
}

// includedAt is the name of the file that the line of a byte includes, in the first zone that does.
func (v *view) includedAt(file *zonefiles.File, offset uint32) (string, bool) {
	files := v.workspace.Files()
	line := files.Line(file.ID, files.Position(file.ID, offset).Line)
	fields := strings.Fields(string(line))
	if len(fields) < 2 || !strings.EqualFold(fields[0], "$INCLUDE") {
		return "", false
	}
	end := path.Join("/", strings.Trim(fields[1], `"`))
	for _, z := range v.workspace.Zones() {
		if z.File != file.ID && !slices.Contains(z.Includes, file.ID) {
			continue
		}
		for _, id := range z.Includes {
			if name := files.File(id).Name; strings.HasSuffix("/"+name, end) || path.Base(name) == path.Base(end) {
				return name, true
			}
		}
	}
	return "", false
}
