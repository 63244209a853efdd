package rules

import (
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file asks the tree of names for what surrounds an answer.

// below is a name with records below an empty non-terminal, and where it stands; false where none is near.
func below(a dns.Answer) (record zonefiles.Record, ok bool) {
	// A name is numbered right behind the parents that it brought into being; an $ORIGIN may have been there before.
	const far = 4096
	names := a.Zone.Names
	for id := a.Node + 1; int(id) < min(int(a.Node)+far, names.Len()); id++ {
		if set := a.Zone.Records(id); set.Len() > 0 && names.IsAtOrBelow(id, a.Node) {
			return set.At(0), true
		}
	}
	return zonefiles.Record{}, false
}

// wildcardFor are the first records there are, out of some types, at the wildcard that would have answered for a name, did it not
// exist.
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
