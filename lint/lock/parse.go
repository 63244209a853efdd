package lock

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file reads locks. They are merged by git and edited by people in spite of what they say, so every line that
// cannot be read is a problem with its place, and the other lines count.

// Parse reads a lock. What its problems speak of is not in the lock.
func Parse(file *zonefiles.File) (*Lock, []zonefiles.Problem) {
	p := parser{file: file, isSorted: true}
	data := bytes.TrimPrefix(file.Data, []byte("\ufeff"))
	p.at = len(file.Data) - len(data)
	if !p.header(data) {
		return &Lock{}, p.problems
	}
	p.hosts = make([]Host, 0, min(bytes.Count(data, []byte{'\n'})+1, len(data)/len("a.b.c. ipv4\n")+1))
	p.names.Grow(len(data)) // which they do not exceed
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		p.line(bytes.TrimSuffix(line, []byte{'\r'}))
		p.at += len(data) - len(rest)
		data = rest
	}
	p.settle()
	if p.more > 0 {
		last := &p.problems[len(p.problems)-1]
		last.Message += fmt.Sprintf(" (and %d more lines cannot be read)", p.more)
	}
	return &Lock{p.day, p.hosts}, p.problems
}

type parser struct {
	file     *zonefiles.File
	at       int // offset of the line at hand
	day      time.Time
	hosts    []Host
	names    strings.Builder // of the hosts: one piece of memory for all, which are very many
	isSorted bool            // the hosts, each name once
	problems []zonefiles.Problem
	more     int // problems that are not reported
}

// problem reports the bytes from one offset in the line at hand to another.
func (p *parser) problem(from, to int, help, format string, args ...any) {
	p.report(zonefiles.Span{File: p.file.ID, Start: uint32(p.at + from), End: uint32(p.at + to)}, help, format, args...)
}

func (p *parser) report(span zonefiles.Span, help, format string, args ...any) {
	if len(p.problems) == maxProblems {
		p.more++
		return
	}
	p.problems = append(p.problems, zonefiles.Problem{
		Kind: zonefiles.LockProblem, Span: span, Message: fmt.Sprintf(format, args...), Help: help,
	})
}

const writeAgain = `"mx46 resolve" writes the file anew`

// header reports false where the file is one that this program cannot read at all.
func (p *parser) header(data []byte) bool {
	first, _, _ := bytes.Cut(data, []byte{'\n'})
	first = bytes.TrimSuffix(first, []byte{'\r'})
	version, ok := bytes.CutPrefix(first, []byte(magic))
	switch {
	case !ok:
		p.problem(0, min(len(first), maxLine), writeAgain, `the file does not begin with "%s1"`, magic)
		return true // a merge may have put another line first
	case len(version) == 0 || version[0] != '1' || len(version) > 1 && version[1] != '.':
		p.problem(0, min(len(first), maxLine),
			"use the version of mx46 that wrote it, or let this one write it: mx46 resolve",
			"the file has another version than 1")
		return false
	}
	return true
}

func (p *parser) line(line []byte) {
	switch {
	case len(line) > maxLine:
		p.problem(0, maxLine, writeAgain, "the line has more than %d bytes", maxLine)
		return
	case bytes.HasPrefix(line, []byte(seen)):
		p.seen(line)
		return
	case len(line) > 0 && line[0] == '#':
		return
	case isConflict(line):
		p.problem(0, len(line), "take the lines of both sides, or run mx46 resolve", "git has left a conflict here")
		return
	}
	for i, c := range line {
		if (c < ' ' || c > '~') && c != '\t' {
			p.problem(i, i+1, writeAgain, `the byte \x%02x is no printable ASCII character`, c)
			return
		}
	}
	f := fields{line: line}
	name, from, ok := f.next()
	if !ok {
		return
	}
	var d draft
	if d.Name, ok = p.name(name, from); !ok {
		return
	}
	end := from + len(name)
	for {
		word, from, ok := f.next()
		if !ok {
			break
		}
		end = from + len(word)
		if !p.word(&d, word, from) {
			return
		}
	}
	if why := d.fault(); why != "" {
		p.problem(from, end, writeAgain, "%s: %s", d.Name, why)
		return
	}
	d.Line = zonefiles.Span{File: p.file.ID, Start: uint32(p.at + from), End: uint32(p.at + end)}
	if n := len(p.hosts); n > 0 && CompareNames(p.hosts[n-1].Name, d.Name) >= 0 {
		p.isSorted = false // people or a merge had a hand in it
	}
	p.hosts = append(p.hosts, d.Host)
}

// seen reads the line with the day.
func (p *parser) seen(line []byte) {
	text := string(bytes.TrimRight(line[len(seen):], " \t"))
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		p.problem(len(seen), len(line), writeAgain, "the day is not one such as 2026-11-26")
		return
	}
	if p.day.IsZero() || day.Before(p.day) {
		p.day = day
	}
}

// isConflict reports whether git has left the line to tell the sides of a conflict apart.
func isConflict(line []byte) bool {
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if rest, ok := bytes.CutPrefix(line, []byte(mark)); ok && (len(rest) == 0 || rest[0] == ' ') {
			return true
		}
	}
	return false
}

// fields are the words of a line, up to a comment.
type fields struct {
	line []byte
	at   int
}

