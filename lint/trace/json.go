package trace

// The report for programs. Its format, version 1:
//
//	version    1; a new number comes with a change that is not an addition
//	domain     the mail domain
//	algorithm  "rfc3974", "rfc5321", "postfix", "no-fallback", "exchange", "exim", "sendmail" or "opensmtpd"
//	resolver   "bind", "unbound" or "powerdns": the resolver that was asked for; left out where none was
//	resolverFamily  "ipv4" or "ipv6": the one family that resolvers have; left out where they have both
//	down       what was said to be down: hosts, "IPv4", "IPv6", prefixes, "NAME/TYPE (SERVFAIL)", "NAME/AAAA (notimp)",
//	           and hosts that answer "NAME (4xx)" or "NAME (5xx)"
//	senders    one object for each sender
//	  class      "ipv4", "ipv6", "dual", "nat64"; "" for a host without addresses
//	  host       the MX host that sends; left out for a sender that is none
//	  outcomes   every way in which the mail can end, see below, from good to bad, behind the worst resolver
//	  byResolver where it depends on the resolver: one object for each, the worst first
//	    resolver   "bind", "unbound" or "powerdns"
//	    outcomes   as above
//	  path       the hosts that accept the mail in the way that steps shows
//	  steps      one way to the worst outcome
//	    step       the step of RFC 3974 section 3, 1 to 9
//	    host       the MX host that takes it; left out for the sender
//	    text       a sentence
//	    file, line, column  the record that decided it, or the line of .mx46.hosts, from 1, the column in runes; left out
//	                        where neither did
//	  cut        true where there are more steps than 10,000 and the others are left out; left out itself otherwise
//	unknown    the MX hosts of whose addresses not all is known; left out where none are
//	outages    with --outages: one object for each thing that breaks and each sender
//	  down       an MX host, "IPv4" or "IPv6"
//	  class, host, outcomes as above
//	outagesOmitted  how many hosts of the highest preferences were left out of that; left out where none were
//
// An outcome has kind ("delivered", "undecided", "delayed", "stuck", "refused"), class ("2xx", "4xx", "5xx"), status
// (the enhanced status code of RFC 3463), host (the final host, the one that keeps the mail, or the one that refused
// it; left out for the sender itself), and relayed, which is true where it went through a relay. An undecided one has
// neither class nor status. Names are in lower case, escaped as in a zone file, without the final dot.

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"mx46/lint/delivery"
	"mx46/lint/report"
	"mx46/zonefiles"
)

type jsonReport struct {
	Version   int          `json:"version"`
	Domain    string       `json:"domain"`
	Algorithm string       `json:"algorithm"`
	Resolver  string       `json:"resolver,omitempty"`
	Reach     string       `json:"resolverFamily,omitempty"`
	Down      []string     `json:"down"`
	Senders   []jsonSender `json:"senders"`
	Unknown   []string     `json:"unknown,omitempty"`
	Outages   []jsonOutage `json:"outages,omitempty"`
	Omitted   int          `json:"outagesOmitted,omitempty"`
}

type jsonSender struct {
	Class      string           `json:"class"`
	Host       string           `json:"host,omitempty"`
	Outcomes   []jsonOutcome    `json:"outcomes"`
	ByResolver []jsonByResolver `json:"byResolver,omitempty"`
	Path       []string         `json:"path"`
	Steps      []jsonStep       `json:"steps"`
	Cut        bool             `json:"cut,omitempty"`
}

type jsonByResolver struct {
	Resolver string        `json:"resolver"`
	Outcomes []jsonOutcome `json:"outcomes"`
}

type jsonOutcome struct {
	Kind    string `json:"kind"`
	Class   string `json:"class,omitempty"`
	Status  string `json:"status,omitempty"`
	Host    string `json:"host,omitempty"`
	Relayed bool   `json:"relayed"`
}

type jsonStep struct {
	Step   int    `json:"step"`
	Host   string `json:"host,omitempty"`
	Text   string `json:"text"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

type jsonOutage struct {
	Down     string        `json:"down"`
	Class    string        `json:"class"`
	Host     string        `json:"host,omitempty"`
	Outcomes []jsonOutcome `json:"outcomes"`
}

// JSON writes the report in the format above.
func (r *Report) JSON(w io.Writer) error {
	out := jsonReport{
		Version: 1, Domain: show(r.Domain), Algorithm: algorithmWords[r.Algorithm],
		Reach: senderWord(delivery.Sender{Families: r.Reach}), Down: r.broken(),
		Unknown: shown(r.Unknown), Omitted: r.Omitted,
	}
	if r.Question.Resolver != delivery.AnyResolver {
		out.Resolver = resolverWords[r.Question.Resolver]
	}
	for i := range r.Ways {
		way := &r.Ways[i]
		s := jsonSender{
			Class: senderWord(way.Sender), Host: hostName(way.Name), Outcomes: jsonOutcomes(way.Outcomes),
			Path: shown(way.Trace.Path), Steps: []jsonStep{}, Cut: way.Trace.Cut,
		}
		for _, step := range way.Trace.Steps {
			s.Steps = append(s.Steps, r.jsonStep(&step))
		}
		for _, b := range way.ByResolver {
			s.ByResolver = append(s.ByResolver, jsonByResolver{resolverWords[b.Resolver], jsonOutcomes(b.Outcomes)})
		}
		out.Senders = append(out.Senders, s)
	}
	for i := range r.Faults {
		f := &r.Faults[i]
		out.Outages = append(out.Outages, jsonOutage{
			Down: down(f), Class: senderWord(f.Sender), Host: hostName(r.Ways[i%len(r.Ways)].Name),
			Outcomes: jsonOutcomes(f.Outcomes),
		})
	}
	buffer := bufio.NewWriter(w)
	if err := cmp.Or(report.PutJSON(buffer, out, "  "), buffer.Flush()); err != nil {
		return fmt.Errorf("writing the trace as JSON: %w", err)
	}
	return nil
}

func jsonOutcomes(outcomes []delivery.Outcome) []jsonOutcome {
	list := make([]jsonOutcome, len(outcomes))
	for i, o := range outcomes {
		list[i] = jsonOutcome{o.Kind.String(), class(o), o.Status, hostName(o.Host), o.Relayed}
	}
	return list
}

func (r *Report) jsonStep(s *delivery.Step) jsonStep {
	step := jsonStep{Step: s.Number, Host: hostName(s.Host), Text: r.sentence(s)}
	if p, ok := r.place(s); ok {
		step.File, step.Line, step.Column = p.File, p.Position.Line, p.Column
	}
	return step
}

// shown are names as people write them.
func shown(names []zonefiles.Name) []string {
	list := []string{}
	for _, n := range names {
		list = append(list, show(n))
	}
	return list
}

// hostName is a host's name; empty for the sender, which has none.
func hostName(n zonefiles.Name) string {
	if n.IsRoot() {
		return ""
	}
	return show(n)
}
