package lint

import (
	"cmp"
	"slices"

	"mx46/zonefiles"
)

// This file says once, for people, what many findings owe to one cause: that which one change would mend.

// Cause is what findings of one rule and severity in one view have in common that name the same cause.
type Cause struct {
	Findings int
	Domains  int              // that they are about
	Named    []zonefiles.Name // the first of these, in the order of the findings
	Places   []zonefiles.Span // of the first of the findings

	number int
}

// Causes counts findings by cause. From NewCauses of OnDisk, its memory follows the number of causes alone.
type Causes struct {
	byKey   map[causeKey]*Cause
	domains *spool[causeDomain] // by cause
}

type causeKey struct {
	rule       *Rule
	severity   Severity
	view       string
	cause      zonefiles.Name
	suppressed string
}

// causeDomain is a domain that a finding of a cause is about.
type causeDomain struct {
	cause  int
	domain zonefiles.Name
}

// NewCauses counts findings that are in memory.
func NewCauses() *Causes { return newCauses(nil) }

func newCauses(temporary func() (Temporary, error)) *Causes {
	return &Causes{byKey: map[causeKey]*Cause{}, domains: &spool[causeDomain]{
		temporary: temporary,
		compare: func(a, b causeDomain) int {
			return cmp.Or(cmp.Compare(a.cause, b.cause), cmp.Compare(a.domain, b.domain))
		},
		code: func(c *coder, d *causeDomain) {
			codeNumber(c, &d.cause)
			codeText(c, &d.domain)
		},
	}}
}

func keyOf(f *Finding) causeKey { return causeKey{f.Rule, f.Severity, f.View, f.Cause, f.Suppressed} }

// Of is the cause of a finding; nil: its own.
func (c *Causes) Of(f *Finding) *Cause { return c.byKey[keyOf(f)] }

// Add adds the next finding.
func (c *Causes) Add(f *Finding) {
	if f.Cause == "" {
		return
	}
	key, owner := keyOf(f), f.Subject.Owner
	cause := c.byKey[key]
	if cause == nil {
		cause = &Cause{number: len(c.byKey)}
		c.byKey[key] = cause
	}
	cause.Findings++
	if len(cause.Places) < maxNamed {
		cause.Places = append(cause.Places, f.Span)
	}
	if len(cause.Named) < maxNamed && !slices.Contains(cause.Named, owner) {
		cause.Named = append(cause.Named, owner)
	}
	c.domains.add(causeDomain{cause.number, owner})
}

// Count counts the domains of causes, after all findings are added.
func (c *Causes) Count() error {
	defer c.domains.close()
	byNumber := make([]*Cause, len(c.byKey))
	for _, cause := range c.byKey {
		byNumber[cause.number] = cause
	}
	last := causeDomain{cause: -1}
	for d, err := range c.domains.all() {
		if err != nil {
			return err
		}
		if d != last {
			byNumber[d.cause].Domains++
		}
		last = d
	}
	return nil
}
