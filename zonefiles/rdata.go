package zonefiles

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// This file asks miekg/dns, the arbiter of every type's RDATA. The arbiter takes empty RDATA, several lines and quoted right-hand
// sides amiss, so it is only ever given one clean line: the fields that the scanner found, comments and parentheses gone.

// mnemonic is the name of a type.
func mnemonic(t Type) (string, bool) {
	name, ok := dns.TypeToString[uint16(t)]
	return name, ok
}

// byMnemonic is the type of a name in upper case.
func byMnemonic(name []byte) (Type, bool) {
	t, ok := dns.StringToType[string(name)]
	return Type(t), ok
}

// isDataType reports whether records of a type can stand in a zone. Query and meta types cannot (RFC 6895 s.3.1).
func isDataType(t Type) bool {
	return t != 0 && uint16(t) != dns.TypeOPT && (t < 249 || t > 255)
}

// arbitrate has miekg/dns judge RDATA. Names without a final dot are relative to origin.
func arbitrate(t Type, data []byte, fields []field, origin Name) (dns.RR, error) {
	if len(fields) == 0 {
		return nil, errors.New("it has no data")
	}
	generic, octets := isGeneric(data, fields), 0
	if generic {
		var err error
		if octets, err = genericLength(data, fields); err != nil {
			return nil, err
		}
	}
	line := append([]byte(". 0 IN "), t.String()...)
	for _, f := range fields {
		line = append(line, ' ')
		if f.quoted {
			line = append(line, '"')
		}
		line = append(line, data[f.start:f.end]...)
		if f.quoted {
			line = append(line, '"')
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
	// What ZoneParser passes unread, base64 above all, packing decodes.
	packed, err := dns.PackRR(rr, make([]byte, 2*len(line)+1024), 0, nil, false)
	if err != nil {
		return nil, errors.New(arbiterMessage(err))
	}
	if _, known := mnemonic(t); known && generic && packed-emptyRecord != octets {
		return nil, fmt.Errorf(`\# has %d octets, and %s takes %d of them`, octets, t, packed-emptyRecord)
	}
	return rr, nil
}

// emptyRecord is the length of a record of the root without RDATA: owner, type, class, TTL and length (RFC 1035 s.3.2.1).
const emptyRecord = 1 + 2 + 2 + 4 + 2

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
	return strings.SplitN(rr.String(), "\t", 5)[4] // owner, TTL, class and type stand before it
}

// checkRDATA tells what is wrong with a record's RDATA. The fast path's complaint is what people read where the arbiter agrees, or
// where it is known to read what name servers refuse.
func checkRDATA(t Type, data []byte, fields []field, names *Names, origin NameID) complaint {
	if len(fields) == 0 {
		return complaint{message: fmt.Sprintf("%s has no data", t)}
	}
	var found complaint
	if spec := specOf(t); spec != nil && !isGeneric(data, fields) {
		found = checkFast(t, spec, data, fields, int(names.nodes[origin].wireLen))
		if found.message == "" || found.final {
			return found
		}
	}
	_, err := arbitrate(t, data, fields, names.Name(origin))
	switch {
	case err == nil:
		return complaint{}
	case found.message != "":
		return found
	}
	return complaint{message: fmt.Sprintf("%s data cannot be read: %s", t, printable(err.Error()))}
}

// isGeneric reports whether RDATA is written as octets: \# LENGTH HEX (RFC 3597 s.5).
func isGeneric(data []byte, fields []field) bool {
	return !fields[0].quoted && string(data[fields[0].start:fields[0].end]) == `\#`
}

// genericLength is the number of octets that generic RDATA says it has.
func genericLength(data []byte, fields []field) (octets int, err error) {
	if len(fields) < 2 {
		return 0, errors.New(`\# has no length`)
	}
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
