package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/observed"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var nameserverAnswersDiffer = lint.Rule{
	Name:     "nameserver-answers-differ",
	Severity: lint.Warning,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		if p.Observed == nil {
			return
		}
		for _, q := range questionsTo(p.Observed.Servers, zonefiles.TypeMX, zonefiles.TypeA, zonefiles.TypeAAAA) {
			reportDifference(p, q)
		}
		answers := func(s observed.Server) bool { return len(s.Says) > 0 }
		if !slices.ContainsFunc(p.Observed.Servers, answers) {
			return
		}
		for i := range p.Observed.Servers {
			if server := &p.Observed.Servers[i]; len(server.Lame) > 0 {
				reportLame(p, server)
			}
		}
	},
}

// asked is one question, and what each server says to it.
type asked struct {
	name zonefiles.Name
	of   zonefiles.Type
	by   []*observed.Server
	said []*observed.Said
}

// questionsTo are the questions about some types that servers answered, in the order in which they were asked.
func questionsTo(servers []observed.Server, types ...zonefiles.Type) (all []asked) {
	for i := range servers {
		for k := range servers[i].Says {
			said := &servers[i].Says[k]
			if !slices.Contains(types, said.Type) {
				continue
			}
			at := slices.IndexFunc(all, func(q asked) bool { return q.name == said.Name && q.of == said.Type })
			if at < 0 {
				at = len(all)
				all = append(all, asked{name: said.Name, of: said.Type})
			}
			all[at].by, all[at].said = append(all[at].by, &servers[i]), append(all[at].said, said)
		}
	}
	return all
}

// reportDifference reports servers that do not say the same.
func reportDifference(p *lint.Pass, q asked) {
	var parts []string
	var related []lint.Related
	first := q.said[0]
	severity := lint.Note
	for i, said := range q.said {
		isSame := func(before *observed.Said) bool { return slices.Equal(before.Data, said.Data) }
		if slices.ContainsFunc(q.said[:i], isSame) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s says %s", showServer(q.by[i]), showData(said.Data)))
		if i > 0 {
			related = append(related, lint.Related{Span: said.Answer, Message: "and " + showData(said.Data)})
		}
		if (len(said.Data) == 0) != (len(first.Data) == 0) || q.of == zonefiles.TypeMX && !isSame(first) {
			severity = lint.Warning
		}
	}
	if len(parts) < 2 {
		return
	}
	f := lint.Finding{
		Severity: severity,
		Subject:  lint.Subject{Owner: q.name, Target: q.of.String()},
		Span:     first.Answer,
		Message: fmt.Sprintf("the name servers of %s disagree about %s of %s: %s",
			show(p.Source.Origin), q.of, show(q.name), text.Some(parts, maxListed)),
		Harm:    "what becomes of a mail depends on which server the sender's resolver happens to ask",
		Help:    "look why a server has other data: a transfer that fails, a filter, or a second copy of the zone",
		Related: related,
	}
	if severity == lint.Note {
		f.Harm = "none where this is meant, as by servers that give each asker the nearest host"
		f.Help = "check that all of these addresses take mail"
	}
	p.Report(f)
}

// reportLame reports a server that answers nothing about a zone that others answer for.
func reportLame(p *lint.Pass, server *observed.Server) {
	zone := show(p.Source.Origin)
	p.Report(lint.Finding{
		Subject: serverSubject(server),
		Span:    server.Lame[0].Answer,
		Message: fmt.Sprintf("name server %s answers nothing about %s, which others do: %s",
			showServer(server), zone, showFaults(server.Lame)),
		Harm:    "resolvers ask in vain there, and where they reach no other server of the zone, mail is delayed and bounces",
		Help:    fmt.Sprintf("serve %s there, or remove the server from its NS records, in the parent zone, too", zone),
		Related: alsoAt(server.Lame),
	})
}

// showData lists RDATA.
func showData(data []string) string {
	if len(data) == 0 {
		return "that there is none"
	}
	return text.Some(data, maxListed)
}
