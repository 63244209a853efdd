package report

import (
	"mx46/lint"
	"mx46/lint/text"
)

// This file counts what was checked, what was found and what was not checked. A new counter is one line in counters.

// counterKind says to which sentence of the summary a counter belongs.
type counterKind uint8

const (
	looked counterKind = iota
	found
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
		{looked, "files", s.Files, "file", "files"},
		{looked, "mail_domains", s.MailDomains, "mail domain", "mail domains"},
		{looked, "records", s.Records, "record", "records"},
		{found, "errors", t.severity[lint.Error], "error", "errors"},
		{found, "warnings", t.severity[lint.Warning], "warning", "warnings"},
		{found, "notes", t.severity[lint.Note], "note", "notes"},
		{found, "suppressed", t.suppressed, "suppressed finding", "suppressed findings"},
		{skipped, "withheld", s.Withheld, "finding that unread text may refute", "findings that unread text may refute"},
		{skipped, "other_class", s.OtherClass, "record of a class other than IN", "records of classes other than IN"},
		{skipped, "no_origin", s.NoOrigin, "zone without a known origin", "zones without a known origin"},
		{skipped, "set_aside", s.SetAside, "file set aside as not a zone", "files set aside as not zones"},
		{aside, "fixed", s.Fixed, "fixed finding", "fixed findings"},
		{aside, "not_fixed", s.NotFixed, "finding not fixed", "findings not fixed"},
		{aside, "stale_baseline", s.Stale, "stale finding of the baseline", "stale findings of the baseline"},
		{stale, "unsynced", s.Unsynced, "zone file lacks changes in its journal", "zone files lack changes in journals"},
		{skipped, "not_primary", s.NotPrimary, "secondary zone", "secondary zones"},
	}
}

// list is the counters of a kind for a sentence, without those at zero unless all is set.
func (r *Report) list(kind counterKind, all bool) string {
	var parts []string
	for _, c := range r.counts {
		if c.kind == kind && (all || c.n > 0) {
			parts = append(parts, text.Count(c.n, c.one, c.many))
		}
	}
	return text.And(parts)
}

// summary is the counters by key.
func (r *Report) summary() map[string]int {
	m := map[string]int{}
	for _, c := range r.counts {
		m[c.key] = c.n
	}
	return m
}

// sentences is the summary for people. It never says that all is well if nothing was checked.
func (r *Report) sentences() []string {
	var s []string
	switch {
	case r.Result.Summary.Zones == 0 && len(r.Result.Findings) == 0:
		s = append(s, "Nothing was checked: there are no zones.")
	case r.list(found, false) == "":
		s = append(s, "Nothing found in "+r.list(looked, true)+".")
	default:
		s = append(s, "Found "+r.list(found, false)+" in "+r.list(looked, true)+".")
	}
	return append(s, r.caveats()...)
}

// caveats says what was not checked, and what is served differently.
func (r *Report) caveats() []string {
	var s []string
	if left := r.list(skipped, false); left != "" {
		s = append(s, "Not checked: "+left+".")
	}
	if old := r.list(stale, false); old != "" {
		s = append(s, "What is served may differ: "+old+" (rndc sync writes them).")
	}
	return s
}

// Caveats is the sentences of text on what was not checked, and on what is served differently.
func Caveats(r *Report) []string {
	return (&Report{counts: (&tally{}).counters(r.Result.Summary)}).caveats()
}
