package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/observed"
)

var nameserverAAAABroken = lint.Rule{
	Name:     "nameserver-aaaa-broken",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		for server := range eachServer(p) {
			faults := faultsOf(server, false)
			if len(faults) == 0 {
				continue
			}
			f := lint.Finding{
				Severity: lint.Warning,
				Subject:  serverSubject(server),
				Span:     faults[0].Answer,
				Message:  fmt.Sprintf("name server %s answers A and not AAAA: %s", showServer(server), showFaults(faults)),
				Harm:     "IPv6-only senders behind NAT64 may find no address at all, and other mail is delayed",
				Help:     "answer NOERROR with an SOA record where a name has no AAAA record (RFC 4074 s.4)",
				Related:  alsoAt(faults),
			}
			if slices.ContainsFunc(faults, func(f observed.Fault) bool { return f.Kind == observed.NXDomain }) {
				f.Severity = lint.Error
				f.Harm = "resolvers take NXDOMAIN for every type, A too: mail bounces at senders that ask for AAAA first, " +
					"and at those behind NAT64"
			}
			p.Report(f)
		}
	},
}
