package zonefiles

import (
	"bytes"
	"testing"
)

// FuzzScannedSpansLieInOrder holds the scanner to its spans: in the file, in order, without overlap, and with nothing
// between fields but space, quotes, parentheses and comments.
func FuzzScannedSpansLieInOrder(f *testing.F) {
	addZones(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var e entry
		at := uint32(0)
		var again []byte // the file, put together from gaps and fields
		behind := uint32(0)
		gap := func(to uint32, plainAllowed bool) {
			if to < behind || int(to) > len(data) {
				t.Fatalf("a span goes from %d to %d in a file of %d octets", behind, to, len(data))
			}
			between := data[behind:to]
			for i := 0; i < len(between) && !plainAllowed; i++ {
				switch byteClass[between[i]] {
				case comment:
					n := bytes.IndexByte(between[i:], '\n')
					if n < 0 {
						n = len(between) - i
					}
					i += n - 1
				case plain, backslash:
					t.Fatalf("%q stands between fields", between)
				}
			}
			again = append(again, between...)
			behind = to
		}
		for e.scan(data, at) {
			if e.start < at || e.end < e.start || e.next < e.end || e.next <= at || int(e.next) > len(data) {
				t.Fatalf("the entry at %d starts at %d, ends at %d and is followed at %d", at, e.start, e.end, e.next)
			}
			gap(e.start, false)
			for _, field := range e.fields {
				if field.start < e.start || field.end > e.end || field.end < field.start {
					t.Fatalf("a field from %d to %d lies in an entry from %d to %d", field.start, field.end, e.start, e.end)
				}
				gap(field.start, false)
				again = append(again, data[field.start:field.end]...)
				behind = field.end
			}
			gap(e.next, e.fault != noFault)
			at = e.next
		}
		gap(uint32(len(data)), false)
		if !bytes.Equal(again, data) {
			t.Fatalf("fields and gaps make %q of %q", again, data)
		}
	})
}

// fuzzZones are seeds: a little of everything that a zone may hold.
var fuzzZones = []string{
	"$TTL 60\n@ SOA ns h 1 2 3 4 5\n NS ns\nns A 192.0.2.1\n\tAAAA 2001:db8::1\n",
	"$ORIGIN sub.example.org.\na 1h30m IN MX 10 ( mx ; comment (\n ) \nb IN 60 TXT \"a b\" c\\\"d \"\\065\\;\"\n",
	"$GENERATE 1-3 h${1,3,x} MX \"10 m$\"\n$INCLUDE x\n$DATE 1\n$ODD\n",
	"a TXT ( \"unclosed\n b A ) 1.2.3.4 (\n",
	"a \\# 4 c0000201\na TYPE1 \\# 4 c0000201\na 60 CH TXT x\n\xef\xbb\xbfa A 1.2.3.4\r\n",
	"a LOC 60 9 N 24 39 E 10 20 2000 20\na HTTPS 1 . alpn=\"h2,h3\" port=443\na APL\na SRV 0 5 443 .\n",
}

func addZones(f *testing.F) {
	for _, text := range fuzzZones {
		f.Add([]byte(text))
	}
}
