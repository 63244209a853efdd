package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// The domain and the zones around it. Nothing is loaded of other.example.
const (
	domain  = "example.org."
	child   = "sub.example.org."
	sibling = "example.net."
	outside = "other.example."
)

// dice makes the choices of one random domain.
type dice struct{ *rand.Rand }

func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// randomWorld is the domain of a seed.
func randomWorld(seed uint64) *world {
	d := dice{rand.New(rand.NewPCG(seed, 3974))}
	w := &world{domain: domain, zones: []zone{{origin: domain}}, hosts: map[string]fact{}}
	if d.oneIn(3) {
		w.zones = append(w.zones, zone{origin: sibling})
	}
	if d.oneIn(4) {
		w.add(child, "NS", "ns."+outside)
		if d.oneIn(2) {
			w.zones = append(w.zones, zone{origin: child})
		}
	}
	names := w.names(d)
	for _, name := range names {
		w.randomHost(d, name, names)
	}
	if d.oneIn(8) {
		w.add("*."+pick(d, domain, sibling, child), pick(d, "A", "AAAA"), "")
		w.fill(d)
	}
	w.randomMX(d, names)
	if !d.oneIn(3) {
		w.configure(d, names)
	}
	return w
}

// names are the names of hosts, one to six.
func (w *world) names(d dice) []string {
	var names []string
	for i := range 1 + d.IntN(6) {
		under := domain
		switch d.IntN(10) {
		case 0:
			under = outside
		case 1:
			under = pick(d, sibling, child, "deep."+domain)
		case 2:
			if d.oneIn(2) {
				under = outside
			}
		}
		names = append(names, fmt.Sprintf("%c.%s", 'a'+i, under))
	}
	return names
}

// add puts a record into the zone that its owner belongs to, if there is one.
func (w *world) add(owner, kind, data string) {
	z := w.zoneOf(owner)
	if z == nil {
		return
	}
	if owner == child && kind == "NS" {
		z = &w.zones[0]
	}
	z.records = append(z.records, record{owner: owner, kind: kind, data: data})
}

// fill gives addresses to the records that have none yet.
func (w *world) fill(d dice) {
	for i := range w.zones {
		for j := range w.zones[i].records {
			r := &w.zones[i].records[j]
			if r.data != "" {
				continue
			}
			switch n := 1 + d.IntN(pick(d, 3, 40)); r.kind {
			case "A":
				r.data = fmt.Sprintf("192.0.32.%d", n)
				if d.oneIn(12) {
					r.data = pick(d, "10.0.0.1", "10.0.0.2", "127.0.0.1", "169.254.0.1", "192.0.2.1")
				}
			case "AAAA":
				r.data = fmt.Sprintf("2620:0:2d0::%x", n)
				if d.oneIn(12) {
					r.data = pick(d, "fd00::1", "fd00::2", "fec0::1", "fe80::1", "2001:db8::1",
						"::ffff:192.0.32.1", "64:ff9b::c000:2001")
				}
			}
		}
	}
}

// randomHost says what there is at a host's name.
func (w *world) randomHost(d dice, name string, names []string) {
	addresses := func(owner string) {
		f := families(1 + d.IntN(3))
		if f&ipv4 != 0 {
			w.add(owner, "A", "")
		}
		if f&ipv6 != 0 {
			w.add(owner, "AAAA", "")
		}
		if d.oneIn(10) {
			w.add(owner, pick(d, "A", "AAAA"), "")
		}
		w.fill(d)
	}
	switch d.IntN(16) {
	case 0, 1: // an alias, which may lead to another, to itself, out of the zones, or nowhere
		to := pick(d, names...)
		if d.oneIn(3) {
			to = pick(d, "z."+outside, "gone."+domain, "real."+domain)
		}
		w.add(name, "CNAME", to)
		if to == "real."+domain && len(w.zones[0].at(to)) == 0 {
			addresses(to)
		}
	case 2:
		switch d.IntN(3) {
		case 0: // does not exist, but for a wildcard
		case 1:
			w.add(name, "TXT", `"no address"`)
		case 2:
			w.add("_25._tcp."+name, "TXT", `"an empty non-terminal"`)
		}
	default:
		addresses(name)
	}
}

// randomMX gives the domain its MX records.
func (w *world) randomMX(d dice, names []string) {
	mx := func(preference int, target string) {
		w.zones[0].records = append(w.zones[0].records, record{w.domain, "MX", preference, target})
	}
	if d.oneIn(30) { // an implicit MX
		for _, kind := range []string{"A", "AAAA"} {
			if d.oneIn(2) {
				w.add(w.domain, kind, "")
			}
		}
		w.fill(d)
		return
	}
	if d.oneIn(40) {
		mx(pick(d, 0, 0, 10), ".")
		return
	}
	spread := pick(d, 2, 4, 8)
	for _, name := range names {
		if !d.oneIn(8) {
			mx(5*d.IntN(spread), name)
		}
		if d.oneIn(16) {
			mx(5*d.IntN(spread), name)
		}
	}
	if d.oneIn(25) {
		mx(5*d.IntN(spread), ".")
	}
}

