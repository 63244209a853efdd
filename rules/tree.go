package rules

import (
	"mx46/lint"
	"mx46/zonefiles"
)

// This file asks the tree of names for what surrounds an answer.

// below is the first record below an empty non-terminal: its owner, and where that stands.
func below(a lint.Answer) (owner string, at zonefiles.Span) {
	names := a.Zone.Names
	for i := range a.Zone.Len() {
		if r := a.Zone.Record(i); r.Owner() > a.Node && names.IsAtOrBelow(r.Owner(), a.Node) {
			return show(r.OwnerName()), r.OwnerSpan()
		}
	}
	return "", zonefiles.Span{}
}

// siblingWildcard are the first records there are, out of some types, at the wildcard that would have answered for a name, did it not
// exist.
func siblingWildcard(a lint.Answer, types ...zonefiles.Type) lint.RRset {
	node, ok := a.Zone.Names.Child(a.Zone.Names.Parent(a.Node), []byte{'*'})
	if !ok || node == a.Node || a.Node == a.Zone.Apex() {
		return lint.RRset{}
	}
	for _, t := range types {
		if set := a.Zone.RRset(node, t); set.Len() > 0 {
			return set
		}
	}
	return lint.RRset{}
}
