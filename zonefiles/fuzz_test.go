package zonefiles

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mx46/zonefiles/disk"

	"github.com/miekg/dns"
)

// This file feeds the scanner, the parser, names and $GENERATE with what chance makes.

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

// FuzzScannedSpansLieInOrder holds the scanner to its spans: in the file, in order, without overlap, and with nothing between fields but
// space, quotes, parentheses and comments.
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

// FuzzRecordsAreThoseOfTheArbiter compares what is read with miekg/dns's own reader of zones, where both read all of it.
func FuzzRecordsAreThoseOfTheArbiter(f *testing.F) {
	addZones(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		loader := &Loader{Files: &FileSet{}, Limits: DefaultLimits, read: map[string]*openFile{}}
		loader.Limits.MaxGenerated = 100
		loader.Root, _ = disk.OpenRoot(t.TempDir())
		defer loader.Root.Close()
		file, err := loader.Files.Add("fuzz", data)
		if err != nil {
			t.Fatal(err)
		}
		origin := MustName("example.org.")
		z := loader.Parse(file, &origin)
		var ours []string
		for i := range z.Len() {
			r := z.Record(i)
			for _, span := range []Span{r.Span(), r.OwnerSpan(), r.RDATASpan(), r.Field(0), r.Field(100)} {
				if text := loader.Files.File(span.File).Data; int(span.End) > len(text) || span.Start > span.End {
					t.Fatalf("a span from %d to %d in %d octets", span.Start, span.End, len(text))
				}
			}
			line := canonicalLine(fmt.Sprintf("%s 0 IN %s %s", r.OwnerName(), r.Type(), r.CanonicalRDATA()))
			ours = append(ours, line)
		}
		// The two read line ends within comments, generation, other classes, and quotes right beside other text in ways of their own.
		if len(z.Problems) > 0 || z.OtherClass > 0 || bytes.ContainsAny(data, "\r$\"\\") {
			return
		}
		var theirs []string
		parser := dns.NewZoneParser(bytes.NewReader(data), "example.org.", "")
		parser.SetDefaultTTL(60)
		for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
			if rr.Header().Rrtype == dns.TypeNULL {
				return // the arbiter has no presentation form for it (RFC 1035 s.3.3.10)
			}
			rr.Header().Ttl = 0
			theirs = append(theirs, canonicalLine(rr.String()))
		}
		if parser.Err() != nil {
			return
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		if !slices.Equal(ours, theirs) {
			t.Fatalf("of %q:\n here    %q\n arbiter %q", data, ours, theirs)
		}
	})
}

// FuzzNamesPrintAndParseAgain reads a name, prints it and reads it again.
func FuzzNamesPrintAndParseAgain(f *testing.F) {
	for _, text := range []string{"@", ".", "a", "a.b.", `a\.b\032c.`, `\@`, `\255.`, strings.Repeat("a.", 127), "a..b", `\`, `\25`, "*", "A.É."} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		origin := MustName("example.org.")
		name, err := ParseName(text, origin)
		names := newNames(0)
		apex, _ := names.intern([]byte(origin), rootID)
		id, internErr := names.internText(text, apex)
		if (err == nil) != (internErr == nil) {
			t.Fatalf("%q: ParseName says %v, the tree of names %v", text, err, internErr)
		}
		if err != nil {
			return
		}
		if names.Name(id) != name {
			t.Fatalf("%q is %s, and %s in the tree of names", text, name, names.Name(id))
		}
		again, err := ParseName([]byte(name.String()), Root)
		if err != nil || again != name {
			t.Fatalf("%q is %q, which is read as %q: %v", text, name.String(), again.String(), err)
		}
		if len(name) > maxName || !name.IsAtOrBelow(Root) {
			t.Fatalf("%q has %d octets", text, len(name))
		}
		for above := name; !above.IsRoot(); above = above.Parent() {
			if !name.IsAtOrBelow(above) || len(above.FirstLabel()) > maxLabel {
				t.Fatalf("%s is not below %s", name, above)
			}
		}
	})
}

// FuzzGenerateKeepsToItsLimits carries out directives that chance has made.
func FuzzGenerateKeepsToItsLimits(f *testing.F) {
	for _, seed := range [][3]string{
		{"1-3", "h$", "A 192.0.2.$"},
		{"0-10/2", "h${-1,3,d}", `MX "10 m${0,4,X}"`},
		{"1-2", "${0,8,n}", "PTR $.x"},
		{"5-1", "$$", "TXT \\$"},
		{"0-2147483647", "a", "A 1.2.3.4"},
		{"1-2", "${", "60 IN A ${1,300}"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, numbers, owner, rest string) {
		const limit = 500
		loader := &Loader{Files: &FileSet{}, Limits: DefaultLimits}
		loader.Limits.MaxGenerated, loader.Limits.MaxGeneratedBytes = limit, 1<<16
		file, err := loader.Files.Add("fuzz", []byte("$TTL 1\n$GENERATE "+numbers+" "+owner+" "+strings.ReplaceAll(rest, "\n", " ")+"\nend A 192.0.2.1\n"))
		if err != nil {
			t.Fatal(err)
		}
		origin := MustName("example.org.")
		z := loader.Parse(file, &origin)
		if z.Len() > limit+1 {
			t.Fatalf("%d records are made, %d may be", z.Len(), limit)
		}
		for i := range z.Len() {
			if at := loader.Files.OnDisk(z.Record(i).Span()); at.File != file.ID {
				t.Fatalf("record %d lies in file %d on the disk", i, at.File)
			}
		}
	})
}
