package zonefiles

import (
	"fmt"
)

// This file checks RDATA: by the fields of its type where those are known, and with the DNS library where they are not
// or do not fit.

// checkRDATA is what is wrong with a record's RDATA. Relative names are below origin.
func checkRDATA(t Type, data []byte, fields []field, origin Name) rdataError {
	row := t.row()
	if len(fields) == 0 {
		if row.mayBeEmpty {
			return rdataError{}
		}
		return rdataError{message: "has no data"}
	}
	var wrong rdataError
	generic := isGeneric(data, fields)
	if row.fields != nil && !generic {
		if wrong = checkFields(row.fields, data, fields, len(origin)); wrong.message == "" || wrong.isFinal {
			return wrong
		}
	}
	if size := textLength(fields); size > maxRDATAText {
		if wrong.message == "" {
			wrong.message = fmt.Sprintf("data of %d characters is longer than any can be", size)
		}
		return wrong
	}
	if row.passThrough && !generic {
		return rdataError{}
	}
	_, err := parseWithDNSLib(t, data, fields, origin)
	switch {
	case err == nil:
		return rdataError{}
	case wrong.message == "":
		return rdataError{message: "data cannot be read: " + err.Error()}
	}
	// One of too few fields may be wrong because another is missing, which puts every field after it in the wrong place.
	if want := len(row.fields); len(fields) < want && wrong.field < len(fields) {
		wrong.message += fmt.Sprintf("; %s takes %d fields, and here it has %d", t, want, len(fields))
	}
	return wrong
}

// text is the message of an error in the RDATA of a type.
func (e rdataError) text(t Type, data []byte, fields []field) string {
	subject := t.String()
	if e.about != aboutRDATA {
		want := t.row().fields
		subject += " " + want[min(e.field, len(want)-1)].name
	}
	if e.about == aboutText {
		f := fields[e.field]
		subject += " " + Quote(data[f.start:f.end])
	}
	return subject + " " + e.message
}

func textLength(fields []field) (n int) {
	for _, f := range fields {
		n += int(f.end - f.start)
	}
	return n
}

// isGeneric reports whether RDATA is written as octets: \# LENGTH HEX (RFC 3597 s.5). What follows \# must look like a
// number, or else it is the text "#", as in BIND.
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
