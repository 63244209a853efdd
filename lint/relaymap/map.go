// Package relaymap draws the MX hosts of a mail domain and how they can pass mail on to each other (RFC 3974 s.4.2).
//
//	map.go      Map: what there is to draw
//	svg.go      Map.SVG
//	mermaid.go  Map.Mermaid
//	dot.go      Map.Dot
//
// What a family, an edge, a final and a stranded host is, package delivery says.
package relaymap

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mx46/lint/delivery"
	"mx46/lint/text"
)

// Map is the picture of one mail domain. The same zones give the same bytes.
type Map struct {
	Domain string
	Note   string // what is to be said of the domain as a whole, or else empty
	Hosts  []Host // by preference
	Edges  []Edge // by From, then by To
}

// Host is one machine.
type Host struct {
	Names      []string
	Preference uint16
	Lines      [2]Line // IPv4, IPv6
	Mark       Mark
	Says       []string // of the mark: "stranded", "sends IPv4, only IPv6 leads on"
}

// Line is what a host has in one family.
type Line struct {
	Family    delivery.Families
	Addresses []string // with a remark where one is of no use; a few
	Has       bool     // senders can use one of them, or the operator says so
	Unknown   bool
}

// Mark sorts hosts by what becomes of the mail that they take.
type Mark uint8

// The marks.
const (
	Relays   Mark = iota // passes mail on
	Final                // mail reaches the mailbox from here
	Stranded             // mail stays here
	Perhaps              // stranded or not depends on what is not loaded
	Deaf                 // takes no mail: it has no usable address
)

// Edge is a way from one host, which is not final, to another: indexes of Hosts.
type Edge struct {
	From, To int
	Over     delivery.Families // those that are certain
	Via      string            // of a link that needs no common family; may be empty
	Linked   bool
	Maybe    bool // whether there is a way depends on what is not loaded
	First    bool // it leads to the lowest preference that From has a way to, which is tried first
}

// Limits of a picture that somebody is to look at. What is beyond them is counted in the picture.
const (
	maxHosts     = 40
	maxAddresses = 3 // of one host and family
	maxEdges     = 400
	maxName      = 60 // characters of a name
	maxOthers    = 2  // further names of one host
)

// New works out the picture of a mail domain.
func New(s *delivery.Simulation, domain string) *Map {
	chart := s.Chart(domain)
	m := &Map{Domain: text.Line(domain)}
	if chart.Ending.Kind != 0 {
		steps := s.Run(delivery.Sender{Families: delivery.Dual}, domain, 0).Steps
		if len(steps) > 0 {
			m.Note = text.Line(steps[len(steps)-1].Text)
		}
		return m
	}
	switch {
	case chart.Implicit:
		m.Note = "no MX record: the domain's own addresses take its mail"
	case text.Line(chart.Domain) != m.Domain:
		m.Note = "an alias of " + clip(text.Line(chart.Domain))
	}
	shown := min(len(chart.Machines), maxHosts)
	for i := range shown {
		m.Hosts = append(m.Hosts, newHost(s, &chart, i))
	}
	if left := len(chart.Machines) - shown; left > 0 {
		m.Note = strings.TrimPrefix(fmt.Sprintf("%s; %d more hosts of higher preference are left out", m.Note, left), "; ")
	}
	for h := range shown {
		if chart.Relay.Final(h) { // it has nothing to pass on
			continue
		}
		first := -1 // the lowest preference that h has a way to
		for g := range shown {
			truth, over, via := chart.Relay.Edge(h, g)
			if truth == delivery.No {
				continue
			}
			p := int(chart.Machines[g].Preference)
			if first < 0 {
				first = p
			}
			m.Edges = append(m.Edges, Edge{
				From: h, To: g, Over: over, Via: clip(text.Line(via)), Linked: linked(&chart, h, g), Maybe: truth == delivery.Maybe, First: p == first,
			})
		}
	}
	return m
}

func linked(chart *delivery.Chart, h, g int) bool {
	return slices.ContainsFunc(chart.Links, func(l delivery.Link) bool { return l.From == h && l.To == g })
}

func newHost(s *delivery.Simulation, chart *delivery.Chart, at int) Host {
	machine := &chart.Machines[at]
	h := Host{Names: []string{clip(text.Line(machine.Name))}, Preference: machine.Preference}
	for i, name := range machine.OtherNames {
		if i == maxOthers {
			h.Names = append(h.Names, fmt.Sprintf("and %d more names", len(machine.OtherNames)-i))
			break
		}
		h.Names = append(h.Names, clip(text.Line(name)))
	}
	addresses, unknown := s.Addresses(machine)
	for i, family := range []delivery.Families{delivery.IPv4, delivery.IPv6} {
		line := Line{Family: family, Has: machine.Known && machine.Families.Has(family)}
		count := 0
		for _, a := range addresses {
			if delivery.FamilyOf(a.Addr) != family {
				continue
			}
			if count++; count > maxAddresses {
				continue
			}
			text := a.Addr.String()
			if !a.Usable {
				text += " useless: " + a.Class.Name
			}
			line.Addresses = append(line.Addresses, text)
			line.Has = line.Has || a.Usable
		}
		if count > maxAddresses {
			line.Addresses = append(line.Addresses, fmt.Sprintf("and %d more", count-maxAddresses))
		}
		line.Unknown = !line.Has && !machine.Known && unknown.Has(family)
		h.Lines[i] = line
	}
	h.judge(chart, at)
	return h
}

