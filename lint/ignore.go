package lint

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"

	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file carries out ignore comments:
//
//	; mx46:ignore RULE[,RULE] -- reason        in a comment of a record or directive, or alone on the line above it
//	; mx46:ignore-file RULE[,RULE] -- reason   before the first record
//
// Other text may precede it in the comment, up to another semicolon.

// The rules that the engine reports itself.
const (
	ignoreUnused  = "ignore-unused"
	ignoreInvalid = "ignore-invalid"
)

const ignoreMark = "mx46:ignore"

// ignoreStart is what an ignore comment begins with, and so does what was meant to be one.
var ignoreStart = []byte("mx46")

// ignore is one ignore comment.
type ignore struct {
	span    zonefiles.Span // from its semicolon
	comment zonefiles.Comment
	about   zonefiles.Span // where it suppresses findings
	rules   []ignoredRule

	wholeFile bool
	reason    string
	faults    []ignoreFault
}

// ignoredRule is a rule that an ignore comment names.
type ignoredRule struct {
	name string
	span zonefiles.Span
	used bool
}

// ignoreFault is what makes an ignore comment, or a part of it, invalid.
type ignoreFault struct {
	span          zonefiles.Span
	message, help string
}

// ignoreReader reads the ignore comments of files.
type ignoreReader struct {
	known   map[string]bool // the names of all rules
	names   []string        // the same
	guesses int             // how many more unknown names may be compared with all others
	limit   int             // of findings; 0: none
	count   int             // of comments and what they name
}

func (run *Run) newIgnoreReader() *ignoreReader {
	r := &ignoreReader{known: map[string]bool{}, guesses: maxGuesses, limit: run.MaxFindings}
	for _, rules := range [][]*Rule{run.Catalog, run.Rules} {
		for _, rule := range rules {
			if !r.known[rule.Name] {
				r.known[rule.Name] = true
				r.names = append(r.names, rule.Name)
			}
		}
	}
	return r
}

func (r *ignoreReader) read(file *zonefiles.File) []ignore {
	var all []ignore
	for _, comment := range file.CommentsWith(ignoreStart) {
		// Each part of the comment that begins with a semicolon and the mark is an ignore comment, up to the next such
		// part.
		text := file.Data[comment.Span.Start:comment.Span.End]
		var starts []int
		for at := range text {
			if text[at] == ';' && r.isIgnore(bytes.TrimLeft(text[at+1:], " \t")) {
				starts = append(starts, at)
			}
		}
		for i, at := range starts {
			if r.count++; r.isFull() {
				return all
			}
			end := len(text)
			if i+1 < len(starts) {
				end = starts[i+1]
			}
			g := ignore{comment: comment, about: comment.About}
			from := comment.Span.Start
			g.span = zonefiles.Span{File: file.ID, Start: from + uint32(at), End: from + uint32(end)}
			g.parse(file, r)
			all = append(all, g)
		}
	}
	return all
}

// holdsIgnores reports whether a file may hold ignore comments, which are read once all zones are.
func holdsIgnores(file *zonefiles.File) bool { return len(file.CommentsWith(ignoreStart)) > 0 }

// isIgnore reports whether a comment is meant to silence findings: it begins with the mark, or nearly so. Prose may
// begin with its words too, and names no rule.
func (r *ignoreReader) isIgnore(text []byte) bool {
	if len(text) < len(ignoreStart) || !bytes.EqualFold(text[:len(ignoreStart)], ignoreStart) {
		return false
	}
	rest := text[len(ignoreStart):]
	word := bytes.TrimLeft(rest, " \t:=_./-")
	const ignore = "ignore"
	if len(word) == len(rest) || len(word) < len(ignore) || !strings.EqualFold(string(word[:len(ignore)]), ignore) {
		return false
	}
	if len(bytes.TrimLeft(rest, " \t")) != len(word) {
		return true
	}
	rule, _, _ := strings.Cut(strings.Trim(string(word[len(ignore):]), ": \t"), " ")
	return r.known[strings.ToLower(strings.TrimSuffix(rule, ","))]
}

// isFull reports whether comments name more rules than there may be findings: each name either suppresses a finding
// or is one itself.
func (r *ignoreReader) isFull() bool { return r.limit > 0 && r.count > 2*r.limit }

