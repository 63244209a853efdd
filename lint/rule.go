package lint

import (
	"fmt"
	"strings"

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
	// What the rule looks at; the engine itself reports what a rule without any of these stands for.
	File   func(*Pass)                   // one zone as it was read; its origin may be unknown
	Zone   func(*Pass)                   // one zone in the graph
	Owner  func(*Pass, zonefiles.NameID) // one owner of records of type Of in the graph
	Domain func(*Pass, *Domain)          // one mail domain

	Of zonefiles.Type // one of those that have a constant in zonefiles and that zones often hold
	// Only has Domain called for mail domains with one of these traits alone; 0: for every one, which is right and slower.
	Only Trait
}

// Summary is the page's first paragraph, on one line.
func (r *Rule) Summary() string {
	_, body, _ := strings.Cut(r.Page, "\n\n")
	paragraph, _, _ := strings.Cut(body, "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}

// Section is the text below the page's heading "## title", without the heading.
func (r *Rule) Section(title string) string {
	_, text, found := strings.Cut(r.Page, "\n## "+title+"\n")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// Validate refuses a catalogue that names a rule twice, that has one without a page, or that subsumes what it does not hold.
func Validate(rules []*Rule) error {
	known := map[string]bool{}
	for _, r := range rules {
		switch {
		case known[r.Name]:
			return fmt.Errorf("rule %s is in the catalogue twice", r.Name)
		case (r.Owner != nil) != (flagOf(r.Of) != hasOther):
			return fmt.Errorf("rule %s looks at owners of no type that the graph tells apart", r.Name)
		case r.Severity == Off:
			return fmt.Errorf("rule %s has no severity", r.Name)
		case !strings.HasPrefix(r.Page, "# "+r.Name+"\n\n") || r.Summary() == "":
			return fmt.Errorf("rule %s has no page that begins with its name and a summary", r.Name)
		}
		known[r.Name] = true
	}
	for _, r := range rules {
		for _, name := range r.Subsumes {
			if !known[name] {
				return fmt.Errorf("rule %s subsumes %s, which is not in the catalogue", r.Name, name)
			}
		}
	}
	return nil
}
