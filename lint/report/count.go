package report

import (
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file counts what was checked, what was found and what was not checked. A new counter is one line in counters.

// counterKind says to which sentence of the summary a counter belongs.
type counterKind uint8

const (
	looked counterKind = iota
	found
	hidden // found, and of too low a severity to be shown
	unjudged
	skipped
	stale // what was checked may not be what is served
	aside // in none: the report's notes say it
)

type counter struct {
	kind      counterKind
	key       string // in JSON
	n         int
	one, many string
}

type tally struct {
	severity   [lint.Error + 1]int
	suppressed int
}

func (t *tally) add(f lint.Finding) {
	if f.Suppressed != "" {
		t.suppressed++
		return
	}
	t.severity[f.Severity]++
}

func (t *tally) counters(s lint.Summary) []counter {
	return []counter{
		{looked, "zones", s.Zones, "zone", "zones"},
		filesOr(s),
		{looked, "mail_domains", s.MailDomains, "mail domain", "mail domains"},
		{looked, "records", s.Records, "record", "records"},
		{found, "errors", t.severity[lint.Error], "error", "errors"},
		{found, "warnings", t.severity[lint.Warning], "warning", "warnings"},
		{found, "notes", t.severity[lint.Note], "note", "notes"},
		{found, "suppressed", t.suppressed, "suppressed finding", "suppressed findings"},
		{hidden, "hidden_warnings", s.HiddenWarnings, "warning", "warnings"},
		{hidden, "hidden_notes", s.HiddenNotes, "note", "notes"},
		{unjudged, "not_judged", s.NotJudged, "mail domain", "mail domains"},
		{
			skipped, "withheld", s.Withheld, "finding that unread text or a guess may refute",
			"findings that unread text or a guess may refute",
		},
		{skipped, "other_class", s.OtherClass, "record of a class other than IN", "records of classes other than IN"},
		{skipped, "no_origin", s.NoOrigin, "zone without a known origin", "zones without a known origin"},
		{skipped, "copies", s.Copies, "copy of a zone", "copies of zones"},
		{skipped, "elsewhere", s.Elsewhere, "included file of the server's", "included files of the server's"},
		{skipped, "snippets", s.Snippets, "file by itself that a zone includes", "files by themselves that zones include"},
		{
			skipped, "uncovered", s.Uncovered, "zone file that no entry of zones covers",
			"zone files that no entry of zones covers",
		},
		{skipped, "excluded", s.Excluded, "excluded file", "excluded files"},
		{
			skipped, "templates", s.Templates, "template beyond what is written in full",
			"templates beyond what is written in full",
		},
		{skipped, "set_aside", s.SetAside, "file set aside as not a zone", "files set aside as not zones"},
		{aside, "unread", s.Unread, "file that may hold a zone", "files that may hold zones"},
		{aside, "fixed", s.Fixed, "fixed finding", "fixed findings"},
		{aside, "not_fixed", s.NotFixed, "finding not fixed", "findings not fixed"},
		{aside, "stale_baseline", s.Stale, "stale finding of the baseline", "stale findings of the baseline"},
		{stale, "unsynced", s.Unsynced, "zone file lacks changes in its journal", "zone files lack changes in journals"},
		{skipped, "unanswered", s.Unanswered, "question without an answer", "questions without an answer"},
		{skipped, "not_primary", s.NotPrimary, "secondary zone", "secondary zones"},
	}
}

// filesOr counts what was read: files, or else answers.
func filesOr(s lint.Summary) counter {
	if s.Answers > 0 {
		return counter{looked, "answers", s.Answers, "answer", "answers"}
	}
	return counter{looked, "files", s.Files, "file", "files"}
}

// list is the counters of a kind for a sentence, without those at zero unless all is set.
func (r *Report) list(kind counterKind, all bool) string { return text.And(r.parts(kind, all)) }

func (r *Report) parts(kind counterKind, all bool) (parts []string) {
	for _, c := range r.counted() {
		if c.kind == kind && (all || c.n > 0) {
			parts = append(parts, text.Count(c.n, c.one, c.many))
		}
	}
	return parts
}

// sum is what the counters of a kind come to.
func (r *Report) sum(kind counterKind) (n int) {
	for _, c := range r.counted() {
		if c.kind == kind {
			n += c.n
		}
	}
	return n
}

// summary is the counters by key.
func (r *Report) summary() map[string]int {
	m := map[string]int{}
	for _, c := range r.counted() {
		m[c.key] = c.n
	}
	return m
}

// sentences is the summary for people. It never says that all is well if nothing was checked.
func (r *Report) sentences() []string {
	var s []string
	switch {
	case r.Result.Summary.Zones == 0 && r.sum(found) == 0:
		s = append(s, "Nothing was checked: there are no zones.")
	case r.list(found, false) == "":
		s = append(s, "Nothing found in "+r.list(looked, true)+".")
	case r.summary()["suppressed"] == r.sum(found):
		s = append(s, fmt.Sprintf("Nothing new found in %s: %s.", r.list(looked, true),
			text.Count(r.sum(found), "finding is suppressed", "findings are suppressed")))
	default:
		s = append(s, "Found "+r.list(found, false)+" in "+r.list(looked, true)+".")
	}
	if left := r.list(hidden, false); left != "" {
		least := lint.Warning
		if r.Result.Summary.HiddenNotes > 0 {
			least = lint.Note
		}
		s = append(s, fmt.Sprintf("%s hidden: --min-severity %s.", left, least))
	}
	s = append(s, r.caveats()...)
	if settings := r.Settings.sentence(); settings != "" && !r.Settings.relaxes() { // otherwise it is among the caveats
		s = append(s, settings)
	}
	return s
}

// caveats says what was not judged or not checked, what is served differently, and by which settings less is found.
func (r *Report) caveats() []string {
	var s []string
	if n := r.Result.Summary.NotJudged; n > 0 {
		why, remedy := "nothing here knows their MX hosts", ""
		if r.Result.Summary.Answers > 0 {
			why = "no answer says what their MX hosts are"
		} else if slices.ContainsFunc(r.Result.Unjudged, isAskable) {
			remedy = " (mx46 resolve asks for them)"
		}
		s = append(s, fmt.Sprintf("Not judged: %d of %s, since %s: %s%s.", n,
			text.Count(r.Result.Summary.MailDomains, "mail domain", "mail domains"), why, r.unjudged(), remedy))
	}
	left := r.parts(skipped, false)
	if others := r.Result.Summary.Unread - len(r.Result.Unread); others > 0 { // which the run does not concern
		left = append(left, text.Count(others, "other file that may hold a zone", "other files that may hold zones"))
	}
	if len(left) > 0 {
		s = append(s, "Not checked: "+text.And(left)+".")
	}
	if files := r.unreadHidden(); len(files) > 0 {
		s = append(s, fmt.Sprintf("Not read, and may hold zones: %s (zone-unread says why).",
			text.Some(files, maxNamedSettings)))
	}
	if old := r.list(stale, false); old != "" {
		s = append(s, "What is served may differ: "+old+" (rndc sync writes them).")
	}
	if r.Settings.relaxes() {
		s = append(s, r.Settings.sentence())
	}
	return s
}

// isAskable reports whether DNS may know the hosts: no tool has yet to fill in their names.
func isAskable(u lint.Unjudged) bool { return !u.Suffix.IsHidden() }

// unjudged counts the mail domains that were not judged: "google.com 12, outlook.com 10, 7 more".
func (r *Report) unjudged() string {
	left := r.Result.Summary.NotJudged
	var parts []string
	for _, u := range r.Result.Unjudged[:min(len(r.Result.Unjudged), maxSuffixes)] {
		parts = append(parts, fmt.Sprintf("%s %d", shownName(u.Suffix), u.MailDomains))
		left -= u.MailDomains
	}
	if left > 0 {
		parts = append(parts, fmt.Sprintf("%d more", left))
	}
	return strings.Join(parts, ", ")
}

// unreadHidden are the files that were not read and of which no finding says so.
func (r *Report) unreadHidden() []string {
	named := map[string]bool{}
	for i := range r.Result.Findings {
		if f := &r.Result.Findings[i]; slices.Contains(f.Rule.Problems, zonefiles.UnreadProblem) {
			named[r.Files.File(f.Span.File).Name] = true
		}
	}
	var files []string
	for _, file := range r.Result.Unread {
		if !named[file] {
			files = append(files, path(file))
		}
	}
	return files
}

// Caveats is the sentences of text on what was not judged or not checked, on what is served differently, and on
// settings by which less is found.
func Caveats(r *Report) []string {
	counts := (&tally{}).counters(r.Result.Summary)
	return (&Report{Result: r.Result, Files: r.Files, Settings: r.Settings, counts: counts}).caveats()
}
