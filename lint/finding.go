package lint

import (
	"fmt"

	"mx46/zonefiles"
)

// Severity says what a finding costs. Error: mail is lost, delayed or refused. Warning: it will be at the next
// outage. Note: nothing, but it is worth knowing. The zero Severity is Off.
type Severity uint8

// The severities, in rising order.
const (
	Off Severity = iota
	Note
	Warning
	Error
)

var severityNames = [...]string{"off", "note", "warning", "error"}

// String is the severity as configuration and reports write it.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads what String writes.
func ParseSeverity(text string) (Severity, error) {
	for i, name := range severityNames {
		if text == name {
			return Severity(i), nil
		}
	}
	return Off, fmt.Errorf("severity %q is none of error, warning, note, off", text)
}

// Subject is what a finding is about. Findings of different rules about one subject are about one defect.
type Subject struct {
	Owner  zonefiles.Name // the mail domain, host or other owner name
	Target string         // the MX target, address or other detail, in canonical text; empty: the owner as a whole
}

// Finding is one defect, at the place where it should be repaired.
type Finding struct {
	Rule     *Rule
	Severity Severity // the rule's own, or what configuration made of it
	Zone     zonefiles.Name
	View     string // of the zone; empty where there are no views
	Subject  Subject
	// Targets are further targets of the subject's owner that the finding is about.
	Targets []string
	// Domains are what Fold has made one finding of: the owners that it is about, one of each zone. Empty: Subject's
	// alone.
	Domains []zonefiles.Name
	// Cause is the host, zone or record that many domains may owe the finding to: what would have to change. Empty: the
	// finding has a cause of its own.
	Cause   zonefiles.Name
	Span    zonefiles.Span
	Message string // what is wrong, in one sentence
	Harm    string // whom it hurts: which senders, which mail
	Help    string // what to do
	Related []Related
	Path    []Related // the route of a mail through the MX hosts, in order, if the finding is about one
	Fixes   []Fix
	// Suppressed says why the finding is not shown: an ignore comment's reason, or Baselined. It is empty if it is shown.
	Suppressed string
}

// Baselined is the reason of a finding that the baseline suppresses.
const Baselined = "known to the baseline"

// Related is another place that the finding depends on.
type Related struct {
	Span    zonefiles.Span
	Message string
	// OfHost is set where the place is why a host of the finding is known: an address record, an alias, or the operator's
	// word. A finding about hosts of which the lock alone knows has none.
	OfHost bool
}

// Fix is a change of the text that removes a finding's cause.
type Fix struct {
	Message string
	Safe    bool // the zone then means what its author intended; otherwise a person has to look
	Edits   []Edit
}

// Edit replaces the bytes of a span.
type Edit struct {
	Span zonefiles.Span
	New  string
}

// appendSpans adds all places of a finding.
func (f *Finding) appendSpans(spans []zonefiles.Span) []zonefiles.Span {
	spans = append(spans, f.Span)
	for _, places := range [...][]Related{f.Related, f.Path} {
		for i := range places {
			spans = append(spans, places[i].Span)
		}
	}
	for i := range f.Fixes {
		for _, edit := range f.Fixes[i].Edits {
			spans = append(spans, edit.Span)
		}
	}
	return spans
}