func (f *fields) next() (word []byte, from int, ok bool) {
	for f.at < len(f.line) && (f.line[f.at] == ' ' || f.line[f.at] == '\t') {
		f.at++
	}
	if f.at == len(f.line) || f.line[f.at] == '#' {
		f.at = len(f.line)
		return nil, f.at, false
	}
	from = f.at
	for f.at < len(f.line) && f.line[f.at] != ' ' && f.line[f.at] != '\t' {
		f.at++
	}
	return f.line[from:f.at], from, true
}

// name reads a host's name.
func (p *parser) name(text []byte, from int) (zonefiles.Name, bool) {
	var wire [maxWire]byte
	name, absolute, err := zonefiles.AppendLabels(wire[:0], text)
	switch {
	case err != nil:
		p.problem(from, from+len(text), writeAgain, "%s is no domain name: %v", show(text), err)
	case len(name) == 0:
		p.problem(from, from+len(text), writeAgain, "%s is the name of no host", show(text))
	case !absolute:
		p.problem(from, from+len(text), writeAgain, "%s does not end with a dot", show(text))
	default:
		p.names.Write(name)
		all := p.names.String()
		return zonefiles.Name(all[len(all)-len(name):]), true
	}
	return zonefiles.Root, false
}

// show is a word of the file, in quotes and not too long.
func show(text []byte) string {
	const most = 80
	if len(text) > most {
		return fmt.Sprintf("%q...", text[:most])
	}
	return fmt.Sprintf("%q", text)
}

// draft is a host as far as its line is read.
type draft struct {
	Host
	said bool // what State holds
}

// word reads one fact.
func (p *parser) word(d *draft, word []byte, from int) bool {
	key, value, hasValue := bytes.Cut(word, []byte{'='})
	at := from + len(key) + 1
	switch {
	case string(key) == "ipv4" && d.IPv4.Found == 0 && d.say(Addresses):
		return p.kinds(&d.IPv4, value, hasValue, at)
	case string(key) == "ipv6" && d.IPv6.Found == 0 && d.say(Addresses):
		return p.kinds(&d.IPv6, value, hasValue, at)
	case string(key) == "alias" && hasValue && d.Alias.IsRoot():
		var ok bool
		d.Alias, ok = p.name(value, at)
		return ok
	case string(word) == "dns=ipv4" && d.DNS == delivery.None:
		d.DNS = delivery.IPv4
		return true
	case string(word) == "dns=ipv6" && d.DNS == delivery.None:
		d.DNS = delivery.IPv6
		return true
	case string(word) == "nxdomain" && d.say(NXDomain), string(word) == "nodata" && d.say(NoData),
		string(word) == "unknown" && d.say(Unknown):
		return true
	}
	p.problem(from, from+len(word), writeAgain,
		"%s is no fact, or does not go with the rest of the line; facts are "+
			"ipv4, ipv6, alias=NAME, nodata, nxdomain, unknown, dns=ipv4, dns=ipv6", show(word))
	return false
}

// say reports whether a state is the one that the line has given, if it has.
func (d *draft) say(s State) bool {
	if d.said {
		return s == Addresses && d.State == Addresses
	}
	d.State, d.said = s, true
	return true
}

// kinds reads what follows a family.
func (p *parser) kinds(to *Seen, value []byte, hasValue bool, at int) bool {
	if !hasValue {
		to.Found = 1 << delivery.Global
		return true
	}
	for word := range bytes.SplitSeq(value, []byte{','}) {
		if !to.addWord(string(word)) {
			p.problem(at, at+len(word), writeAgain, "%s is no kind of address", show(word))
			return false
		}
		at += len(word) + 1
	}
	return true
}

func (s *Seen) addWord(word string) bool {
	for _, k := range kinds {
		if k.word == word {
			s.Found |= 1 << k.kind
			s.Reachable = s.Reachable || k.reachable
			return true
		}
	}
	return false
}

// fault says why the facts of one line cannot all be true; it is empty where they can.
func (d *draft) fault() string {
	switch {
	case !d.said:
		return "the line says nothing of its addresses"
	case d.DNS != delivery.None && d.State != Addresses:
		return "dns= belongs to a host with addresses"
	case d.Alias == d.Name:
		return "a host is no alias of itself"
	}
	return ""
}

// settle sorts the hosts. A name that is there twice may say the same, as after a merge; lines that disagree are no
// fact at all.
func (p *parser) settle() {
	if p.isSorted {
		return
	}
	slices.SortFunc(p.hosts, func(a, b Host) int {
		return cmp.Or(CompareNames(a.Name, b.Name), cmp.Compare(a.Line.Start, b.Line.Start))
	})
	kept := p.hosts[:0]
	for len(p.hosts) > 0 {
		same, disputed := 1, false
		for ; same < len(p.hosts) && p.hosts[same].Name == p.hosts[0].Name; same++ {
			if h := &p.hosts[same]; !disputed && !h.Same(p.hosts[0]) {
				disputed = true
				p.report(h.Line, "mx46 resolve asks which of the two is right; until then neither counts",
					"line %d says something else of %s", p.lineOf(p.hosts[0].Line.Start), h.Name)
			}
		}
		if !disputed {
			kept = append(kept, p.hosts[0])
		}
		p.hosts = p.hosts[same:]
	}
	p.hosts = kept
	slices.SortStableFunc(p.problems, func(a, b zonefiles.Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
}

// lineOf is the number of the line that holds an offset.
func (p *parser) lineOf(offset uint32) int {
	if len(p.problems) == maxProblems {
		return 0 // which nobody will see
	}
	return 1 + bytes.Count(p.file.Data[:offset], []byte{'\n'})
}
