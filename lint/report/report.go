// Package report writes the findings of a run in all formats, for people and for programs.
//
// Zones, file names and configuration may come from strangers. Nothing of theirs reaches a terminal, a log, a page or a
// program in a form that has a meaning there: Write makes all prose harmless once, and each format escapes what it
// adds.
package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// Report is the result of a run.
type Report struct {
	Result  lint.Result
	Files   *zonefiles.FileSet // that the findings' spans refer to
	Rules   []*lint.Rule       // the whole catalogue
	Version string             // of mx46
	Root    string             // the absolute folder that file names are relative to; empty: unknown

	// Settings are what the operator wants, as far as that bears on what is found.
	Settings Settings

	// OnDisk gives the findings in place of Result's to formats that AreBatched; nil: Result has them all.
	OnDisk Source

	// Notes are further lines for people, after the summary of text.
	Notes []string

	counts         []counter // nil: not all findings were met yet
	withSuppressed bool
	err            error // of OnDisk
}

// Source is findings that are too many for memory.
type Source interface {
	// Batches gives them in their order, those at one place always together. Brief ones are to be counted; see
	// lint.OnDisk.
	Batches(isBrief bool) iter.Seq2[[]lint.Finding, error]
	NewCauses() *lint.Causes
}

// Options say how to write it. A format ignores those that it has no use for.
type Options struct {
	Color      bool
	Links      bool          // file names as OSC 8 hyperlinks, where Root is known
	Width      int           // columns of the terminal; 0: prose is not wrapped, and excerpts are cut at 160 columns
	Quiet      bool          // text without its summary
	FailOn     lint.Severity // the run fails on findings of at least this severity; Off: on none
	All        bool          // each finding by itself, in text, markdown and github
	Suppressed bool          // include suppressed findings, in SuppressedFormats
	// Path is a file's name relative to the working folder, for text and concise; nil: the name as it is.
	Path func(name string) string
	// Pictures shows how mail reaches a mail domain in a view, for html and markdown; nil, or a nil Picture: nothing is
	// shown. PictureStyle is the style of the relay maps in html.
	Pictures     func(view string, domain zonefiles.Name) *Picture
	PictureStyle string
}

// format is one way to write a report. The bufio.Writer keeps its first error for Write, so write need not check it.
type format struct {
	name       string
	write      func(*bufio.Writer, *Report, Options) error
	suppressed bool // it can mark a finding as suppressed
	shares     bool // it can share standard output, since its readers ignore lines of other formats
	notes      bool // it includes Report.Notes and the summary
	batched    bool // it takes one finding after the other, so that Report.OnDisk will do
	texts      bool // it takes the whole texts of files, not only the lines of findings
}

// formats is all of them; the first is the default.
func formats() []format {
	return []format{
		{name: "text", write: writeText, suppressed: true, shares: true, notes: true, batched: true},
		{name: "concise", write: writeConcise, shares: true, batched: true},
		{name: "json", write: writeJSON, suppressed: true, batched: true},
		{name: "jsonl", write: writeJSONLines, suppressed: true, batched: true},
		{name: "sarif", write: writeSARIF, suppressed: true, texts: true},
		{name: "github", write: writeGitHub, shares: true, batched: true},
		{name: "gitlab", write: writeGitLab},
		{name: "junit", write: writeJUnit},
		{name: "checkstyle", write: writeCheckstyle},
		{name: "rdjson", write: writeRDJSON, batched: true},
		{name: "markdown", write: writeMarkdown, texts: true},
		{name: "html", write: writeHTML, suppressed: true, notes: true, texts: true},
	}
}

func namesOf(formats []format) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// find is the format of that name; zero if there is none.
func find(name string) format {
	all := formats()
	if i := slices.IndexFunc(all, func(f format) bool { return f.name == name }); i >= 0 {
		return all[i]
	}
	return format{}
}

// Formats is the names that Write knows; the first is the default.
func Formats() []string { return namesOf(formats()) }

// SuppressedFormats is the formats that Options.Suppressed applies to.
func SuppressedFormats() []string {
	return namesOf(slices.DeleteFunc(formats(), func(f format) bool { return !f.suppressed }))
}

// Shares reports whether a format can share standard output with others like it.
func Shares(format string) bool { return find(format).shares }

// HasNotes reports whether a format includes Report.Notes and says what was not checked.
func HasNotes(format string) bool { return find(format).notes }

// NeedsTexts reports whether a format takes the whole texts of files, and not only the lines of findings.
func NeedsTexts(format string) bool { return find(format).texts }

// AreBatched reports whether a format takes one finding after the other, so that Report.OnDisk will do.
func AreBatched(format string) bool { return find(format).batched }

// Write writes the report in the format of that name.
func Write(w io.Writer, name string, r *Report, o Options) error {
	f := find(name)
	if f.write == nil {
		return fmt.Errorf("format %q is none of %s", name, strings.Join(Formats(), ", "))
	}
	buffer := bufio.NewWriter(w)
	shown := r.shown(o.Suppressed && f.suppressed)
	err := f.write(buffer, shown, o)
	if err = cmp.Or(err, shown.err, r.Files.Err(), buffer.Flush()); err != nil {
		return fmt.Errorf("writing the %s report: %w", name, err)
	}
	return nil
}

