package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/observed"
)

var nameserverSilent = lint.Rule{
	Name:     "nameserver-silent",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		for server := range eachServer(p) {
			if len(server.Silent) > 0 {
				reportSilence(p, server)
			}
		}
	},
}

func reportSilence(p *lint.Pass, server *observed.Server) {
	zone, family := show(p.Source.Origin), delivery.FamilyOf(server.Address)
	f := lint.Finding{
		Severity: lint.Warning,
		Subject:  serverSubject(server),
		Span:     server.Silent[0].Answer,
		Message: fmt.Sprintf("name server %s does not answer about %s, for which others do: %s",
			showServer(server), zone, showFaults(server.Silent)),
		Harm: "resolvers that ask there first wait for seconds, and mail stops once the other servers fail, too",
		Help: fmt.Sprintf("start the name server or let firewalls pass UDP and TCP port 53 to %s; otherwise remove the "+
			"address, in the parent zone, too", server.Address),
		Related: alsoAt(server.Silent),
	}
	answers := func(other observed.Server) bool {
		return delivery.FamilyOf(other.Address) == family && len(other.Says) > 0
	}
	switch {
	case slices.ContainsFunc(p.Observed.Servers, answers):
	case family == delivery.IPv4:
		f.Severity = lint.Error
		f.Harm = fmt.Sprintf("no name server answers over IPv4: senders whose resolvers have only IPv4 cannot look up %s, "+
			"and their mail is delayed and bounces", zone)
	default:
		f.Harm = fmt.Sprintf("no name server answers over IPv6: IPv6-only senders that resolve names themselves cannot "+
			"look up %s, and others wait for seconds", zone)
	}
	p.Report(f)
}
