// Package baseline records the findings that a team already has, so that only new ones are reported.
//
// A baseline is text that people can compare and merge: a heading with the version, then sorted lines, one for each
// kind of finding:
//
//	zone owner rule target count
//
// Findings are identified by their subject, not by their line, so lines above them may come and go. A field that is
// empty, or holds anything but printable ASCII without blanks and quotes, is quoted as in Go. Lines that begin with #
// are comments.
package baseline

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mx46/lint"
	"mx46/zonefiles"
)

const (
	heading = "mx46 baseline 1"
	remark  = "# Findings that are known and not reported: zone, owner, rule, target, how many. " +
		"Written by mx46 lint --write-baseline."
)

// entry is a line of a baseline, in 24 bytes besides its text: a file of a stranger may hold a million of them.
type entry struct {
	kind  string // the line up to its count; see kindOf
	count int32
	line  int32 // in the file, from 1
}

func (e entry) compare(other entry) int {
	return cmp.Or(strings.Compare(e.kind, other.kind), cmp.Compare(e.line, other.line))
}

// kindOf is what a line says of a finding before the count.
func kindOf(f *lint.Finding) string {
	target := f.Subject.Target
	if target == "" && !f.Rule.HasSubjects() {
		target = f.Message // what cannot be read has no subject but itself
	}
	return kind([4]string{f.Zone.String(), f.Subject.Owner.String(), f.Rule.Name, target})
}

func kind(fields [4]string) string {
	for i := range fields {
		fields[i] = field(fields[i])
	}
	return strings.Join(fields[:], " ")
}

// Baseline is a set of known findings. It is immutable.
type Baseline struct{ entries []entry } // sorted, each kind once

// New is the baseline of those findings that are not suppressed.
func New(findings []lint.Finding) *Baseline {
	var kinds []string
	for i := range findings {
		if findings[i].Suppressed == "" {
			kinds = append(kinds, kindOf(&findings[i]))
		}
	}
	slices.Sort(kinds)
	b := &Baseline{}
	for i, kind := range kinds {
		if i == 0 || kind != kinds[i-1] {
			b.entries = append(b.entries, entry{kind: kind})
		}
		b.entries[len(b.entries)-1].count++
	}
	return b
}

// Text is the content of the baseline's file.
func (b *Baseline) Text() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n", heading, remark)
	for _, e := range b.entries {
		fmt.Fprintf(&out, "%s %d\n", e.kind, e.count)
	}
	return out.Bytes()
}

// Suppress marks the findings that the baseline holds: the first ones of each kind, as many as it counts. Left is what
// it holds beyond them.
func (b *Baseline) Suppress(findings []lint.Finding) (left *Baseline) {
	left = &Baseline{slices.Clone(b.entries)}
	for i := range findings {
		f := &findings[i]
		if f.Suppressed != "" {
			continue
		}
		at, found := slices.BinarySearchFunc(left.entries, kindOf(f), func(e entry, kind string) int {
			return strings.Compare(e.kind, kind)
		})
		if found && left.entries[at].count > 0 {
			left.entries[at].count--
			f.Suppressed = lint.Baselined
		}
	}
	return left
}

// Count counts the lines of the baseline for those zones and rules that are asked for, and the findings in them.
func (b *Baseline) Count(asked func(zone, rule string) bool) (entries, findings int) {
	for _, e := range b.entries {
		if e.isAsked(asked) {
			entries++
			findings += int(e.count)
		}
	}
	return entries, findings
}

func (e entry) isAsked(asked func(zone, rule string) bool) bool {
	fields, _, _ := readFields(e.kind + " ")
	return e.count > 0 && asked(fields[0], fields[2])
}

// Prune is the text that b was read from, without what is left of it, for those zones and rules that are asked for. All
// other lines stay as they are.
func (b *Baseline) Prune(text []byte, left *Baseline, asked func(zone, rule string) bool) []byte {
	now := map[int32]int32{}         // what is known yet, by line
	for i, e := range left.entries { // those of b, in its order
		if e.isAsked(asked) {
			now[e.line] = b.entries[i].count - e.count
		}
	}
	var out bytes.Buffer
	var number int32
	for line := range bytes.Lines(text) {
		number++
		count, changes := now[number]
		switch {
		case !changes:
			out.Write(line)
		case count > 0:
			end := bytes.TrimRight(line, "\r\n")
			fmt.Fprintf(&out, "%s%d%s", end[:bytes.LastIndexByte(end, ' ')+1], count, line[len(end):])
		}
	}
	return out.Bytes()
}

