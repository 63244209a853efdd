package report

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"iter"
	"maps"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file writes a page for a browser: one file that loads nothing and, by its own policy, runs no script but its
// own. What the page is like is in the folder html.

//go:embed html/page.html
var htmlPage string

//go:embed html/style.css
var htmlStyle string

//go:embed html/script.js
var htmlScript string

// htmlWriter is the state of one page.
type htmlWriter struct {
	*Report
	o       Options
	causes  []*cause // the most severe first
	shared  map[*lint.Cause][]*lint.Finding
	groups  []*htmlGroup
	Left    int // names of findings that came after the last group
	groupOf map[viewDomain]*htmlGroup
}

// viewDomain is a mail domain in a view.
type viewDomain struct {
	view string
	name zonefiles.Name
}

// htmlGroup is mail domains with the same picture.
type htmlGroup struct {
	ID      string
	View    string
	names   []zonefiles.Name
	picture *Picture
	outages [][]string
	causes  map[int]bool // indexes of causes
	zones   map[string]bool
}

func writeHTML(w *bufio.Writer, r *Report, o Options) error {
	page, err := template.New("page").Parse(htmlPage)
	if err != nil {
		return err
	}
	counted := r.countCauses(false)
	h := &htmlWriter{
		Report: r, o: o, causes: slices.SortedStableFunc(r.causes(counted), compareCauses),
		shared: map[*lint.Cause][]*lint.Finding{}, groupOf: map[viewDomain]*htmlGroup{},
	}
	for f := range r.all(false) {
		if shared := counted.Of(f); shared != nil {
			h.shared[shared] = append(h.shared[shared], f)
		}
	}
	h.group()
	return page.Execute(w, h)
}

// Policy is the Content-Security-Policy of the page.
func (h *htmlWriter) Policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hash(string(h.Style())) +
		"; script-src " + hash(htmlScript)
}

// Style is the page's, and that of the relay maps.
func (h *htmlWriter) Style() template.CSS { return template.CSS(htmlStyle + h.o.PictureStyle) }

// Program is the version of mx46.
func (h *htmlWriter) Program() string { return text.Line(h.Version) }

// Script is the page's only script.
func (h *htmlWriter) Script() template.JS { return template.JS(htmlScript) }

// Sentences are the summary.
func (h *htmlWriter) Sentences() []string { return slices.Concat(h.sentences(), h.Notes) }

// findings are those of a cause.
func (h *htmlWriter) findings(c *cause) []*lint.Finding {
	if c.shared == nil {
		return []*lint.Finding{c.first}
	}
	return h.shared[c.shared]
}

// group finds the pictures of mail domains with findings, up to a limit: each is drawn, and has a table.
func (h *htmlWriter) group() {
	type key struct{ view, picture string }
	byPicture := map[key]*htmlGroup{}
	for i, c := range h.causes {
		for _, f := range h.findings(c) {
			d := viewDomain{f.View, f.Subject.Owner}
			g, known := h.groupOf[d]
			if !known && len(h.groups) == maxGroups {
				h.groupOf[d] = nil
				h.Left++
			} else if !known && h.o.Pictures != nil {
				if picture := h.o.Pictures(d.view, d.name); picture != nil {
					k := key{d.view, picture.Key}
					if g = byPicture[k]; g == nil {
						g = h.newGroup(d, picture)
						byPicture[k] = g
					}
				}
				if g != nil {
					g.names = append(g.names, d.name)
				}
				h.groupOf[d] = g
			}
			if g != nil {
				g.causes[i], g.zones[shownName(f.Zone)] = true, true
			}
		}
	}
}

