package zonefiles

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles/disk"
)

// FuzzRecordsAreThoseOfTheArbiter compares what is read with miekg/dns's own reader of zones, where both read all of
// it.
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
		// The two read line ends within comments, generation, other classes, and quotes right beside other text in ways of
		// their own.
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