// parse reads what follows the mark.
func (g *ignore) parse(file *zonefiles.File, reader *ignoreReader) {
	text := string(file.Data[g.span.Start:g.span.End])
	start := len(text) - len(strings.TrimLeft(text[1:], " \t"))
	wordEnd := start
	for wordEnd < len(text) && !strings.ContainsRune(" \t;", rune(text[wordEnd])) {
		wordEnd++
	}
	from := g.span.Start
	word := zonefiles.Span{File: file.ID, Start: from + uint32(start), End: from + uint32(wordEnd)}
	switch text[start:wordEnd] {
	case ignoreMark:
	case ignoreMark + "-file":
		g.wholeFile, g.about = true, zonefiles.Span{File: file.ID, End: uint32(len(file.Data))}
		if !g.comment.Top {
			g.fault(word, "mx46:ignore-file comes after a record", "move it to the top of the file, before the first record")
			return
		}
	default:
		word.End = from + uint32(start+nearMark(text[start:]))
		g.fault(word, fmt.Sprintf("%s is not an ignore comment", zonefiles.Quote(file.Data[word.Start:word.End])),
			"write mx46:ignore for a record, or mx46:ignore-file for a file")
		return
	}
	list, reason, _ := strings.Cut(text[wordEnd:], "--")
	if g.reason = strings.TrimSpace(reason); g.reason == "" {
		g.fault(word, "the ignore comment gives no reason, and so has no effect",
			"write the reason after the rule: mx46:ignore RULE -- reason")
		return
	}
	for from := wordEnd; ; {
		rest := text[from : wordEnd+len(list)]
		from += len(rest) - len(strings.TrimLeft(rest, ", \t"))
		rest = strings.TrimLeft(rest, ", \t")
		if reader.count++; rest == "" || reader.isFull() {
			break
		}
		name := rest
		if n := strings.IndexAny(rest, ", \t"); n >= 0 {
			name = rest[:n]
		}
		start := g.span.Start + uint32(from)
		g.rule(name, zonefiles.Span{File: file.ID, Start: start, End: start + uint32(len(name))}, reader)
		from += len(name)
	}
	if len(g.rules) == 0 && len(g.faults) == 0 {
		g.fault(word, "the ignore comment names no rule, and so has no effect",
			"write the rule's name: mx46:ignore RULE -- reason")
	}
}

// nearMark is the length of what a comment has in place of the mark: up to the end of the word that begins with
// "ignore".
func nearMark(text string) int {
	end := strings.Index(strings.ToLower(text), "ignore")
	for end < len(text) && !strings.ContainsRune(" \t;", rune(text[end])) {
		end++
	}
	return end
}

// rule adds a rule to the ignore comment.
func (g *ignore) rule(name string, at zonefiles.Span, reader *ignoreReader) {
	switch {
	case name == ignoreUnused || name == ignoreInvalid:
		g.fault(at, fmt.Sprintf("%s is about ignore comments, so no ignore comment can silence it", name),
			"set its severity in the configuration")
		return
	case reader.known[name]:
		g.rules = append(g.rules, ignoredRule{name: name, span: at})
		return
	}
	help := "mx46 rules lists them"
	if reader.guesses > 0 {
		reader.guesses--
		if near, ok := text.Nearest(name, reader.names); ok {
			help = fmt.Sprintf("did you mean %s?", near)
		}
	}
	g.fault(at, fmt.Sprintf("there is no rule %s", zonefiles.Quote(name)), help)
}

func (g *ignore) fault(at zonefiles.Span, message, help string) {
	g.faults = append(g.faults, ignoreFault{at, message, help})
}

// unused are the findings about rules of which there was nothing to suppress.
func (g *ignore) unused(file *zonefiles.File, judged func(string) bool) []Finding {
	var idle []ignoredRule
	for _, r := range g.rules {
		if !r.used && judged(r.name) {
			idle = append(idle, r)
		}
	}
	if len(idle) > 0 && len(idle) == len(g.rules) && len(g.faults) == 0 {
		names := idle[0].name
		if len(idle) > 1 {
			names = fmt.Sprintf("%s and %d more", names, len(idle)-1)
		}
		return []Finding{g.unusedFinding(g.span, names, "remove the comment", g.removal(file))}
	}
	var findings []Finding
	for _, r := range idle {
		fix := "remove " + r.name + " from the comment"
		findings = append(findings, g.unusedFinding(r.span, r.name, fix, ruleRemoval(file, r.span)))
	}
	return findings
}

