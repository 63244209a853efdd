package zonefiles

import (
	"bytes"
	"regexp/syntax"
	"strconv"
	"strings"
)

// What the fields of RDATA may hold.

// fieldKind is what one field of RDATA holds.
type fieldKind uint8

const (
	nameField            fieldKind = iota // a domain name
	uint8Field                            // a decimal number up to 255
	uint16Field                           // up to 65535
	uint32Field                           // up to 2^32-1
	uint64Field                           // up to 2^64-1
	bitField                              // 0 or 1
	zeroField                             // 0, in 16 bits
	periodField                           // a number of seconds, units allowed
	ipv4Field                             // a dotted quad
	ipv6Field                             // an IPv6 address (RFC 4291 s.2.2)
	typeField                             // an RR type, or its number
	dateField                             // YYYYMMDDHHmmSS
	timeField                             // a dateField or seconds since 1970 (RFC 4034 s.3.2)
	saltField                             // hexadecimal digits, or "-"
	hashField                             // an unpadded base32hex hash (RFC 5155 s.3.3)
	hexWordField                          // hexadecimal digits
	base64WordField                       // base64
	locatorField                          // four groups of four hexadecimal digits (RFC 6742 s.2.1.2)
	eui48Field                            // six pairs of hexadecimal digits (RFC 7043 s.3.2)
	eui64Field                            // eight pairs of hexadecimal digits (RFC 7043 s.4.2)
	nsapField                             // 0x and hexadecimal digits with dots (RFC 1706 s.7)
	atmaField                             // hexadecimal digits with dots, or + and decimal digits
	gatewayField                          // what checkGateway holds it to
	algorithmField                        // a DNSSEC algorithm: a number up to 255, or a mnemonic, as those that follow
	digestTypeField                       // of a DS record
	hashAlgorithmField                    // of NSEC3
	protocolField                         // of a key
	certificateTypeField                  // of a CERT record, up to 65535
	syncSchemeField                       // of a DSYNC record
	ipProtocolField                       // of a WKS record
	tagField                              // letters and digits of up to 255 octets (RFC 8659 s.4.1)

	stringField // a character-string of up to 255 octets (RFC 1035 s.3.3)
	x25Field    // a character-string of four decimal digits and more (RFC 1183 s.3.1)
	textField   // text of any length
	quotedField // text of any length, in quotes

	// These take all fields to the end.
	stringsField      // one character-string or more
	typesField        // RR types
	lowTypesField     // RR types up to 127, or their numbers (RFC 2535 s.5.2)
	namesField        // domain names
	hexField          // hexadecimal digits in groups of any size
	base64Field       // base64 in groups of any size
	base64OrNoneField // base64, or "-"
	servicesField     // ports of a WKS record
	prefixesField     // of an APL record (RFC 3123 s.4)
	locationFields    // RFC 1876 s.3
	paramsField       // RFC 9460 s.2.1
	restField         // what the type's check holds it to
)

const (
	firstQuotableKind = stringField
	firstListKind     = stringsField
)

// holds reports whether a field holds what its kind does. Quotes are the caller's; originLen is the octets of what is
// added to relative names.
func (k fieldKind) holds(text []byte, escaped bool, originLen int) (ok bool) {
	switch k {
	case nameField:
		ok = checkName(text, escaped, originLen) == nil
	case periodField:
		_, ok = parseTTL(text)
	case ipv4Field:
		_, ok = parseIPv4(text)
	case ipv6Field:
		_, ok = parseIPv6(text)
	case stringField:
		size, good := stringSize(text, escaped)
		ok = good && size <= maxString
	case typeField:
		if _, ok = parseType(text); !ok {
			_, ok = parseUint(text, 1<<16-1)
		}
	case dateField:
		ok = isTime(text)
	case timeField:
		if ok = isTime(text); !ok && len(text) <= 10 {
			_, ok = parseUint(text, 1<<32-1)
		}
	case saltField:
		ok = string(text) == "-" || onlyDigits(text, &hexDigit) && len(text)%2 == 0 && len(text) <= 2*255
	case hashField:
		ok = onlyDigits(text, &base32Digit) && len(text) <= base32Length(255) && isBase32Length[len(text)%8]
	case gatewayField:
		ok = true
	default:
		ok = k.holdsRarely(text, escaped)
	}
	return ok
}

