// Package oracle holds mx46 against a second opinion: a model of RFC 3974 sections 3 and 4.2, written from the RFCs
// and the catalogue of rules alone, that tries every value of what is not known and every turn of chance. It shares
// no code with the program, asks no question of efficiency, and judges random small mail domains one by one.
//
//	world_test.go     a mail domain: zones, what the operator says, machines; look-ups as RFC 1034 and 4592 have them
//	sending_test.go   RFC 3974 section 3: every way in which a mail can end
//	verdicts_test.go  RFC 3974 section 4.2 and the catalogue: what is to be reported
//	random_test.go    random domains, and how a domain is cut down to what a difference needs
//	program_test.go   the same questions to mx46
//	oracle_test.go    the comparison
//	cases_test.go     domains written by hand, with what is expected of them
//	model_test.go     the model itself, held against what was seen or agreed on before it
//
// By default it asks a sixteenth of what it could about 2,000 domains, and with MX46_E2E=1 everything about 20,000:
//
//	MX46_E2E=1 go test -v ./lint/lab/oracle
package oracle

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// families is a set of address families.
type families uint8

const (
	ipv4 families = 1 << iota
	ipv6
	none families = 0
	dual          = ipv4 | ipv6
)

func (f families) words() []string {
	var words []string
	if f&ipv4 != 0 {
		words = append(words, "ipv4")
	}
	if f&ipv6 != 0 {
		words = append(words, "ipv6")
	}
	return words
}

// world is what mx46 is given: zones and a configuration. Names are absolute, in lower case, with their final dot.
type world struct {
	domain   string // the mail domain, apex of the first zone
	zones    []zone
	hosts    map[string]fact
	links    []link
	final    []string
	stack    families // what the domain is meant to be; none: dual
	internal bool     // scope
}

type zone struct {
	origin  string
	records []record
}

type record struct {
	owner      string
	kind       string // "A", "AAAA", "MX", "CNAME", "NS", "TXT"
	preference int    // of an MX
	data       string
}

func (r record) String() string {
	if r.kind == "MX" {
		return fmt.Sprintf("%s MX %d %s", r.owner, r.preference, r.data)
	}
	return fmt.Sprintf("%s %s %s", r.owner, r.kind, r.data)
}

// fact is what the operator says of a name.
type fact struct {
	families families // none: nothing
	outbound families // none: nothing
	sameHost string
}

type link struct{ from, to string }

// status is how a look-up ends.
type status uint8

const (
	unknown status = iota // in no loaded zone
	found
	noData
	nxDomain
	broken // a loop of aliases, which no resolver follows
)

// isBelow reports whether a name is below another.
func isBelow(name, other string) bool {
	return name != other && (other == "." || strings.HasSuffix(name, "."+other))
}

// parent is the name one label up.
func parent(name string) string {
	_, up, _ := strings.Cut(name, ".")
	if up == "" {
		return "."
	}
	return up
}

// zoneOf is the loaded zone that a name belongs to.
func (w *world) zoneOf(name string) *zone {
	var nearest *zone
	for i := range w.zones {
		z := &w.zones[i]
		if (name == z.origin || isBelow(name, z.origin)) && (nearest == nil || len(z.origin) > len(nearest.origin)) {
			nearest = z
		}
	}
	return nearest
}

// at are the records of an owner.
func (z *zone) at(owner string) []record {
	var records []record
	for _, r := range z.records {
		if r.owner == owner {
			records = append(records, r)
		}
	}
	return records
}

// cutAbove is the zone cut at or above a name, or empty (RFC 1034 s.4.2.1).
func (z *zone) cutAbove(name string) string {
	for ; name != z.origin; name = parent(name) {
		for _, r := range z.at(name) {
			if r.kind == "NS" {
				return name
			}
		}
	}
	return ""
}

// exists reports whether a name owns records or lies above one that does (RFC 4592 s.2.2.2).
func (z *zone) exists(name string) bool {
	return name == z.origin || slices.ContainsFunc(z.records, func(r record) bool {
		return r.owner == name || isBelow(r.owner, name)
	})
}

// answer is what one look-up, aliases not followed, says of a name.
type answer struct {
	status   status
	records  []record // all of the name's
	wildcard bool     // they are a wildcard's
	alias    string   // where the name leads
}

