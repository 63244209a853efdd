package relaymap

// The picture for Graphviz.

import (
	"fmt"
	"io"
	"strings"

	"mx46/lint/delivery"
)

// Dot writes a directed graph.
func (m *Map) Dot(w io.Writer) error {
	var b strings.Builder
	edges, omitted := m.drawn()
	label := m.title()
	for _, note := range []string{m.Note, leftOut(omitted)} {
		if note != "" {
			label += "\n" + note
		}
	}
	fmt.Fprintf(&b, "digraph mx46 {\n\trankdir=RL; bgcolor=white; newrank=true; labelloc=t; fontname=\"sans-serif\"; label=%s;\n", dotText(label))
	fmt.Fprintf(&b, "\tnode [shape=box, fontname=\"monospace\", fontsize=11, margin=\"0.15,0.1\"];\n\tedge [fontname=\"sans-serif\", fontsize=10];\n")
	for i, c := range m.columns() {
		fmt.Fprintf(&b, "\tsubgraph cluster_%d {\n\t\tlabel=\"preference %d\"; style=dotted; fontname=\"sans-serif\";\n", i, m.Hosts[c.from].Preference)
		for h := c.from; h < c.to; h++ {
			host := &m.Hosts[h]
			fmt.Fprintf(&b, "\t\th%d [label=%s%s];\n", h, dotText(strings.Join(host.lines(), "\n")), dotMarks[host.Mark])
		}
		b.WriteString("\t}\n")
		if i > 0 { // keeps the columns in order where nothing leads from one to the next
			fmt.Fprintf(&b, "\th%d -> h%d [style=invis];\n", c.from, c.from-1)
		}
	}
	for _, e := range edges {
		fmt.Fprintf(&b, "\th%d -> h%d [label=%s, %s];\n", e.From, e.To, dotText(e.label()), dotStyle(&e))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

var dotMarks = [...]string{
	Relays: "", Final: ", penwidth=2.5", Stranded: `, style=dashed, color="#b3261e", fontcolor="#b3261e", penwidth=2.5`,
	Perhaps: ", style=dashed", Deaf: `, style=dotted, color="#b3261e"`,
}

func dotStyle(e *Edge) string {
	switch {
	case e.Maybe:
		return "style=dotted"
	case e.Over == delivery.Dual:
		return `color="#a34e00:#0b5cad", penwidth=1.6`
	case e.Over == delivery.IPv4:
		return `color="#a34e00", style=dashed, penwidth=1.6`
	case e.Over == delivery.IPv6:
		return `color="#0b5cad", penwidth=1.6`
	}
	return "style=bold"
}

// dotText is a quoted string. Graphviz replaces entities and escapes in labels.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text) + `"`
}
