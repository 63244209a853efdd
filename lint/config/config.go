// Package config is .mx46.yaml: what the operator means the zones to be, facts that no zone file holds, and how severe each rule
// is. It is the only package that knows YAML.
//
// Files and globs are paths with slashes, relative to the root that the caller works in, and never lead out of it. A glob is
// one of doublestar without braces and escapes: * and ? stay within a folder, ** is any depth of folders, [a-z] and [!a-z] are
// classes.
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

// Default is the origin of a setting that nobody made.
const Default = "default"

// Setting is a value and where it comes from: "default", a place as in ".mx46.yaml:12:3", or what a caller calls its own
// settings, as in "--fail-on". From is empty where nothing was set and there is no default.
type Setting[T any] struct {
	Value T
	From  string
}

// IsSet reports whether there is a value, be it the default.
func (s Setting[T]) IsSet() bool { return s.From != "" }

// Config is what a configuration file says. It is read-only once For was called; then it is safe for concurrent use.
type Config struct {
	Stack       Setting[delivery.Families]
	Scope       Setting[delivery.Scope]
	FailOn      Setting[lint.Severity] // lint.Off: never
	MinSeverity Setting[lint.Severity]

	Zones         []ZoneSource
	Hosts         map[zonefiles.Name]Host
	Links         []Link
	Final         []zonefiles.Name // hosts from which mail reaches the mailbox without SMTP relay (RFC 3974 s.4.2)
	NAT64Prefixes []netip.Prefix

	rules     map[string]Setting[lint.Severity]
	flags     map[string]Setting[lint.Severity] // of SetSeverity: they win over everything
	zoneFiles globs
	exclude   globs
	overrides []override
	exact     map[zonefiles.Name][]int // the overrides that name this name
	below     map[zonefiles.Name][]int // the overrides that name all names below this one
	parents   map[zonefiles.Name]bool  // the names below which an override holds for some names and not for all
	paths     map[string]string
}

// ZoneSource is one entry of zones. Only files have settings of their own.
type ZoneSource struct {
	Path   string            // a glob of zone files, or the path of a name server's configuration
	Server serverconf.Server // of that configuration; 0 for a glob
	From   string            // where the entry stands
	Origin Setting[zonefiles.Name]
	View   Setting[string]
	Stack  Setting[delivery.Families]
	Scope  Setting[delivery.Scope]
}

// Host is what the operator knows of a host. Families and Outbound are zero where nothing is said.
type Host struct {
	Families delivery.Families // in which it has a usable address
	Outbound delivery.Families // in which it can open connections
	SameHost zonefiles.Name    // another name of the same machine; the root where there is none
	From     string            // where the entry stands
}

// Link is a transport between two MX hosts that needs no common family (RFC 3974 s.4.2).
type Link struct {
	Sender, Receiver zonefiles.Name
	Via              string // what carries the mail, for people; may be empty
	From             string // where the entry stands
}

type override struct {
	stack Setting[delivery.Families]
	scope Setting[delivery.Scope]
	rules map[string]Setting[lint.Severity]
}

// New is the configuration without a file: the defaults.
func New() *Config {
	return &Config{
		Stack:       Setting[delivery.Families]{delivery.Dual, Default},
		Scope:       Setting[delivery.Scope]{delivery.Public, Default},
		FailOn:      Setting[lint.Severity]{lint.Error, Default},
		MinSeverity: Setting[lint.Severity]{lint.Warning, Default},
		Hosts:       map[zonefiles.Name]Host{},
		rules:       map[string]Setting[lint.Severity]{},
		flags:       map[string]Setting[lint.Severity]{},
		exact:       map[zonefiles.Name][]int{},
		below:       map[zonefiles.Name][]int{},
		parents:     map[zonefiles.Name]bool{},
		paths:       map[string]string{},
	}
}

// SetSeverity sets a rule's severity above all that the file says; from is what the caller calls this, as in "--severity".
func (c *Config) SetSeverity(rule string, severity lint.Severity, from string) {
	c.flags[rule] = Setting[lint.Severity]{severity, from}
}

