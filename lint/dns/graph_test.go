package dns

import (
	"fmt"
	"strings"
	"testing"

	"mx46/zonefiles"
)

// parseZones reads zones from texts, each under its origin.
func parseZones(t *testing.T, texts ...string) []*zonefiles.Zone {
	t.Helper()
	loader := &zonefiles.Loader{Files: &zonefiles.FileSet{}, Limits: zonefiles.DefaultLimits}
	var zones []*zonefiles.Zone
	for i := 0; i < len(texts); i += 2 {
		origin := zonefiles.MustName(texts[i])
		file, err := loader.Files.Add(fmt.Sprintf("%d-%s", i/2, texts[i]), []byte(texts[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loader.Parse(file, &origin))
	}
	return zones
}

const answering = `$TTL 60
@           SOA   ns h 1 2 3 4 5
            NS    ns
ns          A     192.0.2.53
www         A     192.0.2.1
alias       CNAME www
*.wild      A     192.0.2.2
host.wild   AAAA  2001:db8::1
_25._tcp.mx.wild TLSA 3 0 0 00
deep.empty  A     192.0.2.3
cut         NS    ns.cut
ns.cut      A     192.0.2.4
other.cut   A     192.0.2.5
moved       DNAME example.net.
below.moved A     192.0.2.6
*.alias.wild CNAME www
0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom
`

func TestLookup(t *testing.T) {
	graph := NewGraph(parseZones(t, "example.org.", answering, "child.example.org.", "@ 60 SOA ns h 1 2 3 4 5\nmx 60 A 192.0.2.7\n"))
	tests := []struct {
		name  string
		owner string
		typ   zonefiles.Type
		want  string // status, node, then data
	}{
		{"data", "www", zonefiles.TypeA, "Data www.example.org. 192.0.2.1"},
		{"data whatever the case", "WWW", zonefiles.TypeA, "Data www.example.org. 192.0.2.1"},
		{"no data", "www", zonefiles.TypeAAAA, "NoData www.example.org."},
		{"a name that does not exist", "nothing", zonefiles.TypeA, "NXDomain example.org."},
		{"an alias", "alias", zonefiles.TypeA, "Alias alias.example.org. www.example.org."},
		{"the alias itself", "alias", zonefiles.TypeCNAME, "Data alias.example.org. www.example.org."},
		{"a wildcard", "any.wild", zonefiles.TypeA, "Data *.wild.example.org. wildcard 192.0.2.2"},
		{"a wildcard, several labels down", "a.b.wild", zonefiles.TypeA, "Data *.wild.example.org. wildcard 192.0.2.2"},
		{"a wildcard without the type", "any.wild", zonefiles.TypeAAAA, "NoData *.wild.example.org. wildcard"},
		{"a name that exists beside a wildcard", "host.wild", zonefiles.TypeA, "NoData host.wild.example.org."},
		{"a name below one that exists beside a wildcard", "a.host.wild", zonefiles.TypeA, "NXDomain host.wild.example.org."},
		{"an empty non-terminal beside a wildcard", "mx.wild", zonefiles.TypeA, "NoData mx.wild.example.org. empty"},
		{"the wildcard asked for by its name", "*.wild", zonefiles.TypeA, "Data *.wild.example.org. 192.0.2.2"},
		{"a wildcard alias", "x.alias.wild", zonefiles.TypeMX, "Alias *.alias.wild.example.org. wildcard www.example.org."},
		{"an empty non-terminal", "empty", zonefiles.TypeA, "NoData empty.example.org. empty"},
		{"a zone cut", "cut", zonefiles.TypeA, "Referral cut.example.org. ns.cut.example.org."},
		{"glue is no answer", "ns.cut", zonefiles.TypeA, "Referral cut.example.org. ns.cut.example.org."},
		{"data below a cut is no answer", "other.cut", zonefiles.TypeA, "Referral cut.example.org. ns.cut.example.org."},
		{"the DS at a cut is the parent's", "cut", zonefiles.TypeDS, "NoData cut.example.org."},
		{"a name below a DNAME", "x.moved", zonefiles.TypeA, "Redirect moved.example.org. example.net."},
		{"data below a DNAME is no answer", "below.moved", zonefiles.TypeA, "Redirect moved.example.org. example.net."},
		{"the owner of a DNAME itself", "moved", zonefiles.TypeA, "NoData moved.example.org."},
		{"the hash of a name does not exist", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", zonefiles.TypeA, "NXDomain example.org."},
		{"a zone that is loaded answers for itself", "mx.child", zonefiles.TypeA, "Data mx.child.example.org. 192.0.2.7"},
		{"another zone's name", "www.example.net.", zonefiles.TypeA, "OutOfZone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name, err := zonefiles.ParseName([]byte(tt.owner), zonefiles.MustName("example.org."))
			if err != nil {
				t.Fatal(err)
			}
			for _, from := range append([]*Zone{nil}, graph.Zones()...) {
				if got := describeAnswer(graph.Lookup(from, name, tt.typ)); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			}
		})
	}
}

var statusNames = [...]string{"OutOfZone", "Ambiguous", "Data", "Alias", "Redirect", "Referral", "NoData", "NXDomain"}

func describeAnswer(a Answer) string {
	words := []string{statusNames[a.Status]}
	if a.Status > Ambiguous {
		words = append(words, a.Zone.Names.Name(a.Node).String())
	}
	if a.Wildcard {
		words = append(words, "wildcard")
	}
	if a.Negative() && a.IsEmptyNonTerminal() {
		words = append(words, "empty")
	}
	return strings.Join(append(words, a.Records.canonical()...), " ")
}

func TestTwoFilesOfOneOriginAreNeverMerged(t *testing.T) {
	zones := parseZones(t,
		"example.org.", "@ 60 SOA ns h 1 2 3 4 5\nmx 60 A 192.0.2.1\nwww 60 A 192.0.2.9\n",
		"example.org.", "@ 60 SOA ns h 1 2 3 4 5\nmx 60 A 192.0.2.2\nwww 60 A 192.0.2.9\n",
		"example.net.", "@ 60 SOA ns h 1 2 3 4 5\n",
	)
	graph := NewGraph(zones)
	first, second, other := graph.Zones()[0], graph.Zones()[1], graph.Zones()[2]
	mx, www := zonefiles.MustName("mx.example.org."), zonefiles.MustName("www.example.org.")
	for _, tt := range []struct {
		name  string
		from  *Zone
		owner zonefiles.Name
		want  string
	}{
		{"the first sees itself", first, mx, "Data mx.example.org. 192.0.2.1"},
		{"the second sees itself", second, mx, "Data mx.example.org. 192.0.2.2"},
		{"another zone is not told which is right", other, mx, "Ambiguous"},
		{"unless they agree", other, www, "Data www.example.org. 192.0.2.9"},
	} {
		if got := describeAnswer(graph.Lookup(tt.from, tt.owner, zonefiles.TypeA)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAnswersOfZonesWithMissingParts(t *testing.T) {
	const zone = "$TTL 1\n@ SOA ns h 1 2 3 4 5\nmx A 192.0.2.1\nbad A 192.0.2.300\n*.w A 192.0.2.2\nx.w.bad2 A 1.2.3.400\n" +
		"y.w A 192.0.2.300\n*.v MX x\nz.v TXT x\nflat ALIAS mx\n*.flat A 192.0.2.3\n"
	graph := NewGraph(parseZones(t, "example.org.", zone))
	for _, tt := range []struct {
		owner     string
		typ       zonefiles.Type
		uncertain bool
	}{
		{"mx", zonefiles.TypeAAAA, false},
		{"bad", zonefiles.TypeA, true},
		{"below.bad", zonefiles.TypeA, false},
		{"nothing", zonefiles.TypeA, false},
		{"x.w", zonefiles.TypeA, false}, // by the wildcard
		{"y.w", zonefiles.TypeA, true},  // it may have had addresses of its own
		{"x.v", zonefiles.TypeMX, true}, // by a wildcard that cannot be read
		{"x.v", zonefiles.TypeA, false},
		{"z.v", zonefiles.TypeMX, false}, // no wildcard answers for a name that exists
		{"flat", zonefiles.TypeA, true},
		{"flat", zonefiles.TypeMX, false},
		{"w.bad2", zonefiles.TypeA, true}, // it may have existed because x.w.bad2 did
	} {
		name, _ := zonefiles.ParseName([]byte(tt.owner), zonefiles.MustName("example.org."))
		if a := graph.Lookup(nil, name, tt.typ); a.Uncertain != tt.uncertain {
			t.Errorf("%s %s: uncertain %v, want %v", tt.owner, tt.typ, a.Uncertain, tt.uncertain)
		}
	}
}

// TestRecordsOfLargeZonesAreInOrder compares what names of a large zone have, whether its records stand in order, but for
// the SOA record, or one of the last or each of them does not.
func TestRecordsOfLargeZonesAreInOrder(t *testing.T) {
	const owners = largeZone + 100
	for name, test := range map[string]struct{ each, last string }{
		"in order":           {"%[1]s A 192.0.2.1\n A 192.0.2.2\n AAAA 2001:db8::1\n", ""},
		"in order but one":   {"%[1]s A 192.0.2.1\n A 192.0.2.2\n AAAA 2001:db8::1\n", "h7 TXT last\n"},
		"by name alone":      {"%[1]s AAAA 2001:db8::1\n A 192.0.2.1\n A 192.0.2.2\n", ""},
		"two names in turns": {"%[1]s A 192.0.2.1\nh0 TXT x\n%[1]s AAAA 2001:db8::1\n A 192.0.2.2\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString("$TTL 60\n@ SOA ns h 1 2 3 4 5\n NS ns\n A 192.0.2.9\n")
			for i := range owners {
				fmt.Fprintf(&text, test.each, fmt.Sprintf("h%d", i))
			}
			text.WriteString(test.last)
			z := NewGraph(parseZones(t, "example.org.", text.String())).Zones()[0]
			if got := z.RRset(z.Apex(), zonefiles.TypeSOA).Len(); got != 1 {
				t.Fatalf("the apex has %d SOA records", got)
			}
			for i := 1; i < owners; i++ {
				owner, _ := z.Names.Find(zonefiles.MustName(fmt.Sprintf("h%d.example.org.", i)))
				a, aaaa := z.RRset(owner, zonefiles.TypeA), z.RRset(owner, zonefiles.TypeAAAA)
				if a.Len() != 2 || aaaa.Len() != 1 || a.At(0).Owner() != owner || a.At(0).Text(0) != "192.0.2.1" ||
					a.At(1).Text(0) != "192.0.2.2" || aaaa.At(0).Text(0) != "2001:db8::1" {
					t.Fatalf("h%d has %d A and %d AAAA records, or not its own", i, a.Len(), aaaa.Len())
				}
			}
			seven, _ := z.Names.Find(zonefiles.MustName("h7.example.org."))
			if got, want := z.RRset(seven, zonefiles.TypeTXT).Len() == 1, test.last != ""; got != want {
				t.Errorf("h7 has a TXT record: %v, want %v", got, want)
			}
		})
	}
}
