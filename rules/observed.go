package rules

import (
	"fmt"
	"iter"

	"mx46/lint"
	"mx46/lint/observed"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file is shared by the rules about what servers were seen to do.

// eachServer is the name servers of the zone that were asked themselves, each at each of its addresses.
func eachServer(p *lint.Pass) iter.Seq[*observed.Server] {
	return func(yield func(*observed.Server) bool) {
		if p.Observed == nil {
			return
		}
		for i := range p.Observed.Servers {
			if !yield(&p.Observed.Servers[i]) {
				return
			}
		}
	}
}

// showServer is a name server and its address.
func showServer(s *observed.Server) string { return fmt.Sprintf("%s (%s)", show(s.Name), s.Address) }

// serverSubject is a server at one address.
func serverSubject(s *observed.Server) lint.Subject {
	return lint.Subject{Owner: s.Name, Target: s.Address.String()}
}

// showFaults lists what a server does with the names of some questions, as "NXDOMAIN for a and b; no answer for c".
func showFaults(faults []observed.Fault) string {
	var kinds []observed.FaultKind
	names := map[observed.FaultKind][]string{}
	for _, f := range faults {
		if names[f.Kind] == nil {
			kinds = append(kinds, f.Kind)
		}
		names[f.Kind] = append(names[f.Kind], show(f.Name))
	}
	var parts []string
	for _, kind := range kinds {
		parts = append(parts, fmt.Sprintf("%s for %s", kind, text.Some(names[kind], maxListed)))
	}
	return text.And(parts)
}

// alsoAt are the places of all faults but the first.
func alsoAt(faults []observed.Fault) (places []lint.Related) {
	for _, f := range faults[1:] {
		places = append(places, lint.Related{Span: f.Answer, Message: f.Kind.String()})
	}
	return places
}

// faultsOf are those about a type.
func faultsOf(s *observed.Server, isTLSA bool) (faults []observed.Fault) {
	for _, f := range s.Faults {
		if (f.Type == zonefiles.TypeTLSA) == isTLSA {
			faults = append(faults, f)
		}
	}
	return faults
}
