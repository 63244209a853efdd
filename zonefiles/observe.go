package zonefiles

import (
	"iter"
	"slices"
)

// This file makes zones of what name servers answer. Of such a zone, only what was asked for is known.

// Answer is what name servers say of a name and a type.
type Answer struct {
	Name   Name
	Type   Type
	Exists bool  // the name does, with records of the type or without
	Text   *File // the records, and nothing else but comments; nil where there are none
}

// known is what an observed zone knows of a name.
type known struct {
	id     NameID
	exists bool
	types  []Type // that were asked for
}

// Observe makes a zone of answers about names in it. Of all else, MayHold says that it may be there.
func (l *Loader) Observe(origin Name, answers []Answer) *Zone {
	z := &Zone{Path: origin.String(), Names: newNames(len(answers)), files: l.Files, observed: map[Name]*known{}}
	l.setOrigin(z, &origin)
	p := parser{loader: l, zone: z, names: z.Names, origin: z.apex, owners: textInterner{names: z.Names}}
	for _, a := range answers {
		if a.Text != nil {
			if len(z.Includes) == 0 {
				z.File = a.Text.ID
			}
			z.Includes = append(z.Includes, a.Text.ID)
			p.stack, p.origin, p.ownerState = []FileID{a.Text.ID}, z.apex, noOwner
			p.parseFile(a.Text)
		}
		k := z.observed[a.Name]
		if k == nil {
			k = &known{}
			k.id, _ = z.Names.intern([]byte(a.Name), rootID)
			z.observed[a.Name] = k
		}
		k.exists = k.exists || a.Exists
		k.types = append(k.types, a.Type)
	}
	return z
}

// IsObserved reports whether the zone was made of answers, so that most of it is not known.
func (z *Zone) IsObserved() bool { return z.observed != nil }

// Witnessed are the names of an observed zone that exist, with records or without.
func (z *Zone) Witnessed() iter.Seq[NameID] {
	return func(yield func(NameID) bool) {
		for _, k := range z.observed {
			if k.exists && !yield(k.id) {
				return
			}
		}
	}
}

// wasAsked reports whether an observed zone knows which records of a type a name has; with type 0, whether it knows
// that there is none of any. There is nothing below a name that does not exist (RFC 8020).
func (z *Zone) wasAsked(owner Name, t Type) bool {
	if k := z.observed[owner]; k != nil && (!k.exists || slices.Contains(k.types, t)) {
		return true
	}
	for name := owner; len(name) > len(z.Origin); name = name.Parent() {
		if k := z.observed[name]; k != nil && !k.exists {
			return true
		}
	}
	return false
}
