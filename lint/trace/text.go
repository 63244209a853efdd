package trace

// The report for people.

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mx46/lint/delivery"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// Text writes the report: the steps where one sender is asked for, a matrix of all senders otherwise, then the table of
// outages.
func (r *Report) Text(w io.Writer) error {
	var b bytes.Buffer
	if len(r.From) > 0 || r.HasAs {
		for i := range r.Ways {
			if i > 0 {
				b.WriteByte('\n')
			}
			r.steps(&b, &r.Ways[i])
		}
	} else {
		r.matrix(&b)
	}
	if r.Outages {
		b.WriteByte('\n')
		r.outages(&b)
	}
	if r.undecided() {
		fmt.Fprintf(&b, "\nNot all is known of the addresses of %s.\n", text.Some(shown(r.Unknown), maxNamed))
		b.WriteString("mx46 resolve asks DNS about hosts that no zone here holds; " +
			"\"hosts\" in the configuration can state what you know.\n")
	}
	_, err := io.WriteString(w, text.Lines(b.String()))
	return err
}

// undecided reports whether mail may arrive or not for all that is loaded, and so whether the hosts in Unknown matter.
func (r *Report) undecided() bool {
	open := func(o delivery.Outcome) bool { return o.Kind == delivery.Undecided }
	return len(r.Unknown) > 0 &&
		slices.ContainsFunc(r.Ways, func(w Way) bool { return slices.ContainsFunc(w.Outcomes, open) })
}

var algorithmTitles = [...]string{
	delivery.RFC3974: "RFC 3974 section 3", delivery.RFC5321: "RFC 5321 section 5.1",
	delivery.Postfix:    "RFC 3974 section 3 as Postfix does it",
	delivery.NoFallback: "RFC 3974 section 3 without falling back to IPv4 within a host",
	delivery.Exim:       "RFC 3974 section 3 as Exim does it",
	delivery.Sendmail:   "RFC 3974 section 3 as sendmail does it",
	delivery.OpenSMTPD:  "RFC 3974 section 3 as OpenSMTPD does it",
	delivery.Exchange:   "RFC 3974 section 3 with all AAAA records of a preference first",
}

// title is the first line.
func (r *Report) title(b *bytes.Buffer, from string) {
	fmt.Fprintf(b, "Mail to %s%s, by %s\n", text.Readable(show(r.Domain)), from, algorithmTitles[r.Algorithm])
	if r.Resolver != delivery.AnyResolver {
		fmt.Fprintf(b, "behind %s\n", r.Resolver)
	}
	if r.Reach != delivery.None {
		fmt.Fprintf(b, "where resolvers have only %s\n", r.Reach)
	}
	if broken := r.broken(); len(broken) > 0 {
		fmt.Fprintf(b, "while down: %s\n", strings.Join(broken, ", "))
	}
	b.WriteByte('\n')
}

// broken names what the question says is down.
func (r *Report) broken() []string {
	list := shown(r.Outage.Hosts)
	for _, family := range []delivery.Families{delivery.IPv4, delivery.IPv6} {
		if r.Outage.Families.Has(family) {
			list = append(list, family.String())
		}
	}
	for _, p := range r.Outage.Prefixes {
		list = append(list, p.String())
	}
	for _, q := range r.Outage.ServFail {
		list = append(list, show(q.Name)+"/"+q.Type.String()+" (SERVFAIL)")
	}
	for _, q := range r.Outage.AAAA {
		list = append(list, show(q.Name)+"/AAAA ("+faultWords[q.Fault]+")")
	}
	for _, name := range r.Outage.Transient {
		list = append(list, show(name)+" (4xx)")
	}
	for _, name := range r.Outage.Permanent {
		list = append(list, show(name)+" (5xx)")
	}
	return list
}

// from names a way's sender, as in "from an IPv4-only sender".
func (w *Way) from() string {
	if !w.Name.IsRoot() {
		return " from its MX host " + text.Readable(show(w.Name)) + " (" + w.Sender.Families.String() + ")"
	}
	class := w.Sender.String()
	article := " from a "
	if strings.HasPrefix(class, "I") {
		article = " from an "
	}
	if base, rest, ok := strings.Cut(class, " "); ok {
		return article + base + " sender " + rest
	}
	return article + class + " sender"
}

