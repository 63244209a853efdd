package zonefiles

import (
	"fmt"
	"net/netip"
)

// This file knows the shape of the RDATA that zones are full of. It accepts what it is sure of; what it would refuse is shown to
// the arbiter in rdata.go, and its own diagnosis is what people read if the arbiter refuses too.

// kind is what one field of RDATA holds.
type kind uint8

const (
	kindName      kind = iota // a domain name
	kindU8                    // a decimal number up to 255
	kindU16                   // up to 65535
	kindU32                   // up to 2^32-1
	kindPeriod                // a number of seconds, units allowed
	kindIPv4                  // a dotted quad
	kindIPv6                  // an IPv6 address (RFC 4291 s.2.2)
	kindString                // a character-string of up to 255 octets (RFC 1035 s.3.3)
	kindType                  // the mnemonic of an RR type
	kindTime                  // YYYYMMDDHHmmSS
	kindSalt                  // hexadecimal digits, or "-"
	kindBase32                // an unpadded base32hex hash (RFC 5155 s.3.3)
	kindAlgorithm             // a DNSSEC algorithm: a number up to 255, or a mnemonic
	kindStrings               // one character-string or more, to the end
	kindHex                   // hexadecimal digits, in groups of any size, to the end
	kindBase64                // base64, in groups of any size, to the end
	kindTypes                 // RR types, none or more, to the end
)

// fieldSpec is one field of a type's RDATA.
type fieldSpec struct {
	kind kind
	name string // as the type's RFC calls it
}

var (
	dsFields     = []fieldSpec{{kindU16, "key tag"}, {kindAlgorithm, "algorithm"}, {kindU8, "digest type"}, {kindHex, "digest"}}
	dnskeyFields = []fieldSpec{{kindU16, "flags"}, {kindU8, "protocol"}, {kindAlgorithm, "algorithm"}, {kindBase64, "public key"}}
	textFields   = []fieldSpec{{kindStrings, "string"}}
	// specs is indexed by type. A type without fields here is the arbiter's alone.
	specs = [258][]fieldSpec{
		TypeA:     {{kindIPv4, "address"}},
		TypeNS:    {{kindName, "name server"}},
		TypeCNAME: {{kindName, "canonical name"}},
		TypeSOA: {
			{kindName, "primary server"},
			{kindName, "mailbox"},
			{kindU32, "serial"},
			{kindPeriod, "refresh"},
			{kindPeriod, "retry"},
			{kindPeriod, "expire"},
			{kindPeriod, "minimum"},
		},
		TypePTR:   {{kindName, "name"}},
		TypeHINFO: {{kindString, "CPU"}, {kindString, "OS"}},
		TypeMX:    {{kindU16, "preference"}, {kindName, "target"}},
		TypeTXT:   textFields,
		TypeRP:    {{kindName, "mailbox"}, {kindName, "text name"}},
		TypeAFSDB: {{kindU16, "subtype"}, {kindName, "host"}},
		TypeX25:   {{kindString, "address"}},
		TypeGPOS:  {{kindString, "longitude"}, {kindString, "latitude"}, {kindString, "altitude"}},
		TypeAAAA:  {{kindIPv6, "address"}},
		TypeSRV:   {{kindU16, "priority"}, {kindU16, "weight"}, {kindU16, "port"}, {kindName, "target"}},
		TypeNAPTR: {
			{kindU16, "order"},
			{kindU16, "preference"},
			{kindString, "flags"},
			{kindString, "services"},
			{kindString, "regular expression"},
			{kindName, "replacement"},
		},
		TypeDNAME: {{kindName, "target"}},
		TypeDS:    dsFields,
		TypeSSHFP: {{kindU8, "algorithm"}, {kindU8, "type"}, {kindHex, "fingerprint"}},
		TypeRRSIG: {
			{kindType, "type covered"},
			{kindAlgorithm, "algorithm"},
			{kindU8, "labels"},
			{kindU32, "original TTL"},
			{kindTime, "expiration"},
			{kindTime, "inception"},
			{kindU16, "key tag"},
			{kindName, "signer"},
			{kindBase64, "signature"},
		},
		TypeNSEC:   {{kindName, "next name"}, {kindTypes, "type"}},
		TypeDNSKEY: dnskeyFields,
		TypeNSEC3: {
			{kindU8, "hash algorithm"},
			{kindU8, "flags"},
			{kindU16, "iterations"},
			{kindSalt, "salt"},
			{kindBase32, "next hashed owner"},
			{kindTypes, "type"},
		},
		TypeNSEC3P: {{kindU8, "hash algorithm"}, {kindU8, "flags"}, {kindU16, "iterations"}, {kindSalt, "salt"}},
		TypeTLSA:   {{kindU8, "usage"}, {kindU8, "selector"}, {kindU8, "matching type"}, {kindHex, "certificate data"}},
		TypeCDS:    dsFields,
		TypeCDNSK:  dnskeyFields,
		TypeSPF:    textFields,
	}
)