// field is a field as it is written in the file.
func field(s string) string {
	plain := s != "" && s[0] != '#'
	for i := range len(s) {
		plain = plain && s[i] > ' ' && s[i] < 0x7f && s[i] != '"'
	}
	if plain {
		return s
	}
	return strconv.QuoteToASCII(s)
}

// Error is an error in a baseline file.
type Error struct {
	File         string
	Line, Column int // from 1; columns count bytes
	Message      string
}

// Error is file:line:column: message.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Parse reads the text of a baseline file. Its errors are of type *Error.
func Parse(name string, text []byte) (*Baseline, error) {
	r := reader{file: name}
	if len(text) > MaxSize {
		return nil, r.fail(0, "the file is larger than %d bytes", MaxSize)
	}
	for line := range strings.Lines(string(text)) {
		r.line++
		if err := r.read(strings.TrimRight(line, "\r\n")); err != nil {
			return nil, err
		}
	}
	if r.line == 0 {
		return nil, r.fail(0, "the file is empty; the first line of a baseline is %q", heading)
	}
	slices.SortFunc(r.entries, entry.compare)
	for i, e := range r.entries[min(1, len(r.entries)):] {
		if before := r.entries[i]; before.kind == e.kind {
			r.line = e.line
			return nil, r.fail(0, "line %d is about the same", before.line)
		}
	}
	return &Baseline{r.entries}, nil
}

// reader reads a baseline line by line.
type reader struct {
	file    string
	line    int32
	entries []entry
}

func (r *reader) fail(at int, format string, args ...any) error {
	return &Error{r.file, max(int(r.line), 1), at + 1, fmt.Sprintf(format, args...)}
}

func (r *reader) read(text string) error {
	version, isHeading := strings.CutPrefix(text, "mx46 baseline ")
	switch {
	case r.line == 1 && isHeading && text != heading:
		return r.fail(0, "version %s is not 1, the only one that this mx46 reads", zonefiles.Quote(version))
	case r.line == 1 && text != heading:
		return r.fail(0, "it is no baseline: the first line is %s and not %q", zonefiles.Quote(text), heading)
	case r.line == 1, text == "", text[0] == '#':
		return nil
	}
	fields, at, missing := readFields(text)
	if missing != "" {
		return r.fail(at, "the line holds no %s here; it is: zone owner rule target count", missing)
	}
	count, err := strconv.ParseUint(text[at:], 10, 31)
	if err != nil || count == 0 {
		return r.fail(at, "the line does not end with a count from 1 up")
	}
	e := entry{text[:at-1], int32(count), r.line}
	if written := kind(fields); written != e.kind {
		e.kind = written
	}
	r.entries = append(r.entries, e)
	return nil
}

// readFields reads the fields of a line before its count. At is where the count begins, or the field that is missing.
func readFields(text string) (fields [4]string, at int, missing string) {
	for i, what := range [...]string{"zone", "owner", "rule", "target"} {
		value, end, ok := readField(text, at)
		if !ok {
			return fields, at, what
		}
		fields[i], at = value, end+1
	}
	return fields, at, ""
}

// readField reads the field at an offset, and gives the offset of the blank after it.
func readField(text string, at int) (value string, end int, ok bool) {
	if at >= len(text) {
		return "", at, false
	}
	if text[at] == '"' {
		quoted, err := strconv.QuotedPrefix(text[at:])
		if err != nil {
			return "", at, false
		}
		value, err = strconv.Unquote(quoted)
		end = at + len(quoted)
		return value, end, err == nil && end < len(text) && text[end] == ' '
	}
	n := strings.IndexByte(text[at:], ' ')
	if n <= 0 {
		return "", at, false
	}
	return text[at : at+n], at + n, true
}
