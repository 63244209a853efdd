package relaymap

// The picture as a Mermaid flowchart, which GitHub and GitLab draw within Markdown.

import (
	"fmt"
	"io"
	"strings"

	"mx46/lint/delivery"
)

// mermaid writes a flowchart.
func (m *Map) mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("flowchart RL\n")
	fmt.Fprintf(&b, "  accTitle: %s\n  accDescr: %s\n", mermaidText(m.title()), mermaidText(m.Describe()))
	edges, omitted := m.drawn()
	for i, c := range m.columns() {
		fmt.Fprintf(&b, "  subgraph p%d[\"preference %d\"]\n", i, m.hosts[c.from].preference)
		for h := c.from; h < c.to; h++ {
			host := &m.hosts[h]
			lines := host.lines()
			for j, line := range lines {
				lines[j] = mermaidText(line)
			}
			fmt.Fprintf(&b, "    h%d[\"%s\"]\n", h, strings.Join(lines, "<br/>"))
		}
		b.WriteString("  end\n")
	}
	for i, note := range []string{m.note, leftOut(omitted)} {
		if note != "" {
			fmt.Fprintf(&b, "  note%d([\"%s\"])\n", i, mermaidText(note))
		}
	}
	if len(m.hosts) == 0 && m.note == "" {
		b.WriteString("  none([\"no MX hosts\"])\n")
	}
	for _, e := range edges {
		fmt.Fprintf(&b, "  h%d %s|\"%s\"| h%d\n", e.from, mermaidArrow(&e), mermaidText(e.label()), e.to)
	}
	for i, c := range m.columns() { // keeps the columns in order where no edge does
		if i > 0 {
			fmt.Fprintf(&b, "  h%d ~~~ h%d\n", c.from, c.from-1)
		}
	}
	for i, e := range edges {
		if colour := mermaidColours[e.over]; colour != "" && !e.maybe {
			fmt.Fprintf(&b, "  linkStyle %d stroke:%s\n", i, colour)
		}
	}
	for i := range m.hosts {
		if class := mermaidClasses[m.hosts[i].mark]; class != "" {
			fmt.Fprintf(&b, "  style h%d %s\n", i, class)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Colours that are visible on light and on dark.
var mermaidColours = [...]string{
	delivery.None: "", delivery.IPv4: "#d9822b", delivery.IPv6: "#3d8bfd", delivery.Dual: "#2da44e",
}

var mermaidClasses = [...]string{
	relays: "", final: "stroke-width:3px", stranded: "stroke:#e5484d,stroke-width:3px,stroke-dasharray:6 4",
	unknown: "stroke-dasharray:2 4", noAddress: "stroke:#e5484d,stroke-dasharray:1 3",
}

// mermaidArrow is thick for both families, plain for IPv6 or a link, dotted for IPv4 and for what is not certain.
func mermaidArrow(e *edge) string {
	switch {
	case e.over == delivery.Dual:
		return "==>"
	case e.maybe, e.over == delivery.IPv4:
		return "-.->"
	}
	return "-->"
}

// mermaidText writes every character that means something to Mermaid, HTML or Markdown as an entity.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(" .-,:", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
