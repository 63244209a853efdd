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
	Span     zonefiles.Span
	Message  string // what is wrong, in one sentence
	Harm     string // whom it hurts: which senders, which mail
	Help     string // what to do
	Related  []Related
	Path     []Related // the route of a mail through the MX hosts, in order, if the finding is about one
	Fixes    []Fix
	// Suppressed says why the finding is not shown: an ignore comment's reason, or Baselined. It is empty if it is shown.
	Suppressed string
}

// Baselined is the reason of a finding that the baseline suppresses.
const Baselined = "known to the baseline"

// Related is another place that the finding depends on.
type Related struct {
	Span    zonefiles.Span
	Message string
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
