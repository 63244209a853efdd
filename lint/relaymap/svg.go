package relaymap

// The picture as a self-contained SVG.
//
// Preferences are columns, the lowest on the left. Every host has a row of its own, so that a line can leave a host to
// the left without meeting another. The gap to the right of a column holds one vertical line, a lane, for each of its
// hosts and each kind of edge that leads there. A host's line crosses lanes; a dot at a crossing means that it joins
// the lane.

import (
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mx46/lint/delivery"
)

// Lengths, in pixels.
const (
	charWidth  = 7.3 // of the monospaced font at 12 px, rounded up
	lineHeight = 18
	padding    = 10
	laneWidth  = 14
	gap        = 22 // between a box and the nearest lane: room for an arrow head
	rowGap     = 22
	margin     = 24
	header     = 30 // above the first row, for the preferences
)

// kind is what an edge relays over.
type kind uint8

const (
	overIPv4 kind = iota
	overIPv6
	overLink
	overMaybe
	kinds
)

var kindClasses = [kinds]string{"v4", "v6", "link", "maybe"}

var kindWords = [kinds]string{
	"relays over IPv4", "relays over IPv6", "relays over a link (RFC 3974 s.4.2)", "may relay: families unknown",
}

// kinds is what an edge is drawn as.
func (e *edge) kinds() []kind {
	var list []kind
	if e.over.Has(delivery.IPv4) {
		list = append(list, overIPv4)
	}
	if e.over.Has(delivery.IPv6) {
		list = append(list, overIPv6)
	}
	if e.linked {
		list = append(list, overLink)
	}
	if e.maybe && len(list) == 0 {
		list = append(list, overMaybe)
	}
	return list
}

// box is where a host is drawn.
type box struct {
	x, y, width, height float64
	lines               []boxLine
	ports               [kinds]float64 // y of the lines out and in
}

type boxLine struct {
	text, class string
}

// drawing is the state of one SVG.
type drawing struct {
	m     *Map
	boxes []box
	lanes map[lane]float64 // x
	right float64
	down  float64
	b     strings.Builder
}

type lane struct {
	host int
	kind kind
}

// svg writes a picture with its own style, light or dark as the reader prefers, a title and a description.
func (m *Map) svg(w io.Writer) error {
	id := fnv.New32a()
	id.Write([]byte(m.domain))
	root := fmt.Sprintf("mx46-%08x", id.Sum32())
	_, err := io.WriteString(w, m.draw(root, "<style>\n"+strings.ReplaceAll(style, "#svg", "#"+root)+"</style>\n"))
	return err
}

// Inline is the picture as a part of a page that has Style. The id must be the only such one on the page.
func (m *Map) Inline(id string) string { return m.draw(id, "") }

// Style is the style of all pictures by Inline.
func Style() string { return strings.ReplaceAll(style, "#svg", ".relay-map") }

// draw draws the picture, with an id and a style.
func (m *Map) draw(root, style string) string {
	d := &drawing{m: m, lanes: map[lane]float64{}}
	d.arrange()
	d.head(root, style)
	d.columns()
	for _, k := range []kind{overMaybe, overLink, overIPv4, overIPv6} {
		d.ways(k)
	}
	for i := range m.hosts {
		d.host(i)
	}
	d.legend()
	d.b.WriteString("</svg>\n")
	return d.b.String()
}

// arrange places the boxes and the lanes.
func (d *drawing) arrange() {
	used := map[lane]bool{}
	for _, e := range d.m.edges {
		for _, k := range e.kinds() {
			used[lane{e.to, k}] = true
		}
	}
	x, y := float64(margin), float64(margin+titleHeight(d.m)+header)
	d.boxes = make([]box, len(d.m.hosts))
	for _, c := range d.m.columns() {
		width := 0.0
		for h := c.from; h < c.to; h++ {
			d.boxes[h] = newBox(&d.m.hosts[h], x, y)
			width = max(width, d.boxes[h].width)
			y += d.boxes[h].height + rowGap
		}
		for h := c.from; h < c.to; h++ {
			d.boxes[h].width = width
		}
		x += width + gap
		for h := c.from; h < c.to; h++ {
			for k := range kinds {
				if used[lane{h, k}] {
					d.lanes[lane{h, k}] = x
					x += laneWidth
				}
			}
		}
		d.right = x
		x += gap
	}
	d.down = y
}

