package config

import (
	"fmt"
	"sync"

	"mx46/lint/lock"
	"mx46/zonefiles"
)

// This file finds what a configuration says and no zone has to do with: most often a name or a path with a slip in it.

// Unused are the entries of hosts, relay, overrides, exclude and mta-sts that match nothing: of all zones, by view, of
// a lock, and of files beside those of zones that settings are asked for.
func (c *Config) Unused(views [][]*zonefiles.Zone, l *lock.Lock, others ...string) []zonefiles.Problem {
	u := unused{config: c}
	u.hosts(views, l)
	u.overrides(views, others)
	for i, at := range c.excludeAt {
		if !c.excluded.has(i) {
			u.report(at, "exclude matches no file of a zone here")
		}
	}
	u.policies(views)
	return u.problems
}

// AsksZones reports whether Unused looks for something in zones.
func (c *Config) AsksZones() bool {
	return len(c.Hosts)+len(c.Links)+len(c.Final)+len(c.reaches)+len(c.Policies) > 0
}

type unused struct {
	config   *Config
	problems []zonefiles.Problem
}

func (u *unused) report(at zonefiles.Span, format string, args ...any) {
	u.problems = append(u.problems, zonefiles.Problem{
		Kind: zonefiles.UnusedProblem, Span: at, Message: fmt.Sprintf(format, args...),
		Help: "correct it, or remove it",
	})
}

// hosts reports facts about hosts that mail has nothing to do with.
func (u *unused) hosts(views [][]*zonefiles.Zone, l *lock.Lock) {
	facts := u.config.Facts()
	facts.Lock = l
	unmet := facts.Unmet(views)
	for name, h := range u.config.Hosts {
		if !unmet[name] || h.Value.HasSameHost && !unmet[h.Value.SameHost] {
			continue
		}
		if name.IsWildcard() {
			u.report(h.Value.At, "no MX or NS record here names a host below %s that has no entry of its own",
				name.Parent().Undotted())
		} else {
			u.report(h.Value.At, "no MX or NS record here names %s", name.Undotted())
		}
	}
	for _, link := range u.config.Links {
		for _, name := range []zonefiles.Name{link.Value.From, link.Value.To} {
			if unmet[name] {
				u.report(link.Value.At, "no MX record here names %s, an end of this link", name.Undotted())
			}
		}
	}
	for _, final := range u.config.Final {
		if unmet[final.Name] {
			u.report(final.At, "no MX record here names %s", final.Name.Undotted())
		}
	}
}

// overrides reports the overrides that hold in no file and view, and their items that are the name of no zone and no
// mail domain there.
func (u *unused) overrides(views [][]*zonefiles.Zone, others []string) {
	c := u.config
	var general awaited
	locals := make([]awaited, 0, len(c.local)) // as Config.local
	holds := make([]bool, len(c.local))
	var at []zonefiles.Span
	var ofFiles []bool
	for _, of := range c.reaches {
		if of.files == nil && of.views == nil {
			general.add(of.names)
			continue
		}
		var names awaited
		names.add(of.names)
		locals, at, ofFiles = append(locals, names), append(at, of.at), append(ofFiles, of.files != nil)
	}
	for _, other := range others {
		for _, i := range c.localTo(other) {
			holds[i] = holds[i] || ofFiles[i] // one for views alone is for the zones in them
		}
	}
	for _, zones := range views {
		for _, z := range zones {
			general.meetZone(z)
			for _, i := range c.localTo(z.Path) {
				if c.local[i].holdsIn(z.View) {
					holds[i] = true
					locals[i].meetZone(z)
				}
			}
		}
	}
	general.report(u)
	for i := range locals {
		if holds[i] {
			locals[i].report(u)
		} else {
			u.report(at[i], "this override is for files or views of which no zone is here")
		}
	}
}

// policies reports those of names that are no mail domain.
func (u *unused) policies(views [][]*zonefiles.Zone) {
	var domains awaited
	for name, policy := range u.config.Policies {
		domains.add([]namedAt{{exact: []zonefiles.Name{name}, at: policy.At}})
	}
	for _, zones := range views {
		for _, z := range zones {
			domains.meetZone(z)
		}
	}
	domains.report(u)
}

// awaited are the items of overrides and policies by the names that they speak of.
type awaited struct {
	items        []*awaitedItem
	exact, below map[zonefiles.Name][]*awaitedItem // those that are not met yet
}

type awaitedItem struct {
	at    zonefiles.Span
	text  string
	isMet bool
}

func (a *awaited) add(names []namedAt) {
	if a.exact == nil {
		a.exact, a.below = map[zonefiles.Name][]*awaitedItem{}, map[zonefiles.Name][]*awaitedItem{}
	}
	for _, n := range names {
		item := &awaitedItem{at: n.at}
		for _, name := range n.exact {
			item.text = "is " + name.Undotted()
			a.exact[name] = append(a.exact[name], item)
		}
		for _, name := range n.below {
			item.text = "lies below " + name.Undotted()
			a.below[name] = append(a.below[name], item)
		}
		a.items = append(a.items, item)
	}
}

// meetZone meets the name of a zone and those of its mail domains.
func (a *awaited) meetZone(z *zonefiles.Zone) {
	a.meet(z.Origin)
	for i := 0; i < z.Len() && len(a.exact)+len(a.below) > 0; i++ {
		if r := z.Record(i); r.Type() == zonefiles.TypeMX {
			a.meet(r.OwnerName())
		}
	}
}

func (a *awaited) meet(name zonefiles.Name) {
	meet := func(waiting map[zonefiles.Name][]*awaitedItem, name zonefiles.Name) {
		for _, item := range waiting[name] {
			item.isMet = true
		}
		delete(waiting, name)
	}
	meet(a.exact, name)
	for len(a.below) > 0 && !name.IsRoot() {
		name = name.Parent()
		meet(a.below, name)
	}
}

func (a *awaited) report(u *unused) {
	for _, item := range a.items {
		if !item.isMet {
			u.report(item.at, "no zone and no mail domain here %s", item.text)
		}
	}
}

// marks are numbers that were seen. They are safe for concurrent use.
type marks struct {
	mu   sync.Mutex
	seen map[int]bool
}

func (m *marks) add(numbers []int) {
	if len(numbers) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[int]bool{}
	}
	for _, n := range numbers {
		m.seen[n] = true
	}
}

func (m *marks) has(n int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen[n]
}
