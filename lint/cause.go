package lint

import (
	"cmp"
	"hash/maphash"
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
	hinted  *causeHints // nil: nothing is known
	byKey   map[causeKey]*Cause
	domains *spool[causeDomain] // by cause
}

// causeHints says which causes have several findings, so that those of one take little memory.
type causeHints struct {
	several    map[uint64]bool // by the hash of a key; nil: there are too many
	areSeveral bool            // any of them
}

var causeSeed = maphash.MakeSeed()

// hash is that of a finding's cause.
func (h *causeHints) hash(f *Finding) uint64 {
	key := keyOf(f)
	key.suppressed = "" // which reports show otherwise
	return maphash.Comparable(causeSeed, key)
}

func (h *causeHints) add(f *Finding) {
	if f.Cause == "" || h.several == nil {
		return
	}
	hash := h.hash(f)
	_, again := h.several[hash]
	h.several[hash], h.areSeveral = again, h.areSeveral || again
	if len(h.several) > maxHints {
		h.several, h.areSeveral = nil, true
	}
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
func NewCauses() *Causes { return newCauses(nil, 0, nil) }

func newCauses(temporary func() (Temporary, error), part int, hinted *causeHints) *Causes {
	return &Causes{hinted: hinted, byKey: map[causeKey]*Cause{}, domains: &spool[causeDomain]{
		temporary: temporary, part: part,
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

// Of is the cause of a finding; nil: its own, or that of none but this one.
func (c *Causes) Of(f *Finding) *Cause { return c.byKey[keyOf(f)] }

// AreShared reports whether any cause may have several findings, so that it is worth to add them.
func (c *Causes) AreShared() bool { return c.hinted == nil || c.hinted.areSeveral }

// Add adds the next finding.
func (c *Causes) Add(f *Finding) {
	if f.Cause == "" {
		return
	}
	key, owner := keyOf(f), f.Subject.Owner
	if h := c.hinted; h != nil && h.several != nil && !h.several[h.hash(f)] {
		return
	}
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
	for d, err := range c.domains.all(false) {
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
