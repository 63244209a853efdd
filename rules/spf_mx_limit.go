package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/spf"
	"mx46/zonefiles"
)

var spfMXLimit = lint.Rule{
	Name:     "spf-mx-limit",
	Severity: lint.Error,
	Of:       zonefiles.TypeTXT,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		if p.Graph.MostMX() <= spf.MaxMX || !p.Zone.Serves(owner) {
			return
		}
		found := p.SPF().At(p.Zone, owner)
		if found.Count != 1 {
			return
		}
		name := p.Zone.Names.Name(owner)
		reported := map[zonefiles.Name]bool{}
		for i := range found.Policy.Terms {
			t := &found.Policy.Terms[i]
			target, ok := spfName(t, name)
			if t.Name != "mx" || !ok || reported[target] {
				continue
			}
			reported[target] = true
			mx, _, _ := p.Follow(target, zonefiles.TypeMX)
			if mx.Status != dns.Data || mx.Records.Len() <= spf.MaxMX {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: name, Target: show(target)},
				Span:    found.Record.RDATASpan(),
				Message: fmt.Sprintf("the \"mx\" in the SPF record of %s looks up %d MX hosts of %s; more than %d are an error",
					show(name), mx.Records.Len(), show(target), spf.MaxMX),
				Harm: "receivers get permerror for all mail from the domain, as if it had no valid SPF record, " +
					"and may refuse it",
				Help:    "list the senders' addresses with ip4 and ip6 instead of mx",
				Related: []lint.Related{{Span: mx.Records.At(0).Span(), Message: "the first of the MX records"}},
			})
		}
	},
}
