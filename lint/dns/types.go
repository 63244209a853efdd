package dns

import "mx46/zonefiles"

// TypeSet is a set of RR types. The types that rules ask for have a bit each; all others share one.
type TypeSet uint16

// The bits of nodeFlags. Those of a TypeSet come first: a type that is to be told apart from the others gets one there
// and a row in typeSets.
const (
	hasOther = 1 << iota
	hasA
	hasAAAA
	hasMX
	hasCNAME
	hasNS
	hasTXT
	hasDNAME
	hasRRSIG
	hasNSEC3
	hasPTR
	hasTLSA

	inZone   // at or below the apex
	occluded // below a zone cut or a DNAME
	exists   // has records, or is an empty non-terminal above some
	forked   // above several names that exist

	hasTypes   = inZone - 1
	hasRecords = hasTypes &^ hasNSEC3 // to questions, the owner of an NSEC3 record does not exist (RFC 5155 s.7.2.8)
)

var typeSets = [...]TypeSet{
	zonefiles.TypeA: hasA, zonefiles.TypeAAAA: hasAAAA, zonefiles.TypeMX: hasMX, zonefiles.TypeCNAME: hasCNAME,
	zonefiles.TypeNS: hasNS, zonefiles.TypeTXT: hasTXT, zonefiles.TypeDNAME: hasDNAME, zonefiles.TypeRRSIG: hasRRSIG,
	zonefiles.TypeNSEC3: hasNSEC3, zonefiles.TypePTR: hasPTR, zonefiles.TypeTLSA: hasTLSA,
}

// SetOf is the set of one type.
func SetOf(t zonefiles.Type) TypeSet {
	if int(t) < len(typeSets) && typeSets[t] != 0 {
		return typeSets[t]
	}
	return hasOther
}

func flagOf(t zonefiles.Type) nodeFlags { return nodeFlags(SetOf(t)) }

// nodeFlags says what is known of a name: its TypeSet, and where it is.
type nodeFlags uint16
