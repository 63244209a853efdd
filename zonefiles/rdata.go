package zonefiles

import "bytes"

// This file checks RDATA: each field by its kind, and the record by what its type asks of its fields together. A check
// says which field has which fault, and faultText puts it in words.

// rdataFault is what is wrong with RDATA. The zero value says that nothing is.
type rdataFault struct {
	kind     faultKind
	field    uint32 // number of the field in the text, from 0; that of the one that is missing or too many
	of       uint8  // number of the field in the type's row
	inOctets bool   // RDATA is written as octets, and field counts the fields that they stand for
	octets   int32  // how many are needed, or used
}

// faultKind says what is wrong with a field or with all of RDATA.
type faultKind uint8

const (
	noDataFault faultKind = 1 + iota
	missingField
	extraField
	fieldInQuotes
	wrongField // the text is not what its kind holds
	wrongDigits
	wrongLength   // of a digest
	tooLarge      // RDATA of more octets than there can be
	noTextForm    // of a type that has none
	wrongOctetsOf // the length of \#, or the digits after it
	octetsEnd     // within or before a field
	octetsWrong   // are no field of that kind
	octetsExtra   // after the last field
	tooFewLabels  // of an RRSIG
	unknownParam
	wrongParam
	repeatedParam
	unsortedParam
	missingMandatory
	missingALPN
)

// rowCheck names what the fields of a type ask of one another.
type rowCheck uint8

const (
	digestCheck rowCheck = 1 + iota
	labelsCheck
	noKeyCheck
	nextHashCheck
	gatewayCheck
	a6Check
	expressionCheck
	paramsCheck
)

// originSize is the size of the name that is added to relative names.
type originSize struct{ octets, labels int }

// checkRDATA is what is wrong with a record's RDATA.
func checkRDATA(t Type, data []byte, fields []field, origin originSize) rdataFault {
	row := t.row()
	if isGeneric(t, data, fields) {
		_, fault := readOctets(row, data, fields)
		return fault
	}
	if len(fields) > 0 && row.fields == nil {
		return rdataFault{kind: noTextForm}
	}
	return checkFields(row, data, fields, origin)
}

// checkFields compares RDATA with the fields of its type. It makes no text and allocates nothing.
func checkFields(row *rrType, data []byte, fields []field, origin originSize) rdataFault {
	want := row.fields
	for i := range want {
		kind := want[i].kind
		if i >= len(fields) {
			switch {
			case want[i].optional:
				return row.checkTogether(data, fields, origin)
			case i == 0:
				return rdataFault{kind: noDataFault}
			}
			return rdataFault{kind: missingField, field: uint32(i), of: uint8(i)}
		}
		f := fields[i]
		if kind >= firstListKind {
			fault := checkList(kind, data, fields[i:], origin)
			if fault.kind == 0 {
				return row.checkTogether(data, fields, origin)
			}
			fault.field += uint32(i)
			fault.of = uint8(i)
			return fault
		}
		if !f.quoted && kind == quotedField {
			return rdataFault{kind: wrongField, field: uint32(i), of: uint8(i)}
		}
		text := data[f.start:f.end]
		if most := largest[kind]; most > 0 { // the quickest way for what most fields are
			if _, ok := parseUint(text, most); ok && !f.quoted {
				continue
			}
		}
		if f.quoted && kind < firstQuotableKind {
			return rdataFault{kind: fieldInQuotes, field: uint32(i), of: uint8(i)}
		}
		if !kind.holds(text, f.escaped, origin.octets) {
			return rdataFault{kind: wrongField, field: uint32(i), of: uint8(i)}
		}
	}
	switch {
	case len(fields) > len(want):
		return rdataFault{kind: extraField, field: uint32(len(want)), of: uint8(max(len(want)-1, 0))}
	case len(fields) == 0:
		return rdataFault{kind: noDataFault}
	}
	return row.checkTogether(data, fields, origin)
}

// checkTogether checks what fields ask of one another, each of which is right by itself.
func (row *rrType) checkTogether(data []byte, fields []field, origin originSize) rdataFault {
	switch row.check {
	case digestCheck:
		return row.digest.check(data, fields)
	case labelsCheck:
		return checkLabels(data, fields, origin)
	case noKeyCheck:
		return checkNoKey(data, fields)
	case nextHashCheck:
		return checkNextHash(data, fields)
	case gatewayCheck:
		return checkGateway(data, fields)
	case a6Check:
		return checkA6(data, fields)
	case expressionCheck:
		return checkExpression(data, fields)
	case paramsCheck:
		return checkParams(data, fields)
	}
	return rdataFault{}
}

// digests say how many octets the digests of a type have.
type digests struct {
	typ     int      // the field that has the digest's type, before the digest
	lengths [5]int32 // by type; 0 where it is not known
	least   int32    // of other digests
}

// The lengths of digests: RFC 4034 s.A.2, 4509 s.2.1, 6605 s.2; 4255 s.3.1.3, 6594 s.3.2; 6698 s.2.1.3; 8976 s.2.2.4.
var (
	dsDigests     = digests{typ: 2, lengths: [5]int32{1: 20, 2: 32, 4: 48}}
	sshfpDigests  = digests{typ: 1, lengths: [5]int32{1: 20, 2: 32}}
	tlsaDigests   = digests{typ: 2, lengths: [5]int32{1: 32, 2: 64}}
	zonemdDigests = digests{typ: 2, lengths: [5]int32{1: 48, 2: 64}, least: 12}
)

