package lint

import "mx46/zonefiles"

// Cause is findings that one change would mend: those of one rule and severity in one view that name the same cause, or
// a finding by itself.
type Cause struct {
	First  *Finding
	Others []*Finding
}

// Domains are what the findings are about, each name once, in their order.
func (c *Cause) Domains() []zonefiles.Name {
	domains := []zonefiles.Name{c.First.Subject.Owner}
	seen := map[zonefiles.Name]bool{c.First.Subject.Owner: true}
	for _, f := range c.Others {
		if owner := f.Subject.Owner; !seen[owner] {
			seen[owner] = true
			domains = append(domains, owner)
		}
	}
	return domains
}

// Causes sorts findings by what causes them, in the order of the first of each.
func Causes(findings []Finding) []Cause {
	type key struct {
		rule       *Rule
		severity   Severity
		view       string
		cause      zonefiles.Name
		suppressed string
	}
	index := map[key]int{}
	var causes []Cause
	for i := range findings {
		f := &findings[i]
		if f.Cause == "" {
			causes = append(causes, Cause{First: f})
			continue
		}
		k := key{f.Rule, f.Severity, f.View, f.Cause, f.Suppressed}
		if at, ok := index[k]; ok {
			causes[at].Others = append(causes[at].Others, f)
			continue
		}
		index[k] = len(causes)
		causes = append(causes, Cause{First: f})
	}
	return causes
}
