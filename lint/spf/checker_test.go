package spf

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// graphOf joins zones in one graph, from the origin and the text of each.
func graphOf(t testing.TB, texts ...string) *dns.Graph {
	t.Helper()
	loader := zonefiles.NewLoader(nil)
	var zones []*zonefiles.Zone
	for i := 0; i < len(texts); i += 2 {
		origin := zonefiles.MustName(texts[i])
		file, err := loader.Files.Add(texts[i], []byte("$TTL 1h\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n"+texts[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loader.Parse(file, &origin))
	}
	return dns.NewGraph(zones)
}

const around = `
@     A     192.0.2.80
mail  A     192.0.2.1
      AAAA  2001:db8::1
four  A     192.0.2.4
@     MX    10 mail
olds  MX    10 four
olds  MX    20 four2
four2 A     192.0.2.5
many  MX    1 a
many  MX    2 b
many  MX    3 c
nobody TXT  "v=spf1 -all"
good  TXT   "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ~all"
bad   TXT   "v=spf1 ip4:nonsense"
two   TXT   "v=spf1 +all"
two   TXT   "v=spf1 -all"
ring  TXT   "v=spf1 include:ring.example.org -all"
origin TXT  "v=spf1 exists:%{o}.ok.example.org -all"
example.org.ok A 127.0.0.2
text  TXT   "nothing to do with mail"
away  CNAME elsewhere.example.net.
loop  CNAME loop
2.0.0.127.list A 127.0.0.2
*.yes A     127.0.0.2
`

func TestCheck(t *testing.T) {
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	graph := graphOf(t, "example.org.", around, "2.0.192.in-addr.arpa.", "1 PTR mail.example.org.\n")
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	for _, test := range []struct {
		text   string
		client netip.Addr
		want   Verdict
	}{
		{"v=spf1 -all", four, Verdict{}},
		{"v=spf1 ip4:192.0.2.0/24 -all", four, Verdict{Pass: delivery.Yes}},
		{"v=spf1 ip4:192.0.2.0/24 -all", six, Verdict{}},
		{"v=spf1 mx -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 a:mail.example.org -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 a/24 -all", four, Verdict{Pass: delivery.Yes}},
		{"v=spf1 a mx -all", six, Verdict{Pass: delivery.Yes, Voids: 1}},
		{"v=spf1 a a:four.example.org a:text.example.org mx -all", six, Verdict{Pass: delivery.Yes, Voids: 3}},
		{"v=spf1 mx:olds.example.org mx -all", six, Verdict{Pass: delivery.Yes, MXVoids: 2}},
		{"v=spf1 mx:many.example.org mx:text.example.org mx -all", six, Verdict{Pass: delivery.Yes, Voids: 1, MXVoids: 3}},
		{"v=spf1 include:good.example.org -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 include:GOOD.example.org. -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 ?include:good.example.org +all", six, Verdict{}},
		{"v=spf1 redirect=good.example.org", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 include:nobody.example.org mx", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 include:text.example.org mx", six, Verdict{Why: NoPolicy, Missing: zonefiles.MustName("text.example.org.")}},
		{"v=spf1 redirect=gone.example.org", six, Verdict{Why: NoPolicy, Missing: zonefiles.MustName("gone.example.org.")}},
		{"v=spf1 include:bad.example.org mx", six, Verdict{Why: Broken}},
		{"v=spf1 include:two.example.org mx", six, Verdict{Why: Broken}},
		{"v=spf1 mx aaaa", six, Verdict{Why: Broken}},
		{"v=spf1 include:ring.example.org mx", six, Verdict{Why: TooManyLookups}},
		{"v=spf1 include:origin.example.org -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 exists:%{i}.yes.example.org -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 exists:mail.example.org -all", six, Verdict{Pass: delivery.Yes}},
		{"v=spf1 exists:%{i}.no.example.org -all", four, Verdict{Voids: 1}},
		{"v=spf1 ptr -all", four, Verdict{Pass: delivery.Yes}},
		{"v=spf1 ptr:mail.example.org -all", four, Verdict{Pass: delivery.Yes}},
		{"v=spf1 ptr:example.net -all", four, Verdict{}},
		// What nobody knows.
		{"v=spf1 include:example.net -all", four, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 include:example.net ip4:192.0.2.1 -all", four, Verdict{Pass: delivery.Yes}},
		{"v=spf1 include:away.example.org -all", four, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 include:loop.example.org -all", four, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 -include:example.net -all", four, Verdict{}},
		{"v=spf1 a:example.net -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 mx:example.net -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 exists:example.net -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 redirect=example.net", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 ptr -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 exists:%{l}.no.example.org -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1 a:a\\.b.example.org -all", six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1" + strings.Repeat(" a", maxText), six, Verdict{Pass: delivery.Maybe}},
		{"v=spf1" + strings.Repeat(" include:example.net", 11) + " -all", four, Verdict{Pass: delivery.Maybe, Why: TooManyLookups}},
	} {
		for range 2 { // the second time from memory
			if got := c.Check(zonefiles.MustName("example.org."), Parse(test.text), test.client); got != test.want {
				t.Errorf("%.80s for %s: %+v, want %+v", test.text, test.client, got, test.want)
			}
		}
	}
}

func TestAuthorised(t *testing.T) {
	graph := graphOf(t, "example.org.", around)
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	for text, want := range map[string]string{
		"v=spf1 -all":                                             "",
		"v=spf1 include:nobody.example.org -all":                  "",
		"v=spf1 include:nobody.example.org ip4:192.0.2.0/24":      "ip4:192.0.2.0/24",
		"v=spf1 include:good.example.org -all":                    "include:good.example.org",
		"v=spf1 -ip6:2001:db8::/32 ip6:2001:db8::1 -all":          "",
		"v=spf1 redirect=good.example.org":                        "redirect=good.example.org",
		"v=spf1 redirect=example.net":                             "redirect=example.net",
		"v=spf1 a:text.example.org a:four.example.org -all":       "a:four.example.org",
		"v=spf1 mx:olds.example.org -all":                         "mx:olds.example.org",
		"v=spf1 ptr -all":                                         "ptr",
		"v=spf1 exists:%{i}.example.net -all":                     "exists:%{i}.example.net",
		"v=spf1 include:bad.example.org ip4:192.0.2.1 -all":       "",
		"v=spf1 ip4:192.0.2.1 include:bad.example.org -all":       "ip4:192.0.2.1",
		"v=spf1 ip4:nonsense +all":                                "",
		"v=spf1 ?all":                                             "",
		"v=spf1 all":                                              "all",
		"v=spf1" + strings.Repeat(" include:ring.example.org", 9): "",
	} {
		got := ""
		if term, ok := c.Authorised(zonefiles.MustName("example.org."), Parse(text)); ok {
			got = term.Text
		}
		if got != want {
			t.Errorf("%.60s: %q, want %q", text, got, want)
		}
	}
}

func TestExtent(t *testing.T) {
	graph := graphOf(t, "example.org.", around)
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	for text, want := range map[string]Extent{
		"v=spf1 ip4:192.0.2.1 -all":                 {},
		"v=spf1 a mx exists:x.example.org ptr -all": {Lookups: 4, Voids: 3},
		"v=spf1 mx:x.example.org -all":              {Lookups: 1, Voids: 1 + MaxMX},
		"v=spf1 include:good.example.org -all":      {Lookups: 1},
		"v=spf1 include:text.example.org -all":      {Lookups: 1, Missing: true},
		"v=spf1 include:example.net -all":           {Lookups: 1, Unknown: true},
		"v=spf1 include:%{d}.example.org -all":      {Lookups: 1, Unknown: true},
	} {
		if got := c.Extent(Parse(text)); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	if got := c.Extent(Parse("v=spf1 include:ring.example.org")); !got.Circular || got.Lookups <= MaxLookups {
		t.Errorf("a policy that includes itself: %+v", got)
	}
}

func TestWhatARootZoneLacksProvesNothing(t *testing.T) {
	graph := graphOf(t, ".", "example.org. TXT \"v=spf1 include:x.example.org -all\"\n")
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	p := Parse("v=spf1 include:x.example.org -all")
	if v := c.Check(zonefiles.MustName("example.org."), p, Nobody); v.Pass != delivery.Maybe || v.Why != NoReason || c.Extent(p).Missing {
		t.Errorf("%+v, %+v", v, c.Extent(p))
	}
}

// A zone may be written so as to make each evaluation cost as much as possible: every policy leads to ten others, each
// as long as one may be.
func TestStrangersPoliciesCostLittle(t *testing.T) {
	var zone strings.Builder
	for i := range 10 {
		fmt.Fprintf(&zone, "p%d TXT \"v=spf1\"", i)
		for size := 0; size < maxText-40; size += 20 {
			fmt.Fprintf(&zone, " \" ip4:192.168.%03d.0/24\"", i)
		}
		zone.WriteByte('\n')
	}
	zoneText := strings.ReplaceAll(zone.String(), ".00", ".")
	graph := graphOf(t, "example.org.", zoneText)
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	took := make([]time.Duration, 2000)
	for i := range took {
		text := fmt.Sprintf("v=spf1 ip4:198.51.100.%d", i%256)
		for k := range 10 {
			text += fmt.Sprintf(" include:p%d.example.org", k)
		}
		text += fmt.Sprintf(" ?exists:%d.example.org -all", i)
		start := time.Now()
		v := c.Check(zonefiles.MustName("example.org."), Parse(text), netip.MustParseAddr("192.0.2.1"))
		took[i] = time.Since(start)
		if v.Why != TooManyLookups {
			t.Fatalf("%+v", v)
		}
	}
	first := took[0]
	slices.Sort(took) // on a busy machine, some count what other programs do
	each := took[len(took)/2]
	t.Logf("%s each, %s the first", each, first)
	if each > first/4 {
		t.Errorf("half of %d policies take more than %s each, and the first, which reads what all include, %s", len(took), each, first)
	}
}

// BenchmarkOneInclude evaluates the policies of domains that include the same one.
func BenchmarkOneInclude(b *testing.B) {
	graph := graphOf(b, "example.org.", around)
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	p := Parse("v=spf1 a include:good.example.org -all")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Check(zonefiles.MustName("example.org."), p, netip.MustParseAddr("2001:db8::1"))
	}
}

// BenchmarkEvaluation evaluates without memory.
func BenchmarkEvaluation(b *testing.B) {
	graph := graphOf(b, "example.org.", around)
	c := NewChecker()
	c.Enter(graph, graph.Zones()[0])
	p := Parse("v=spf1 a include:good.example.org -all")
	b.ReportAllocs()
	for b.Loop() {
		clear(c.verdicts)
		c.Check(zonefiles.MustName("example.org."), p, netip.MustParseAddr("2001:db8::1"))
	}
}
