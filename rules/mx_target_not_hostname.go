package rules

import (
	"fmt"
	"strings"

	"mx46/lint"
	"mx46/zonefiles"
)

var mxTargetNotHostname = lint.Rule{
	Name:     "mx-target-not-hostname",
	Severity: lint.Error,
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if d.Plain {
			return
		}
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Name.IsRoot() || lint.IsHostname(t.Name) || lint.IsAddressLiteral(t.Name) {
				continue // a null MX, a good name, or one for mx-target-is-address
			}
			label := badLabel(t.Name)
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s is no name of a host: %s", show(t.Name), whyBad(label)),
				Harm:    "some senders and their resolvers refuse such names, and cannot use this MX record",
				Help:    "give the host a name of letters, digits and hyphens, and name that here",
			})
		}
	},
}

// badLabel is the first label that cannot stand in a host name.
func badLabel(name zonefiles.Name) string {
	for ; !name.IsRoot(); name = name.Parent() {
		if only, err := zonefiles.Root.Child(name.FirstLabel()); err == nil && !lint.IsHostname(only) {
			return name.FirstLabel()
		}
	}
	return ""
}

// whyBad tells what is wrong with such a label.
func whyBad(label string) string {
	quoted := zonefiles.Quote([]byte(label))
	switch {
	case label == "*":
		return "an asterisk means a wildcard in an owner name alone"
	case strings.Contains(label, "_"):
		return fmt.Sprintf("%s has an underscore", quoted)
	case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
		return fmt.Sprintf("%s begins or ends with a hyphen", quoted)
	}
	return fmt.Sprintf("%s has characters other than letters, digits and hyphens", quoted)
}
