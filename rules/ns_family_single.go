package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

var nsFamilySingle = lint.Rule{
	Name:     "ns-family-single",
	Severity: lint.Warning,
	Zone: func(p *lint.Pass) {
		s := nameServersOf(p)
		if !s.known {
			return
		}
		if _, _, ok := mailThrough(p); !ok {
			return
		}
		var first [delivery.Dual]zonefiles.Record // that names a server with an address of a family
		var count [delivery.Dual]int
		met := map[zonefiles.Name]bool{}
		for i := range s.set.Len() {
			name, _ := s.set.At(i).Name(0)
			if met[name] {
				continue
			}
			met[name] = true
			for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
				if found := p.Resolve(name); found.Usable.Has(family) {
					if count[family]++; count[family] == 1 {
						first[family] = s.set.At(i)
					}
				}
			}
		}
		zone := show(p.Source.Origin)
		if len(met) == 1 {
			server, _ := s.set.At(0).Name(0)
			p.Report(lint.Finding{
				Severity: lint.Note,
				Subject:  lint.Subject{Owner: p.Source.Origin},
				Cause:    server,
				Span:     s.set.At(0).Field(0),
				Message:  fmt.Sprintf("%s has one name server alone", zone),
				Harm:     "when it is down, no sender can look up anything in the zone, and mail waits",
				Help:     "add a name server elsewhere (RFC 2182 s.5)",
			})
			return
		}
		for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
			if count[family] != 1 || count[missing(family)] < 2 || !p.Settings.Wants(family) {
				continue
			}
			only := first[family]
			name, _ := only.Name(0)
			help := "give another name server " + recordOf(family)
			if s.elsewhere {
				help = fmt.Sprintf("ask the operator of another one for %s, or add one that has it", recordOf(family))
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: p.Source.Origin},
				Cause:   name,
				Span:    only.Field(0),
				Message: fmt.Sprintf("of the %d name servers of %s, %s alone has an %s address",
					len(met), zone, show(name), family),
				Harm: fmt.Sprintf("when it is down, senders whose resolvers have only %s cannot look up anything in the zone, "+
					"and their mail waits", family),
				Help:    help,
				Related: serverLines(p, &s),
			})
		}
	},
}