func (g *ignore) unusedFinding(at zonefiles.Span, names, fix string, edit zonefiles.Span) Finding {
	help := "remove it"
	if g.about.IsEmpty() {
		help = "remove it, or move it to the end of the record's line or to the line above it"
	}
	return Finding{
		Subject: Subject{Target: names},
		Span:    at,
		Message: fmt.Sprintf("the ignore comment silences no finding of %s", names),
		Harm:    "none today, but it would hide the next such defect here",
		Help:    help,
		Fixes:   []Fix{{Message: fix, Safe: true, Edits: []Edit{{Span: edit}}}},
	}
}

// removal is what is to be removed with the comment: its whole line where it is alone there, elsewhere the white space
// before it.
func (g *ignore) removal(file *zonefiles.File) zonefiles.Span {
	out, data := g.span, file.Data
	if out.End < g.comment.Span.End {
		return out // another ignore comment follows, and takes its place
	}
	if g.comment.Alone && out.Start == g.comment.Span.Start {
		out.Start = uint32(bytes.LastIndexByte(data[:out.Start], '\n') + 1)
		if out.Start == 0 && bytes.HasPrefix(data, byteOrderMark) {
			out.Start = uint32(len(byteOrderMark))
		}
		if n := bytes.IndexByte(data[out.End:], '\n'); n >= 0 {
			out.End += uint32(n) + 1
		}
		return out
	}
	for out.Start > 0 && (data[out.Start-1] == ' ' || data[out.Start-1] == '\t') {
		out.Start--
	}
	return out
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// ruleRemoval is what is to be removed with one rule of several: the comma and white space after it, or else before it.
func ruleRemoval(file *zonefiles.File, at zonefiles.Span) zonefiles.Span {
	separator := func(c byte) bool { return c == ',' || c == ' ' || c == '\t' }
	data := file.Data
	end := at.End
	for separator(data[end]) { // up to the dashes before the reason
		end++
	}
	if data[end] != '-' {
		return zonefiles.Span{File: at.File, Start: at.Start, End: end}
	}
	for separator(data[at.Start-1]) { // down to the mark
		at.Start--
	}
	return at
}

// ignored is a file with ignore comments, and the zones that read it.
type ignored struct {
	file     *zonefiles.File
	ignores  []ignore
	readers  []*zonefiles.Zone
	settings []*Settings // of the readers

	places []zonefiles.Span // that comments are about, in the order of the file
	// silencers are the rules that comments name, by the start of the place. Of two comments that say the same, the
	// second is unused.
	silencers map[silencerKey]silencer
}

type silencerKey struct {
	wholeFile bool
	start     uint32
	rule      string
}

type silencer struct {
	ignore *ignore
	rule   *ignoredRule
}

func newIgnored(file *zonefiles.File, ignores []ignore) *ignored {
	f := &ignored{file: file, ignores: ignores, silencers: map[silencerKey]silencer{}}
	for i := range ignores {
		g := &ignores[i]
		if g.about.IsEmpty() {
			continue
		}
		if !g.wholeFile {
			f.places = append(f.places, g.about)
		}
		for k := range g.rules {
			key := silencerKey{g.wholeFile, g.about.Start, g.rules[k].name}
			if _, again := f.silencers[key]; !again {
				f.silencers[key] = silencer{g, &g.rules[k]}
			}
		}
	}
	return f
}

// silence suppresses a finding, at a place of the file, if a comment there names its rule.
func (f *ignored) silence(finding *Finding, at zonefiles.Span) {
	key := silencerKey{rule: finding.Rule.Name}
	n, _ := slices.BinarySearchFunc(f.places, at.Start, func(place zonefiles.Span, start uint32) int {
		if place.Start <= start {
			return -1
		}
		return 1
	})
	found, ok := silencer{}, false
	// In a file whose last line lacks its line end, a finding may lie right after the record.
	if n > 0 && (at.Start < f.places[n-1].End || at.IsEmpty() && at.Start == f.places[n-1].End) {
		key.start = f.places[n-1].Start
		found, ok = f.silencers[key]
	}
	if !ok {
		key.wholeFile, key.start = true, 0
		found, ok = f.silencers[key]
	}
	if ok {
		found.rule.used = true
		finding.Suppressed = found.ignore.reason
	}
}

// ignoredFiles are the files of the run that hold ignore comments, in the order in which zones first read them. It
// reports false where the comments are too many.
func (run *Run) ignoredFiles() (files []*ignored, ok bool) {
	reader := run.newIgnoreReader()
	byID := map[zonefiles.FileID]*ignored{}
	read := func(z *zonefiles.Zone, id zonefiles.FileID) {
		f, seen := byID[id]
		if !seen {
			file := run.Files.File(id)
			if ignores := reader.read(file); len(ignores) > 0 {
				f = newIgnored(file, ignores)
				files = append(files, f)
			}
			byID[id] = f
		}
		if f != nil && (len(f.readers) == 0 || f.readers[len(f.readers)-1] != z) {
			f.readers = append(f.readers, z)
			f.settings = append(f.settings, run.settingsOf(z.Path, z.View, z.Origin))
		}
	}
	for _, zones := range run.Views {
		for _, z := range zones {
			read(z, z.File)
			for _, include := range z.Includes {
				read(z, include)
			}
		}
	}
	return files, !reader.isFull()
}

// ignoring is the ignore comments of a run.
type ignoring struct {
	run    *Run
	files  []*ignored
	byFile map[zonefiles.FileID]*ignored
}

// readIgnores reads them. It reports false where they are too many.
func (run *Run) readIgnores() (g ignoring, ok bool) {
	if run.NoIgnores {
		return g, true
	}
	files, ok := run.ignoredFiles()
	g = ignoring{run, files, map[zonefiles.FileID]*ignored{}}
	for _, f := range files {
		g.byFile[f.file.ID] = f
	}
	return g, ok
}

// silence suppresses a finding if a comment of its file says so.
func (g *ignoring) silence(finding *Finding) {
	if len(g.files) == 0 {
		return
	}
	at := g.run.Files.OnDisk(finding.Span)
	if f := g.byFile[at.File]; f != nil {
		f.silence(finding, at)
	}
}

// findings are those about the comments, once all others had their chance to be silenced.
func (g *ignoring) findings() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		for _, file := range g.files {
			for _, about := range g.run.ignoreFindings(file) {
				if !yield(&about) {
					return
				}
			}
		}
	}
}

