// Package config is .mx46.yaml: what the operator wants of the zones, facts that no zone file holds, and how severe
// each rule is. It is the only package that knows YAML.
//
// Files and globs are paths with slashes, relative to the root, and never lead out of it. A glob is one of doublestar
// without braces and escapes: * and ? stay within a folder, ** is any depth of folders, [a-z] and [!a-z] are classes.
package config

import (
	"maps"
	"net/netip"
	"path"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
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

	Zones         []ZoneSource
	Hosts         map[zonefiles.Name]Setting[mail.HostFacts]
	Links         []Setting[mail.Link]
	Final         []zonefiles.Name // hosts from which mail reaches the mailbox without SMTP relay (RFC 3974 s.4.2)
	NAT64Prefixes []netip.Prefix

	top       values
	rules     map[string]Setting[lint.Severity]
	flags     map[string]Setting[lint.Severity] // of SetSeverity
	zoneFiles globs
	exclude   globs
	overrides []override
	exact     map[zonefiles.Name][]int // overrides of this name
	below     map[zonefiles.Name][]int // overrides of all names below this one
	parents   map[zonefiles.Name]bool  // names below which some overrides apply, and not to all names
	paths     map[string]string
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
	Path   string            // a glob of zone files, or the path of a name server's configuration
	Server serverconf.Server // of that configuration; 0 for a glob
	From   string            // the place of the entry

	values values // of a glob
}

type override struct {
	values values
	rules  map[string]Setting[lint.Severity]
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
		rules:       map[string]Setting[lint.Severity]{},
		flags:       map[string]Setting[lint.Severity]{},
		exact:       map[zonefiles.Name][]int{},
		below:       map[zonefiles.Name][]int{},
		parents:     map[zonefiles.Name]bool{},
		paths:       map[string]string{},
	}
}

// SetSeverity sets a rule's severity, whatever the file says.
func (c *Config) SetSeverity(rule string, severity lint.Severity, from string) {
	c.flags[rule] = Setting[lint.Severity]{severity, from}
}

// Excludes reports whether a glob of exclude matches the file.
func (c *Config) Excludes(file string) bool { return len(c.exclude.match(file)) > 0 }

// SetPath maps a path of the server to one below the root, unless the file does.
func (c *Config) SetPath(server, local string) {
	server = path.Clean(server)
	if _, ok := c.paths[server]; !ok {
		c.paths[server] = path.Clean(local)
	}
}

// Paths maps paths on the name server to those below the root.
func (c *Config) Paths() map[string]string { return maps.Clone(c.paths) }

// Settings are those of a file, or of a zone or a mail domain in it.
type Settings struct {
	values

	config    *Config
	overrides []int // that apply, in the order of the file
}

// For is the settings of a file: the top of the configuration, then each entry of zones whose glob matches. The last
// one wins.
func (c *Config) For(file string) Settings {
	s := Settings{values: c.top, config: c}
	for _, i := range c.zoneFiles.match(file) {
		s.set(c.Zones[i].values)
	}
	return s
}

// At narrows settings to a zone, or to a mail domain within it: c.For(file).At(zone).At(domain). An override applies to
// a domain if it names the domain or its zone. Of all that apply, the last in the file wins, over the entries of zones.
func (s Settings) At(name zonefiles.Name) Settings {
	if below, ok := internalBy(name); ok && s.Scope.From == Default {
		s.Scope = Setting[delivery.Scope]{delivery.Internal, Default + " below " + below}
	}
	more := s.config.overridesOf(name)
	if len(more) == 0 {
		return s
	}
	all := slices.Concat(s.overrides, more)
	slices.Sort(all)
	s.overrides = slices.Compact(all)
	for _, i := range s.overrides {
		s.set(s.config.overrides[i].values)
	}
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

// overridesOf are the overrides that apply to a name, in no order.
func (c *Config) overridesOf(name zonefiles.Name) []int {
	found := c.exact[name]
	for n := name; n != zonefiles.Root; {
		n = n.Parent()
		if below := c.below[n]; len(below) > 0 {
			found = slices.Concat(found, below)
		}
	}
	return found
}

// addExact notes an override of a name, addBelow one of every name below it.
func (c *Config) addExact(name zonefiles.Name, override int) {
	c.exact[name] = append(c.exact[name], override)
	if !name.IsRoot() {
		c.addParents(name.Parent())
	}
}

func (c *Config) addBelow(name zonefiles.Name, override int) {
	c.below[name] = append(c.below[name], override)
	c.addParents(name)
}

// addParents notes a name and all above it.
func (c *Config) addParents(name zonefiles.Name) {
	for !c.parents[name] {
		c.parents[name] = true
		if name.IsRoot() {
			return
		}
		name = name.Parent()
	}
}

// Severity is the rule's severity here: by SetSeverity, or else the last override that names the rule, the key rules,
// or the rule.
func (s Settings) Severity(rule *lint.Rule) Setting[lint.Severity] {
	if v, ok := s.config.flags[rule.Name]; ok {
		return v
	}
	for _, i := range slices.Backward(s.overrides) {
		if v, ok := s.config.overrides[i].rules[rule.Name]; ok {
			return v
		}
	}
	if v, ok := s.config.rules[rule.Name]; ok {
		return v
	}
	return Setting[lint.Severity]{rule.Severity, Default}
}

// Facts are what the file says of hosts.
func (c *Config) Facts() mail.Facts {
	facts := mail.Facts{
		Hosts: map[zonefiles.Name]mail.HostFacts{}, Final: map[zonefiles.Name]bool{}, NAT64: c.NAT64Prefixes,
	}
	for name, h := range c.Hosts {
		facts.Hosts[name] = h.Value
	}
	for _, l := range c.Links {
		facts.Links = append(facts.Links, l.Value)
	}
	for _, name := range c.Final {
		facts.Final[name] = true
	}
	return facts
}

// Lint is the settings of a file and the zone in it, for rules of the catalogue.
func (c *Config) Lint(file string, origin zonefiles.Name, catalog []*lint.Rule) *lint.Settings {
	zone := c.For(file).At(origin)
	settings := zone.lint(catalog)
	if c.parents[origin] {
		settings.Domain = func(name zonefiles.Name) *lint.Settings {
			if len(c.overridesOf(name)) == 0 {
				return nil
			}
			return zone.At(name).lint(catalog)
		}
	}
	return settings
}

func (s Settings) lint(catalog []*lint.Rule) *lint.Settings {
	out := &lint.Settings{Stack: s.Stack.Value, Scope: s.Scope.Value, Severities: map[string]lint.Severity{}}
	for _, r := range catalog {
		if severity := s.Severity(r).Value; severity != r.Severity {
			out.Severities[r.Name] = severity
		}
	}
	return out
}

// globs finds which of many globs match a file. Those without a wildcard, of which a generated configuration may have
// thousands, cost one look-up together.
type globs struct {
	literal  map[string][]int
	patterns []glob
}

type glob struct {
	pattern string
	index   int
}

func (g *globs) add(pattern string, index int) {
	if hasWildcard(pattern) {
		g.patterns = append(g.patterns, glob{pattern, index})
		return
	}
	if g.literal == nil {
		g.literal = map[string][]int{}
	}
	g.literal[pattern] = append(g.literal[pattern], index)
}

// match is the indices of the globs that match, in rising order.
func (g *globs) match(file string) []int {
	found := slices.Clone(g.literal[file])
	for _, p := range g.patterns {
		if doublestar.MatchUnvalidated(p.pattern, file) {
			found = append(found, p.index)
		}
	}
	slices.Sort(found)
	return found
}
