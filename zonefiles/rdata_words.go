package zonefiles

import (
	"fmt"
	"strings"
)

// This file says in words what is wrong with RDATA.

// kindHolds says what a field of a kind is, after "is not".
var kindHolds = map[fieldKind]string{
	nameField:            "a domain name",
	uint8Field:           "a number up to 255",
	uint16Field:          "a number up to 65535",
	uint32Field:          "a number up to 4294967295",
	uint64Field:          "a number up to 18446744073709551615",
	bitField:             "0 or 1",
	zeroField:            "0",
	periodField:          "a number of seconds up to 4294967295, with or without units (1h30m)",
	ipv4Field:            "an IPv4 address",
	ipv6Field:            "an IPv6 address",
	typeField:            "an RR type",
	dateField:            "a time such as 20260131235959",
	timeField:            "a time such as 20260131235959, or a number of seconds",
	saltField:            `"-" or up to 255 pairs of hexadecimal digits`,
	hashField:            "a base32hex hash (of SHA-1: 32 digits)",
	hexWordField:         "up to 255 pairs of hexadecimal digits",
	base64WordField:      "base64",
	locatorField:         "four groups of four hexadecimal digits such as 0014:4fff:ff20:ee64",
	eui48Field:           "six pairs of hexadecimal digits such as 00-00-5e-00-53-2a",
	eui64Field:           "eight pairs of hexadecimal digits such as 00-00-5e-ef-10-00-00-2a",
	nsapField:            "0x and pairs of hexadecimal digits, with or without dots",
	atmaField:            "pairs of hexadecimal digits, or + and decimal digits, with or without dots",
	gatewayField:         `as its type says: "." for 0, an IPv4 address for 1, an IPv6 address for 2, a name for 3`,
	algorithmField:       "a number up to 255 or the mnemonic of an algorithm",
	digestTypeField:      "a number up to 255 or the name of a digest such as SHA-256",
	hashAlgorithmField:   "a number up to 255 or SHA-1",
	protocolField:        "a number up to 255 or the mnemonic of a protocol such as DNSSEC",
	certificateTypeField: "a number up to 65535 or a mnemonic such as PKIX",
	syncSchemeField:      "a number up to 255 or NOTIFY",
	ipProtocolField:      "a number up to 255, TCP or UDP",
	tagField:             "up to 255 letters and digits",
	stringField:          "a string of up to 255 octets",
	x25Field:             "a string of four decimal digits or more",
	textField:            "text",
	quotedField:          "text in quotes",
	stringsField:         "a string of up to 255 octets",
	typesField:           "an RR type",
	lowTypesField:        "an RR type up to 127",
	namesField:           "a domain name",
	hexField:             "pairs of hexadecimal digits",
	base64Field:          "base64",
	base64OrNoneField:    `base64 or "-"`,
	servicesField:        "a port up to 65535 or the name of a service",
	prefixesField:        "a prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32",
	locationFields:       "what a location has there, as in 52 22 23 N 4 53 32 E 2m",
	paramsField:          "a parameter",
	restField:            "an IPv6 address and a domain name, as far as the prefix length asks for them",
}

