package zonefiles

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mx46/testdata/bench/zonegen"
)

// addressTexts are addresses of every form, and texts that are nearly one.
var addressTexts = []string{
	"::", "::1", "1::", "1::8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:8:9", "1::2::3",
	"::192.0.2.1", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7:192.0.2.1", "1:2:3:4:5::192.0.2.1", "64:ff9b::192.0.2.256",
	"::192.0.2", "::192.0.2.01", "::12345", "::g", "fe80::1%eth0", "2001:DB8::aBcD", ":", ":1", "1:", "1:::2", "", ".", "::1 ", "::1:", "192.0.2.1",
	"0000:0000:0000:0000:0000:0000:255.255.255.255", "::192.0.2.1:1", "1.2.3.4::", "::1.2.3.4.5", "02001:db8::",
}

func checkIPv6(t *testing.T, text string) {
	t.Helper()
	want, err := netip.ParseAddr(text)
	wanted := err == nil && want.Is6() && want.Zone() == ""
	got, ok := parseIPv6([]byte(text))
	if ok != wanted || ok && got != want {
		t.Errorf("parseIPv6(%q) = %v, %v; netip reads %v (%v)", text, got, ok, want, err)
	}
}

func TestIPv6AddressesAreReadAsNetipReadsThem(t *testing.T) {
	for _, text := range addressTexts {
		checkIPv6(t, text)
	}
}

func FuzzIPv6AddressesAreReadAsNetipReadsThem(f *testing.F) {
	for _, text := range addressTexts {
		f.Add(text)
	}
	f.Fuzz(checkIPv6)
}

// checkFastPath holds the fast path to what it promises: what it accepts, the arbiter accepts with the same value.
func checkFastPath(t *testing.T, typ Type, text string) {
	t.Helper()
	data := []byte(text)
	fields := scanFields(data, 0, uint32(len(data)), nil)
	spec := typ.row().fields
	if spec == nil || len(fields) == 0 || isGeneric(data, fields) || checkFields(spec, data, fields, 0).message != "" {
		return
	}
	// The arbiter asks more of the character-strings of these than name servers do: quotes in NAPTR, numbers in GPOS and X25.
	if name := typ.String(); name == "NAPTR" || name == "GPOS" || name == "X25" {
		return
	}
	// It has no names for some types, which may be listed all the same.
	for i, f := range fields {
		if kind := spec[min(i, len(spec)-1)].kind; kind == typeField || kind == typesField {
			if listed, _ := parseType(data[f.start:f.end]); listed.row().passThrough {
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

func TestReadingRecordsAllocatesNothingPerRecord(t *testing.T) {
	for _, text := range []string{
		"a MX 10 mx\n", "a 3600 IN A 192.0.2.1\n", " AAAA 2001:db8::1\n", " TXT \"v=spf1 -all\" ; comment\n", "mx.a CNAME b.\n", "x ( NS\nns1 )\n",
		"h NSEC3 1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX RRSIG\n", "a RRSIG MX 13 3 3600 20440101000000 20240101000000 1 example. ( AAAA\n BBBB )\n",
		"d DS 1 13 2 aabbccdd\n",
	} {
		data := []byte(text)
		var e entry
		e.scan(data, 0) // makes the list of fields
		if n := testing.AllocsPerRun(100, func() {
			if !e.scan(data, 0) || readPart(data, &e).typ == 0 {
				t.Fatalf("%q is not read as a record", text)
			}
		}); n != 0 {
			t.Errorf("reading %q allocates %v times", text, n)
		}
	}
}

func TestAskingARecordForItsDataAllocatesNothing(t *testing.T) {
	z := parseInParts(t, t.TempDir(), "$TTL 1\na A 192.0.2.1\n AAAA 2001:db8::1\n MX 10 a ; x\n NS ns.a.example.org.\n", 0)
	for i := range z.Len() {
		r := z.Record(i)
		if n := testing.AllocsPerRun(100, func() {
			r.Addr()
			r.Number(0)
			r.Field(0)
			r.NameID(0)
			r.IsRelative(0)
			r.IsBelowOwner(0)
			r.Span()
		}); n != 0 {
			t.Errorf("asking the %s record allocates %v times", r.Type(), n)
		}
	}
}

func TestWhatIsBelowItsOwner(t *testing.T) {
	for text, want := range map[string]bool{
		"ns.a.example.org.": true, "NS.A.example.ORG.": true, "a.example.org.": true, "xa.example.org.": false, "example.org.": false,
		"b.example.org.": false, "ns.a": true, "a": true, `n\115.a.example.org.`: true, `\a.example.org.`: true, ".": false, "a.example.net.": false,
	} {
		z := parseInParts(t, t.TempDir(), "$TTL 1\na NS "+text+"\n", 0)
		if got := z.Record(0).IsBelowOwner(0); got != want {
			t.Errorf("%s below a.example.org.: %v, want %v", text, got, want)
		}
	}
}

// benchmarkZones runs a benchmark on hosting and registry zones of several sizes. Time is also told for each record.
func benchmarkZones(b *testing.B, run func(b *testing.B, data []byte)) {
	for _, shape := range zonegen.Shapes() {
		if shape.Name != "hosting" && shape.Name != "tld" && shape.Name != "signed" {
			continue
		}
		for _, size := range []int{1_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", shape.Name, size), func(b *testing.B) {
				var zone bytes.Buffer
				if err := shape.Write(&zone, size); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(zone.Len()))
				b.ReportAllocs()
				b.ResetTimer()
				run(b, zone.Bytes())
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/record")
			})
		}
	}
}

func BenchmarkScan(b *testing.B) {
	benchmarkZones(b, func(b *testing.B, data []byte) {
		for b.Loop() {
			var e entry
			for at := uint32(0); e.scan(data, at); at = e.next {
			}
		}
	})
}

func benchmarkParse(b *testing.B, jobs int) {
	benchmarkZones(b, func(b *testing.B, data []byte) {
		for b.Loop() {
			loader := NewLoader(nil)
			loader.Jobs = jobs
			file, err := loader.Files.Add("zone", data)
			if err != nil {
				b.Fatal(err)
			}
			loader.Parse(file, nil)
		}
	})
}

func BenchmarkParse(b *testing.B)       { benchmarkParse(b, 0) }
func BenchmarkParseOneJob(b *testing.B) { benchmarkParse(b, 1) }