func (r *Report) steps(b *bytes.Buffer, way *Way) {
	r.title(b, way.from())
	for i, s := range way.Trace.Steps {
		switch {
		case i > 0 && s.Host == way.Trace.Steps[i-1].Host:
		case s.Host.IsRoot():
			b.WriteString("The sender:\n")
		case s.Host == way.Name:
			fmt.Fprintf(b, "%s:\n", text.Readable(show(s.Host)))
		default:
			fmt.Fprintf(b, "%s, which has the mail now:\n", text.Readable(show(s.Host)))
		}
		fmt.Fprintf(b, "  (%d) %s\n", s.Number, text.Line(r.sentence(&s)))
		if place, ok := r.place(&s); ok {
			fmt.Fprintf(b, "      %s:%d | %s\n", text.Line(place.File), place.Line, excerpt(r.files.Line(place.id, place.Line)))
		}
	}
	if way.Trace.Cut {
		b.WriteString("  (the steps that follow are left out)\n")
	}
	fmt.Fprintf(b, "\nThe mail is %s\n", describe(way.Trace.Outcome))
	if ends := descriptions(way.Outcomes); len(ends) > 1 {
		b.WriteString("\nThese are not the only steps that it can take. It may be\n")
		for _, end := range ends {
			fmt.Fprintf(b, "  %s\n", end)
		}
	}
	if len(way.ByResolver) > 0 {
		b.WriteString(dependsOnResolver)
		way.byResolver(b, 0, "")
	}
}

// byResolver says what comes of the mail behind each resolver, where that matters: a line for each, after a label.
func (w *Way) byResolver(b *bytes.Buffer, width int, label string) {
	for i := 0; i < len(w.ByResolver); {
		var names []string
		first := w.ByResolver[i].Outcomes
		for ; i < len(w.ByResolver) && slices.Equal(w.ByResolver[i].Outcomes, first); i++ {
			names = append(names, w.ByResolver[i].Resolver.String())
		}
		ends := strings.Join(descriptions(first), ", or ")
		fmt.Fprintf(b, "%-*s  behind %s: %s\n", width, label, text.Some(names, len(names)), ends)
		label = ""
	}
}

const dependsOnResolver = "\nThat depends on the resolver:\n"

// descriptions says how a mail may end, each way once.
func descriptions(outcomes []delivery.Outcome) []string {
	var list []string
	for _, o := range outcomes {
		if text := describe(o); len(list) == 0 || list[len(list)-1] != text {
			list = append(list, text)
		}
	}
	if n := len(list); n > maxOutcomes {
		list = append(list[:maxOutcomes], fmt.Sprintf("%d other ends", n-maxOutcomes))
	}
	return list
}

// stepPlace is what decided a step.
type stepPlace struct {
	zonefiles.Position
	id zonefiles.FileID
}

// place is the record or the line of the lock that decided a step; it reports false where none did.
func (r *Report) place(s *delivery.Step) (stepPlace, bool) {
	span := s.Line
	switch {
	case !s.Record.IsZero():
		span = r.files.OnDisk(s.Record.Span())
	case span.IsEmpty():
		return stepPlace{}, false
	}
	return stepPlace{r.files.Position(span.File, span.Start), span.File}, true
}

// sentence is what a step says, with the day where it rests on the lock.
func (r *Report) sentence(s *delivery.Step) string {
	if s.Line.IsEmpty() || r.seen.IsZero() {
		return s.Text
	}
	return s.Text + ", as of " + r.seen.Format(time.DateOnly)
}

// excerpt is a line of a zone file with its runs of blanks made one, and cut where it is too long.
func excerpt(line []byte) string {
	line = line[:min(len(line), 8*maxLine)]
	words := bytes.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' })
	text := bytes.Join(words, []byte{' '})
	if len(text) <= maxLine {
		return string(text)
	}
	end := maxLine
	for end > maxLine-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return string(text[:end]) + "..."
}

