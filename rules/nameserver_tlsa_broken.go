package rules

import (
	"fmt"

	"mx46/lint"
)

var nameserverTLSABroken = lint.Rule{
	Name:     "nameserver-tlsa-broken",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Zone: func(p *lint.Pass) {
		for server := range eachServer(p) {
			faults := faultsOf(server, true)
			if len(faults) == 0 {
				continue
			}
			f := lint.Finding{
				Subject: serverSubject(server),
				Span:    faults[0].Answer,
				Message: fmt.Sprintf("name server %s answers A and not TLSA: %s", showServer(server), showFaults(faults)),
				Harm: "senders that use DANE must not use a host whose TLSA look-up fails in a signed zone: " +
					"their mail waits and bounces",
				Help:    "answer NOERROR or NXDOMAIN with an SOA record where there is no TLSA record (RFC 7672 s.2.1.2)",
				Related: alsoAt(faults),
			}
			if !p.Observed.Signed {
				f.Severity = lint.Note
				f.Harm = "none yet, since the zone is not signed; once it is, senders that use DANE keep their mail back"
			}
			p.Report(f)
		}
	},
}