// specOf is the shape of a type's RDATA, or nil where only the arbiter knows it.
func specOf(t Type) []fieldSpec {
	if int(t) < len(specs) {
		return specs[t]
	}
	return nil
}

// complaint is what is wrong with RDATA, at one of its fields. The zero complaint says that nothing is.
type complaint struct {
	field   int // number of the field, from 0; len(fields) where one is missing
	message string
	final   bool // stands without the arbiter, which passes what name servers refuse
}

// maxRDATA is the largest RDATA in octets (RFC 1035 s.3.2.1). The fast path counts characters, of which an escape takes more.
const maxRDATA = 65535

// checkFast compares fields with a type's shape. originLen is the length, in octets, of what is added to relative names. It
// formats no message unless something is wrong, and allocates nothing.
func checkFast(t Type, spec []fieldSpec, data []byte, fields []field, originLen int) complaint {
	for i, want := range spec {
		if i >= len(fields) {
			if want.kind == kindTypes {
				return complaint{}
			}
			return complaint{field: i, message: fmt.Sprintf("%s has no %s", t, want.name)}
		}
		f := fields[i]
		text := data[f.start:f.end]
		if f.quoted && want.kind != kindString && want.kind != kindStrings {
			return complaint{field: i, message: fmt.Sprintf("%s %s %s is in quotes", t, want.name, Quote(text)), final: true}
		}
		switch want.kind {
		case kindName:
			if err := checkName(text, f.escaped, originLen); err != nil {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s cannot be a domain name: %v", t, want.name, Quote(text), err), final: true}
			}
		case kindU8:
			if message := checkNumber(text, 255); message != "" {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s %s", t, want.name, Quote(text), message)}
			}
		case kindAlgorithm:
			if message := checkNumber(algorithmNumber(text), 255); message != "" {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is neither a number up to 255 nor a known mnemonic", t, want.name, Quote(text))}
			}
		case kindU16:
			if message := checkNumber(text, 65535); message != "" {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s %s", t, want.name, Quote(text), message)}
			}
		case kindU32:
			if message := checkNumber(text, 1<<32-1); message != "" {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s %s", t, want.name, Quote(text), message)}
			}
		case kindPeriod:
			if _, ok := parseTTL(text); !ok {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not a number of seconds up to 4294967295, with or without units (1h30m)", t, want.name, Quote(text))}
			}
		case kindIPv4:
			if _, ok := parseIPv4(text); !ok {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not an IPv4 address", t, want.name, Quote(text))}
			}
		case kindIPv6:
			if _, ok := parseIPv6(text); !ok {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not an IPv6 address", t, want.name, Quote(text))}
			}
		case kindString:
			if message := checkString(text, f.escaped); message != "" {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s", t, want.name, message), final: true}
			}
		case kindStrings:
			octets := 0
			for j, f := range fields[i:] {
				if message := checkString(data[f.start:f.end], f.escaped); message != "" {
					return complaint{field: i + j, message: fmt.Sprintf("%s %s %s", t, want.name, message), final: true}
				}
				octets += 1 + int(f.end-f.start)
			}
			if octets > maxRDATA {
				return complaint{field: i, message: fmt.Sprintf("%s data is larger than %d octets", t, maxRDATA)}
			}
			return complaint{}
		case kindType:
			if _, ok := parseType(text); !ok {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not an RR type", t, want.name, Quote(text))}
			}
		case kindTypes:
			for j, f := range fields[i:] {
				if _, ok := parseType(data[f.start:f.end]); !ok || f.quoted {
					return complaint{field: i + j, message: fmt.Sprintf("%s %s %s is not an RR type", t, want.name, Quote(data[f.start:f.end]))}
				}
			}
			return complaint{}
		case kindTime:
			if !isTime(text) {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not a time such as 20260131235959", t, want.name, Quote(text))}
			}
		case kindSalt:
			if string(text) != "-" && (!onlyDigits(text, &hexDigit) || len(text)%2 != 0 || len(text) > 2*255) {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is neither \"-\" nor pairs of hexadecimal digits", t, want.name, Quote(text))}
			}
		case kindBase32:
			// The arbiter knows SHA-1 alone, whose 20 octets make 32 digits (RFC 5155 s.11).
			if len(text) != 32 || !onlyDigits(text, &base32Digit) {
				return complaint{field: i, message: fmt.Sprintf("%s %s %s is not a base32hex hash of 32 digits", t, want.name, Quote(text))}
			}
		case kindHex, kindBase64:
			return checkDigits(t, want, data, fields, i)
		}
	}
	if len(fields) > len(spec) {
		extra := fields[len(spec)]
		return complaint{field: len(spec), message: fmt.Sprintf("%s has %s behind its last field", t, Quote(data[extra.start:extra.end]))}
	}
	return complaint{}
}