func (r *Report) matrix(b *bytes.Buffer) {
	r.title(b, "")
	width := len("sender")
	for i := range r.Ways {
		width = max(width, len(r.Ways[i].Sender.String()))
	}
	fmt.Fprintf(b, "%-*s  the mail is\n", width, "sender")
	for i := range r.Ways {
		way := &r.Ways[i]
		label := way.Sender.String()
		for _, text := range descriptions(way.Outcomes) {
			fmt.Fprintf(b, "%-*s  %s\n", width, label, text)
			label = "  or"
		}
	}
	if slices.ContainsFunc(r.Ways, func(w Way) bool { return len(w.ByResolver) > 0 }) {
		b.WriteString(dependsOnResolver)
		for i := range r.Ways {
			r.Ways[i].byResolver(b, width, r.Ways[i].Sender.String())
		}
	}
}

// describe says how a mail ends, with the class of its SMTP reply and its enhanced status code (RFC 3463).
func describe(o delivery.Outcome) string {
	text := o.Kind.String()
	switch {
	case o.Kind == delivery.Undecided:
		return "undecided: whether it arrives depends on what is not loaded"
	case o.Host.IsRoot():
		text += " at the sender"
	case o.Kind == delivery.Delivered:
		text += " to " + show(o.Host)
	case o.Kind == delivery.Refused:
		text += " by " + show(o.Host)
	default:
		text += " at " + show(o.Host)
	}
	if o.Relayed && o.Kind == delivery.Delivered {
		text += " through a relay"
	}
	return text + " (" + class(o) + ", " + o.Status + ")" + consequence(o)
}

// class is "2xx", "4xx" or "5xx"; it is empty for an undecided outcome.
func class(o delivery.Outcome) string {
	if o.Status == "" {
		return ""
	}
	return o.Status[:1] + "xx"
}

func consequence(o delivery.Outcome) string {
	switch o.Kind {
	case delivery.Delayed:
		return ": it is tried again later"
	case delivery.Stuck:
		return ": the host cannot pass it on, and returns it after days"
	}
	return ""
}

// OutageTable says what becomes of the mail when one thing breaks: a row of senders, and a row for nothing and for each
// fault, which begins with what is down. It is empty without Question.Outages.
func (r *Report) OutageTable() [][]string {
	if !r.Outages {
		return nil
	}
	columns := len(r.Ways)
	rows := [][]string{{"down"}, {"nothing"}}
	for i := range r.Ways {
		rows[0] = append(rows[0], heading(&r.Ways[i]))
		rows[1] = append(rows[1], kinds(r.Ways[i].Outcomes))
	}
	for i := 0; i < len(r.Faults); i += columns {
		row := []string{down(&r.Faults[i])}
		for _, f := range r.Faults[i : i+columns] {
			row = append(row, kinds(f.Outcomes))
		}
		rows = append(rows, row)
	}
	return rows
}

func (r *Report) outages(b *bytes.Buffer) {
	columns, rows := len(r.Ways), r.OutageTable()
	fmt.Fprintf(b, "Mail to %s when one thing breaks\n\n", text.Readable(show(r.Domain)))
	widths := make([]int, columns+1)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	if r.Omitted > 0 {
		fmt.Fprintf(b, "(%d more hosts of higher preference are left out)\n", r.Omitted)
	}
}

func heading(w *Way) string {
	if !w.Name.IsRoot() {
		return "from " + show(w.Name)
	}
	return w.Sender.String()
}

// down names what a fault breaks.
func down(f *delivery.Fault) string {
	if !f.Host.IsRoot() {
		return show(f.Host)
	}
	return f.Family.String()
}

// kinds is the kinds among outcomes, in order: "delivered or stuck".
func kinds(outcomes []delivery.Outcome) string {
	var list []string
	for _, o := range outcomes {
		if k := o.Kind.String(); len(list) == 0 || list[len(list)-1] != k {
			list = append(list, k)
		}
	}
	return strings.Join(list, " or ")
}
