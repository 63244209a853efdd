package live

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

func mustPrefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

func TestEachNameIsAskedOnce(t *testing.T) {
	w := newWorld(t, providers+`
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN MX 10 mx.provider.example.
other.org. 300 IN MX 10 mx.provider.example.
example.org. 300 IN TXT "v=spf1 include:_spf.provider.example a:mx.provider.example mx redirect=example.org"
_spf.provider.example. 300 IN TXT "v=spf1 include:_spf.provider.example include:%{d}.example mx:other.org -all"
`)
	var mu sync.Mutex // over UDP and TCP the server answers at once
	asked := map[string]int{}
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		asked[q.Question[0].String()]++
		return [][]byte{pack(t, w.answer(q))}
	})
	c := quick()
	c.Jobs = 1
	observe(t, c, Observe{}, "example.org. other.org.", NewResolver(s.address))
	mu.Lock()
	defer mu.Unlock()
	for q, n := range asked {
		if n != 1 {
			t.Errorf("%s: %d times", q, n)
		}
	}
	for _, q := range []string{
		"example.org. MX", "other.org. MX", "mx.provider.example. A", "mx.provider.example. AAAA", "_spf.provider.example. TXT",
		"_25._tcp.mx.provider.example. TLSA", "1.0.18.198.in-addr.arpa. PTR", "provider.example. NS",
	} {
		name, of, _ := strings.Cut(q, " ")
		if asked[fmt.Sprintf(";%s\tIN\t %s", name, of)] != 1 {
			t.Errorf("%s was not asked; %v", q, asked)
		}
	}
}

func TestTLSARecordsOfOtherPeopleCountWhereTheyAreSigned(t *testing.T) {
	w := newWorld(t, providers+`
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN MX 10 mx.provider.example.
example.org. 300 IN MX 20 mx.example.org.
example.org. 300 IN MX 30 shared.example.org.
mx.example.org. 300 IN A 198.18.0.9
shared.example.org. 300 IN A 198.18.0.10
_25._tcp.mx.example.org. 300 IN TLSA 3 0 0 00
_25._tcp.shared.example.org. 300 IN CNAME _25._tcp.mx.provider.example.
_25._tcp.mx.provider.example. 300 IN TLSA 3 0 0 00
`)
	var isSigned, isAsked atomic.Bool
	r := NewResolver(serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := w.answer(q)
		if q.Question[0].Qtype == dns.TypeTLSA {
			isAsked.Store(q.AuthenticatedData)
			m.AuthenticatedData = isSigned.Load()
		}
		return [][]byte{pack(t, m)}
	}).address)
	const own, other = "\t_25._tcp.mx.example.org. 300 IN TLSA ", "\t_25._tcp.mx.provider.example. 300 IN TLSA "
	for _, signed := range []bool{false, true} {
		isSigned.Store(signed)
		seen, got := observe(t, quick(), Observe{InTurn: true}, "example.org.", r)
		if !strings.Contains(got, own) || strings.Contains(got, other) != signed {
			t.Errorf("signed: %v\n%s", signed, got)
		}
		want := []zonefiles.Name{zonefiles.MustName("mx.provider.example."), zonefiles.MustName("shared.example.org.")}
		if signed {
			want = nil
		}
		if !slices.Equal(seen.Unsigned, want) || !isAsked.Load() {
			t.Errorf("signed: %v, asked: %v, not counted: %v", signed, isAsked.Load(), seen.Unsigned)
		}
	}
}

func TestWhichResolversAreTrusted(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.53": true, "::1": true, "::ffff:127.0.0.1": true,
		"192.0.2.53": false, "10.0.0.1": false, "2001:db8::53": false,
	} {
		r := NewResolver(netip.AddrPortFrom(netip.MustParseAddr(address), Port))
		if got := new(Client).trusts(r); got != want {
			t.Errorf("%s: %v", address, got)
		}
		if !(&Client{TrustAD: true}).trusts(r) {
			t.Errorf("%s is not trusted where all are", address)
		}
	}
}

func TestAStrangersZoneDecidesOnHowMuchIsAsked(t *testing.T) {
	var text strings.Builder
	text.WriteString(providers)
	for i := range 900 {
		fmt.Fprintf(&text, "many.example.org. 300 IN MX 10 mx%d.provider.example.\n", i)
	}
	spf := `"v=spf1`
	for i := range 30 {
		spf += fmt.Sprintf(" a:a%d.example.org include:i%d.example.org", i, i)
		fmt.Fprintf(&text, "i%d.example.org. 300 IN TXT \"v=spf1 include:i%d.example.org\"\n", i, i+1)
	}
	fmt.Fprintf(&text, "many.example.org. 300 IN TXT %s\"\n", spf)
	c := quick()
	seen, _ := observe(t, c, Observe{}, "many.example.org.", newWorld(t, text.String()).serve(t))
	if n := c.Progress.Questions.Load(); n > maxQuestions+10 || seen.Answers > maxQuestions {
		t.Errorf("%d questions, %d answers", n, seen.Answers)
	}
}

func TestResolversThatDisagreeAboutADomain(t *testing.T) {
	one := newWorld(t, providers+"example.org. 300 IN MX 10 mx.provider.example.\nother.org. 300 IN MX 10 v6.provider.example.\n")
	two := newWorld(t, strings.ReplaceAll(providers, "203.0.114.4", "203.0.114.5")+
		"example.org. 300 IN MX 10 v4.provider.example.\nother.org. 300 IN MX 10 v6.provider.example.\n")
	two.hide = true
	r1, r2 := one.serve(t), two.serve(t)
	seen, _ := observe(t, quick(), Observe{Brief: true}, "example.org. other.org.", r1, r2)
	if len(seen.Unanswered) != 2 || len(seen.Failed) != 1 || !errors.Is(seen.Unanswered[0], ErrDisagree) {
		t.Fatalf("%v", seen.Unanswered)
	}
	want := fmt.Sprintf("example.org. MX: resolvers disagree: %s says 10 mx.provider.example., %s says 10 v4.provider.example.", r1, r2)
	if got := seen.Unanswered[0].Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