// checkDigits checks a last field of hexadecimal or base64 digits that may be written in several groups.
func checkDigits(t Type, want fieldSpec, data []byte, fields []field, i int) complaint {
	digits, padding, table, unit, what := 0, 0, &hexDigit, 2, "pairs of hexadecimal digits"
	if want.kind == kindBase64 {
		table, unit, what = &base64Digit, 4, "base64"
	}
	for j, f := range fields[i:] {
		text := data[f.start:f.end]
		pure := text
		if want.kind == kindBase64 && i+j == len(fields)-1 {
			for len(pure) > 0 && pure[len(pure)-1] == '=' && padding < 2 {
				pure = pure[:len(pure)-1]
				padding++
			}
		}
		if f.quoted || !onlyDigits(pure, table) {
			return complaint{field: i + j, message: fmt.Sprintf("%s %s %s is not %s", t, want.name, Quote(text), what)}
		}
		digits += len(pure)
	}
	if digits == 0 || (digits+padding)%unit != 0 {
		return complaint{field: i, message: fmt.Sprintf("%s %s of %d digits is not whole: %s come by %d", t, want.name, digits+padding, what, unit)}
	}
	return complaint{}
}

// checkName tells why text cannot be a domain name below an origin of originLen octets. Plain names, which hold no escape, are
// measured without being decoded.
func checkName(text []byte, escaped bool, originLen int) error {
	if !escaped && len(text) > 0 && len(text) < maxLabel {
		lastDot := -1
		for i, c := range text {
			if c == '.' {
				if i == lastDot+1 && len(text) > 1 {
					return ErrEmptyLabel
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
		err = ErrNameTooLong
	}
	return err
}

// checkNumber tells what is wrong with a decimal number up to largest; "" is nothing.
func checkNumber(text []byte, largest uint64) string {
	if _, ok := parseUint(text, largest); ok {
		return ""
	}
	if onlyDigits(text, &decimalDigit) {
		return fmt.Sprintf("is larger than %d", largest)
	}
	return "is not a number"
}

// checkString tells what is wrong with a character-string; "" is nothing.
func checkString(text []byte, escaped bool) string {
	if !escaped && len(text) <= 255 {
		return ""
	}
	octets := 0
	for i := 0; i < len(text); octets++ {
		if text[i] != '\\' {
			i++
			continue
		}
		_, size := unescape(text[i:])
		if size == 0 {
			return fmt.Sprintf("%s has an escape that is neither \\X nor \\DDD up to 255", Quote(text))
		}
		i += size
	}
	if octets > 255 {
		return fmt.Sprintf("of %d octets is longer than 255: split it into several strings", octets)
	}
	return ""
}

// parseIPv4 reads a dotted quad without leading zeros.
func parseIPv4(text []byte) (netip.Addr, bool) {
	if len(text) < 7 || len(text) > 15 {
		return netip.Addr{}, false
	}
	var octets [4]byte
	n, digits, value := 0, 0, 0
	for _, c := range text {
		switch {
		case isDigit(c):
			if digits > 0 && value == 0 {
				return netip.Addr{}, false
			}
			value = value*10 + int(c-'0')
			digits++
			if value > 255 {
				return netip.Addr{}, false
			}
		case c == '.' && digits > 0 && n < 3:
			octets[n] = byte(value)
			n, digits, value = n+1, 0, 0
		default:
			return netip.Addr{}, false
		}
	}
	if n != 3 || digits == 0 {
		return netip.Addr{}, false
	}
	octets[3] = byte(value)
	return netip.AddrFrom4(octets), true
}

// parseIPv6 reads an IPv6 address without a zone: what netip reads, in a quarter less time, for hosting zones are full of them. It
// needs no string to be lent.
func parseIPv6(text []byte) (netip.Addr, bool) {
	if len(text) < 2 || len(text) > 45 {
		return netip.Addr{}, false
	}
	var octets [16]byte
	n, gap, i := 0, -1, 0 // octets read; where "::" stands among them; offset in text
	if text[0] == ':' {
		if text[1] != ':' {
			return netip.Addr{}, false
		}
		gap, i = 0, 2
	}
	for i < len(text) {
		value, at := uint(0), i
		for ; at < len(text); at++ {
			digit := hexValue[text[at]]
			if digit == noHex {
				break
			}
			value = value<<4 | uint(digit)
		}
		digits := at - i
		if digits == 0 || digits > 4 || n == 16 {
			return netip.Addr{}, false
		}
		if at < len(text) && text[at] == '.' {
			quad, ok := parseIPv4(text[i:])
			if !ok || n > 12 {
				return netip.Addr{}, false
			}
			four := quad.As4()
			n += copy(octets[n:], four[:])
			break
		}
		octets[n], octets[n+1] = byte(value>>8), byte(value)
		n += 2
		if at == len(text) {
			break
		}
		if text[at] != ':' || at+1 == len(text) {
			return netip.Addr{}, false
		}
		i = at + 1
		if text[i] == ':' {
			if gap >= 0 {
				return netip.Addr{}, false
			}
			gap = n
			i++
		}
	}
	switch {
	case gap < 0 && n < 16, gap >= 0 && n == 16:
		return netip.Addr{}, false
	case gap >= 0:
		copy(octets[16-(n-gap):], octets[gap:n])
		clear(octets[gap : 16-(n-gap)])
	}
	return netip.AddrFrom16(octets), true
}

// noHex is what hexValue has for bytes that are no hexadecimal digit.
const noHex = 0xff

var hexValue = func() (values [256]byte) {
	for c := range values {
		switch b := lower(byte(c)); {
		case isDigit(b):
			values[c] = b - '0'
		case 'a' <= b && b <= 'f':
			values[c] = b - 'a' + 10
		default:
			values[c] = noHex
		}
	}
	return values
}()

func isTime(text []byte) bool {
	if len(text) != 14 || !onlyDigits(text, &decimalDigit) {
		return false
	}
	two := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	month, day := two(4), two(6)
	return month >= 1 && month <= 12 && day >= 1 && day <= 28 && two(8) < 24 && two(10) < 60 && two(12) < 60
}

// digitTable says which bytes are digits of a notation.
type digitTable [256]bool

func digitsOf(digits string) *digitTable {
	var table digitTable
	for _, c := range []byte(digits) {
		table[c] = true
	}
	return &table
}

func onlyDigits(text []byte, table *digitTable) bool {
	for _, c := range text {
		if !table[c] {
			return false
		}
	}
	return len(text) > 0
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

var (
	decimalDigit = *digitsOf("0123456789")
	hexDigit     = *digitsOf("0123456789abcdefABCDEF")
	base32Digit  = *digitsOf("0123456789abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV")
	base64Digit  = *digitsOf("0123456789+/" + letters)
)
