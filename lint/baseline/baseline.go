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
	"maps"
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

// key identifies a finding.
type key struct{ zone, owner, rule, target string }

func keyOf(f *lint.Finding) key {
	target := f.Subject.Target
	if target == "" && !f.Rule.HasSubjects() {
		target = f.Message // what cannot be read has no subject but itself
	}
	return key{f.Zone.String(), f.Subject.Owner.String(), f.Rule.Name, target}
}

func (k key) compare(other key) int {
	return cmp.Or(
		cmp.Compare(k.zone, other.zone), cmp.Compare(k.owner, other.owner),
		cmp.Compare(k.rule, other.rule), cmp.Compare(k.target, other.target),
	)
}

func (k key) String() string {
	return field(k.zone) + " " + field(k.owner) + " " + field(k.rule) + " " + field(k.target)
}

// Baseline is a set of known findings. It is immutable.
type Baseline struct{ counts map[key]int }

// New is the baseline of those findings that are not suppressed.
func New(findings []lint.Finding) *Baseline {
	b := &Baseline{counts: map[key]int{}}
	for i := range findings {
		if findings[i].Suppressed == "" {
			b.counts[keyOf(&findings[i])]++
		}
	}
	return b
}

// Text is the content of the baseline's file.
func (b *Baseline) Text() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n", heading, remark)
	for _, k := range b.keys() {
		fmt.Fprintf(&out, "%s %d\n", k, b.counts[k])
	}
	return out.Bytes()
}

func (b *Baseline) keys() []key {
	return slices.SortedFunc(maps.Keys(b.counts), key.compare)
}

// Suppress marks the findings that the baseline holds: the first ones of each kind, as many as it counts. Left is what
// it holds beyond them.
func (b *Baseline) Suppress(findings []lint.Finding) (left *Baseline) {
	left = &Baseline{maps.Clone(b.counts)}
	for i := range findings {
		f := &findings[i]
		if f.Suppressed != "" {
			continue
		}
		if k := keyOf(f); left.counts[k] > 0 {
			left.counts[k]--
			f.Suppressed = lint.Baselined
		}
	}
	return left
}

// Entries is the lines of the baseline for those zones and rules that are asked for, and how many findings they count.
func (b *Baseline) Entries(asked func(zone, rule string) bool) (lines []string, findings int) {
	for _, k := range b.keys() {
		if n := b.counts[k]; n > 0 && asked(k.zone, k.rule) {
			lines = append(lines, fmt.Sprintf("%s %d", k, n))
			findings += n
		}
	}
	return lines, findings
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
	r := reader{file: name, b: &Baseline{counts: map[key]int{}}, lines: map[key]int{}}
	if len(text) > MaxSize {
		return nil, r.fail(0, "the file is larger than %d bytes", MaxSize)
	}
	for line := range bytes.Lines(text) {
		r.line++
		if err := r.read(string(bytes.TrimRight(line, "\r\n"))); err != nil {
			return nil, err
		}
	}
	if r.line == 0 {
		return nil, r.fail(0, "the file is empty; the first line of a baseline is %q", heading)
	}
	return r.b, nil
}

// reader reads a baseline line by line.
type reader struct {
	file  string
	b     *Baseline
	line  int
	lines map[key]int // of each kind of finding
}

func (r *reader) fail(at int, format string, args ...any) error {
	return &Error{r.file, max(r.line, 1), at + 1, fmt.Sprintf(format, args...)}
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
	var fields [4]string
	at := 0
	for i, what := range [...]string{"zone", "owner", "rule", "target"} {
		value, end, ok := readField(text, at)
		if !ok {
			return r.fail(at, "the line holds no %s here; it is: zone owner rule target count", what)
		}
		fields[i], at = value, end+1
	}
	count, err := strconv.ParseUint(text[min(at, len(text)):], 10, 31)
	if err != nil || count == 0 {
		return r.fail(min(at, len(text)), "the line does not end with a count from 1 up")
	}
	k := key{fields[0], fields[1], fields[2], fields[3]}
	if before := r.lines[k]; before > 0 {
		return r.fail(0, "line %d is about the same", before)
	}
	r.b.counts[k], r.lines[k] = int(count), r.line
	return nil
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