func newBox(host *host, x, y float64) box {
	b := box{x: x, y: y}
	add := func(class, text string) {
		b.lines = append(b.lines, boxLine{text, class})
		b.width = max(b.width, float64(utf8.RuneCountInString(text))*charWidth+2*padding)
	}
	for i, name := range host.names {
		add([]string{"name", "also"}[min(i, 1)], name)
	}
	b.ports[overLink] = y + padding + lineHeight*0.35
	b.ports[overMaybe] = y + padding + lineHeight*0.75
	for i := range host.reach {
		line := &host.reach[i]
		b.ports[i] = y + padding + (float64(len(b.lines))+0.5)*lineHeight
		class := "has"
		if !line.has {
			class = "lacks"
		}
		words := []string{line.words()}
		if len(line.addresses) > 0 {
			words = line.addresses
		}
		for j, text := range words {
			label := line.family.String()
			if j > 0 {
				label = "    "
			}
			add(class, label+" "+text)
		}
	}
	for i, text := range host.labels {
		add(markClasses[host.mark], []string{markSigns[host.mark], " "}[min(i, 1)]+" "+text)
	}
	b.height = 2*padding + float64(len(b.lines))*lineHeight
	return b
}

var markClasses = [...]string{
	relays: "relays", final: "final", stranded: "stranded", unknown: "unknown", noAddress: "no-address",
}

// titleHeight is the height of the title and the note.
func titleHeight(m *Map) float64 {
	if m.note == "" {
		return lineHeight
	}
	return 2 * lineHeight
}

// legendLines is the kinds of edges that the picture shows.
func (d *drawing) legendLines() []kind {
	var list []kind
	for k := range kinds {
		if slices.ContainsFunc(d.m.edges, func(e edge) bool { return slices.Contains(e.kinds(), k) }) {
			list = append(list, k)
		}
	}
	return list
}

const reading = "A relay tries the leftmost host that it reaches first. " +
	"A dot joins its line to the line into that host."