// ignoreFindings are the findings about the ignore comments of a file.
func (run *Run) ignoreFindings(f *ignored) []Finding {
	var out []Finding
	report := func(name string, found Finding) {
		at := slices.IndexFunc(run.Rules, func(r *Rule) bool { return r.Name == name })
		if at < 0 {
			return
		}
		found.Rule, found.Zone, found.Subject.Owner = run.Rules[at], f.readers[0].Origin, f.readers[0].Origin
		for _, s := range f.settings {
			found.Severity = max(found.Severity, s.Severity(found.Rule))
		}
		if found.Severity > Off {
			out = append(out, found)
		}
	}
	judged := run.judged(f)
	for i := range f.ignores {
		g := &f.ignores[i]
		for _, fault := range g.faults {
			report(ignoreInvalid, Finding{
				Subject: Subject{Target: zonefiles.Quote(run.Files.Text(fault.span))},
				Span:    fault.span, Message: fault.message, Help: fault.help,
				Harm: "the finding that it should silence is reported",
			})
		}
		for _, found := range g.unused(f.file, judged) {
			report(ignoreUnused, found)
		}
	}
	return out
}

// judged reports for which rules the run knows every finding that they have in a file: those that ran on each zone that
// reads it, on all of its domains, with no part of it missing.
func (run *Run) judged(f *ignored) func(string) bool {
	ran := map[string]bool{}
	for _, r := range run.Rules {
		ran[r.Name] = true
		for i, z := range f.readers {
			s := f.settings[i]
			ran[r.Name] = ran[r.Name] && r.Runs(z) && !z.HasGaps() && s.Severity(r) != Off && s.Domain == nil
		}
	}
	return func(name string) bool { return ran[name] }
}
