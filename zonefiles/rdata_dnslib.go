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

// This file has miekg/dns write RDATA in its presentation form. The library mishandles empty RDATA, multi-line records
// and quoted right-hand sides, so it is only ever given one clean line: the fields that the scanner found, without
// comments and parentheses.

// parseWithDNSLib has miekg/dns read RDATA. Names without a final dot are relative to origin. Its errors are in words
// of its own, and for no message.
func parseWithDNSLib(t Type, data []byte, fields []field, origin Name) (dns.RR, error) {
	generic := isGeneric(t, data, fields)
	line := cleanLine(t, data, fields, generic)
	parser := dns.NewZoneParser(bytes.NewReader(line), origin.String(), "")
	rr, ok := parser.Next()
	if err := parser.Err(); err != nil {
		return nil, fmt.Errorf("reading RDATA: %w", err)
	}
	if !ok || rr == nil {
		return nil, errors.New("there is no RDATA")
	}
	// The order of types in the text says nothing; on the wire it is fixed (RFC 4034 s.4.1.2).
	switch rr := rr.(type) {
	case *dns.NSEC:
		slices.Sort(rr.TypeBitMap)
	case *dns.NSEC3:
		slices.Sort(rr.TypeBitMap)
	}
	// What ZoneParser passes unread, base64 above all, packing decodes.
	if _, err := dns.PackRR(rr, make([]byte, 2*len(line)+1024), 0, nil, false); err != nil {
		return nil, fmt.Errorf("packing RDATA: %w", err)
	}
	return rr, nil
}

// cleanLine is a record of the root with the RDATA, on one line that miekg/dns reads as name servers do.
func cleanLine(t Type, data []byte, fields []field, generic bool) []byte {
	row, name := t.row(), t.String()
	line := append([]byte(". 0 IN "), name...)
	for i, f := range fields {
		// A quote right after an equals sign belongs to it: alpn="h2,h3" (RFC 9460 s.2.1).
		if i == 0 || !f.quoted || data[f.start-2] != '=' {
			line = append(line, ' ')
		}
		text := data[f.start:f.end]
		switch {
		case generic:
			line = appendField(line, data, f)
		case i < len(row.fields) && row.fields[i].kind >= algorithmField && row.fields[i].kind < tagField:
			line = appendNumber(line, row.fields[i].kind, text)
		case string(text) == `\#`:
			line = append(line, `\035`...) // text after all, as isGeneric says
		case uint16(t) == dns.TypeLOC && lacksSeconds(data, fields, i):
			line = append(appendField(line, data, f), " 0"...)
		case f.escaped && !f.quoted:
			line = appendASCII(line, text)
		default:
			line = appendField(line, data, f)
		}
	}
	return append(line, '\n')
}

// appendASCII writes a field with its octets beyond ASCII, and what backslashes keep from having a meaning of its own,
// as \DDD: the arbiter miscounts the backslashes after the former when it checks whether a dot is escaped, and may end
// a field at the latter.
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

// lacksSeconds reports whether a field of a LOC record is minutes that no seconds follow, as RFC 1876 s.3 allows. The
// arbiter wants them where the minutes are written.
func lacksSeconds(data []byte, fields []field, i int) bool {
	isHemisphere := func(i int) bool {
		return i >= 0 && i < len(fields) && fields[i].end-fields[i].start == 1 &&
			strings.IndexByte("NSEWnsew", data[fields[i].start]) >= 0
	}
	return isHemisphere(i+1) && (i == 1 || isHemisphere(i-2))
}

// appendNumber appends the number of a mnemonic, which the library reads in some types alone.
func appendNumber(line []byte, kind fieldKind, text []byte) []byte {
	if n, ok := kind.number(text); ok {
		return strconv.AppendUint(line, n, 10)
	}
	return append(line, text...)
}

// algorithmOf is the number of a DNSSEC algorithm's mnemonic (RFC 4034 s.A.1).
func algorithmOf(text []byte) (uint64, bool) {
	n, ok := dns.StringToAlgorithm[strings.ToUpper(string(text))]
	return uint64(n), ok
}

// canonicalRDATA is RDATA in the arbiter's presentation form, with absolute names.
func canonicalRDATA(rr dns.RR) string {
	if null, ok := rr.(*dns.NULL); ok {
		return fmt.Sprintf(`\# %d %x`, len(null.Data), null.Data) // it has no other presentation form (RFC 1035 s.3.3.10)
	}
	return strings.SplitN(rr.String(), "\t", 5)[4] // after owner, TTL, class and type
}
