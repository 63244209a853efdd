package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/observed"
	"mx46/lint/text"
)

var nameserverNoTCP = lint.Rule{
	Name:     "nameserver-no-tcp",
	Severity: lint.Warning,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		for server := range eachServer(p) {
			if len(server.NoTCP) == 0 {
				continue
			}
			p.Report(lint.Finding{
				Subject: serverSubject(server),
				Span:    server.NoTCP[0].Answer,
				Message: fmt.Sprintf("name server %s does not answer over TCP: %s",
					showServer(server), text.Some(showQuestions(server.NoTCP), maxListed)),
				Harm: "resolvers get no answer that is too large for UDP, and mail that rests on one is delayed and bounces",
				Help: "let the server listen on TCP port 53, and let firewalls pass it (RFC 7766 s.5)",
			})
		}
	},
}

// showQuestions are names and types.
func showQuestions(faults []observed.Fault) (questions []string) {
	for _, f := range faults {
		questions = append(questions, show(f.Name)+" "+f.Type.String())
	}
	return questions
}
