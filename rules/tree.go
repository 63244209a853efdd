package rules

import (
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file looks up what surrounds an answer in the tree of names.

// below is a record of a name below an empty non-terminal; false if none is found nearby.
func below(a dns.Answer) (record zonefiles.Record, ok bool) {
	// A name usually gets its number right after the empty parents that it creates; an $ORIGIN may have created those
	// earlier.
	names := a.Zone.Names
	for id := a.Node + 1; int(id) < min(int(a.Node)+maxNearby, names.Len()); id++ {
		if set := a.Zone.Records(id); set.Len() > 0 && names.IsAtOrBelow(id, a.Node) {
			return set.At(0), true
		}
	}
	return zonefiles.Record{}, false
}

// wildcardFor is the wildcard's records that would answer if the name did not exist, of the first of some types that it
// has.
func wildcardFor(a dns.Answer, types ...zonefiles.Type) dns.RRset {
	node, ok := a.Zone.Names.Child(a.Zone.Encloser(a.Node), []byte{'*'})
	if !ok || node == a.Node || a.Node == a.Zone.Apex() {
		return dns.RRset{}
	}
	for _, t := range types {
		if set := a.Zone.RRset(node, t); set.Len() > 0 {
			return set
		}
	}
	return dns.RRset{}
}
