package config

import (
	"cmp"
	"errors"
	"fmt"
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
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// The words of keys that take one of a few, and what they mean.
var (
	stackWords  = []string{"dual", "ipv4", "ipv6"}
	stackValues = []delivery.Families{delivery.Dual, delivery.IPv4, delivery.IPv6}
	familyWords = stackWords[1:]
	scopeWords  = []string{"public", "internal"} // in the order of delivery.Scope's values
	failOnWords = []string{"error", "warning", "note", "never"}
	levelWords  = []string{"error", "warning", "note", "off"}
	levels      = []lint.Severity{lint.Error, lint.Warning, lint.Note, lint.Off}
)

// The patterns of schema.json, which a test compares. They are compiled when a configuration needs them: that takes as
// long as all else at the start of the program.
var (
	// domainPattern is a name in presentation form (RFC 1035 s.5.1) with all special characters escaped.
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

const domainLabel = "(?:[!#%&'+,/0-9:<=>?A-Z[\\]^_`a-z{|}~-]|" +
	"\\\\(?:[01][0-9]{2}|2[0-4][0-9]|25[0-5])|\\\\[!-/:-~]){1,63}"

// Load reads a configuration. Paths in it are relative to the file's folder; ruleNames are the rules that it may speak
// of. The error holds every fault of the document, one a line.
func Load(file *zonefiles.File, ruleNames []string) (*Config, error) {
	r := &reader{file: file, lines: lineStarts(file), folder: path.Dir(file.Name), ruleNames: ruleNames}
	c := New()
	c.ruleIndex = make(map[string]int, len(ruleNames))
	for i, rule := range ruleNames {
		c.ruleIndex[rule] = i
	}
	if root := r.document(file.Data); root != nil && root.ShortTag() != "!!null" {
		r.config(root, c)
	}
	if len(r.faults) == 0 {
		return c, nil
	}
	slices.SortStableFunc(r.faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var lines []string
	for _, f := range r.faults {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", file.Name, f.line, f.column, f.message))
	}
	if r.more > 0 {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s from here on", file.Name, r.moreAt.line, r.moreAt.column,
			text.Count(r.more, "more error", "more errors")))
	}
	return nil, errors.New(strings.Join(lines, "\n"))
}

func (r *reader) config(root *yaml.Node, c *Config) {
	r.fields(root, "the configuration",
		field{"stack", func(n *yaml.Node) { r.stack(n, &c.top) }},
		field{"scope", func(n *yaml.Node) { r.scope(n, &c.top) }},
		field{"dialect", func(n *yaml.Node) { r.dialect(n, c) }},
		field{"fail-on", func(n *yaml.Node) { r.level(n, "fail-on", failOnWords, &c.FailOn) }},
		field{"min-severity", func(n *yaml.Node) { r.level(n, "min-severity", levelWords[:3], &c.MinSeverity) }},
		field{"baseline", func(n *yaml.Node) {
			if name, ok := r.path(n, "baseline", "a path"); ok {
				c.Baseline = Setting[string]{name, r.from(n)}
			}
		}},
		field{"zones", func(n *yaml.Node) {
			r.list(n, "zones", 0, maxZones, func(item *yaml.Node) { r.zoneSource(item, c) })
		}},
		field{"exclude", func(n *yaml.Node) {
			r.list(n, "exclude", 0, maxItems, func(item *yaml.Node) {
				if glob, ok := r.glob(item, "an item of exclude"); ok {
					c.exclude.add(glob, len(c.excludeAt))
					c.excludeAt = append(c.excludeAt, r.at(item))
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
		field{"mta-sts", func(n *yaml.Node) { r.policies(n, c) }},
	)
}

func (r *reader) stack(n *yaml.Node, to *values) {
	if i, ok := r.word(n, "stack", stackWords); ok {
		to.Stack = Setting[delivery.Families]{stackValues[i], r.from(n)}
	}
}

func (r *reader) scope(n *yaml.Node, to *values) {
	if i, ok := r.word(n, "scope", scopeWords); ok {
		to.Scope = Setting[delivery.Scope]{delivery.Scope(i), r.from(n)}
	}
}

func (r *reader) zoneSource(n *yaml.Node, c *Config) {
	z := ZoneSource{From: r.from(n)}
	fields := []field{
		{"files", func(n *yaml.Node) { z.Path, _ = r.glob(n, "files") }},
		{"folder", func(n *yaml.Node) { z.Path, z.IsFolder = r.path(n, "folder", "a path") }},
		{"origin", func(n *yaml.Node) {
			if name, ok := r.domain(n, "origin"); ok {
				z.values.Origin = Setting[zonefiles.Name]{name, r.from(n)}
			}
		}},
		{"scope", func(n *yaml.Node) { r.scope(n, &z.values) }},
		{"view", func(n *yaml.Node) {
			if view, ok := r.phrase(n, "view"); ok {
				z.values.View = Setting[string]{view, r.from(n)}
			}
		}},
		{"stack", func(n *yaml.Node) { r.stack(n, &z.values) }},
	}
	sources := []string{"files", "folder"}
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
	case keys["folder"] != nil && keys["origin"] != nil:
		r.fail(keys["origin"], "origin goes with files, not with folder")
	}
	if z.Server == 0 {
		glob := z.Path
		if z.IsFolder {
			glob = path.Join(escapeGlob.Replace(z.Path), "**")
		}
		c.zoneFiles.add(glob, len(c.Zones))
		if len(c.zoneFiles.patterns) == maxItems+1 { // every file is matched against each
			r.fail(n, "zones has more than %d entries with wildcards", maxItems)
		}
	}
	c.Zones = append(c.Zones, z)
}

func (r *reader) rules(n *yaml.Node, to map[string]Setting[lint.Severity]) {
	byName := map[string]bool{}
	r.mapping(n, "rules", func(key, value *yaml.Node) {
		names := lint.NamesLike(key.Value, r.ruleNames)
		if len(names) == 0 {
			r.unknown(key, "unknown rule "+zonefiles.Quoted(key.Value), `"mx46 rules" lists them`, r.ruleNames)
			return
		}
		var severity Setting[lint.Severity]
		r.level(value, key.Value, levelWords, &severity)
		isGroup := strings.HasSuffix(key.Value, "*")
		for _, name := range names {
			if !isGroup || !byName[name] {
				to[name] = severity
				byName[name] = byName[name] || !isGroup
			}
		}
	})
}

func (r *reader) override(n *yaml.Node, c *Config) {
	o := override{rules: map[string]Setting[lint.Severity]{}}
	of := reach{at: r.at(n)}
	keys := r.fields(n, "an entry of overrides",
		field{"zones", func(n *yaml.Node) {
			r.list(n, "zones", 1, maxItems, func(item *yaml.Node) {
				e, b := r.overrideZone(item)
				of.exact, of.below = append(of.exact, e...), append(of.below, b...)
				of.names = append(of.names, namedAt{e, b, r.at(item)})
			})
		}},
		field{"files", func(n *yaml.Node) {
			r.list(n, "files", 1, maxItems, func(item *yaml.Node) {
				if glob, ok := r.glob(item, "an item of files"); ok {
					of.files = append(of.files, glob)
				}
			})
		}},
		field{"views", func(n *yaml.Node) {
			r.list(n, "views", 1, maxItems, func(item *yaml.Node) {
				if view, ok := r.phrase(item, "an item of views"); ok {
					of.views = append(of.views, view)
				}
			})
		}},
		field{"stack", func(n *yaml.Node) { r.stack(n, &o.values) }},
		field{"scope", func(n *yaml.Node) { r.scope(n, &o.values) }},
		field{"rules", func(n *yaml.Node) { r.rules(n, o.rules) }},
	)
	if keys == nil {
		return
	}
	if keys["zones"] == nil && keys["files"] == nil && keys["views"] == nil {
		r.fail(n, "an entry of overrides needs zones, files or views")
	} else if keys["stack"] == nil && keys["scope"] == nil && keys["rules"] == nil {
		r.fail(n, "an entry of overrides needs stack, scope or rules as well")
	}
	if !c.addOverride(o, of) {
		r.fail(n, "more than %d overrides are for some files or views", maxLocal)
	}
}

// overrideZone reads "example.org", that name alone; "*.example.org", every name below it at any depth; or "*", every
// name.
func (r *reader) overrideZone(n *yaml.Node) (exact, below []zonefiles.Name) {
	const what = "an item of zones"
	text, ok := r.text(n, what, "a domain name")
	if !ok {
		return nil, nil
	}
	if text == "*" {
		return []zonefiles.Name{zonefiles.Root}, []zonefiles.Name{zonefiles.Root}
	}
	suffix, wildcard := strings.CutPrefix(text, "*.")
	if suffix == "." {
		suffix = text
	}
	name, ok := r.parseDomain(n, what, suffix)
	switch {
	case !ok:
		return nil, nil
	case wildcard:
		return nil, []zonefiles.Name{name}
	}
	return []zonefiles.Name{name}, nil
}

func (r *reader) hosts(n *yaml.Node, c *Config) {
	first := map[zonefiles.Name]*yaml.Node{}
	r.mapping(n, "hosts", func(key, value *yaml.Node) {
		var h mail.HostFacts
		keys := r.fields(value, "an entry of hosts",
			field{"families", func(n *yaml.Node) { h.Families, h.HasFamilies = r.families(n, "families"), true }},
			field{"outbound", func(n *yaml.Node) { h.Outbound, h.HasOutbound = r.families(n, "outbound"), true }},
			field{"same-host", func(n *yaml.Node) {
				name, _ := r.domain(n, "same-host")
				h.SameHost, h.HasSameHost = name, !name.IsRoot()
			}},
		)
		if keys != nil && len(keys) == 0 {
			r.fail(value, "an entry of hosts needs families, outbound or same-host")
		}
		suffix, wildcard := strings.CutPrefix(key.Value, "*.")
		name, ok := r.parseDomain(key, "a key of hosts", suffix)
		if wildcard && ok {
			if h.HasOutbound || h.HasSameHost {
				r.fail(value, "an entry of hosts for every name below another has families alone")
			}
			if name, _ = name.Child("*"); name.IsRoot() {
				r.refuse(key, "a key of hosts", key.Value, "it is too long")
			}
		}
		switch before := first[name]; {
		case !ok:
		case before != nil:
			r.twice(key, before)
		default:
			first[name] = key
			h.At = r.at(key)
			c.Hosts[name] = Setting[mail.HostFacts]{h, r.from(key)}
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
					c.Final = append(c.Final, Final{name, r.at(item)})
				}
			})
		}},
	)
}

func (r *reader) link(n *yaml.Node, c *Config) {
	l := mail.Link{At: r.at(n)}
	keys := r.fields(n, "an entry of links",
		field{"from", func(n *yaml.Node) { l.From, _ = r.domain(n, "from") }},
		field{"to", func(n *yaml.Node) { l.To, _ = r.domain(n, "to") }},
		field{"via", func(n *yaml.Node) { l.Via, _ = r.phrase(n, "via") }},
	)
	for _, key := range []string{"from", "to"} {
		if keys != nil && keys[key] == nil {
			r.fail(n, "an entry of links needs %s", key)
		}
	}
	c.Links = append(c.Links, Setting[mail.Link]{l, r.from(n)})
}

// nat64 reads the prefix of a translator (RFC 6052 s.2.2).
func (r *reader) nat64(n *yaml.Node) (netip.Prefix, bool) {
	const what = "an item of nat64-prefixes"
	text, ok := r.text(n, what, "an IPv6 prefix")
	if !ok {
		return netip.Prefix{}, false
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !prefix.Addr().Is6():
		r.refuse(n, what, text, "it must be an IPv6 prefix such as 2001:db8:64::/96")
	case strings.Contains(text, "."):
		r.refuse(n, what, text, "write it in hexadecimal: %s", prefix.Masked())
	case !slices.Contains([]int{32, 40, 48, 56, 64, 96}, prefix.Bits()):
		r.refuse(n, what, text, "the length must be 32, 40, 48, 56, 64 or 96 (RFC 6052 section 2.2)")
	case prefix != prefix.Masked():
		r.refuse(n, what, text, "bits beyond the length are set: did you mean %s?", prefix.Masked())
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
			r.refuse(key, "a key of paths", server, "it must be absolute, as the name server sees it")
			return
		case climbs(server):
			r.refuse(key, "a key of paths", server, "it must not hold ..")
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
		r.fail(n, "%s is %s, which is not a domain name: %v", what, zonefiles.Quoted(text), err)
	case domainPattern().MatchString(text):
		return name, true
	case strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }):
		r.refuse(n, what, text, "write it as in the DNS, with xn--")
	case strings.Contains(text, "*"):
		r.refuse(n, what, text, `a wildcard may only be the first label, or all, of an item of an override's zones`)
	default:
		r.refuse(n, what, text, `a space or one of "@$;() in it must be written as \DDD`)
	}
	return zonefiles.Root, false
}

// phrase reads a short text for people.
func (r *reader) phrase(n *yaml.Node, what string) (string, bool) {
	text, ok := r.text(n, what, "text")
	if ok && !phrasePattern().MatchString(text) {
		r.refuse(n, what, text, "it must be 1 to %d printable ASCII characters", maxPhrase)
		return "", false
	}
	return text, ok
}
