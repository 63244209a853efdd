package zonefiles

import (
	"fmt"
	"math"
)

// What the fields of RDATA may hold. The fields that zones are full of are checked here; what is refused here,
// checkRDATA shows to the DNS library as well, unless the error is final.

// fieldKind is what one field of RDATA holds.
type fieldKind uint8

const (
	nameField      fieldKind = iota // a domain name
	uint8Field                      // a decimal number up to 255
	uint16Field                     // up to 65535
	uint32Field                     // up to 2^32-1
	periodField                     // a number of seconds, units allowed
	ipv4Field                       // a dotted quad
	ipv6Field                       // an IPv6 address (RFC 4291 s.2.2)
	stringField                     // a character-string of up to 255 octets (RFC 1035 s.3.3)
	typeField                       // an RR type
	timeField                       // YYYYMMDDHHmmSS
	saltField                       // hexadecimal digits, or "-"
	hashField                       // an unpadded base32hex hash (RFC 5155 s.3.3)
	algorithmField                  // a DNSSEC algorithm: a number up to 255, or a mnemonic

	// These take all fields to the end.
	stringsField // one character-string or more
	typesField   // RR types, or none
	hexField     // hexadecimal digits in groups of any size
	base64Field  // base64 in groups of any size
)

// rdataError is what is wrong with RDATA. The zero value says that nothing is.
type rdataError struct {
	message string // says what is wrong, without the subject
	field   int    // number of the field, from 0; that of the field that is missing, or of the first one too many
	about   errorSubject
	isFinal bool // it holds although the DNS library may accept what name servers refuse
}

// errorSubject is what the message of an rdataError is about.
type errorSubject uint8

const (
	aboutRDATA errorSubject = iota // all of it
	aboutField                     // the field by its name
	aboutText                      // the field by its name and its text
)

// checkFields compares RDATA with the fields of its type. originLen is the length, in octets, of what is added to
// relative names. It makes no text unless something is wrong, and allocates nothing.
func checkFields(want []rdataField, data []byte, fields []field, originLen int) rdataError {
	for i := range want {
		kind := want[i].kind
		if i >= len(fields) {
			if kind == typesField {
				return rdataError{}
			}
			return rdataError{field: i, message: "has no " + want[i].name}
		}
		f := fields[i]
		if f.quoted && kind != stringField && kind != stringsField {
			return rdataError{about: aboutText, field: i, message: "is in quotes", isFinal: true}
		}
		if kind >= stringsField {
			wrong := checkToEnd(kind, data, fields[i:])
			wrong.field += i
			return wrong
		}
		text, ok := data[f.start:f.end], false
		switch kind {
		case nameField:
			ok = checkName(text, f.escaped, originLen) == nil
		case uint8Field:
			_, ok = parseUint(text, 1<<8-1)
		case uint16Field:
			_, ok = parseUint(text, 1<<16-1)
		case uint32Field:
			_, ok = parseUint(text, 1<<32-1)
		case algorithmField:
			_, ok = parseUint(algorithmNumber(text), 1<<8-1)
		case periodField:
			_, ok = parseTTL(text)
		case ipv4Field:
			_, ok = parseIPv4(text)
		case ipv6Field:
			_, ok = parseIPv6(text)
		case stringField:
			ok = checkString(text, f.escaped).message == ""
		case typeField:
			_, ok = parseType(text)
		case timeField:
			ok = isTime(text)
		case saltField:
			ok = string(text) == "-" || onlyDigits(text, &hexDigit) && len(text)%2 == 0 && len(text) <= 2*255
		case hashField:
			// The DNS library knows SHA-1 alone, whose 20 octets make 32 digits (RFC 5155 s.11).
			ok = len(text) == 32 && onlyDigits(text, &base32Digit)
		}
		if !ok {
			wrong := misfit(kind, text, f.escaped, originLen)
			wrong.field = i
			return wrong
		}
	}
	if len(fields) > len(want) {
		extra := fields[len(want)]
		return rdataError{field: len(want), message: fmt.Sprintf("has %s after its last field",
			Quote(data[extra.start:extra.end]))}
	}
	return rdataError{}
}

