package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

// reportProblems reports what the reader of a zone could not read.
func reportProblems(p *lint.Pass, kind zonefiles.ProblemKind) {
	for _, problem := range p.Source.Problems {
		if problem.Kind == kind {
			subject := lint.Subject{Owner: p.Source.Origin}
			if kind == zonefiles.OriginProblem {
				subject.Target = p.Source.Path // it has no other name
			}
			p.Report(lint.Finding{
				Subject: subject,
				Span:    problem.Span,
				Message: problem.Message,
				Harm:    problem.Harm(),
				Help:    problem.Help,
			})
		}
	}
}