// holdsRarely is holds for the kinds of types that few zones have.
func (k fieldKind) holdsRarely(text []byte, escaped bool) (ok bool) {
	switch k {
	case uint64Field:
		_, err := strconv.ParseUint(string(text), 10, 64)
		ok = err == nil && onlyDigits(text, &decimalDigit)
	case zeroField:
		_, ok = parseUint(text, 0)
	case hexWordField:
		ok = onlyDigits(text, &hexDigit) && len(text)%2 == 0 && len(text) <= 2*255
	case base64WordField:
		ok = checkDigits(base64Field, text, []field{{end: uint32(len(text))}}).kind == 0
	case locatorField:
		ok = isGroups(text, 4, 4, ':')
	case eui48Field:
		ok = isGroups(text, 6, 2, '-')
	case eui64Field:
		ok = isGroups(text, 8, 2, '-')
	case nsapField:
		ok = len(text) > 2 && text[0] == '0' && lower(text[1]) == 'x' && isDotted(text[2:], &hexDigit, 2)
	case atmaField:
		if ok = len(text) > 0 && text[0] == '+'; ok {
			ok = isDotted(text[1:], &decimalDigit, 1) && !hasEmptyGroup(text[1:])
		} else {
			ok = isDotted(text, &hexDigit, 2) && !hasEmptyGroup(text)
		}
	case tagField:
		ok = len(text) <= maxString && onlyDigits(text, &alphanumeric)
	case x25Field:
		ok = len(text) >= 4 && len(text) <= maxString && onlyDigits(text, &decimalDigit)
	case textField, quotedField:
		_, ok = stringSize(text, escaped)
	default:
		_, ok = k.number(text)
	}
	return ok
}

// largest is the largest number that a field of a kind may hold, where it holds one, or a mnemonic in its place.
var largest = [...]uint64{
	uint8Field: 1<<8 - 1, uint16Field: 1<<16 - 1, uint32Field: 1<<32 - 1, bitField: 1, algorithmField: 1<<8 - 1,
	digestTypeField: 1<<8 - 1, hashAlgorithmField: 1<<8 - 1, protocolField: 1<<8 - 1, certificateTypeField: 1<<16 - 1,
	syncSchemeField: 1<<8 - 1, ipProtocolField: 1<<8 - 1, restField: 0,
}

// number is the value of a field that holds a number or a mnemonic.
func (k fieldKind) number(text []byte) (n uint64, ok bool) {
	if len(text) == 0 || isDigit(text[0]) {
		return parseUint(text, largest[k])
	}
	if k == algorithmField {
		return algorithmOf(text)
	}
	for mnemonic, n := range mnemonics[k] {
		if strings.EqualFold(mnemonic, string(text)) {
			return n, true
		}
	}
	return 0, false
}

// mnemonics are the numbers that have names in fields of a kind: RFC 4034 s.A.2, 5155 s.11, 2535 s.7.1, 4398 s.2.1,
// 9859 s.3, 1035 s.3.4.2.
var mnemonics = map[fieldKind]map[string]uint64{
	digestTypeField:    {"SHA-1": 1, "SHA1": 1, "SHA-256": 2, "SHA256": 2, "GOST": 3, "SHA-384": 4, "SHA384": 4},
	hashAlgorithmField: {"SHA-1": 1},
	protocolField:      {"NONE": 0, "TLS": 1, "EMAIL": 2, "DNSSEC": 3, "IPSEC": 4, "ALL": 255},
	certificateTypeField: {
		"PKIX": 1, "SPKI": 2, "PGP": 3, "IPKIX": 4, "ISPKI": 5, "IPGP": 6, "ACPKIX": 7, "IACPKIX": 8, "URI": 253, "OID": 254,
	},
	syncSchemeField: {"NOTIFY": 1},
	ipProtocolField: {"ICMP": 1, "TCP": 6, "UDP": 17},
}

const maxString = 255 // octets of a character-string (RFC 1035 s.3.3)

// isBase32Length says which rests of a number of digits, of 8, whole octets have.
var isBase32Length = [8]bool{0: true, 2: true, 4: true, 5: true, 7: true}

func base32Length(octets int) int { return (octets*8 + 4) / 5 }

// isGroups reports whether text is a number of groups of hexadecimal digits, each of the same size, with a separator.
func isGroups(text []byte, groups, size int, separator byte) bool {
	if len(text) != groups*(size+1)-1 {
		return false
	}
	for i, c := range text {
		if isEnd := i%(size+1) == size; isEnd && c != separator || !isEnd && !hexDigit[c] {
			return false
		}
	}
	return true
}

// isDotted reports whether text is digits, a multiple of some number of them and not none, with dots anywhere.
func isDotted(text []byte, table *digitTable, multiple int) bool {
	digits := 0
	for _, c := range text {
		switch {
		case table[c]:
			digits++
		case c != '.':
			return false
		}
	}
	return digits > 0 && digits%multiple == 0
}