// judge marks the host.
func (h *Host) judge(chart *delivery.Chart, at int) {
	machine := &chart.Machines[at]
	sends, known := machine.Sending()
	switch {
	case machine.Known && machine.Families == delivery.None:
		h.Mark, h.Says = Deaf, []string{"takes no mail", "no usable address"}
	case chart.Relay.Final(at):
		h.Mark, h.Says = Final, []string{"final: has the mailbox"}
	case chart.Relay.Stranded(at) == delivery.Yes:
		h.Mark, h.Says = Stranded, []string{"stranded", "sends " + sends.String() + ", " + wayOn(chart, at)}
	case chart.Relay.Stranded(at) == delivery.Maybe:
		h.Mark, h.Says = Perhaps, []string{"perhaps stranded", "families are unknown"}
	default:
		h.Mark, h.Says = Relays, []string{"passes mail on"}
		if machine.HasOutbound && known {
			h.Says = append(h.Says, "sends "+sends.String())
		}
	}
}

// wayOn says in which families hosts below would take the mail and deliver it.
func wayOn(chart *delivery.Chart, at int) string {
	var families delivery.Families
	for g := range at { // hosts come by preference
		other := &chart.Machines[g]
		if other.Preference < chart.Machines[at].Preference && other.Known && chart.Relay.Path(g) != nil {
			families |= other.Families
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
		return m.Mermaid(w)
	case "dot":
		return m.Dot(w)
	case "svg":
		return m.SVG(w)
	}
	return fmt.Errorf("%q is no format of a map; those are %s", format, strings.Join(Formats(), ", "))
}

// clip cuts the middle out of what is too long.
func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= maxName {
		return text
	}
	half := (maxName - 3) / 2
	return string(runes[:half]) + "..." + string(runes[len(runes)-half:])
}

// title names the picture.
func (m *Map) title() string { return "MX hosts of " + clip(m.Domain) + " and how they relay" }

// describe is the picture in words.
func (m *Map) describe() string {
	var b strings.Builder
	if m.Note != "" {
		b.WriteString(m.Note + ". ")
	}
	for i := range m.Hosts {
		h := &m.Hosts[i]
		fmt.Fprintf(&b, "Preference %d: %s, ", h.Preference, strings.Join(h.Names, ", "))
		for j := range h.Lines {
			fmt.Fprintf(&b, "%s %s, ", h.Lines[j].Family, h.Lines[j].words())
		}
		b.WriteString(strings.Join(h.Says, ", "))
		if ways := m.ways(i); ways != "" {
			b.WriteString("; relays to " + ways)
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

// ways lists where a host can pass mail on to.
func (m *Map) ways(from int) string {
	var list []string
	for _, e := range m.Edges {
		if e.From == from {
			list = append(list, m.Hosts[e.To].Names[0]+" ("+e.label()+")")
		}
	}
	return strings.Join(list, ", ")
}

// lines are what is written into a host's box, in every format that has boxes of text.
func (h *Host) lines() []string {
	lines := slices.Clone(h.Names)
	for i := range h.Lines {
		lines = append(lines, h.Lines[i].Family.String()+" "+h.Lines[i].words())
	}
	lines = append(lines, markSigns[h.Mark]+" "+h.Says[0])
	return append(lines, h.Says[1:]...)
}

// markSigns stand before what is said of a host.
var markSigns = [...]string{Relays: "→", Final: "✓", Stranded: "✗", Perhaps: "?", Deaf: "✗"}

// words is the line as text.
func (l *Line) words() string {
	switch {
	case len(l.Addresses) > 0:
		return strings.Join(l.Addresses, ", ")
	case l.Has:
		return "declared"
	case l.Unknown:
		return "not loaded"
	}
	return "missing"
}

// label says over what an edge leads.
func (e *Edge) label() string {
	var list []string
	if e.Over != delivery.None {
		list = append(list, e.Over.String())
	}
	if e.Linked {
		list = append(list, strings.TrimSpace("link "+e.Via))
	}
	if len(list) == 0 {
		return "perhaps"
	}
	return strings.Join(list, ", ")
}

// drawn are the edges of a picture that has a line for each: the first choices alone where all are too many. It gives the number
// of those that are left out.
func (m *Map) drawn() ([]Edge, int) {
	edges := m.Edges
	if len(edges) > maxEdges {
		edges = slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool { return !e.First })
	}
	edges = edges[:min(len(edges), maxEdges)]
	return edges, len(m.Edges) - len(edges)
}

// leftOut says how many edges a picture leaves out; it is empty where it shows all.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " ways of second choice are left out"
}

// column is the hosts of one preference: Hosts[from:to].
type column struct{ from, to int }

func (m *Map) columns() []column {
	var list []column
	for i := range m.Hosts {
		if i == 0 || m.Hosts[i].Preference != m.Hosts[i-1].Preference {
			list = append(list, column{from: i})
		}
		list[len(list)-1].to = i + 1
	}
	return list
}
