package lint

import (
	"strings"

	"mx46/lint/mail"
	"mx46/zonefiles"
)

// Rule is one thing that can be wrong. It is a value: it has no state, and its functions keep none between calls.
type Rule struct {
	Name     string // a defect in kebab case: "mx-target-no-address"
	Severity Severity
	// Subsumes names the rules whose findings about the same subject this rule's finding already explains.
	Subsumes []string
	// Page is the rule's documentation in Markdown: a heading with the name, a sentence that sums it up, then sections.
	Page string
	// What the rule looks at. The findings of a rule without any of these are made by the engine itself.
	Problems []zonefiles.ProblemKind       // what could not be read, which needs no origin
	Zone     func(*Pass)                   // one zone in the graph
	Owner    func(*Pass, zonefiles.NameID) // one owner of records of type Of in the graph
	Domain   func(*Pass, *mail.Domain)     // one mail domain

	Of zonefiles.Type // what Owner looks at
	// Only limits Domain to mail domains with at least one of these traits; 0: every one, which is correct but slower.
	Only mail.Trait
}

// Runs reports whether the engine runs the rule on a zone. If the origin is unknown, it reports Problems alone.
func (r *Rule) Runs(z *zonefiles.Zone) bool {
	return len(r.Problems) > 0 || z.OriginKnown && (r.Zone != nil || r.Owner != nil || r.Domain != nil)
}

// HasSubjects reports whether the rule's findings say what they are about. Only the message tells what cannot be read.
func (r *Rule) HasSubjects() bool { return len(r.Problems) == 0 }

// Names are the names of rules, in their order.
func Names(rules []*Rule) []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Name
	}
	return names
}

// Summary is the page's first paragraph, on one line.
func (r *Rule) Summary() string {
	_, body, _ := strings.Cut(r.Page, "\n\n")
	paragraph, _, _ := strings.Cut(body, "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}

// Section is the text under the page's heading "## title", without the heading.
func (r *Rule) Section(title string) string {
	_, text, found := strings.Cut(r.Page, "\n## "+title+"\n")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}
