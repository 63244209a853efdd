package zonefiles

import "slices"

// This file lets zones go, of which many may be read one after the other.

// forgot is what is left of a zone's records.
type forgot struct {
	records int
	types   []Type // each once, in the order of the first records
}

// Forget lets the names and the records of a zone go, of which nobody may ask from then on. They can be read again.
func (z *Zone) Forget() {
	for i := range z.records {
		if t := z.records[i].typ; !slices.Contains(z.forgot.types, t) {
			z.forgot.types = append(z.forgot.types, t)
		}
	}
	z.forgot.records = len(z.records)
	z.records, z.places, z.far, z.Names = nil, nil, nil, &noNames
}

// noNames are those of all zones that are forgotten.
var noNames = Names{nodes: make([]nameNode, 1)}

// IsForgotten reports whether names and records were let go.
func (z *Zone) IsForgotten() bool { return z.Names == &noNames }

// FirstOf is the type of the first record of some types, even of a zone that is forgotten; 0 where there is none.
func (z *Zone) FirstOf(isAmong func(Type) bool) Type {
	for i := range z.records {
		if t := z.records[i].typ; isAmong(t) {
			return t
		}
	}
	if at := slices.IndexFunc(z.forgot.types, isAmong); at >= 0 {
		return z.forgot.types[at]
	}
	return 0
}
