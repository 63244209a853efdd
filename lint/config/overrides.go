package config

import (
	"slices"
	"sync"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file is what overrides say: of which names, and in which files and views.

type override struct {
	values values
	rules  map[string]Setting[lint.Severity]
}

// reach is what an override speaks of. No names, files or views are all of them.
type reach struct {
	exact, below []zonefiles.Name // names, and those below which it speaks of all names
	files, views []string
	names        []namedAt // exact and below by items of the list
	at           zonefiles.Span
}

// namedAt are the names that one item of an override speaks of.
type namedAt struct {
	exact, below []zonefiles.Name
	at           zonefiles.Span
}

// local is an override of some files or views. There are few.
type local struct {
	names names
	views []string
}

// holdsIn reports whether the override speaks of a view; empty is the zones that are in none.
func (l *local) holdsIn(view string) bool { return l.views == nil || slices.Contains(l.views, view) }

// choice says for each value that overrides can set which of them does, counted from 1 in the order of the file; 0 is
// none. Rules come after the stack and the scope. So the last override that sets a value wins where the larger number
// does, and what any number of overrides says takes no more room than one.
type choice []uint16

const (
	stackChoice = iota
	scopeChoice
	firstRule
)

// or is the choice of two, the last of them for each value. It may be one of them.
func (c choice) or(other choice) choice {
	if len(c) == 0 || len(other) == 0 {
		return append(c, other...)
	}
	both := slices.Clone(c)
	for i := range both {
		both[i] = max(both[i], other[i])
	}
	return both
}

// addOverride adds an override. It reports false where there are too many for some files or views.
func (c *Config) addOverride(o override, of reach) bool {
	c.overrides, c.reaches = append(c.overrides, o), append(c.reaches, of)
	number := uint16(len(c.overrides))
	set := make(choice, firstRule+len(c.ruleIndex))
	if o.values.Stack.IsSet() {
		set[stackChoice] = number
	}
	if o.values.Scope.IsSet() {
		set[scopeChoice] = number
	}
	for rule := range o.rules {
		set[firstRule+c.ruleIndex[rule]] = number
	}
	if of.files == nil && of.views == nil {
		c.general.add(set, of)
		return true
	}
	l := local{newNames(), of.views}
	l.names.add(set, of)
	for _, glob := range of.files {
		c.localFiles.add(glob, len(c.local))
	}
	if of.files == nil {
		c.localFiles.add("**", len(c.local))
	}
	c.local = append(c.local, l)
	return len(c.local) <= maxLocal
}

// localTo are the indices of overrides that speak of a file.
func (c *Config) localTo(file string) []int { return slices.Compact(c.localFiles.match(file)) }

// isDividedAt reports whether some override speaks of names in a zone, and not of the zone.
func (s Settings) isDividedAt(origin zonefiles.Name) bool {
	return s.config.general.parents[origin] || slices.ContainsFunc(s.local, func(i int) bool {
		l := &s.config.local[i]
		return l.holdsIn(s.view) && l.names.parents[origin]
	})
}

// names is what overrides say of domain names.
type names struct {
	exact     map[zonefiles.Name]choice // of this name
	below     map[zonefiles.Name]choice // of all names below this one
	parents   map[zonefiles.Name]bool   // names below which some choices hold, and not for all names
	inherited *sync.Map                 // choices by zonefiles.Name; see belowOf
}

func newNames() names {
	return names{
		map[zonefiles.Name]choice{}, map[zonefiles.Name]choice{}, map[zonefiles.Name]bool{}, &sync.Map{},
	}
}

func (n *names) add(set choice, of reach) {
	if len(of.exact) == 0 && len(of.below) == 0 {
		of.exact, of.below = []zonefiles.Name{zonefiles.Root}, []zonefiles.Name{zonefiles.Root}
	}
	for _, name := range of.exact {
		n.exact[name] = n.exact[name].or(set)
		if !name.IsRoot() {
			n.addParents(name.Parent())
		}
	}
	for _, name := range of.below {
		n.below[name] = n.below[name].or(set)
		n.addParents(name)
	}
}

// addParents notes a name and all above it.
func (n *names) addParents(name zonefiles.Name) {
	for !n.parents[name] {
		n.parents[name] = true
		if name.IsRoot() {
			return
		}
		name = name.Parent()
	}
}

// at is what overrides say of a name.
func (n *names) at(name zonefiles.Name) choice {
	if name.IsRoot() {
		return n.exact[name]
	}
	return n.belowOf(name.Parent()).or(n.exact[name])
}

// belowOf is what overrides say of the names right below one. Zones have many of these, so it is remembered.
func (n *names) belowOf(name zonefiles.Name) choice {
	if len(n.below) == 0 {
		return nil
	}
	known, ok := n.inherited.Load(name)
	if ok {
		return known.(choice)
	}
	found := n.below[name]
	if !name.IsRoot() {
		found = found.or(n.belowOf(name.Parent()))
	}
	n.inherited.Store(name, found)
	return found
}
