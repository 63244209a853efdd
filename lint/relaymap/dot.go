package relaymap

// The picture for Graphviz.

import (
	"fmt"
	"io"
	"strings"

	"mx46/lint/delivery"
)

// dot writes a directed graph.
func (m *Map) dot(w io.Writer) error {
	var b strings.Builder
	edges, omitted := m.drawn()
	label := m.title()
	for _, note := range []string{m.note, leftOut(omitted)} {
		if note != "" {
			label += "\n" + note
		}
	}
	b.WriteString("digraph mx46 {\n\trankdir=RL; bgcolor=white; newrank=true; labelloc=t; fontname=\"sans-serif\"; ")
	fmt.Fprintf(&b, "label=%s;\n", dotText(label))
	b.WriteString("\tnode [shape=box, fontname=\"monospace\", fontsize=11, margin=\"0.15,0.1\"];\n")
	b.WriteString("\tedge [fontname=\"sans-serif\", fontsize=10];\n")
	for i, c := range m.columns() {
		fmt.Fprintf(&b, "\tsubgraph cluster_%d {\n\t\tlabel=\"preference %d\"; style=dotted; fontname=\"sans-serif\";\n",
			i, m.hosts[c.from].preference)
		for h := c.from; h < c.to; h++ {
			host := &m.hosts[h]
			fmt.Fprintf(&b, "\t\th%d [label=%s%s];\n", h, dotText(strings.Join(host.lines(), "\n")), dotMarks[host.mark])
		}
		b.WriteString("\t}\n")
		if i > 0 { // keeps the columns in order where no edge does
			fmt.Fprintf(&b, "\th%d -> h%d [style=invis];\n", c.from, c.from-1)
		}
	}
	for _, e := range edges {
		fmt.Fprintf(&b, "\th%d -> h%d [label=%s, %s];\n", e.from, e.to, dotText(e.label()), dotStyle(&e))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

var dotMarks = [...]string{
	relays: "", final: ", penwidth=2.5", stranded: `, style=dashed, color="#b3261e", fontcolor="#b3261e", penwidth=2.5`,
	unknown: ", style=dashed", noAddress: `, style=dotted, color="#b3261e"`,
}

func dotStyle(e *edge) string {
	switch {
	case e.maybe:
		return "style=dotted"
	case e.over == delivery.Dual:
		return `color="#a34e00:#0b5cad", penwidth=1.6`
	case e.over == delivery.IPv4:
		return `color="#a34e00", style=dashed, penwidth=1.6`
	case e.over == delivery.IPv6:
		return `color="#0b5cad", penwidth=1.6`
	}
	return "style=bold"
}

// dotText quotes a string. Graphviz replaces entities and escapes in labels.
func dotText(text string) string {
	escapes := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "&", "&amp;", "<", "&lt;", ">", "&gt;")
	return `"` + escapes.Replace(text) + `"`
}