// hasEmptyGroup reports whether a dot is first, last or beside another one.
func hasEmptyGroup(text []byte) bool {
	for _, group := range strings.Split(string(text), ".") {
		if group == "" {
			return true
		}
	}
	return false
}

// isSubstitution reports whether text is a substitution expression: !regular expression!replacement!flags (RFC 3402
// s.3.2), with a delimiter of its own choice.
func isSubstitution(text []byte) bool {
	delimiter := text[0]
	if isDigit(delimiter) || delimiter == '\\' || delimiter == 'i' || delimiter == 0 {
		return false
	}
	var parts [3][]byte
	part, references := 0, 0
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == delimiter:
			if part++; part == len(parts) {
				return false
			}
			continue
		case part == 2 && c != 'i', c == 0:
			return false
		}
		parts[part] = append(parts[part], c)
		if c == '\\' {
			if i++; i == len(text) || text[i] == 0 {
				return false
			}
			parts[part] = append(parts[part], text[i])
			if part == 1 && isDigit(text[i]) {
				if text[i] == '0' {
					return false
				}
				references = max(references, int(text[i]-'0'))
			}
		}
	}
	for i, c := range parts[0] {
		parts[0][i] = c & 0x7f // what is beyond ASCII means itself
	}
	expression, err := syntax.Parse(string(parts[0]), syntax.POSIX)
	return part == 2 && len(parts[0]) > 0 && err == nil && references <= expression.MaxCap()
}

// checkList checks the fields of a kind that takes all of them to the end. There is one at least.
func checkList(kind fieldKind, data []byte, fields []field, origin originSize) rdataFault {
	switch kind {
	case stringsField:
		return checkStrings(data, fields)
	case hexField, base64Field:
		return checkDigits(kind, data, fields)
	case base64OrNoneField:
		if text := data[fields[0].start:fields[0].end]; string(text) == "-" && len(fields) == 1 {
			return rdataFault{}
		}
		return checkDigits(base64Field, data, fields)
	case locationFields:
		return checkLocation(data, fields)
	case paramsField, restField:
		return rdataFault{} // by the type's check
	}
	for i, f := range fields {
		text := data[f.start:f.end]
		switch {
		case f.quoted:
			return rdataFault{kind: fieldInQuotes, field: uint32(i)}
		case !kind.holdsOne(text, f.escaped, origin.octets):
			return rdataFault{kind: wrongField, field: uint32(i)}
		}
	}
	return rdataFault{}
}

// holdsOne reports whether a field is one of a list's.
func (k fieldKind) holdsOne(text []byte, escaped bool, originLen int) bool {
	switch k {
	case typesField:
		_, ok := parseType(text)
		return ok
	case lowTypesField:
		const highest = 127
		t, ok := parseType(text)
		if !ok {
			n, isNumber := parseUint(text, highest)
			t, ok = Type(n), isNumber
		}
		return ok && t > 0 && t <= highest
	case namesField:
		return nameField.holds(text, escaped, originLen)
	case servicesField:
		_, isPort := parseUint(text, 1<<16-1)
		return isPort || onlyDigits(text, &alphanumeric) && !isDigit(text[0]) // every host knows others
	}
	return isPrefix(text)
}

// isPrefix reports whether text is a prefix of an APL record: [!]family:address/length (RFC 3123 s.5).
func isPrefix(text []byte) bool {
	family, rest, ok := strings.Cut(strings.TrimPrefix(string(text), "!"), ":")
	address, length, isPrefix := strings.Cut(rest, "/")
	if !ok || !isPrefix {
		return false
	}
	bits, ok := parseUint([]byte(length), 128)
	switch family {
	case "1":
		_, isAddress := parseIPv4([]byte(address))
		return ok && isAddress && bits <= 32
	case "2":
		_, isAddress := parseIPv6([]byte(address))
		return ok && isAddress
	}
	return false
}

