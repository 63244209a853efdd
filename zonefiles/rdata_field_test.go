package zonefiles

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// checkFastPath holds the fast path to what it promises: what it accepts, the arbiter accepts with the same value.
func checkFastPath(t *testing.T, typ Type, text string) {
	t.Helper()
	data := []byte(text)
	fields := scanFields(data, 0, uint32(len(data)), nil)
	spec := typ.row().fields
	fault := checkRDATA(typ, data, fields, originSize{})
	if fault.kind != 0 && !strings.HasPrefix(faultText(typ, data, fields, fault), typ.String()+" ") {
		t.Fatalf("%s %q: the message begins with something else than the type", typ, text)
	}
	if len(fields) == 0 || isGeneric(typ, data, fields) || fault.kind != 0 {
		return
	}
	// The library does not read some types, and asks more of others than name servers do: quotes in NAPTR, numbers in GPOS
	// and X25, decimals after the point in LOC, and no bits after the prefix in APL.
	switch typ.String() {
	case "NAPTR", "GPOS", "X25", "LOC", "APL":
		return
	}
	if unknownToDNSLib(typ) {
		return
	}
	// It has no names for some types, which may be listed all the same.
	for i, f := range fields {
		if kind := spec[min(i, len(spec)-1)].kind; kind == typeField || kind == typesField {
			if listed, _ := parseType(data[f.start:f.end]); unknownToDNSLib(listed) {
				return
			}
		}
	}
	rr, err := parseWithDNSLib(typ, data, fields, Root)
	if err != nil {
		t.Fatalf("%s %q: the fast path accepts it, the arbiter does not: %v", typ, text, err)
	}
	canonical := scanFields([]byte(canonicalRDATA(rr)), 0, uint32(len(canonicalRDATA(rr))), nil)
	for i, want := range spec[:min(len(spec), len(fields), len(canonical))] {
		given, read := data[fields[i].start:fields[i].end], []byte(canonicalRDATA(rr))[canonical[i].start:canonical[i].end]
		switch want.kind {
		case ipv4Field:
			a, _ := parseIPv4(given)
			if a.String() != string(read) {
				t.Fatalf("%s %q: field %d is %s here and %s to the arbiter", typ, text, i, a, read)
			}
		case ipv6Field:
			a, _ := parseIPv6(given)
			if b, err := netip.ParseAddr(string(read)); err != nil || a != b {
				t.Fatalf("%s %q: field %d is %s here and %s to the arbiter", typ, text, i, a, read)
			}
		case uint8Field, uint16Field, uint32Field:
			a, _ := parseUint(given, 1<<32-1)
			if fmt.Sprint(a) != string(read) {
				t.Fatalf("%s %q: field %d is %d here and %s to the arbiter", typ, text, i, a, read)
			}
		case nameField:
			a, _ := ParseName(given, Root)
			b, err := ParseName(read, Root)
			if err != nil || a != b {
				t.Fatalf("%s %q: field %d is %s here and %s to the arbiter", typ, text, i, a, read)
			}
		}
	}
}

func FuzzTheArbiterAcceptsWhatTheFastPathAccepts(f *testing.F) {
	for _, seed := range []struct {
		typ  Type
		data string
	}{
		{TypeA, "192.0.2.1"},
		{TypeAAAA, "2001:db8::192.0.2.1"},
		{TypeMX, "10 mx.example.org."},
		{TypeMX, `65535 a\.b\032c`},
		{TypeTXT, `"a b" c\"d`},
		{TypeSOA, "a. b. 1 2h 3m4s 5 6"},
		{33, "0 5 443 ."},
		{TypeDS, "1 RSASHA256 2 aabb ccdd"},
		{TypeRRSIG, "MX 13 3 3600 20440101000000 20240101000000 1 example. AAAA"},
		{TypeNSEC3, "1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX RRSIG"},
		{TypeTLSA, "3 1 1 aa"},
		{257, `0 issue "x"`},
		{64, `1 . alpn="h2,h3" mandatory=alpn ipv4hint=192.0.2.1`},
		{64, `\# 14 0001000000000200010001000368 3268`},
		{29, "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"},
		{42, "1:192.0.2.0/24 !2:2001:db8::/32"},
		{55, `\# 9 010200010a0b0000 00`},
		{38, "64 ::1 a."},
		{45, "10 1 2 192.0.2.38 AQ=="},
		{35, `100 50 "s" "x" "!^(.*)$!\\1!i" .`},
		{13, "a b"},
	} {
		f.Add(uint16(seed.typ), seed.data)
	}
	f.Fuzz(func(t *testing.T, typ uint16, text string) {
		if strings.ContainsAny(text, "\n\r\x00") {
			t.Skip("more than one line")
		}
		checkFastPath(t, Type(typ), text)
	})
}
