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
	// ReadPage gives Page, which few runs need; nil: there is none.
	ReadPage func() string
	// What the rule looks at. The findings of a rule without any of these are made by the engine itself.
	Problems []zonefiles.ProblemKind       // what could not be read, which needs no origin
	Zone     func(*Pass)                   // one zone in the graph
	Owner    func(*Pass, zonefiles.NameID) // one owner of records of type Of in the graph
	Domain   func(*Pass, *mail.Domain)     // one mail domain

	// Once makes one finding, at the first place, of all that the rule reports about one subject, such as a host that many
	// mail domains use, and words it for so many of them. Beyond maxOnce subjects, the first by name are kept.
	Once func(f *Finding, domains int)

	Of    zonefiles.Type // what Owner looks at
	Needs Needs
	// Only limits Domain to mail domains with at least one of these traits; 0: every one, which is correct but slower.
	Only mail.Trait
}

// Needs says what a rule needs to see.
type Needs uint8

// What rules need.
const (
	Records    Needs = iota // those that the rule asks for
	WholeZones              // so that the rule says nothing about zones that were made of a few answers
	CachedTTLs              // as above, since TTLs in caches run down
	Servers                 // what was observed, so that the rule says nothing about files
)

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

// NamesLike are the names that a pattern means: one, or, with * at its end, all that begin with the rest.
func NamesLike(pattern string, names []string) (like []string) {
	beginning, isGroup := strings.CutSuffix(pattern, "*")
	for _, name := range names {
		if name == pattern || isGroup && strings.HasPrefix(name, beginning) {
			like = append(like, name)
		}
	}
	return like
}

// Page is the rule's documentation in Markdown: a heading with the name, a sentence that sums it up, then sections.
func (r *Rule) Page() string {
	if r.ReadPage == nil {
		return ""
	}
	return r.ReadPage()
}

// Summary is the page's first paragraph, on one line.
func (r *Rule) Summary() string {
	_, body, _ := strings.Cut(r.Page(), "\n\n")
	paragraph, _, _ := strings.Cut(body, "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}

// Section is the text under the page's heading "## title", without the heading.
func (r *Rule) Section(title string) string {
	_, text, found := strings.Cut(r.Page(), "\n## "+title+"\n")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// Reference is the address of the section of an RFC that the page refers to first; empty where it refers to none.
func (r *Rule) Reference() string {
	_, cited, found := strings.Cut(r.Section("References"), "RFC ")
	if !found {
		return ""
	}
	if end := strings.IndexAny(cited, ",;"); end >= 0 {
		cited = cited[:end]
	}
	words := strings.Fields(cited)
	address := "https://www.rfc-editor.org/rfc/rfc" + words[0]
	if len(words) < 3 {
		return address
	}
	switch strings.TrimSuffix(words[1], "s") {
	case "section":
		return address + "#section-" + words[2]
	case "appendix":
		return address + "#appendix-" + words[2]
	}
	return address
}