// look is RFC 1034 s.4.3.2 with RFC 4592 s.3.3.1.
func (w *world) look(name string) answer {
	z := w.zoneOf(name)
	if z == nil || z.cutAbove(name) != "" {
		return answer{status: unknown}
	}
	a := answer{status: found}
	switch {
	case z.exists(name):
		a.records = z.at(name)
	default:
		encloser := parent(name)
		for !z.exists(encloser) {
			encloser = parent(encloser)
		}
		a.records, a.wildcard = z.at("*."+encloser), true
		if len(a.records) == 0 {
			return answer{status: nxDomain}
		}
	}
	for _, r := range a.records {
		if r.kind == "CNAME" {
			a.alias = r.data
		}
	}
	return a
}

// host is what a name leads to.
type host struct {
	name      string
	chain     []string // the name, and the aliases and the canonical name that it leads to
	status    status   // noData: it exists, and has no address of either family
	addresses []address
	wildcard  bool     // the records are a wildcard's
	alias     bool     // the name itself is one, as far as is known
	stated    families // by the operator, where the status is unknown; none: nothing
}

// canonical is the name at the end of the aliases.
func (h *host) canonical() string { return h.chain[len(h.chain)-1] }

// resolve follows a name to its addresses.
func (w *world) resolve(name string) *host {
	h := &host{name: name}
	for {
		if slices.Contains(h.chain, name) {
			h.status = broken
			return h
		}
		h.chain = append(h.chain, name)
		a := w.look(name)
		h.status, h.wildcard = a.status, a.wildcard
		if a.alias == "" {
			for _, r := range a.records {
				if isAddress(r) {
					h.addresses = append(h.addresses, w.address(r.data))
				}
			}
			if h.status == found && len(h.addresses) == 0 {
				h.status = noData
			}
			break
		}
		h.alias = true
		name = a.alias
	}
	if h.status == unknown { // the word about a name holds for the aliases that lead to it, and yields to theirs
		for _, name := range h.chain {
			if f := w.hosts[name].families; f != none {
				h.stated = f
				break
			}
		}
	}
	return h
}

// variable is the name whose families are not known and decide those of the host, or empty.
func (h *host) variable() string {
	if h.status == unknown && h.stated == none {
		return h.canonical()
	}
	return ""
}

// raw are the MX records of the domain as they were written.
func (w *world) raw() []record {
	return slices.DeleteFunc(w.zones[0].at(w.domain), func(r record) bool { return r.kind != "MX" })
}

// mxRecords are the MX records of the domain, one RRset (RFC 2181 s.5).
func (w *world) mxRecords() []record {
	var records []record
	for _, r := range w.raw() {
		if !slices.Contains(records, r) {
			records = append(records, r)
		}
	}
	return records
}

// picture is a domain as the model sees it: targets, the hosts that they name, and machines.
type picture struct {
	*world
	null     bool     // the domain takes no mail (RFC 7505)
	implicit bool     // RFC 3974 s.3 step 1
	targets  []record // MX records but null ones
	hosts    map[string]*host
	machine  map[string]int // of every name
	unknowns []string       // names whose families are not known and matter
	all      []values       // what they could be
}

// isNull reports whether an MX record is a null MX.
func isNull(r record) bool { return r.data == "." }

