// Package config is .mx46.yaml: what the operator wants of the zones, facts that no zone file holds, and how severe
// each rule is. It is the only package that knows YAML.
//
// Files and globs are paths with slashes, relative to the folder of .mx46.yaml in it and to the root here; they never
// lead out of the root. A glob is a disk.Pattern: * and ? stay within a folder, ** is any depth of folders, [a-z] and
// [!a-z] are classes.
package config

import (
	"fmt"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

// FileName is the name of the configuration file.
const FileName = ".mx46.yaml"

// Default is where a setting comes from that nobody made.
const Default = "default"

// Setting is a value and where it comes from: Default, a place such as ".mx46.yaml:12:3", or a caller's word for its
// own settings, such as "--fail-on". The zero Setting has no value.
type Setting[T any] struct {
	Value T
	From  string
}

// IsSet reports whether there is a value.
func (s Setting[T]) IsSet() bool { return s.From != "" }

// Config is what a configuration file says. It must not change once For was called; then it is safe for concurrent use.
type Config struct {
	FailOn      Setting[lint.Severity] // lint.Off: never
	MinSeverity Setting[lint.Severity]
	Dialect     Setting[zonefiles.Dialect] // of the zone files
	Baseline    Setting[string]            // the file of known findings

	Zones         []ZoneSource
	Hosts         map[zonefiles.Name]Setting[mail.HostFacts]
	Links         []Setting[mail.Link]
	Final         []Final
	NAT64Prefixes []netip.Prefix
	Policies      map[zonefiles.Name]Policy // of MTA-STS, by mail domain

	top       values
	given     values // of SetStack and SetScope
	rules     map[string]Setting[lint.Severity]
	flags     map[string]Setting[lint.Severity] // of SetSeverity
	zoneFiles *globs
	exclude   *globs
	excludeAt []zonefiles.Span // where each glob of exclude is
	excluded  marks            // those of them that a file has matched
	// Of overrides by file, the indices of local:
	localFiles *globs
	overrides  []override
	reaches    []reach        // of overrides
	general    names          // what overrides of any file and view say
	local      []local        // other overrides
	ruleIndex  map[string]int // of each rule in a choice
	paths      map[string]string

	mu    sync.Mutex
	known map[lintKey]*lint.Settings // see Lint
}

// Final is a host from which mail reaches the mailbox without SMTP relay (RFC 3974 s.4.2).
type Final struct {
	Name zonefiles.Name
	At   zonefiles.Span
}

// values are what several parts of the file can set.
type values struct {
	Origin Setting[zonefiles.Name] // of the zone in a file
	View   Setting[string]
	Stack  Setting[delivery.Families]
	Scope  Setting[delivery.Scope]
}

// set takes over the values that others have.
func (v *values) set(by values) {
	set(&v.Origin, by.Origin)
	set(&v.View, by.View)
	set(&v.Stack, by.Stack)
	set(&v.Scope, by.Scope)
}

func set[T any](to *Setting[T], by Setting[T]) {
	if by.IsSet() {
		*to = by
	}
}

// ZoneSource is one entry of zones.
type ZoneSource struct {
	Path     string            // a glob of zone files, a folder, or the path of a name server's configuration
	IsFolder bool              // that is searched for zones
	Server   serverconf.Server // of that configuration; 0 for a glob or a folder
	From     string            // the place of the entry

	values values // of a glob or a folder
}

// New is the configuration without a file: the defaults.
func New() *Config {
	return &Config{
		top: values{
			Stack: Setting[delivery.Families]{delivery.Dual, Default},
			Scope: Setting[delivery.Scope]{delivery.Public, Default},
		},
		FailOn:      Setting[lint.Severity]{lint.Error, Default},
		MinSeverity: Setting[lint.Severity]{lint.Warning, Default},
		Hosts:       map[zonefiles.Name]Setting[mail.HostFacts]{},
		Policies:    map[zonefiles.Name]Policy{},
		rules:       map[string]Setting[lint.Severity]{},
		flags:       map[string]Setting[lint.Severity]{},
		general:     newNames(),
		localFiles:  &globs{},
		zoneFiles:   &globs{},
		exclude:     &globs{},
		paths:       map[string]string{},
		known:       map[lintKey]*lint.Settings{},
	}
}

// Excludes reports whether a glob of exclude matches the file.
func (c *Config) Excludes(file string) bool {
	matched := c.exclude.match(file)
	c.excluded.add(matched)
	return len(matched) > 0
}

// Shown is the lowest severity of findings that are shown: what fails the run always is.
func (c *Config) Shown() lint.Severity {
	if c.FailOn.Value == lint.Off {
		return c.MinSeverity.Value
	}
	return min(c.MinSeverity.Value, c.FailOn.Value)
}

// SetPath maps a path of the server to one below the root, unless the file does.
func (c *Config) SetPath(server, local string) {
	server = path.Clean(server)
	if _, ok := c.paths[server]; !ok {
		c.paths[server] = path.Clean(local)
	}
}

// Paths maps paths on the name server to those below the root.
func (c *Config) Paths() map[string]string { return maps.Clone(c.paths) }

// Exhausted is why settings are not to be relied on: there are too many globs for so many files.
func (c *Config) Exhausted() error {
	if !c.zoneFiles.full() && !c.exclude.full() && !c.localFiles.full() {
		return nil
	}
	return fmt.Errorf("%s has too many globs for so many files: they would have to be matched more than %d times",
		FileName, maxGlobMatches)
}

// Settings are those of a file, or of a zone or a mail domain in it.
type Settings struct {
	values

	config *Config
	view   string
	local  []int  // those of Config.local that speak of the file
	choice choice // of overrides
}

// For is the settings of a file: the top of the configuration, then each entry of zones whose glob matches. The last
// one wins.
func (c *Config) For(file string) Settings {
	s := Settings{values: c.top, config: c}
	for _, i := range c.zoneFiles.match(file) {
		s.set(c.Zones[i].values)
	}
	s.local = c.localTo(file)
	return s
}

// In is the settings of a zone in a view of a name server's configuration, rather than in none.
func (s Settings) In(view string) Settings {
	s.view = view
	return s
}

// At narrows settings to a zone, or to a mail domain within it: c.For(file).In(view).At(zone).At(domain). An override
// applies to a domain if it names the domain or its zone. Of all that apply, the last in the file wins, over the
// entries of zones.
func (s Settings) At(name zonefiles.Name) Settings {
	if below, ok := internalBy(name); ok && s.Scope.From == Default {
		s.Scope = Setting[delivery.Scope]{delivery.Internal, Default + " below " + below}
	}
	s.choice = s.choice.or(s.config.general.at(name))
	for _, i := range s.local {
		if l := &s.config.local[i]; l.holdsIn(s.view) {
			s.choice = s.choice.or(l.names.at(name))
		}
	}
	if len(s.choice) > 0 {
		if i := s.choice[stackChoice]; i > 0 {
			s.Stack = s.config.overrides[i-1].values.Stack
		}
		if i := s.choice[scopeChoice]; i > 0 {
			s.Scope = s.config.overrides[i-1].values.Scope
		}
	}
	s.set(s.config.given)
	return s
}

// internalBy is the name at or above another one that no public name has: local (RFC 6762 s.3), home.arpa (RFC 8375),
// localhost (RFC 6761 s.6.3), or internal, which ICANN reserved in 2024.
func internalBy(name zonefiles.Name) (string, bool) {
	for _, top := range [...]zonefiles.Name{"\x05local", "\x08internal", "\x04home\x04arpa", "\x09localhost"} {
		if name.IsAtOrBelow(top) {
			return top.Undotted(), true
		}
	}
	return "", false
}

// Severity is the rule's severity here: by SetSeverity, or else the last override that names the rule, the key rules,
// or the rule.
func (s Settings) Severity(rule *lint.Rule) Setting[lint.Severity] {
	if v, ok := s.severity(rule.Name); ok {
		return v
	}
	return Setting[lint.Severity]{rule.Severity, Default}
}

// severity is the one that somebody gave to a rule here.
func (s Settings) severity(rule string) (v Setting[lint.Severity], ok bool) {
	if v, ok := s.config.flags[rule]; ok {
		return v, true
	}
	if at, known := s.config.ruleIndex[rule]; known && len(s.choice) > 0 {
		if i := s.choice[firstRule+at]; i > 0 {
			return s.config.overrides[i-1].rules[rule], true
		}
	}
	v, ok = s.config.rules[rule]
	return v, ok
}

// Facts are what the file says of hosts.
func (c *Config) Facts() mail.Facts {
	facts := mail.Facts{
		Hosts: map[zonefiles.Name]mail.HostFacts{}, Below: map[zonefiles.Name]mail.HostFacts{},
		Final: map[zonefiles.Name]zonefiles.Span{}, NAT64: c.NAT64Prefixes,
	}
	for name, h := range c.Hosts {
		if name.IsWildcard() {
			facts.Below[name.Parent()] = h.Value
		} else {
			facts.Hosts[name] = h.Value
		}
	}
	for _, l := range c.Links {
		facts.Links = append(facts.Links, l.Value)
	}
	for _, final := range c.Final {
		facts.Final[final.Name] = final.At
	}
	return facts
}

// Lint is the settings of a file and the zone in it, as a view has it. Equal settings are one, unless mail domains of
// the zone have some of their own.
func (c *Config) Lint(file, view string, origin zonefiles.Name) *lint.Settings {
	zone := c.For(file).In(view).At(origin)
	if !zone.isDividedAt(origin) {
		return zone.lint()
	}
	settings := *zone.lint()
	settings.Domain = func(name zonefiles.Name) *lint.Settings {
		own := zone.At(name)
		if slices.Equal(own.choice, zone.choice) {
			return nil
		}
		return own.lint()
	}
	return &settings
}

// lintKey tells apart the settings of zones and mail domains.
type lintKey struct {
	stack  delivery.Families
	scope  delivery.Scope
	choice string
}

func (s Settings) lint() *lint.Settings {
	choice := make([]byte, 0, 2*len(s.choice))
	for _, i := range s.choice {
		choice = append(choice, byte(i), byte(i>>8))
	}
	key := lintKey{s.Stack.Value, s.Scope.Value, string(choice)}
	s.config.mu.Lock()
	defer s.config.mu.Unlock()
	if known := s.config.known[key]; known != nil {
		return known
	}
	out := &lint.Settings{Stack: s.Stack.Value, Scope: s.Scope.Value, Severities: map[string]lint.Severity{}}
	add := func(rule string) {
		if severity, ok := s.severity(rule); ok {
			out.Severities[rule] = severity.Value
		}
	}
	for rule := range s.config.ruleIndex { // all that a file may speak of
		add(rule)
	}
	for rule := range s.config.flags {
		add(rule)
	}
	s.config.known[key] = out
	return out
}

// globs finds which of many globs match a file. Those without a wildcard, of which a generated configuration may have
// thousands, cost one look-up together. What the others match is remembered.
type globs struct {
	literal  map[string][]int
	patterns []glob

	mu    sync.Mutex
	known map[string][]int // by file: the patterns that match
	spent int              // on matches
}

type glob struct {
	pattern disk.Pattern
	index   int
}

func (g *globs) add(pattern string, index int) {
	if hasWildcard(pattern) {
		g.patterns = append(g.patterns, glob{disk.NewPattern(pattern), index})
		return
	}
	if g.literal == nil {
		g.literal = map[string][]int{}
	}
	g.literal[pattern] = append(g.literal[pattern], index)
}

// match is the indices of the globs that match, in rising order.
func (g *globs) match(file string) []int {
	found := g.literal[file]
	if len(g.patterns) == 0 {
		return found
	}
	if matched := g.matchPatterns(file); len(matched) > 0 {
		found = slices.Concat(found, matched)
		slices.Sort(found)
	}
	return found
}

func (g *globs) matchPatterns(file string) []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found, known := g.known[file]; known {
		return found
	}
	var found []int
	elements := strings.Split(file, "/")
	for _, p := range g.patterns {
		if g.spent += p.pattern.Cost(file); g.spent > maxGlobMatches {
			break
		}
		if p.pattern.Match(elements) {
			found = append(found, p.index)
		}
	}
	if g.known == nil {
		g.known = map[string][]int{}
	}
	g.known[file] = found
	return found
}

// full reports whether not all files were matched.
func (g *globs) full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.spent > maxGlobMatches
}
