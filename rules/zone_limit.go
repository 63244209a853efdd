package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

var zoneLimit = lint.Rule{
	Name:     "zone-limit",
	Severity: lint.Error,
	Problems: []zonefiles.ProblemKind{zonefiles.LimitProblem},
	Zone:     largeRRsets,
}

// largeRRsets reports RRsets that do not fit into any answer.
func largeRRsets(p *lint.Pass) {
	for id := range p.Zone.Names.Len() {
		owner := zonefiles.NameID(id)
		all := p.Zone.Records(owner)
		for at := 0; all.Len()-at > dns.MaxRRset; {
			first := all.At(at)
			set := p.Zone.RRset(owner, first.Type())
			if set.Len() > dns.MaxRRset {
				name := first.OwnerName()
				p.Report(lint.Finding{
					Subject: lint.Subject{Owner: name},
					Span:    first.Span(),
					Message: fmt.Sprintf("%s has %d %s records, but an answer holds at most %d",
						show(name), set.Len(), first.Type(), dns.MaxRRset),
					Harm: "name servers cannot answer for it or leave records out; it was not checked further",
					Help: "remove the records that are not needed",
				})
			}
			at += set.Len()
		}
	}
}
