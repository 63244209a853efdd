package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTargetNotHostname = lint.Rule{
	Name:     "mx-target-not-hostname",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Name.IsRoot() || dns.IsHostname(t.Name) || isAddress(t) || p.Source.IsTemplate && t.Name.IsHidden() {
				continue // a null MX, a good name, one for mx-target-is-address, or one that nobody knows yet
			}
			label := badLabel(t.Name)
			f := lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s is not a host name: %s", show(t.Name), whyBad(label)),
				Harm:    "some senders or their resolvers refuse such names, and cannot use this MX record",
				Help:    "give the host a name of letters, digits and hyphens, and use that name here",
			}
			if !isASCII(label) {
				f.Help = "write the name in ASCII, beginning with xn-- (RFC 5890), here and at its address records"
			}
			if t.Host < 0 {
				f.Harm = deadTarget(d)
			}
			p.Report(f)
		}
	},
}

// badLabel is the first label that a host name cannot have.
func badLabel(name zonefiles.Name) string {
	for ; !name.IsRoot(); name = name.Parent() {
		if only, err := zonefiles.Root.Child(name.FirstLabel()); err == nil && !dns.IsHostname(only) {
			return name.FirstLabel()
		}
	}
	return ""
}

// whyBad says what is wrong with such a label.
func whyBad(label string) string {
	quoted := `"` + zonefiles.Quote(label) + `"`
	switch {
	case !isASCII(label):
		return fmt.Sprintf("%s is not ASCII", quoted)
	case label == "*":
		return "an asterisk is a wildcard in owner names only"
	case strings.Contains(label, "_"):
		return fmt.Sprintf("%s has an underscore", quoted)
	case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
		return fmt.Sprintf("%s begins or ends with a hyphen", quoted)
	}
	return fmt.Sprintf("%s has characters other than letters, digits and hyphens", quoted)
}

func isASCII(label string) bool {
	return strings.IndexFunc(label, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
