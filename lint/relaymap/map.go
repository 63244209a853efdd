// Package relaymap draws the MX hosts of a mail domain and how they can relay mail to each other (RFC 3974 s.4.2).
//
// map.go works out what there is to draw; svg.go, mermaid.go and dot.go draw it. Package delivery defines families,
// edges, final hosts and stranded hosts.
package relaymap

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mx46/lint/delivery"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// Map is the picture of one mail domain. The same zones always give the same bytes.
type Map struct {
	domain string
	note   string // on the domain as a whole; may be empty
	hosts  []host // by preference
	edges  []edge // by from, then by to
}

// host is one machine.
type host struct {
	names      []string
	preference uint16
	reach      [2]reach // IPv4, IPv6
	mark       mark
	labels     []string // what the mark means: "stranded", "sends IPv4, only IPv6 leads on"
}

// reach is what a host has in one family.
type reach struct {
	family    delivery.Families
	addresses []string // the first few, each with a remark where it is not usable
	has       bool     // senders can use one of them, or the operator says so, or the lock
	seen      bool     // the lock does
	unknown   bool
}

// mark says what becomes of the mail that a host accepts.
type mark uint8

const (
	relays    mark = iota // it passes mail on
	final                 // mail reaches the mailbox from here
	stranded              // mail stays here
	unknown               // whether it is stranded depends on hosts outside the zones
	noAddress             // it accepts no mail: it has no usable address
)

// edge leads from one host, which is not final, to another: indexes of hosts.
type edge struct {
	from, to int
	over     delivery.Families // those that are certain
	via      string            // of a link that needs no common family; may be empty
	linked   bool
	maybe    bool // whether it exists depends on hosts outside the zones
	first    bool // it leads to the lowest preference that from can reach, which is tried first
}

// IsEmpty reports whether the picture has no hosts, as that of a null MX.
func (m *Map) IsEmpty() bool { return len(m.hosts) == 0 }

// New works out the picture of a mail domain.
func New(s *delivery.Simulation) *Map {
	d := s.Domain
	asked := d.Name
	if len(d.Aliases) > 0 {
		asked = d.Aliases[0].Name
	}
	m := &Map{domain: show(asked)}
	if len(d.Targets) == 0 {
		if steps := s.Run(delivery.Sender{Families: delivery.Dual}, 0).Steps; len(steps) > 0 {
			m.note = text.Line(steps[len(steps)-1].Text)
		}
		return m
	}
	switch {
	case d.IsImplicit():
		m.note = "no MX record: mail goes to the domain's own addresses"
	case d.Name != asked:
		m.note = "an alias of " + clip(show(d.Name))
	}
	machines := make([]int, len(d.Machines)) // by preference
	for i := range machines {
		machines[i] = i
	}
	slices.SortStableFunc(machines, func(a, b int) int {
		return int(d.Machines[a].Preference) - int(d.Machines[b].Preference)
	})
	if left := len(machines) - maxHosts; left > 0 {
		machines = machines[:maxHosts]
		m.note = strings.TrimPrefix(fmt.Sprintf("%s; %d hosts with higher preference values are not shown", m.note, left),
			"; ")
	}
	relay := delivery.NewRelay(d.Machines, d.Offers, d.Links)
	for i, machine := range machines {
		m.hosts = append(m.hosts, newHost(s, relay, machine))
		if !relay.Final(machine) { // it has something to relay
			m.edges = append(m.edges, edgesFrom(d, relay, i, machines)...)
		}
	}
	return m
}

// edgesFrom lists the ways from one machine, by index of machines, to the others.
func edgesFrom(d *delivery.Domain, relay *delivery.Relay, from int, machines []int) []edge {
	var edges []edge
	lowest := -1 // the preference of the first
	for to := range machines {
		truth, over, via := relay.Edge(machines[from], machines[to])
		if truth == delivery.No {
			continue
		}
		p := int(d.Machines[machines[to]].Preference)
		if lowest < 0 {
			lowest = p
		}
		linked := slices.ContainsFunc(d.Links, func(l delivery.Link) bool {
			return l.From == machines[from] && l.To == machines[to]
		})
		edges = append(edges, edge{
			from: from, to: to, over: over, via: clip(text.Line(via)), linked: linked,
			maybe: truth == delivery.Maybe, first: p == lowest,
		})
	}
	return edges
}

// show is a name on one line.
func show(name zonefiles.Name) string { return text.Line(name.Undotted()) }

func newHost(s *delivery.Simulation, relay *delivery.Relay, at int) host {
	machine := &s.Domain.Machines[at]
	h := host{preference: machine.Preference}
	for i, name := range s.Domain.Names[at] {
		if i > maxOthers {
			h.names = append(h.names, fmt.Sprintf("and %d more names", len(s.Domain.Names[at])-i))
			break
		}
		h.names = append(h.names, clip(show(name)))
	}
	addresses := s.Addresses(at)
	seen := slices.ContainsFunc(s.Domain.Hosts, func(h delivery.Host) bool { return h.Machine == at && !h.Line.IsEmpty() })
	for i, family := range []delivery.Families{delivery.IPv4, delivery.IPv6} {
		r := reach{family: family, has: machine.Usable.Has(family), seen: seen, unknown: machine.Open.Has(family)}
		count := 0
		for _, a := range addresses {
			addr := a.Record.Addr()
			if delivery.FamilyOf(addr) != family {
				continue
			}
			if count++; count > maxAddresses {
				continue
			}
			shown := addr.String()
			if !a.Usable {
				shown += " not usable: " + a.Class.Name
			}
			r.addresses = append(r.addresses, shown)
		}
		if count > maxAddresses {
			r.addresses = append(r.addresses, fmt.Sprintf("and %d more", count-maxAddresses))
		}
		h.reach[i] = r
	}
	h.judge(s.Domain, relay, at)
	return h
}

