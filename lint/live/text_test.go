package live

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

func TestWhereAnswersComeFrom(t *testing.T) {
	for _, c := range []struct {
		server string
		tcp    bool
		from   string
		uri    string
	}{
		{"192.0.2.53:53", false, "from 192.0.2.53 over IPv4, UDP", "dns://192.0.2.53/a%2Fb.example?type=MX"},
		{"192.0.2.53:5353", true, "from 192.0.2.53:5353 over IPv4, TCP", "dns://192.0.2.53:5353/a%2Fb.example?type=MX"},
		{"[2001:db8::53]:53", false, "from 2001:db8::53 over IPv6, UDP", "dns://[2001:db8::53]/a%2Fb.example?type=MX"},
		{"[fe80::1%eth0]:53", false, "from fe80::1%eth0 over IPv6, UDP", "dns://[fe80::1%25eth0]/a%2Fb.example?type=MX"},
	} {
		o := origin{netip.MustParseAddrPort(c.server), c.tcp}
		if got := o.String(); got != c.from {
			t.Errorf("got %s, want %s", got, c.from)
		}
		if got := o.uri(zonefiles.MustName("a/b.example."), dns.TypeMX); got != c.uri {
			t.Errorf("got %s, want %s", got, c.uri)
		}
	}
}

// nasty is the origin of the texts in these tests.
var nasty = origin{server: netip.MustParseAddrPort("192.0.2.53:53")}

// checkText holds the text of records against the records.
func checkText(t *testing.T, owner zonefiles.Name, records []dns.RR) {
	t.Helper()
	l := zonefiles.NewLoader(nil) // without a root: a directive that reads a file would be a crash
	file, err := l.Files.AddAnswer("dns://192.0.2.53/x?type=A", recordsText(owner, records, nasty))
	if err != nil {
		t.Fatal(err)
	}
	z := l.Observe(owner, []zonefiles.Answer{{Name: owner, Exists: true, Text: file}})
	if len(z.Problems) > 0 {
		return // it is not known then
	}
	if z.Len() != len(records) {
		t.Fatalf("%d records are read as %d:\n%s", len(records), z.Len(), file.Data)
	}
	wanted := map[string]int{}
	for _, r := range records {
		wanted[strings.ToLower(rdataText(r))]++
	}
	for i := range z.Len() {
		r := z.Record(i)
		got := strings.ToLower(r.CanonicalRDATA())
		if r.OwnerName() != owner || wanted[got] == 0 {
			t.Errorf("%s %s is not among the records:\n%s", r.OwnerName(), got, file.Data)
		}
		wanted[got]--
	}
}

func TestRecordsAreReadAsTheyWereSent(t *testing.T) {
	for _, record := range []string{
		`x. 60 IN MX 10 MX.example.`, `x. 60 IN A 192.0.2.1`, `x. 60 IN AAAA 2001:db8::1`,
		`x. 60 IN TXT "v=spf1 -all" "; mx46:ignore-file mx-no-ipv6 -- \" \\ \031[31m"`, `x. 60 IN MX 10 \$INCLUDE.\@\;\(.example.`,
		`x. 60 IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`, `x. 60 IN TYPE65280 \# 3 010203`,
		`x. 60 IN SOA a. b. 1 2 3 4 5`, `x. 60 IN PTR a\.b.example.`,
	} {
		r, err := dns.NewRR(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, owner := range []string{"x.", `\$INCLUDE.x.`, `\$INCLUDE.`, `\@.`, `\;\032\009\".x.`, `*.x.`, `\000\255.x.`} {
			checkText(t, zonefiles.MustName(owner), []dns.RR{r})
		}
	}
}

func TestTextIsTheSameWhateverTheOrder(t *testing.T) {
	a, _ := dns.NewRR("x. 60 IN MX 9 b.")
	b, _ := dns.NewRR("x. 60 IN MX 10 a.")
	text := string(recordsText("\x01x", []dns.RR{a, b}, nasty))
	if other := string(recordsText("\x01x", []dns.RR{b, a}, nasty)); text != other || !strings.HasPrefix(text, "x. 60 IN MX 9 b. ; from") {
		t.Errorf("%s\n%s", text, other)
	}
}

func FuzzAnswersAsText(f *testing.F) {
	q := new(dns.Msg).SetQuestion("mx.example.", dns.TypeTXT)
	f.Add(pack(f, answered(f, q, dns.RcodeSuccess, `mx.example. 300 IN TXT "a" "b\"c"`)), dns.TypeTXT)
	f.Add(pack(f, answered(f, q, dns.RcodeSuccess, `mx.example. 300 IN MX 10 \$INCLUDE.example.`)), dns.TypeMX)
	f.Fuzz(func(t *testing.T, message []byte, of uint16) {
		if len(message) < 12 || len(message) > maxMessage {
			return
		}
		found, err := readAnswer(message, question{name: zonefiles.MustName("mx.example."), of: of})
		if err == nil && found.status == data && found.end == zonefiles.MustName("mx.example.") {
			checkText(t, found.end, found.records)
		}
	})
}