func (w *world) picture() *picture {
	p := &picture{world: w, hosts: map[string]*host{}, machine: map[string]int{}}
	all := w.mxRecords()
	p.targets = slices.DeleteFunc(slices.Clone(all), isNull)
	p.null = len(all) > 0 && len(p.targets) == 0
	if len(all) == 0 {
		p.implicit = true
		p.targets = []record{{owner: w.domain, kind: "MX", data: w.domain}}
	}
	names := map[string]bool{}
	for _, t := range p.targets {
		names[t.data] = true
	}
	for name, f := range w.hosts {
		names[name] = true
		if f.sameHost != "" {
			names[f.sameHost] = true
		}
	}
	for _, l := range w.links {
		names[l.from], names[l.to] = true, true
	}
	for _, name := range w.final {
		names[name] = true
	}
	for _, z := range w.zones {
		for _, r := range z.records {
			if r.kind == "CNAME" && !strings.HasPrefix(r.owner, "*") {
				names[r.owner] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		h := w.resolve(name)
		p.hosts[name] = h
		for _, alias := range h.chain[1:] {
			if p.hosts[alias] == nil {
				p.hosts[alias] = w.resolve(alias)
			}
		}
	}
	p.join()
	for _, name := range slices.Sorted(maps.Keys(p.hosts)) {
		v := p.hosts[name].variable()
		if v != "" && p.isNameOfTarget(p.machine[name]) && p.counts(name) && !slices.Contains(p.unknowns, v) {
			p.unknowns = append(p.unknowns, v)
		}
	}
	p.all = p.allValues()
	return p
}

// join makes machines of names: an alias is its canonical name's, and same-host names are one's, whatever the way
// from one to the other.
func (p *picture) join() {
	for i, name := range slices.Sorted(maps.Keys(p.hosts)) {
		p.machine[name] = i
	}
	unite := func(a, b string) {
		from, to := p.machine[a], p.machine[b]
		for name, m := range p.machine {
			if m == from {
				p.machine[name] = to
			}
		}
	}
	for name, h := range p.hosts {
		if h.status != broken {
			unite(name, h.canonical())
		}
		if same := p.world.hosts[name].sameHost; same != "" {
			unite(name, same)
		}
	}
}

// counts reports whether a name's addresses are ones of its machine on their own: those of MX targets, and of the
// names that the operator joins. What is at the end of aliases is at hand with these.
func (p *picture) counts(name string) bool {
	facts := slices.Collect(maps.Values(p.world.hosts))
	return p.world.hosts[name].sameHost != "" ||
		slices.ContainsFunc(facts, func(f fact) bool { return f.sameHost == name }) ||
		slices.ContainsFunc(p.targets, func(t record) bool { return t.data == name })
}

// isNameOfTarget reports whether some MX target leads to a machine.
func (p *picture) isNameOfTarget(machine int) bool {
	return slices.ContainsFunc(p.targets, func(t record) bool { return p.machine[t.data] == machine })
}

// namesOf are the names of a machine, sorted.
func (p *picture) namesOf(machine int) []string {
	var names []string
	for name, m := range p.machine {
		if m == machine {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// isFinal reports whether the operator says that mail reaches the mailbox from a machine.
func (p *picture) isFinal(machine int) bool {
	return slices.ContainsFunc(p.final, func(name string) bool { return p.machine[name] == machine })
}

// isLinked reports whether the operator declares a transport between two machines.
func (p *picture) isLinked(from, to int) bool {
	return from != to && slices.ContainsFunc(p.links, func(l link) bool {
		return p.machine[l.from] == from && p.machine[l.to] == to
	})
}

// values is one value for each of the unknowns.
type values map[string]families

// allValues are all combinations of values that the unknowns can have.
func (p *picture) allValues() []values {
	list := []values{{}}
	for _, name := range p.unknowns {
		var longer []values
		for _, v := range list {
			for f := none; f <= dual; f++ {
				with := maps.Clone(v)
				with[name] = f
				longer = append(longer, with)
			}
		}
		list = longer
	}
	return list
}

// address is an address of a host.
type address struct {
	netip.Addr
	family families
	kind   string // "" is one that everybody can route to
	usable bool   // by senders of the domain's scope
}

func (w *world) address(text string) address {
	a := address{Addr: netip.MustParseAddr(text), family: ipv6}
	if a.Is4() {
		a.family = ipv4
	}
	in := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return netip.MustParsePrefix(p).Contains(a.Addr) })
	}
	switch {
	case a.Is4In6(), in("64:ff9b::/96", "64:ff9b:1::/48"):
		a.kind = "translated"
	case in("127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "0.0.0.0/32"),
		in("::1/128", "::/128", "fe80::/10", "fec0::/10", "ff00::/8"):
		a.kind = "scoped"
	case in("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"):
		a.kind = "private"
	}
	a.usable = a.kind == "" || a.kind == "private" && w.internal
	return a
}

// reach is the set of families in which a name has an address, all that are published or the usable ones alone.
func (p *picture) reach(name string, v values, published bool) families {
	h := p.hosts[name]
	if h.status == unknown {
		if variable := h.variable(); variable != "" {
			return v[variable]
		}
		return h.stated
	}
	var f families
	for _, a := range h.addresses {
		if published || a.usable {
			f |= a.family
		}
	}
	return f
}

// sending is the set of families in which a machine opens connections.
func (p *picture) sending(machine int, v values, published bool) families {
	var out, own families
	for name, m := range p.machine {
		if m == machine {
			out |= p.world.hosts[name].outbound
			if p.counts(name) {
				own |= p.reach(name, v, published)
			}
		}
	}
	if out != none {
		return out
	}
	return own
}