// Excludes reports whether a glob of exclude matches the file.
func (c *Config) Excludes(file string) bool { return len(c.exclude.match(file)) > 0 }

// SetPath adds an entry to paths, unless the file has one for that path of the server.
func (c *Config) SetPath(server, local string) {
	server = path.Clean(server)
	if _, ok := c.paths[server]; !ok {
		c.paths[server] = path.Clean(local)
	}
}

// Paths are the entries of paths: from a path on the name server, as it stands in its configuration, to one below the root.
func (c *Config) Paths() map[string]string { return maps.Clone(c.paths) }

// Settings is what holds for a file, or for a zone or a mail domain in it.
type Settings struct {
	Origin Setting[zonefiles.Name] // of the zone in the file; not set where no entry of zones gives it
	View   Setting[string]         // not set where no entry of zones gives it
	Stack  Setting[delivery.Families]
	Scope  Setting[delivery.Scope]

	config    *Config
	overrides []int // that apply, in the order of the file
}

// For is what holds for a file: the top of the configuration, then every entry of zones whose glob matches, of which the last
// that sets a value wins.
func (c *Config) For(file string) Settings {
	s := Settings{Stack: c.Stack, Scope: c.Scope, config: c}
	for _, i := range c.zoneFiles.match(file) {
		z := &c.Zones[i]
		set(&s.Origin, z.Origin)
		set(&s.View, z.View)
		set(&s.Stack, z.Stack)
		set(&s.Scope, z.Scope)
	}
	return s
}

// At narrows settings to a zone, or to a mail domain within it: c.For(file).At(zone).At(domain). An override holds for a domain
// when it names the domain or its zone; of all that hold, the last in the file that sets a value wins, over the entries of zones.
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
		set(&s.Stack, s.config.overrides[i].stack)
		set(&s.Scope, s.config.overrides[i].scope)
	}
	return s
}

// internalBy is the name at or above another one that no public name has, so that what is below it is reached from within a site
// alone: local (RFC 6762 s.3), home.arpa (RFC 8375), localhost (RFC 6761 s.6.3), and internal, which ICANN reserved in 2024.
// test, example and invalid stand for public names.
func internalBy(name zonefiles.Name) (string, bool) {
	for _, top := range [...]zonefiles.Name{"\x05local", "\x08internal", "\x04home\x04arpa", "\x09localhost"} {
		if name.IsAtOrBelow(top) {
			return top.Undotted(), true
		}
	}
	return "", false
}

// overridesOf are the overrides that name a name, in no order.
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

// addExact and addBelow note that an override names a name, or every name below one.
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

// Severity is the rule's severity here: what SetSeverity says, else the last override that names the rule, else the key rules,
// else the rule's own.
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
	facts := mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{}, Final: map[zonefiles.Name]bool{}, NAT64: c.NAT64Prefixes}
	for name, h := range c.Hosts {
		facts.Hosts[name] = mail.HostFacts{
			Families: h.Families, HasFamilies: h.Families != 0,
			Outbound: h.Outbound, HasOutbound: h.Outbound != 0,
			SameHost: h.SameHost, HasSameHost: !h.SameHost.IsRoot(),
		}
	}
	for _, l := range c.Links {
		facts.Links = append(facts.Links, mail.Link{From: l.Sender, To: l.Receiver, Via: l.Via})
	}
	for _, name := range c.Final {
		facts.Final[name] = true
	}
	return facts
}

// Lint is what holds for a file and the zone in it, for a run of rules out of the catalogue.
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

// set replaces a setting by one that has a value.
func set[T any](to *Setting[T], by Setting[T]) {
	if by.IsSet() {
		*to = by
	}
}

// globs finds which of many globs match a file. Those without a wildcard, as a generated configuration may hold by the thousand,
// cost one look-up together.
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

// match gives the indices of the globs that match, in rising order.
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
