package config

import (
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/text"
)

// This file says what of a configuration makes mx46 find or show less.

// Relaxed are rules of the catalogue that are off, those that are off for some zones or mail domains, those that have a
// lower severity than their own at least for some, and further values of the file, such as "stack: ipv6".
func (c *Config) Relaxed(catalog []*lint.Rule) (off, partly, lowered, values []string) {
	for _, r := range catalog {
		everywhere, least := c.severities(r)
		switch {
		case everywhere == lint.Off:
			off = append(off, r.Name)
		case least == lint.Off:
			partly = append(partly, r.Name)
		case least < r.Severity:
			lowered = append(lowered, r.Name)
		}
	}
	return off, partly, lowered, c.relaxedValues()
}

// severities are a rule's where no override speaks of it, and the least that it has anywhere.
func (c *Config) severities(r *lint.Rule) (everywhere, least lint.Severity) {
	if flag, ok := c.flags[r.Name]; ok {
		return flag.Value, flag.Value
	}
	everywhere = r.Severity
	if set, ok := c.rules[r.Name]; ok {
		everywhere = set.Value
	}
	least = everywhere
	for i := range c.overrides {
		if set, ok := c.overrides[i].rules[r.Name]; ok {
			least = min(least, set.Value)
		}
	}
	return everywhere, least
}

func (c *Config) relaxedValues() (found []string) {
	add := func(from, value string) {
		if from != Default && !strings.HasPrefix(from, "--") { // a flag is the caller's
			found = append(found, value)
		}
	}
	if c.FailOn.Value == lint.Off {
		add(c.FailOn.From, "fail-on: never")
	}
	if c.MinSeverity.Value > lint.Warning {
		add(c.MinSeverity.From, "min-severity: "+c.MinSeverity.Value.String())
	}
	if c.top.Stack.Value != delivery.Dual {
		add(c.top.Stack.From, "stack: "+c.top.Stack.Value.Word())
	}
	if c.top.Scope.Value != delivery.Public {
		add(c.top.Scope.From, "scope: "+c.top.Scope.Value.String())
	}
	entries, overrides := 0, 0
	for i := range c.Zones {
		if c.Zones[i].values.hasStackOrScope() {
			entries++
		}
	}
	for i := range c.overrides {
		if c.overrides[i].values.hasStackOrScope() {
			overrides++
		}
	}
	if entries > 0 {
		found = append(found, "stack or scope in "+text.Count(entries, "entry of zones", "entries of zones"))
	}
	if overrides > 0 {
		found = append(found, "stack or scope in "+text.Count(overrides, "override", "overrides"))
	}
	return found
}

func (v *values) hasStackOrScope() bool { return v.Stack.IsSet() || v.Scope.IsSet() }
