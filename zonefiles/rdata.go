package zonefiles

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// This file asks miekg/dns, the arbiter of every type's RDATA. The arbiter takes empty RDATA, several lines and quoted right-hand
// sides amiss, so it is only ever given one clean line: the fields that the scanner found, comments and parentheses gone.

// unjudged are the types that the arbiter does not know. Their RDATA is taken as it stands.
var unjudged = map[string]Type{
	"WKS": 11, "NSAP": 22, "A6": 38, "SINK": 40, "UNSPEC": 103, "DOA": 259, "RESINFO": 261, "WALLET": 262, "CLA": 263, "IPN": 264,
	"DSYNC": 66, "HHIT": 67, "BRID": 68,
}

// mnemonic is the name of a type.
func mnemonic(t Type) (string, bool) {
	name, ok := dns.TypeToString[uint16(t)]
	if !ok {
		for name, u := range unjudged {
			if u == t {
				return name, true
			}
		}
	}
	return name, ok
}

// byMnemonic is the type of a name in upper case.
func byMnemonic(name []byte) (Type, bool) {
	t, ok := dns.StringToType[string(name)]
	if !ok {
		t, ok := unjudged[string(name)]
		return t, ok
	}
	return Type(t), ok
}

// isUnjudged reports whether the arbiter does not know a type that has a mnemonic.
func isUnjudged(t Type) bool {
	_, known := dns.TypeToString[uint16(t)]
	_, named := mnemonic(t)
	// The arbiter takes NXT for NSEC, and has a name for ATMA and no more.
	return named && !known || uint16(t) == dns.TypeNXT || uint16(t) == dns.TypeATMA
}

// isDataType reports whether records of a type can stand in a zone. Query and meta types cannot (RFC 6895 s.3.1).
func isDataType(t Type) bool {
	return t != 0 && uint16(t) != dns.TypeOPT && (t < 128 || t > 255)
}

// arbitrate has miekg/dns judge RDATA. Names without a final dot are relative to origin.
func arbitrate(t Type, data []byte, fields []field, origin Name) (dns.RR, error) {
	if len(fields) == 0 && !mayBeEmpty(t) {
		return nil, errors.New("it has no data")
	}
	generic, octets := isGeneric(data, fields), 0
	if generic {
		var err error
		if octets, err = genericLength(data, fields); err != nil {
			return nil, err
		}
	}
	name := t.String()
	if isUnjudged(t) {
		name = fmt.Sprintf("TYPE%d", t)
	}
	line := append([]byte(". 0 IN "), name...)
	spec := specOf(t)
	for i, f := range fields {
		// A quote right behind an equals sign belongs to it: alpn="h2,h3" (RFC 9460 s.2.1).
		if i == 0 || !f.quoted || data[f.start-2] != '=' {
			line = append(line, ' ')
		}
		text := data[f.start:f.end]
		switch {
		case i < len(spec) && spec[i].kind == kindAlgorithm:
			line = append(line, algorithmNumber(text)...)
		case !generic && string(text) == `\#`:
			line = append(line, `\035`...) // text after all, as isGeneric says
		case uint16(t) == dns.TypeLOC && !generic && lacksSeconds(data, fields, i):
			line = append(appendField(line, data, f), " 0"...)
		case f.escaped && !f.quoted:
			line = appendASCII(line, text)
		default:
			line = appendField(line, data, f)
		}
	}
	line = append(line, '\n')
	parser := dns.NewZoneParser(bytes.NewReader(line), origin.String(), "")
	rr, ok := parser.Next()
	if err := parser.Err(); err != nil {
		return nil, errors.New(arbiterMessage(err))
	}
	if !ok || rr == nil {
		return nil, errors.New("it cannot be read")
	}
	// The order of types in the text says nothing; on the wire it is fixed (RFC 4034 s.4.1.2).
	switch rr := rr.(type) {
	case *dns.NSEC:
		slices.Sort(rr.TypeBitMap)
	case *dns.NSEC3:
		slices.Sort(rr.TypeBitMap)
	}
	// What ZoneParser passes unread, base64 above all, packing decodes.
	packed, err := dns.PackRR(rr, make([]byte, 2*len(line)+1024), 0, nil, false)
	if err != nil {
		return nil, errors.New(arbiterMessage(err))
	}
	_, known := mnemonic(t)
	if known && generic && octets == 0 && !mayBeEmpty(t) {
		return nil, errors.New("it has no data")
	}
	if known && generic && packed-emptyRecord != octets {
		return nil, fmt.Errorf(`\# has %d octets, and %s takes %d of them`, octets, t, packed-emptyRecord)
	}
	return rr, nil
}

// appendASCII writes a field with its octets beyond ASCII, and what backslashes keep from having a meaning of its own, as \DDD: the arbiter
// miscounts the backslashes behind the former when it looks whether a dot is escaped, and may end a field at the latter.
func appendASCII(line, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c, escaped := text[i], text[i] == '\\' && i+1 < len(text)
		if escaped {
			i++
			c = text[i]
		}
		switch {
		case c >= 0x80, escaped && byteClass[c] != plain:
			line = fmt.Appendf(line, `\%03d`, c) // which has a backslash of its own
		case escaped:
			line = append(line, '\\', c)
		default:
			line = append(line, c)
		}
	}
	return line
}