// checkLocation checks the fields of a LOC record: degrees, minutes and seconds that end with N or S, then with E or W,
// and up to four lengths in meters (RFC 1876 s.3).
func checkLocation(data []byte, fields []field) rdataFault {
	i := 0
	for _, half := range []struct {
		degrees    uint64
		directions string
	}{{90, "NS"}, {180, "EW"}} {
		isWhole := false
		for part := range 4 {
			if i == len(fields) {
				return rdataFault{kind: missingField, field: uint32(i)}
			}
			text := data[fields[i].start:fields[i].end]
			if part > 0 && !fields[i].quoted && len(text) == 1 && strings.IndexByte(half.directions, text[0]&^0x20) >= 0 {
				i++
				break
			}
			limit := [...]uint64{half.degrees, 59, 59, 0}[part]
			n, ok := parseDecimal(text, limit, [...]int{0, 0, 3, 0}[part])
			if fields[i].quoted || !ok || part == 3 || isWhole && n > 0 {
				return rdataFault{kind: wrongField, field: uint32(i)}
			}
			isWhole = isWhole || part == 0 && n == half.degrees
			i++
		}
	}
	fault := checkMeters(data, fields[i:])
	fault.field += uint32(i)
	return fault
}

// checkMeters checks an altitude and up to three sizes in meters.
func checkMeters(data []byte, fields []field) rdataFault {
	const sizes, altitudes, depths = 90000000, 42849672, 100000
	if len(fields) == 0 {
		return rdataFault{kind: missingField}
	}
	for i, f := range fields {
		text, limit := bytes.TrimSuffix(data[f.start:f.end], []byte("m")), uint64(sizes)
		if i == 0 {
			if limit = altitudes; bytes.HasPrefix(text, []byte("-")) {
				text, limit = text[1:], depths
			}
		}
		if i == 4 {
			return rdataFault{kind: extraField, field: uint32(i)}
		}
		if _, ok := parseDecimal(text, limit, 2); !ok || f.quoted {
			return rdataFault{kind: wrongField, field: uint32(i)}
		}
	}
	return rdataFault{}
}

// checkStrings checks character-strings. An escape has more characters than the octet that it stands for, so that they
// may be shorter than they are counted here.
func checkStrings(data []byte, fields []field) rdataFault {
	octets := 0
	for i, f := range fields {
		text := data[f.start:f.end]
		if !f.escaped && len(text) <= maxString {
			octets += 1 + len(text)
			continue
		}
		size, ok := stringSize(text, f.escaped)
		if !ok || size > maxString {
			return rdataFault{kind: wrongField, field: uint32(i)}
		}
		octets += 1 + size
	}
	if octets > maxRDATA {
		return rdataFault{kind: tooLarge, octets: int32(octets)}
	}
	return rdataFault{}
}

// checkDigits checks hexadecimal or base64 digits in groups of any size.
func checkDigits(kind fieldKind, data []byte, fields []field) rdataFault {
	table, perGroup, octets := &hexDigit, 2, 1
	if kind == base64Field {
		table, perGroup, octets = &base64Digit, 4, 3
	}
	digits, padding := 0, 0
	for i, f := range fields {
		text := data[f.start:f.end]
		if kind == base64Field && i == len(fields)-1 {
			for len(text) > 0 && text[len(text)-1] == '=' && padding < 2 {
				text = text[:len(text)-1]
				padding++
			}
		}
		isDigits := onlyDigits(text, table) || padding > 0 && len(text) == 0
		if f.quoted || !isDigits {
			return rdataFault{kind: wrongField, field: uint32(i)}
		}
		digits += len(text)
	}
	switch {
	case (digits+padding)%perGroup != 0:
		return rdataFault{kind: wrongDigits}
	case digits/perGroup*octets > maxRDATA:
		return rdataFault{kind: tooLarge, octets: int32(min(digits/perGroup*octets, 1<<30))}
	}
	return rdataFault{}
}

// checkName says why text cannot be a domain name below an origin of originLen octets. Plain names, which hold no
// escape, are measured without being decoded.
func checkName(text []byte, escaped bool, originLen int) error {
	if !escaped && len(text) > 0 && len(text) < maxLabel {
		lastDot := -1
		for i, c := range text {
			if c == '.' {
				if i == lastDot+1 && len(text) > 1 {
					return errEmptyLabel
				}
				lastDot = i
			}
		}
		if lastDot == len(text)-1 || len(text)+1+originLen <= maxName {
			return nil
		}
	}
	var buf [maxName + 1]byte
	wire, absolute, err := AppendLabels(buf[:0], text)
	if err == nil && !absolute && len(wire)+originLen > maxName {
		err = errNameTooLong
	}
	return err
}

// stringSize is the octets of a character-string; it reports false where an escape is none.
func stringSize(text []byte, escaped bool) (octets int, ok bool) {
	if !escaped {
		return len(text), true
	}
	for i := 0; i < len(text); octets++ {
		if text[i] != '\\' {
			i++
			continue
		}
		_, size := unescape(text[i:])
		if size == 0 {
			return 0, false
		}
		i += size
	}
	return octets, true
}