// path is the name of a file for people.
func (o *Options) path(name string) string {
	if o.Path != nil {
		name = o.Path(name)
	}
	return path(name)
}

// shown is the report with its findings counted, those left out that are not asked for, and all prose made harmless.
func (r *Report) shown(suppressed bool) *Report {
	shown := *r
	shown.withSuppressed, shown.counts, shown.err = suppressed, nil, nil
	if r.OnDisk == nil {
		var tally tally
		shown.Result.Findings = shown.filtered(r.Result.Findings, &tally)
		shown.counts = tally.counters(r.Result.Summary)
	}
	shown.Notes = slices.Clone(r.Notes)
	for i := range shown.Notes {
		shown.Notes[i] = text.Line(shown.Notes[i])
	}
	return &shown
}

// filtered is findings as they are shown.
func (r *Report) filtered(findings []lint.Finding, tally *tally) []lint.Finding {
	var others []lint.Finding // in place of those given, from the first that is not shown as it is
	for i := range findings {
		f := &findings[i]
		tally.add(*f)
		isShown := f.Suppressed == "" || r.withSuppressed
		if others == nil {
			if isShown && isVisible(f) {
				continue // nearly always
			}
			others = append(make([]lint.Finding, 0, len(findings)), findings[:i]...)
		}
		if isShown {
			others = append(others, visible(*f))
		}
	}
	if others != nil {
		return others
	}
	return findings
}

// all is the findings as they are shown, and counts those on disk, which are brief if they are only to be counted.
func (r *Report) all(isBrief bool) iter.Seq[*lint.Finding] {
	return func(yield func(*lint.Finding) bool) {
		give := func(findings []lint.Finding) bool {
			for i := range findings {
				if !yield(&findings[i]) {
					return false
				}
			}
			return true
		}
		if r.OnDisk == nil {
			give(r.Result.Findings)
			return
		}
		var tally tally
		for findings, err := range r.OnDisk.Batches(isBrief) {
			if r.fail(err); err != nil || !give(r.filtered(findings, &tally)) {
				return
			}
		}
		r.counts = tally.counters(r.Result.Summary)
	}
}

// counted is the counters of all findings.
func (r *Report) counted() []counter {
	if r.counts == nil {
		for range r.all(true) { // counts them
		}
	}
	return r.counts
}

// fail keeps the first error.
func (r *Report) fail(err error) { r.err = cmp.Or(r.err, err) }

// isVisible reports whether all prose of a finding is harmless as it is.
func isVisible(f *lint.Finding) bool {
	is := func(s string) bool { return text.Line(s) == s }
	isOdd := func(place lint.Related) bool { return !is(place.Message) }
	return is(f.Message) && is(f.Harm) && is(f.Help) && is(f.Suppressed) &&
		!slices.ContainsFunc(f.Related, isOdd) && !slices.ContainsFunc(f.Path, isOdd) &&
		!slices.ContainsFunc(f.Fixes, func(fix lint.Fix) bool { return !is(fix.Message) })
}

// visible is a finding with its prose made harmless.
func visible(f lint.Finding) lint.Finding {
	f.Message, f.Harm, f.Help = text.Line(f.Message), text.Line(f.Harm), text.Line(f.Help)
	f.Suppressed = text.Line(f.Suppressed)
	f.Related, f.Path = visibleAll(f.Related), visibleAll(f.Path)
	f.Fixes = slices.Clone(f.Fixes)
	for i := range f.Fixes {
		f.Fixes[i].Message = text.Line(f.Fixes[i].Message)
	}
	return f
}

func visibleAll(places []lint.Related) []lint.Related {
	for i := range places {
		if visible := text.Line(places[i].Message); visible != places[i].Message {
			places = slices.Clone(places)
			places[i].Message = visible
		}
	}
	return places
}

// each is what a format makes of the findings.
func (r *Report) each(made func(*lint.Finding) any) iter.Seq[any] {
	return func(yield func(any) bool) {
		for f := range r.all(false) {
			if !yield(made(f)) {
				return
			}
		}
	}
}

// worstFirst is the findings with the most severe first, for readers that show only some.
func (r *Report) worstFirst() []lint.Finding {
	findings := slices.Clone(r.Result.Findings)
	slices.SortStableFunc(findings, func(a, b lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return findings
}

// level is a severity, with the format's own word for a note.
func level(s lint.Severity, note string) string {
	if s == lint.Note {
		return note
	}
	return s.String()
}

// prose is the finding as sentences with full stops: what is wrong, whom it hurts, what to do.
func prose(f *lint.Finding) []string {
	var sentences []string
	add := func(label, s string) {
		switch {
		case s == "":
			return
		case !strings.HasSuffix(s, "."):
			s += "."
		}
		sentences = append(sentences, label+s)
	}
	add("", f.Message)
	add("Harm: ", f.Harm)
	add("Help: ", f.Help)
	return sentences
}