// lacksSeconds reports whether a field of a LOC record is minutes that no seconds follow, as RFC 1876 s.3 allows. The arbiter wants them
// where the minutes are written.
func lacksSeconds(data []byte, fields []field, i int) bool {
	isHemisphere := func(i int) bool {
		return i >= 0 && i < len(fields) && fields[i].end-fields[i].start == 1 && strings.IndexByte("NSEWnsew", data[fields[i].start]) >= 0
	}
	return isHemisphere(i+1) && (i == 1 || isHemisphere(i-2))
}

// emptyRecord is the length of a record of the root without RDATA: owner, type, class, TTL and length (RFC 1035 s.3.2.1).
const emptyRecord = 1 + 2 + 2 + 4 + 2

// algorithmNumber is the number of a DNSSEC algorithm's mnemonic (RFC 4034 s.A.1), and any other text as it is: of the types that
// have such a field, the arbiter reads the mnemonic in some.
func algorithmNumber(text []byte) []byte {
	if len(text) > 0 && isDigit(text[0]) {
		return text
	}
	if n, ok := dns.StringToAlgorithm[strings.ToUpper(string(text))]; ok {
		return strconv.AppendUint(nil, uint64(n), 10)
	}
	return text
}

// arbiterMessage is the arbiter's error without its own name and the position in the line that was made for it.
func arbiterMessage(err error) string {
	text := strings.TrimPrefix(err.Error(), "dns: ")
	if at := strings.LastIndex(text, " at line: "); at >= 0 {
		text = text[:at]
	}
	return text
}

// canonicalRDATA is RDATA in the arbiter's presentation form, with absolute names.
func canonicalRDATA(rr dns.RR) string {
	if null, ok := rr.(*dns.NULL); ok {
		return fmt.Sprintf(`\# %d %x`, len(null.Data), null.Data) // it has no other presentation form (RFC 1035 s.3.3.10)
	}
	return strings.SplitN(rr.String(), "\t", 5)[4] // owner, TTL, class and type stand before it
}

// checkRDATA tells what is wrong with a record's RDATA. The fast path's complaint is what people read where the arbiter agrees, or
// where it is known to read what name servers refuse. Relative names are below origin.
func checkRDATA(t Type, data []byte, fields []field, origin Name) complaint {
	switch {
	case len(fields) == 0 && mayBeEmpty(t):
		return complaint{}
	case len(fields) == 0:
		return complaint{message: fmt.Sprintf("%s has no data", t)}
	}
	var found complaint
	if spec := specOf(t); spec != nil && !isGeneric(data, fields) {
		found = checkFast(t, spec, data, fields, len(origin))
		if found.message == "" || found.final {
			return found
		}
	}
	if size := textLength(fields); size > maxRDATAText {
		if found.message == "" {
			found.message = fmt.Sprintf("%s data of %d characters is longer than any can be", t, size)
		}
		return found
	}
	if isUnjudged(t) && !isGeneric(data, fields) {
		return complaint{}
	}
	_, err := arbitrate(t, data, fields, origin)
	switch {
	case err == nil:
		return complaint{}
	case found.message != "":
		found.message += missingField(t, len(fields), found.field)
		return found
	}
	return complaint{message: fmt.Sprintf("%s data cannot be read: %v", t, err)}
}

// maxRDATAText is more characters than any RDATA has: 65,535 octets of four characters each (\DDD), or every type in a bitmap. The
// arbiter is not troubled with more.
const maxRDATAText = 1 << 20

func textLength(fields []field) (n int) {
	for _, f := range fields {
		n += int(f.end - f.start)
	}
	return n
}

// mayBeEmpty reports whether RDATA of a type may be nothing: a list of no prefixes (RFC 3123 s.4), or anything at all (RFC 1035
// s.3.3.10).
func mayBeEmpty(t Type) bool { return uint16(t) == dns.TypeAPL || uint16(t) == dns.TypeNULL }

// missingField adds to a complaint about one of too few fields that another may be missing, which puts every field behind it in the
// wrong place.
func missingField(t Type, fields, field int) string {
	if want := len(specOf(t)); fields < want && field < fields {
		return fmt.Sprintf("; %s takes %d fields, and here it has %d", t, want, fields)
	}
	return ""
}

// isGeneric reports whether RDATA is written as octets: \# LENGTH HEX (RFC 3597 s.5). What follows \# must look like a number, or
// else it is the text "#", as in BIND.
func isGeneric(data []byte, fields []field) bool {
	return len(fields) > 0 && !fields[0].quoted && string(data[fields[0].start:fields[0].end]) == `\#` &&
		len(fields) > 1 && !fields[1].quoted && isDigit(data[fields[1].start])
}

// genericLength is the number of octets that generic RDATA says it has.
func genericLength(data []byte, fields []field) (octets int, err error) {
	n, ok := parseUint(data[fields[1].start:fields[1].end], 65535)
	if !ok {
		return 0, fmt.Errorf(`\# length %s is not a number up to 65535`, Quote(data[fields[1].start:fields[1].end]))
	}
	digits := 0
	for _, f := range fields[2:] {
		digits += int(f.end - f.start)
	}
	if digits != 2*int(n) {
		return 0, fmt.Errorf(`\# length is %d octets, but %d hexadecimal digits follow`, n, digits)
	}
	return int(n), nil
}