// faultText is the message of what is wrong with the RDATA of a type.
func faultText(t Type, data []byte, fields []field, fault rdataFault) string {
	row := t.row()
	if fault.inOctets {
		text, _ := readOctets(row, data, fields)
		data, fields = text, scanFields(text, 0, uint32(len(text)), nil)
	}
	kind, name := restField, ""
	if int(fault.of) < len(row.fields) {
		kind, name = row.fields[fault.of].kind, row.fields[fault.of].name
	}
	text, quoted, escaped := []byte(nil), "", false
	if int(fault.field) < len(fields) {
		f := fields[fault.field]
		text, escaped = data[f.start:f.end], f.escaped
		quoted = Quote(text)
	}
	subject := fmt.Sprintf("%s %s ", t, name)
	switch fault.kind {
	case noDataFault:
		return fmt.Sprintf("%s has no data: it takes %s", t, row.fieldNames())
	case missingField:
		return fmt.Sprintf("%s has no %s: it takes %s", t, name, row.fieldNames())
	case extraField:
		return fmt.Sprintf("%s has %s after its last field: it takes %s", t, quoted, row.fieldNames())
	case fieldInQuotes:
		return subject + Quoted(text) + " is in quotes: write it without them"
	case wrongField:
		message := subject + quoted + " is not " + kindHolds[kind]
		if why := whyWrong(kind, text, escaped); why != "" {
			message = subject + quoted + " " + why
		}
		// One of too few fields may be wrong because another is missing, which puts each after it in the wrong place.
		if kind < firstListKind && len(fields) < row.least() {
			message += fmt.Sprintf("; %s takes %s", t, row.fieldNames())
		}
		return message
	case wrongDigits:
		digits, group := textLength(fields[fault.field:]), "hexadecimal digits come in pairs"
		if kind != hexField {
			group = "base64 comes in groups of 4"
		}
		return fmt.Sprintf("%sof %d digits is not whole: %s", subject, digits, group)
	case wrongLength:
		typ := fields[fault.field-1]
		return fmt.Sprintf("%shas %s, and with %s %s it has %d", subject, octetCount(textLength(fields[fault.field:])/2),
			row.fields[fault.of-1].name, Quote(data[typ.start:typ.end]), fault.octets)
	case tooLarge:
		return fmt.Sprintf("%s data of %d octets is larger than %d", t, fault.octets, maxRDATA)
	case noTextForm:
		return fmt.Sprintf(`%s has no other form than octets: write \# LENGTH HEX (RFC 3597 s.5)`, t)
	case tooFewLabels:
		return fmt.Sprintf("%s%s is less than the %d labels of the signer", subject, quoted, fault.octets)
	case wrongOctetsOf:
		return fmt.Sprintf(`%s \# %s`, t, octetsComplaint(data, fields))
	case octetsEnd:
		return fmt.Sprintf(`%s \# has %s, which end before the %s does: it takes %s`, t, octetCount(int(fault.octets)), name,
			row.fieldNames())
	case octetsWrong:
		return fmt.Sprintf(`%s \# octets of the %s are not %s`, t, name, kindHolds[kind])
	case octetsExtra:
		octets, _ := genericOctets(data, fields)
		return fmt.Sprintf(`%s \# has %s, and %s takes %d of them`, t, octetCount(len(octets)), t, fault.octets)
	}
	return fmt.Sprintf("%s parameter %s", t, paramComplaint(fault, data, fields))
}

func octetCount(n int) string {
	if n == 1 {
		return "1 octet"
	}
	return fmt.Sprintf("%d octets", n)
}

// whyWrong says more of a field than that it is not of its kind; empty where there is no more to say.
func whyWrong(kind fieldKind, text []byte, escaped bool) string {
	switch kind {
	case nameField, namesField:
		if err := checkName(text, escaped, 0); err != nil {
			return fmt.Sprintf("cannot be a domain name: %v", err)
		}
		return "cannot be a domain name: with the origin it is longer than 255 octets"
	case stringField, stringsField, textField, quotedField:
		switch size, ok := stringSize(text, escaped); {
		case !ok:
			return `has an escape that is neither \X nor \DDD up to 255`
		case size > maxString && kind != textField && kind != quotedField:
			return fmt.Sprintf("has %d octets, more than the 255 of a string: split it into several strings", size)
		}
	}
	return ""
}

// fieldNames are the names of the fields that RDATA of the type has.
func (row *rrType) fieldNames() string {
	var names strings.Builder
	for i, f := range row.fields {
		switch {
		case i > 0 && i == len(row.fields)-1:
			names.WriteString(" and ")
		case i > 0:
			names.WriteString(", ")
		}
		names.WriteString(f.name)
		if f.kind == stringsField {
			names.WriteString("s")
		}
	}
	return names.String()
}

// least is how many fields RDATA of the type has at least.
func (row *rrType) least() (n int) {
	for _, f := range row.fields {
		if !f.optional {
			n++
		}
	}
	return n
}
