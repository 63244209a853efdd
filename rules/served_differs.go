package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/observed"
)

var servedDiffers = lint.Rule{
	Name:     "served-differs",
	Severity: lint.Warning,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		for server := range eachServer(p) {
			for k := range server.Says {
				said := &server.Says[k]
				at := slices.IndexFunc(p.Observed.Filed, func(f observed.Said) bool {
					return f.Name == said.Name && f.Type == said.Type
				})
				if at < 0 || slices.Equal(p.Observed.Filed[at].Data, said.Data) {
					continue
				}
				filed := p.Observed.Filed[at]
				f := lint.Finding{
					Subject: lint.Subject{Owner: said.Name, Target: said.Type.String() + " " + server.Address.String()},
					Span:    said.Answer,
					Message: fmt.Sprintf("%s of %s: the file says %s, name server %s says %s",
						said.Type, show(said.Name), showData(filed.Data), showServer(server), showData(said.Data)),
					Harm: "mail goes by what is served, and what was found in the file does not hold for it",
					Help: "load the file into the server, or bring it up to date with what is served",
				}
				if !filed.Answer.IsEmpty() {
					f.Related = []lint.Related{{Span: filed.Answer, Message: "the file"}}
				}
				p.Report(f)
			}
		}
	},
}
