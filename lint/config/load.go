package config

import (
	"cmp"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/text"
	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// The words of the keys that take one of a few, and what they mean.
var (
	stackWords  = []string{"dual", "ipv4", "ipv6"}
	stackValues = []delivery.Families{delivery.Dual, delivery.IPv4, delivery.IPv6}
	familyWords = stackWords[1:]
	scopeWords  = []string{"public", "internal"} // in the order of delivery.Scope's values
	failOnWords = []string{"error", "warning", "note", "never"}
	levelWords  = []string{"error", "warning", "note", "off"}
	levels      = []lint.Severity{lint.Error, lint.Warning, lint.Note, lint.Off}
)

// Limits that keep the work for each of many zones small, whatever a configuration holds.
const (
	maxZones  = 10_000
	maxItems  = 1_000 // of exclude, overrides and each override's zones
	maxPath   = 1_024 // characters
	maxPhrase = 255   // characters of a view's or a link's name
)

// Text that the patterns of schema.json describe too; a test holds the two together. They are compiled when a configuration asks for them,
// since that takes as long as all else at the start of the program.
var (
	// domainPattern is a name in presentation form (RFC 1035 s.5.1) with every character escaped that has a meaning of its own.
	domainPattern = lazy("^(?:\\.|" + domainLabel + "(?:\\." + domainLabel + ")*\\.?)$")
	phrasePattern = lazy(`^[ -~]{1,255}$`)
	pathPattern   = lazy(`^[^\x00-\x1f\x7f\\]+$`)
	globPattern   = lazy(`^(?:[^\[\]{}\x00-\x1f\x7f\\]|` +
		`\[[!^]?[^\[\]{}!^/\x00-\x1f\x7f\\][^\[\]{}/\x00-\x1f\x7f\\]*\])+$`)
	drivePattern = lazy(`^[A-Za-z]:`)
)

func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

const domainLabel = "(?:[!#%&'+,/0-9:<=>?A-Z[\\]^_`a-z{|}~-]|\\\\(?:[01][0-9]{2}|2[0-4][0-9]|25[0-5])|\\\\[!-/:-~]){1,63}"

// Load reads a configuration. The name is what errors and origins call the file, as it is; ruleNames are the rules that it may
// speak of. An error is of type Errors and holds every fault of the document.
func Load(name string, data []byte, ruleNames []string) (*Config, error) {
	r := &reader{file: name, ruleNames: ruleNames}
	c := New()
	if root := r.document(data); root != nil && root.ShortTag() != "!!null" {
		r.config(root, c)
	}
	if len(r.errs) > 0 {
		slices.SortStableFunc(r.errs, func(a, b Error) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, r.errs
	}
	return c, nil
}

func (r *reader) config(root *yaml.Node, c *Config) {
	r.fields(root, "the configuration",
		field{"stack", func(n *yaml.Node) { r.stack(n, &c.Stack) }},
		field{"scope", func(n *yaml.Node) { r.scope(n, &c.Scope) }},
		field{"fail-on", func(n *yaml.Node) { r.level(n, "fail-on", failOnWords, &c.FailOn) }},
		field{"min-severity", func(n *yaml.Node) { r.level(n, "min-severity", levelWords[:3], &c.MinSeverity) }},
		field{"zones", func(n *yaml.Node) {
			r.list(n, "zones", 0, maxZones, func(item *yaml.Node) { r.zoneSource(item, c) })
		}},
		field{"exclude", func(n *yaml.Node) {
			r.list(n, "exclude", 0, maxItems, func(item *yaml.Node) {
				if glob, ok := r.glob(item, "an item of exclude"); ok {
					c.exclude.add(glob, 0)
				}
			})
		}},
		field{"rules", func(n *yaml.Node) { r.rules(n, c.rules) }},
		field{"overrides", func(n *yaml.Node) {
			r.list(n, "overrides", 0, maxItems, func(item *yaml.Node) { r.override(item, c) })
		}},
		field{"hosts", func(n *yaml.Node) { r.hosts(n, c) }},
		field{"relay", func(n *yaml.Node) { r.relay(n, c) }},
		field{"nat64-prefixes", func(n *yaml.Node) {
			r.list(n, "nat64-prefixes", 0, maxItems, func(item *yaml.Node) {
				if prefix, ok := r.nat64(item); ok {
					c.NAT64Prefixes = append(c.NAT64Prefixes, prefix)
				}
			})
		}},
		field{"paths", func(n *yaml.Node) { r.paths(n, c) }},
	)
}

func (r *reader) stack(n *yaml.Node, to *Setting[delivery.Families]) {
	if i, ok := r.word(n, "stack", stackWords); ok {
		*to = Setting[delivery.Families]{stackValues[i], r.from(n)}
	}
}

func (r *reader) scope(n *yaml.Node, to *Setting[delivery.Scope]) {
	if i, ok := r.word(n, "scope", scopeWords); ok {
		*to = Setting[delivery.Scope]{delivery.Scope(i), r.from(n)}
	}
}

func (r *reader) level(n *yaml.Node, what string, words []string, to *Setting[lint.Severity]) {
	if i, ok := r.word(n, what, words); ok {
		*to = Setting[lint.Severity]{levels[i], r.from(n)}
	}
}

func (r *reader) zoneSource(n *yaml.Node, c *Config) {
	z := ZoneSource{From: r.from(n)}
	fields := []field{
		{"files", func(n *yaml.Node) { z.Path, _ = r.glob(n, "files") }},
		{"origin", func(n *yaml.Node) {
			if name, ok := r.domain(n, "origin"); ok {
				z.Origin = Setting[zonefiles.Name]{name, r.from(n)}
			}
		}},
		{"scope", func(n *yaml.Node) { r.scope(n, &z.Scope) }},
		{"view", func(n *yaml.Node) {
			if view, ok := r.phrase(n, "view"); ok {
				z.View = Setting[string]{view, r.from(n)}
			}
		}},
		{"stack", func(n *yaml.Node) { r.stack(n, &z.Stack) }},
	}
	sources := []string{"files"}
	for _, server := range serverconf.Servers() {
		sources = append(sources, server.Key())
		fields = append(fields, field{server.Key(), func(n *yaml.Node) {
			z.Server = server
			z.Path, _ = r.confPath(n, server.Key())
		}})
	}
	keys := r.fields(n, "an entry of zones", fields...)
	if keys == nil {
		return
	}
	given := slices.DeleteFunc(slices.Clone(sources), func(key string) bool { return keys[key] == nil })
	switch {
	case len(given) == 0:
		r.fail(n, "an entry of zones needs one of %s", text.Or(sources))
	case len(given) > 1:
		r.fail(n, "an entry of zones has only one of %s", strings.Join(given, " and "))
	case z.Server != 0:
		for _, key := range []string{"origin", "scope", "view", "stack"} {
			if at := keys[key]; at != nil {
				r.fail(at, "%s goes with files, not with %s", key, z.Server.Key())
			}
		}
	}
	if z.Server == 0 {
		if c.zoneFiles.add(z.Path, len(c.Zones)); len(c.zoneFiles.patterns) == maxItems+1 { // each file is held against each
			r.fail(n, "zones has more than %d entries with wildcards", maxItems)
		}
	}
	c.Zones = append(c.Zones, z)
}

func (r *reader) rules(n *yaml.Node, to map[string]Setting[lint.Severity]) {
	r.mapping(n, "rules", func(key, value *yaml.Node) {
		if !slices.Contains(r.ruleNames, key.Value) {
			r.unknown(key, "unknown rule "+zonefiles.Quoted(key.Value), `"mx46 rules" lists them`, r.ruleNames)
			return
		}
		var severity Setting[lint.Severity]
		r.level(value, key.Value, levelWords, &severity)
		to[key.Value] = severity
	})
}

func (r *reader) override(n *yaml.Node, c *Config) {
	o := override{rules: map[string]Setting[lint.Severity]{}}
	index := len(c.overrides)
	keys := r.fields(n, "an entry of overrides",
		field{"zones", func(n *yaml.Node) {
			r.list(n, "zones", 1, maxItems, func(item *yaml.Node) { r.overrideZone(item, c, index) })
		}},
		field{"stack", func(n *yaml.Node) { r.stack(n, &o.stack) }},
		field{"scope", func(n *yaml.Node) { r.scope(n, &o.scope) }},
		field{"rules", func(n *yaml.Node) { r.rules(n, o.rules) }},
	)
	if keys == nil {
		return
	}
	if keys["zones"] == nil {
		r.fail(n, "an entry of overrides needs zones")
	} else if len(keys) == 1 {
		r.fail(n, "an entry of overrides needs stack, scope or rules beside zones")
	}
	c.overrides = append(c.overrides, o)
}

// overrideZone reads "example.org", that name alone; "*.example.org", every name below it at any depth, and not itself; or "*",
// every name.
func (r *reader) overrideZone(n *yaml.Node, c *Config, index int) {
	const what = "an item of zones"
	text, ok := r.text(n, what, "a domain name")
	if !ok {
		return
	}
	if text == "*" {
		c.addExact(zonefiles.Root, index)
		c.addBelow(zonefiles.Root, index)
		return
	}
	suffix, wildcard := strings.CutPrefix(text, "*.")
	if suffix == "." {
		suffix = text
	}
	name, ok := r.parseDomain(n, what, suffix)
	switch {
	case !ok:
	case wildcard:
		c.addBelow(name, index)
	default:
		c.addExact(name, index)
	}
}

func (r *reader) hosts(n *yaml.Node, c *Config) {
	first := map[zonefiles.Name]*yaml.Node{}
	r.mapping(n, "hosts", func(key, value *yaml.Node) {
		h := Host{From: r.from(key)}
		keys := r.fields(value, "an entry of hosts",
			field{"families", func(n *yaml.Node) { h.Families = r.families(n, "families") }},
			field{"outbound", func(n *yaml.Node) { h.Outbound = r.families(n, "outbound") }},
			field{"same-host", func(n *yaml.Node) { h.SameHost, _ = r.domain(n, "same-host") }},
		)
		if keys != nil && len(keys) == 0 {
			r.fail(value, "an entry of hosts needs families, outbound or same-host")
		}
		name, ok := r.parseDomain(key, "a key of hosts", key.Value)
		switch before := first[name]; {
		case !ok:
		case before != nil:
			r.twice(key, before)
		default:
			first[name] = key
			c.Hosts[name] = h
		}
	})
}

func (r *reader) families(n *yaml.Node, what string) (all delivery.Families) {
	r.list(n, what, 1, len(familyWords), func(item *yaml.Node) {
		i, ok := r.word(item, "an item of "+what, familyWords)
		if !ok {
			return
		}
		family := stackValues[1+i]
		if all&family != 0 {
			r.fail(item, "%s has %s twice", what, family.Word())
		}
		all |= family
	})
	return all
}

func (r *reader) relay(n *yaml.Node, c *Config) {
	r.fields(n, "relay",
		field{"links", func(n *yaml.Node) {
			r.list(n, "links", 0, maxItems, func(item *yaml.Node) { r.link(item, c) })
		}},
		field{"final", func(n *yaml.Node) {
			r.list(n, "final", 0, maxItems, func(item *yaml.Node) {
				if name, ok := r.domain(item, "an item of final"); ok {
					c.Final = append(c.Final, name)
				}
			})
		}},
	)
}

func (r *reader) link(n *yaml.Node, c *Config) {
	l := Link{From: r.from(n)}
	keys := r.fields(n, "an entry of links",
		field{"from", func(n *yaml.Node) { l.Sender, _ = r.domain(n, "from") }},
		field{"to", func(n *yaml.Node) { l.Receiver, _ = r.domain(n, "to") }},
		field{"via", func(n *yaml.Node) { l.Via, _ = r.phrase(n, "via") }},
	)
	for _, key := range []string{"from", "to"} {
		if keys != nil && keys[key] == nil {
			r.fail(n, "an entry of links needs %s", key)
		}
	}
	c.Links = append(c.Links, l)
}

// nat64 reads a prefix as a translator has it (RFC 6052 s.2.2).
func (r *reader) nat64(n *yaml.Node) (netip.Prefix, bool) {
	const what = "an item of nat64-prefixes"
	text, ok := r.text(n, what, "an IPv6 prefix")
	if !ok {
		return netip.Prefix{}, false
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !prefix.Addr().Is6():
		r.fail(n, "%s is %s; it must be an IPv6 prefix such as 2001:db8:64::/96", what, zonefiles.Quoted(text))
	case strings.Contains(text, "."):
		r.fail(n, "%s is %s; write it in hexadecimal: %s", what, zonefiles.Quoted(text), prefix.Masked())
	case !slices.Contains([]int{32, 40, 48, 56, 64, 96}, prefix.Bits()):
		r.fail(n, "%s is %s; the length must be 32, 40, 48, 56, 64 or 96 (RFC 6052 section 2.2)", what, zonefiles.Quoted(text))
	case prefix != prefix.Masked():
		r.fail(n, "%s is %s; bits beyond the length are set: did you mean %s?", what, zonefiles.Quoted(text), prefix.Masked())
	default:
		return prefix, true
	}
	return netip.Prefix{}, false
}

func (r *reader) paths(n *yaml.Node, c *Config) {
	first := map[string]*yaml.Node{}
	r.mapping(n, "paths", func(key, value *yaml.Node) {
		local, _ := r.path(value, "the right side of paths", "a path")
		server := key.Value
		switch {
		case !r.pathText(key, "a key of paths", server):
			return
		case !strings.HasPrefix(server, "/"):
			r.fail(key, "a key of paths is %s; it must be absolute, as the name server sees it", zonefiles.Quoted(server))
			return
		case climbs(server):
			r.fail(key, "a key of paths is %s; it must not hold ..", zonefiles.Quoted(server))
			return
		}
		server = path.Clean(server)
		if before := first[server]; before != nil {
			r.twice(key, before)
			return
		}
		first[server] = key
		c.paths[server] = local
	})
}

// glob reads a glob that stays below the root.
func (r *reader) glob(n *yaml.Node, what string) (string, bool) {
	glob, ok := r.path(n, what, "a glob")
	if ok && !globPattern().MatchString(glob) {
		if strings.ContainsAny(glob, "{}") {
			r.fail(n, "%s is %s; braces are not allowed: write one glob for each alternative", what, zonefiles.Quoted(n.Value))
		} else {
			r.fail(n, "%s is %s; a class in brackets must be closed, hold something, and hold no slash or bracket", what, zonefiles.Quoted(n.Value))
		}
		return "", false
	}
	return glob, ok
}

// hasWildcard reports whether a valid glob can match anything but its own text.
func hasWildcard(glob string) bool { return strings.ContainsAny(glob, "*?[") }

// confPath reads the path of a name server's configuration.
func (r *reader) confPath(n *yaml.Node, what string) (string, bool) { return r.path(n, what, "a path") }

// path reads a path that stays below the root.
func (r *reader) path(n *yaml.Node, what, want string) (string, bool) {
	text, ok := r.text(n, what, want)
	if !ok || !r.pathText(n, what, text) {
		return "", false
	}
	switch {
	case strings.HasPrefix(text, "/"), drivePattern().MatchString(text):
		r.fail(n, "%s is %s; it must be relative to the root, not absolute", what, zonefiles.Quoted(text))
		return "", false
	case climbs(text):
		r.fail(n, "%s is %s; it must not lead out of the root with ..", what, zonefiles.Quoted(text))
		return "", false
	}
	return path.Clean(text), true
}

// pathText checks what holds for paths of every kind.
func (r *reader) pathText(n *yaml.Node, what, text string) bool {
	switch {
	case text == "":
		r.fail(n, "%s is empty", what)
	case utf8.RuneCountInString(text) > maxPath:
		r.fail(n, "%s has more than %d characters", what, maxPath)
	case !pathPattern().MatchString(text):
		r.fail(n, "%s is %s; it must not hold backslashes or control characters", what, zonefiles.Quoted(text))
	default:
		return true
	}
	return false
}

// climbs reports whether a segment of the path is "..".
func climbs(p string) bool { return slices.Contains(strings.Split(p, "/"), "..") }

// domain reads an absolute domain name; its final dot may be left out.
func (r *reader) domain(n *yaml.Node, what string) (zonefiles.Name, bool) {
	text, ok := r.text(n, what, "a domain name")
	if !ok {
		return zonefiles.Root, false
	}
	return r.parseDomain(n, what, text)
}

func (r *reader) parseDomain(n *yaml.Node, what, text string) (zonefiles.Name, bool) {
	name, err := zonefiles.ParseName([]byte(text), zonefiles.Root)
	switch {
	case err != nil:
		r.fail(n, "%s is %s, which is no domain name: %v", what, zonefiles.Quoted(text), err)
	case domainPattern().MatchString(text):
		return name, true
	case strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }):
		r.fail(n, "%s is %s; write it as in the DNS, with xn--", what, zonefiles.Quoted(text))
	case strings.Contains(text, "*"):
		r.fail(n, `%s is %s; a wildcard is the first label, or all, of an item of an override's zones, and stands nowhere else`,
			what, zonefiles.Quoted(text))
	default:
		r.fail(n, `%s is %s; a space or one of "@$;() in it must be written as \DDD`, what, zonefiles.Quoted(text))
	}
	return zonefiles.Root, false
}

// phrase reads a short text for people.
func (r *reader) phrase(n *yaml.Node, what string) (string, bool) {
	text, ok := r.text(n, what, "text")
	if ok && !phrasePattern().MatchString(text) {
		r.fail(n, "%s is %s; it must be 1 to %d printable ASCII characters", what, zonefiles.Quoted(text), maxPhrase)
		return "", false
	}
	return text, ok
}