// judge marks the host.
func (h *host) judge(d *delivery.Domain, relay *delivery.Relay, at int) {
	machine := &d.Machines[at]
	sends, known := relay.Sending(at)
	linked := slices.ContainsFunc(d.Links, func(l delivery.Link) bool { return l.To == at })
	switch {
	case machine.Usable|machine.Open == delivery.None && !linked:
		h.mark, h.labels = noAddress, []string{"accepts no mail", "no usable address"}
	case relay.Final(at):
		h.mark, h.labels = final, []string{"final: has the mailbox"}
	case relay.Stranded(at) == delivery.Yes:
		h.mark, h.labels = stranded, []string{"stranded", "sends " + sends.String() + ", " + wayOn(d, relay, at)}
	case relay.Stranded(at) == delivery.Maybe:
		h.mark, h.labels = unknown, []string{"perhaps stranded", "families unknown"}
	default:
		h.mark, h.labels = relays, []string{"passes mail on"}
		if machine.HasOutbound && known {
			h.labels = append(h.labels, "sends "+sends.String())
		}
	}
}

// wayOn says in which families hosts of lower preference would take the mail and get it to the mailbox.
func wayOn(d *delivery.Domain, relay *delivery.Relay, at int) string {
	var families delivery.Families
	for g := range d.Machines {
		if d.Machines[g].Preference < d.Machines[at].Preference && relay.Arrives(g) {
			families |= d.Machines[g].Usable
		}
	}
	if families == delivery.None {
		return "nothing leads on"
	}
	return "only " + families.String() + " leads on"
}

// Formats are the formats that Write knows.
func Formats() []string { return []string{"mermaid", "dot", "svg"} }

// Write writes the picture in one of Formats.
func (m *Map) Write(w io.Writer, format string) error {
	switch format {
	case "mermaid":
		return m.mermaid(w)
	case "dot":
		return m.dot(w)
	case "svg":
		return m.svg(w)
	}
	return fmt.Errorf("%q is no format of a map; those are %s", format, text.And(Formats()))
}

// clip cuts the middle out of long text.
func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= maxName {
		return text
	}
	half := (maxName - 3) / 2
	return string(runes[:half]) + "..." + string(runes[len(runes)-half:])
}

// title is the heading of the picture.
func (m *Map) title() string {
	return "MX hosts of " + clip(text.Readable(m.domain)) + " and how they relay"
}

// Describe is the picture in words.
func (m *Map) Describe() string {
	var b strings.Builder
	if m.note != "" {
		b.WriteString(m.note + ". ")
	}
	for i := range m.hosts {
		h := &m.hosts[i]
		fmt.Fprintf(&b, "Preference %d: %s, ", h.preference, strings.Join(h.names, ", "))
		for j := range h.reach {
			fmt.Fprintf(&b, "%s %s, ", h.reach[j].family, h.reach[j].words())
		}
		b.WriteString(strings.Join(h.labels, ", "))
		if ways := m.ways(i); ways != "" {
			b.WriteString("; relays to " + ways)
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

// ways lists the hosts that a host can relay to.
func (m *Map) ways(from int) string {
	var list []string
	for _, e := range m.edges {
		if e.from == from {
			list = append(list, m.hosts[e.to].names[0]+" ("+e.label()+")")
		}
	}
	return strings.Join(list, ", ")
}

// lines is the text in a host's box.
func (h *host) lines() []string {
	lines := slices.Clone(h.names)
	for i := range h.reach {
		lines = append(lines, h.reach[i].family.String()+" "+h.reach[i].words())
	}
	lines = append(lines, markSigns[h.mark]+" "+h.labels[0])
	return append(lines, h.labels[1:]...)
}

// markSigns precede the labels of a host.
var markSigns = [...]string{relays: "→", final: "✓", stranded: "✗", unknown: "?", noAddress: "✗"}

// words describes what a host has in the family.
func (r *reach) words() string {
	switch {
	case len(r.addresses) > 0:
		return strings.Join(r.addresses, ", ")
	case r.has && r.seen:
		return "seen"
	case r.has:
		return "declared"
	case r.unknown:
		return "unknown"
	}
	return "missing"
}

// label says what an edge relays over.
func (e *edge) label() string {
	var list []string
	if e.over != delivery.None {
		list = append(list, e.over.String())
	}
	if e.linked {
		list = append(list, strings.TrimSpace("link "+e.via))
	}
	if len(list) == 0 {
		return "perhaps"
	}
	return strings.Join(list, ", ")
}

// drawn is the edges of a picture that draws each as a line of its own, and how many it leaves out. Where there are too
// many, it has first choices only.
func (m *Map) drawn() ([]edge, int) {
	edges := m.edges
	if len(edges) > maxEdges {
		edges = slices.DeleteFunc(slices.Clone(edges), func(e edge) bool { return !e.first })
	}
	edges = edges[:min(len(edges), maxEdges)]
	return edges, len(m.edges) - len(edges)
}

// leftOut says how many edges a picture leaves out; it is empty if it shows all.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " second-choice ways are not shown"
}

// column is the hosts of one preference: Hosts[from:to].
type column struct{ from, to int }

func (m *Map) columns() []column {
	var list []column
	for i := range m.hosts {
		if i == 0 || m.hosts[i].preference != m.hosts[i-1].preference {
			list = append(list, column{from: i})
		}
		list[len(list)-1].to = i + 1
	}
	return list
}