func (d *drawing) head(root, style string) {
	class := ""
	if style == "" {
		class = ` class="relay-map"` // of Style
	}
	legend := len(d.legendLines())
	width := d.right + margin
	texts := []string{d.m.title(), d.m.note}
	if legend > 0 {
		texts = append(texts, reading)
	}
	for _, text := range texts {
		width = max(width, float64(utf8.RuneCountInString(text))*charWidth+2*margin)
	}
	height := d.down + margin
	if legend > 0 {
		height += float64(legend+1) * lineHeight
	}
	fmt.Fprintf(&d.b, `<svg xmlns="http://www.w3.org/2000/svg" id="%s"%s role="img" aria-labelledby="%s-title %s-desc" `+
		`width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n", root, class, root, root, width, height, width, height)
	fmt.Fprintf(&d.b, "<title id=\"%s-title\">%s</title>\n", root, escape(d.m.title()))
	fmt.Fprintf(&d.b, "<desc id=\"%s-desc\">%s</desc>\n", root, escape(d.m.Describe()))
	d.b.WriteString(style)
	fmt.Fprintf(&d.b, "<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height)
	d.text(margin, margin+lineHeight*0.7, "title", d.m.title())
	if d.m.note != "" {
		d.text(margin, margin+lineHeight*1.7, "note", d.m.note)
	}
}

// style is light, and dark after @media. Families differ in dashes and labels too, not only in colour.
const style = `#svg {
  --paper: #ffffff; --ink: #1b1f24; --faint: #57606a; --v4: #a34e00; --v6: #0b5cad; --bad: #b3261e; --box: #f6f8fa;
}
@media (prefers-color-scheme: dark) { #svg {
  --paper: #14181d; --ink: #e8ecf1; --faint: #a3adb8; --v4: #ffab5e; --v6: #79b8ff; --bad: #ff8a80; --box: #20262d;
} }
#svg .paper { fill: var(--paper); }
#svg text { fill: var(--ink); white-space: pre; }
#svg text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
#svg .title { font-weight: bold; font-size: 13px; }
#svg .note, #svg .also, #svg .column, #svg .reading { fill: var(--faint); }
#svg .name, #svg .final, #svg .stranded { font-weight: bold; }
#svg .lacks { fill: var(--faint); font-style: italic; }
#svg text.stranded, #svg text.no-address { fill: var(--bad); }
#svg rect.box { fill: var(--box); stroke: var(--ink); stroke-width: 1.2; }
#svg rect.final { stroke-width: 3; }
#svg rect.stranded { stroke: var(--bad); stroke-width: 3; stroke-dasharray: 9 5; }
#svg rect.unknown { stroke-dasharray: 2 4; }
#svg rect.no-address { stroke: var(--bad); stroke-dasharray: 1 4; }
#svg path { fill: none; stroke-width: 1.8; stroke: var(--ink); }
#svg path.v4 { stroke: var(--v4); stroke-dasharray: 7 4; }
#svg path.v6 { stroke: var(--v6); }
#svg path.link { stroke-dasharray: 10 3 2 3; }
#svg path.maybe { stroke: var(--faint); stroke-dasharray: 1 4; }
#svg circle, #svg path.arrow { stroke: none; fill: var(--ink); }
#svg circle.v4, #svg path.arrow.v4 { fill: var(--v4); }
#svg circle.v6, #svg path.arrow.v6 { fill: var(--v6); }
#svg circle.maybe, #svg path.arrow.maybe { fill: var(--faint); }
`

func (d *drawing) columns() {
	for _, c := range d.m.columns() {
		x := d.boxes[c.from].x
		d.text(x, d.boxes[0].y-12, "column", fmt.Sprintf("preference %d", d.m.hosts[c.from].preference))
	}
}

// ways draws the edges of one kind: a line from every host across the lanes that it joins, and the lanes.
func (d *drawing) ways(k kind) {
	far := map[int]float64{}   // by host, where its line ends
	depth := map[int]float64{} // by host, where its lane ends
	for i := range d.m.edges {
		e := &d.m.edges[i]
		if !slices.Contains(e.kinds(), k) {
			continue
		}
		x, y := d.lanes[lane{e.to, k}], d.boxes[e.from].ports[k]
		if at, ok := far[e.from]; !ok || x < at {
			far[e.from] = x
		}
		depth[e.to] = max(depth[e.to], y)
	}
	class := kindClasses[k]
	for h := range d.m.hosts {
		box := &d.boxes[h]
		y := box.ports[k]
		if x, ok := far[h]; ok {
			fmt.Fprintf(&d.b, "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>\n", class, box.x, y, x)
		}
		if bottom, ok := depth[h]; ok {
			x, edge := d.lanes[lane{h, k}], box.x+box.width
			fmt.Fprintf(&d.b, "<path class=\"%s\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", class, x, bottom, y, edge+7)
			fmt.Fprintf(&d.b, "<path class=\"arrow %s\" d=\"M%.1f %.1fl9 -4.5v9z\"/>\n", class, edge+1, y)
		}
	}
	for i := range d.m.edges {
		if e := &d.m.edges[i]; slices.Contains(e.kinds(), k) {
			x, y := d.lanes[lane{e.to, k}], d.boxes[e.from].ports[k]
			fmt.Fprintf(&d.b, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", class, x, y)
		}
	}
}

func (d *drawing) host(i int) {
	host, box := &d.m.hosts[i], &d.boxes[i]
	title := strings.Join(host.names, ", ") + ": " + strings.Join(host.labels, ", ")
	fmt.Fprintf(&d.b, "<g><title>%s</title>\n", escape(title))
	fmt.Fprintf(&d.b, "<rect class=\"box %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"/>\n",
		markClasses[host.mark], box.x, box.y, box.width, box.height)
	for j, line := range box.lines {
		d.text(box.x+padding, box.y+padding+(float64(j)+0.7)*lineHeight, line.class, line.text)
	}
	d.b.WriteString("</g>\n")
}

func (d *drawing) legend() {
	y := d.down + lineHeight*0.7
	list := d.legendLines()
	for _, k := range list {
		class := kindClasses[k]
		fmt.Fprintf(&d.b, "<path class=\"%s\" d=\"M%d %.1fh40\"/>\n", class, margin+8, y-4)
		fmt.Fprintf(&d.b, "<path class=\"arrow %s\" d=\"M%d %.1fl9 -4.5v9z\"/>\n", class, margin, y-4)
		d.text(margin+60, y, "has", kindWords[k])
		y += lineHeight
	}
	if len(list) > 0 {
		d.text(margin, y, "reading", reading)
	}
}

func (d *drawing) text(x, y float64, class, text string) {
	fmt.Fprintf(&d.b, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, x, y, escape(text))
}

func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}