// misfit says why text is not of a kind.
func misfit(kind fieldKind, text []byte, escaped bool, originLen int) rdataError {
	message := "is not a number"
	switch kind {
	case stringField:
		return checkString(text, escaped)
	case nameField:
		err := checkName(text, escaped, originLen)
		return rdataError{about: aboutText, message: fmt.Sprintf("cannot be a domain name: %v", err), isFinal: true}
	case uint8Field, uint16Field, uint32Field:
		if onlyDigits(text, &decimalDigit) {
			largest := map[fieldKind]uint32{uint8Field: math.MaxUint8, uint16Field: math.MaxUint16, uint32Field: math.MaxUint32}
			message = fmt.Sprintf("is larger than %d", largest[kind])
		}
	case algorithmField:
		message = "is neither a number up to 255 nor a known mnemonic"
	case periodField:
		message = "is not a number of seconds up to 4294967295, with or without units (1h30m)"
	case ipv4Field:
		message = "is not an IPv4 address"
	case ipv6Field:
		message = "is not an IPv6 address"
	case typeField, typesField:
		message = "is not an RR type"
	case timeField:
		message = "is not a time such as 20260131235959"
	case saltField:
		message = `is neither "-" nor pairs of hexadecimal digits`
	case hashField:
		message = "is not a base32hex hash of 32 digits"
	case hexField:
		message = "is not pairs of hexadecimal digits"
	case base64Field:
		message = "is not base64"
	}
	return rdataError{about: aboutText, message: message}
}

// checkToEnd checks the fields of a kind that takes all of them to the end.
func checkToEnd(kind fieldKind, data []byte, fields []field) rdataError {
	switch kind {
	case stringsField:
		return checkStrings(data, fields)
	case hexField:
		return checkDigits(kind, data, fields, &hexDigit)
	case base64Field:
		return checkDigits(kind, data, fields, &base64Digit)
	}
	for i, f := range fields {
		text := data[f.start:f.end]
		if _, ok := parseType(text); !ok || f.quoted {
			wrong := misfit(kind, text, f.escaped, 0)
			wrong.field = i
			return wrong
		}
	}
	return rdataError{}
}

// checkStrings checks character-strings. An escape has more characters than the octet that it stands for, so that they
// may be shorter than they are counted here.
func checkStrings(data []byte, fields []field) rdataError {
	octets := 0
	for i, f := range fields {
		if wrong := checkString(data[f.start:f.end], f.escaped); wrong.message != "" {
			wrong.field = i
			return wrong
		}
		octets += 1 + int(f.end-f.start)
	}
	if octets > maxRDATA {
		return rdataError{message: fmt.Sprintf("data is larger than %d octets", maxRDATA)}
	}
	return rdataError{}
}

// checkDigits checks hexadecimal or base64 digits in groups of any size.
func checkDigits(kind fieldKind, data []byte, fields []field, table *digitTable) rdataError {
	digits, padding := 0, 0
	for i, f := range fields {
		text := data[f.start:f.end]
		if kind == base64Field && i == len(fields)-1 {
			for len(text) > 0 && text[len(text)-1] == '=' && padding < 2 {
				text = text[:len(text)-1]
				padding++
			}
		}
		if f.quoted || !onlyDigits(text, table) {
			wrong := misfit(kind, text, f.escaped, 0)
			wrong.field = i
			return wrong
		}
		digits += len(text)
	}
	digits += padding
	switch {
	case kind == hexField && digits%2 != 0:
		return rdataError{
			about:   aboutField,
			message: fmt.Sprintf("of %d digits is not whole: hexadecimal digits come in pairs", digits),
		}
	case kind == base64Field && digits%4 != 0:
		return rdataError{
			about: aboutField,
			message: fmt.Sprintf("of %d digits is not whole: base64 comes in groups of 4",
				digits),
		}
	}
	return rdataError{}
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
	wire, absolute, err := appendLabels(buf[:0], text)
	if err == nil && !absolute && len(wire)+originLen > maxName {
		err = errNameTooLong
	}
	return err
}

// checkString checks a character-string.
func checkString(text []byte, escaped bool) rdataError {
	if !escaped && len(text) <= 255 {
		return rdataError{}
	}
	octets := 0
	for i := 0; i < len(text); octets++ {
		if text[i] != '\\' {
			i++
			continue
		}
		_, size := unescape(text[i:])
		if size == 0 {
			return rdataError{about: aboutText, message: `has an escape that is neither \X nor \DDD up to 255`, isFinal: true}
		}
		i += size
	}
	if octets > 255 {
		message := fmt.Sprintf("of %d octets is longer than 255: split it into several strings", octets)
		return rdataError{about: aboutField, message: message, isFinal: true}
	}
	return rdataError{}
}