// newGroup begins a group with the picture of one domain; nil where nothing can be said of its mail.
func (h *htmlWriter) newGroup(d viewDomain, picture *Picture) *htmlGroup {
	outages := picture.Outages()
	if len(outages) < 2 {
		return nil
	}
	for _, row := range outages {
		for i := range row {
			row[i] = text.Line(row[i])
		}
	}
	g := &htmlGroup{
		ID: fmt.Sprintf("domains-%d", len(h.groups)+1), View: d.view, picture: picture, outages: outages,
		causes: map[int]bool{}, zones: map[string]bool{},
	}
	h.groups = append(h.groups, g)
	return g
}

// htmlCause is a cause as the page shows it.
type htmlCause struct {
	ID       string
	Finding  *lint.Finding
	Excerpt  string
	Where    string
	Count    int    // of domains
	Names    string // of the first domains
	Places   []htmlPlace
	More     int // places that are not shown
	Zones    string
	Senders  string // classes whose mail does not arrive now
	Reaching *htmlGroup
}

// Message is the finding's. Where it is one of many, it comes after what causes them.
func (c htmlCause) Message() string {
	message := text.Readable(c.Finding.Message)
	if c.Count > 1 {
		message = fmt.Sprintf("%s hurts %d names; for one, %s", readableName(c.Finding.Cause), c.Count, message)
	}
	return message
}

type htmlPlace struct{ Domain, Where string }

// causePage is causes that follow one another. A browser lays out a full one only once it is looked at, which is most
// of what opening thousands of causes costs beyond reading them.
type causePage struct {
	*htmlWriter
	from, to int // numbers of causes
}

// Class is how the page is laid out.
func (p causePage) Class() string {
	if p.to-p.from == causesOnPage {
		return "full"
	}
	return "rest"
}

// Pages are the causes of the findings.
func (h *htmlWriter) Pages() iter.Seq[causePage] {
	return func(yield func(causePage) bool) {
		for from := 0; from < len(h.causes); from += causesOnPage {
			if !yield(causePage{h, from, min(from+causesOnPage, len(h.causes))}) {
				return
			}
		}
	}
}

// Causes are those of the page.
func (p causePage) Causes() iter.Seq[htmlCause] {
	return func(yield func(htmlCause) bool) {
		for i := p.from; i < p.to; i++ {
			if !yield(p.cause(i)) {
				return
			}
		}
	}
}

func (h *htmlWriter) cause(i int) htmlCause {
	c := h.causes[i]
	f, all := c.first, h.findings(c)
	var names []string
	for _, d := range c.named() {
		names = append(names, readableName(d))
	}
	out := htmlCause{
		ID: causeID(i), Finding: f, Excerpt: h.plainExcerpt(f), Where: h.where(f), Count: c.domains(),
		Names: text.SomeOf(names, maxNamedDomains, c.domains()), Reaching: h.groupOf[viewDomain{f.View, f.Subject.Owner}],
	}
	zones, senders := map[string]bool{}, map[string]bool{}
	for _, f := range all {
		zones[shownName(f.Zone)] = true
		if g := h.groupOf[viewDomain{f.View, f.Subject.Owner}]; g != nil {
			for _, s := range g.hurt() {
				senders[s] = true
			}
		}
	}
	out.Zones = spaced(zones)
	out.Senders = strings.Join(slices.Sorted(maps.Keys(senders)), ",")
	for _, f := range all[1:min(len(all), 1+maxPlacesOfCause)] {
		out.Places = append(out.Places, htmlPlace{readableName(f.Subject.Owner), h.where(f)})
	}
	out.More = max(0, c.others()-maxPlacesOfCause)
	return out
}

func causeID(i int) string { return fmt.Sprintf("cause-%d", i+1) }

func shownName(n zonefiles.Name) string { return text.Line(n.Undotted()) }

func readableName(n zonefiles.Name) string { return text.Readable(shownName(n)) }

func (h *htmlWriter) where(f *lint.Finding) string {
	at, _ := h.place(f.Span, inRunes)
	return fmt.Sprintf("%s:%d:%d", path(at.File), at.Line, at.Column)
}

// Groups are mail domains with findings, by how mail reaches them.
func (h *htmlWriter) Groups() []*htmlGroup { return h.groups }