func (d *digests) check(data []byte, fields []field) rdataFault {
	typ, _ := digestTypeField.number(data[fields[d.typ].start:fields[d.typ].end])
	if want, ok := d.allow(typ, textLength(fields[d.typ+1:])/2); !ok {
		return rdataFault{kind: wrongLength, field: uint32(d.typ + 1), of: uint8(d.typ + 1), octets: want}
	}
	return rdataFault{}
}

// allow reports whether a digest of a type may have so many octets, and how many it must have if not.
func (d *digests) allow(typ uint64, octets int) (want int32, ok bool) {
	if typ < uint64(len(d.lengths)) {
		want = d.lengths[typ]
	}
	return max(want, d.least), (want == 0 || octets == int(want)) && octets >= int(d.least)
}

// checkLabels holds that an RRSIG has no fewer labels than its signer, whose zone its owner is in (RFC 4034 s.3.1.3).
func checkLabels(data []byte, fields []field, origin originSize) rdataFault {
	const labels, signer = 2, 7
	f := fields[signer]
	text := data[f.start:f.end]
	count := bytes.Count(text, []byte("."))
	if f.escaped {
		count -= bytes.Count(text, []byte(`\.`)) // as nobody writes a signer
	}
	switch {
	case len(text) == 1 && text[0] == '.':
		count = 0
	case len(text) == 1 && text[0] == '@':
		count = origin.labels
	case text[len(text)-1] != '.':
		count += 1 + origin.labels
	}
	if n, _ := parseUint(data[fields[labels].start:fields[labels].end], 255); int(n) < count {
		return rdataFault{kind: tooFewLabels, field: labels, of: labels, octets: int32(count)}
	}
	return rdataFault{}
}

// checkNoKey holds that a KEY record has a key unless its flags say that it has none (RFC 2535 s.3.1.2).
func checkNoKey(data []byte, fields []field) rdataFault {
	const noKey, key = 3 << 14, 3
	flags, _ := parseUint(data[fields[0].start:fields[0].end], 1<<16-1)
	switch hasNone := flags&noKey == noKey; {
	case hasNone && len(fields) > key:
		return rdataFault{kind: extraField, field: key, of: key - 1}
	case !hasNone && len(fields) <= key:
		return rdataFault{kind: missingField, field: key, of: key}
	}
	return rdataFault{}
}

// checkNextHash holds that a hash of SHA-1 has the 20 octets of one (RFC 5155 s.11).
func checkNextHash(data []byte, fields []field) rdataFault {
	const hash, sha1, digits = 4, 1, 32
	algorithm, _ := hashAlgorithmField.number(data[fields[0].start:fields[0].end])
	if f := fields[hash]; algorithm == sha1 && f.end-f.start != digits {
		return rdataFault{kind: wrongField, field: hash, of: hash}
	}
	return rdataFault{}
}

// checkGateway holds that a gateway is of the type that the field two or one before it says: none, an address of either
// family or a name (RFC 4025 s.2.5, 8777 s.4.2.3).
func checkGateway(data []byte, fields []field) rdataFault {
	const gateway = 3
	typeField := fields[1]
	if len(fields) == gateway+1 {
		typeField = fields[2] // AMTRELAY has no key after it
	}
	typ, _ := parseUint(data[typeField.start:typeField.end], 255)
	text, ok := data[fields[gateway].start:fields[gateway].end], false
	switch typ {
	case 0:
		ok = string(text) == "."
	case 1:
		ok = ipv4Field.holds(text, false, 0)
	case 2:
		ok = ipv6Field.holds(text, false, 0)
	case 3:
		ok = nameField.holds(text, fields[gateway].escaped, 0)
	}
	if !ok {
		return rdataFault{kind: wrongField, field: gateway, of: gateway}
	}
	return rdataFault{}
}

// checkA6 holds that an A6 record has a suffix unless the prefix is all of it, and a name unless it has no prefix (RFC
// 2874 s.3.1).
func checkA6(data []byte, fields []field) rdataFault {
	const whole, rest = 128, 1
	length, _ := parseUint(data[fields[0].start:fields[0].end], 255)
	want := []fieldKind{ipv6Field, nameField}
	switch length {
	case 0:
		want = want[:1]
	case whole:
		want = want[1:]
	}
	if length > whole {
		return rdataFault{kind: wrongField}
	}
	for i, kind := range want {
		if rest+i >= len(fields) {
			return rdataFault{kind: missingField, field: uint32(rest + i), of: rest}
		}
		if f := fields[rest+i]; f.quoted || !kind.holds(data[f.start:f.end], f.escaped, 0) {
			return rdataFault{kind: wrongField, field: uint32(rest + i), of: rest}
		}
	}
	if len(fields) > rest+len(want) {
		return rdataFault{kind: extraField, field: uint32(rest + len(want)), of: rest}
	}
	return rdataFault{}
}

// checkExpression holds that the regular expression of a NAPTR is whole: a delimiter, two parts that it ends, and flags
// (RFC 3402 s.3.2).
func checkExpression(data []byte, fields []field) rdataFault {
	const expression = 4
	text := decodeString(data[fields[expression].start:fields[expression].end])
	if len(text) > 0 && !isSubstitution(text) {
		return rdataFault{kind: wrongField, field: expression, of: expression}
	}
	return rdataFault{}
}

func textLength(fields []field) (n int) {
	for _, f := range fields {
		n += int(f.end - f.start)
	}
	return n
}