// configure makes up what the operator says.
func (w *world) configure(d dice, names []string) {
	known := append(slices.Clone(names), "z."+outside, "real."+domain)
	say := func(name string, change func(*fact)) {
		f := w.hosts[name]
		change(&f)
		w.hosts[name] = f
	}
	for _, name := range known {
		if w.resolve(name).status == unknown && d.oneIn(3) {
			say(name, func(f *fact) { f.families = families(1 + d.IntN(3)) })
		}
		if d.oneIn(8) {
			say(name, func(f *fact) { f.outbound = families(1 + d.IntN(3)) })
		}
		if same := pick(d, known...); d.oneIn(7) && same != name {
			say(name, func(f *fact) { f.sameHost = same })
		}
		if d.oneIn(12) {
			w.final = append(w.final, name)
		}
	}
	for range d.IntN(3) {
		if from, to := pick(d, known...), pick(d, known...); from != to && d.oneIn(2) {
			w.links = append(w.links, link{from, to})
		}
	}
	w.internal = d.oneIn(8)
	if d.oneIn(6) {
		w.stack = pick(d, ipv4, ipv6)
	}
}

// yaml is the configuration as the operator writes it.
func (w *world) yaml() string {
	var b strings.Builder
	if w.stack != none {
		fmt.Fprintf(&b, "stack: %s\n", w.stack.words()[0])
	}
	if w.internal {
		b.WriteString("scope: internal\n")
	}
	if len(w.hosts) > 0 {
		b.WriteString("hosts:\n")
	}
	for _, name := range slices.Sorted(maps.Keys(w.hosts)) {
		f := w.hosts[name]
		var facts []string
		if f.families != none {
			facts = append(facts, "families: ["+strings.Join(f.families.words(), ", ")+"]")
		}
		if f.outbound != none {
			facts = append(facts, "outbound: ["+strings.Join(f.outbound.words(), ", ")+"]")
		}
		if f.sameHost != "" {
			facts = append(facts, "same-host: "+f.sameHost)
		}
		fmt.Fprintf(&b, "  %s: {%s}\n", name, strings.Join(facts, ", "))
	}
	if len(w.links)+len(w.final) > 0 {
		b.WriteString("relay:\n")
	}
	if len(w.links) > 0 {
		var links []string
		for _, l := range w.links {
			links = append(links, fmt.Sprintf("{from: %s, to: %s}", l.from, l.to))
		}
		fmt.Fprintf(&b, "  links: [%s]\n", strings.Join(links, ", "))
	}
	if len(w.final) > 0 {
		fmt.Fprintf(&b, "  final: [%s]\n", strings.Join(w.final, ", "))
	}
	return b.String()
}

// text is the zone's file.
func (z *zone) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "$TTL 3600\n%s SOA ns.%[2]s hostmaster.%[2]s 1 7200 3600 1209600 300\n", z.origin, outside)
	fmt.Fprintf(&b, "%s NS ns.%s\n", z.origin, outside)
	for _, r := range z.records {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}

// String is what somebody needs to see the same: files, between txtar marks.
func (w *world) String() string {
	var b strings.Builder
	if yaml := w.yaml(); yaml != "" {
		fmt.Fprintf(&b, "-- .mx46.yaml --\n%s", yaml)
	}
	for i := range w.zones {
		fmt.Fprintf(&b, "-- %szone --\n%s", w.zones[i].origin, w.zones[i].text())
	}
	return b.String()
}

// clone is a copy that can be changed.
func (w *world) clone() *world {
	c := *w
	c.zones = slices.Clone(w.zones)
	for i := range c.zones {
		c.zones[i].records = slices.Clone(c.zones[i].records)
	}
	c.hosts = maps.Clone(w.hosts)
	c.links, c.final = slices.Clone(w.links), slices.Clone(w.final)
	return &c
}

// smaller are the worlds that lack one thing of this one.
func (w *world) smaller() []*world {
	var list []*world
	without := func(change func(*world)) {
		c := w.clone()
		change(c)
		list = append(list, c)
	}
	for i := 1; i < len(w.zones); i++ {
		without(func(c *world) { c.zones = slices.Delete(c.zones, i, i+1) })
	}
	for i := range w.zones {
		for j := range w.zones[i].records {
			without(func(c *world) { c.zones[i].records = slices.Delete(c.zones[i].records, j, j+1) })
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.hosts)) {
		f := w.hosts[name]
		lesser := []fact{{f.families, f.outbound, ""}, {f.families, none, f.sameHost}, {none, f.outbound, f.sameHost}}
		for _, less := range lesser {
			switch {
			case less == f:
			case less == fact{}:
				without(func(c *world) { delete(c.hosts, name) })
			default:
				without(func(c *world) { c.hosts[name] = less })
			}
		}
	}
	for i := range w.links {
		without(func(c *world) { c.links = slices.Delete(c.links, i, i+1) })
	}
	for i := range w.final {
		without(func(c *world) { c.final = slices.Delete(c.final, i, i+1) })
	}
	if w.stack != none {
		without(func(c *world) { c.stack = none })
	}
	if w.internal {
		without(func(c *world) { c.internal = false })
	}
	return list
}

// minimal cuts a world down as long as it still shows something.
func minimal(w *world, shows func(*world) bool) *world {
	for {
		smaller := w.smaller()
		next := slices.IndexFunc(smaller, shows)
		if next < 0 {
			return w
		}
		w = smaller[next]
	}
}