// Title names the first of the domains.
func (g *htmlGroup) Title() string {
	var names []string
	for _, n := range g.names[:min(len(g.names), maxNamedDomains)] {
		names = append(names, readableName(n))
	}
	title := strings.Join(names, ", ")
	if left := len(g.names) - len(names); left > 0 {
		title += fmt.Sprintf(" and %d more", left)
	}
	return title
}

// All names all of the domains, if the title does not.
func (g *htmlGroup) All() string {
	if len(g.names) <= maxNamedDomains {
		return ""
	}
	var names []string
	for _, n := range g.names {
		names = append(names, readableName(n))
	}
	return strings.Join(names, " ")
}

// Zones are those of the group's findings.
func (g *htmlGroup) Zones() string { return spaced(g.zones) }

// Causes are the IDs of the causes of the group's findings.
func (g *htmlGroup) Causes() string {
	var ids []string
	for _, i := range slices.Sorted(maps.Keys(g.causes)) {
		ids = append(ids, causeID(i))
	}
	return strings.Join(ids, " ")
}

// spaced is a set of words as an attribute has them.
func spaced(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), " ") }

// Picture is the relay map.
func (g *htmlGroup) Picture() template.HTML { return template.HTML(g.picture.SVG(g.ID + "-map")) }

// Senders are the heads of the columns of Rows.
func (g *htmlGroup) Senders() []string { return g.outages[0][1:] }

// Rows say what becomes of mail while something is down.
func (g *htmlGroup) Rows() [][]string { return g.outages[1:] }

// delivered is the only outcome that is good.
const delivered = "delivered"

// hurt are the senders whose mail does not arrive although nothing is down.
func (g *htmlGroup) hurt() []string {
	var hurt []string
	for i, outcome := range g.outages[1][1:] {
		if outcome != delivered {
			hurt = append(hurt, g.outages[0][1+i])
		}
	}
	return hurt
}

// Hurt is the senders whose mail does not arrive although nothing is down.
func (g *htmlGroup) Hurt() string { return strings.Join(g.hurt(), ",") }

// KeptOut is the same in words.
func (g *htmlGroup) KeptOut() string { return text.And(g.hurt()) }

// Related are the causes of the group's findings.
func (h *htmlWriter) Related(g *htmlGroup) []htmlCause {
	var out []htmlCause
	for _, i := range slices.Sorted(maps.Keys(g.causes)) {
		if len(out) == maxCausesOfGroup {
			break
		}
		c := h.causes[i]
		out = append(out, htmlCause{ID: causeID(i), Finding: c.first, Count: c.domains()})
	}
	return out
}

// Classes are the classes of senders, for the choice among them.
func (h *htmlWriter) Classes() []string {
	if len(h.groups) == 0 {
		return nil
	}
	return h.groups[0].Senders()
}

// Used are the rules that have findings, by name.
func (h *htmlWriter) Used() []*lint.Rule {
	used := map[*lint.Rule]bool{}
	for _, c := range h.causes {
		used[c.first.Rule] = true
	}
	return slices.SortedFunc(maps.Keys(used), func(a, b *lint.Rule) int { return cmp.Compare(a.Name, b.Name) })
}

// Body is a rule's page, without its title.
func (h *htmlWriter) Body(r *lint.Rule) template.HTML {
	_, body, _ := strings.Cut(r.Page(), "\n")
	return template.HTML(pageHTML(body))
}

// plainExcerpt is the lines of files that a finding is about.
func (h *htmlWriter) plainExcerpt(f *lint.Finding) string {
	var out bytes.Buffer
	buffer := bufio.NewWriter(&out)
	t := &textWriter{w: buffer, r: h.Report}
	t.excerpt(f)
	_ = buffer.Flush() // a Buffer never fails
	return out.String()
}

// Count says how many there are.
func (h *htmlWriter) Count(n int, one, many string) string { return text.Count(n, one, many) }
