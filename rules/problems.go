package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

// reportProblems reports what the reader of a zone could not read.
func reportProblems(p *lint.Pass, kind zonefiles.ProblemKind) {
	for _, problem := range p.Source.Problems {
		if problem.Kind == kind {
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: p.Source.Origin},
				Span:    problem.Span,
				Message: problem.Message,
				Harm:    problem.Harm(),
				Help:    problem.Help,
			})
		}
	}
}
