package live

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/lint/lock"
	"mx46/zonefiles"
)

const providers = root + `
provider.example. 300 IN SOA ns.provider.example. x. 1 2 3 4 300
provider.example. 300 IN NS ns.provider.example.
provider.example. 300 IN NS ns.provider.example.net.
ns.provider.example. 300 IN A 192.0.9.53
ns.provider.example.net. 300 IN AAAA 2600:9::53
mx.provider.example. 300 IN A 198.18.0.1
mx.provider.example. 300 IN AAAA 2600:9::1
v4.provider.example. 300 IN A 203.0.114.4
v6.provider.example. 300 IN AAAA 2600:9::6
lan.provider.example. 300 IN A 10.0.0.1
lan.provider.example. 300 IN AAAA 2600:9::7
renamed.provider.example. 300 IN CNAME v4.provider.example.
gone.provider.example. 300 IN CNAME nobody.provider.example.
empty.provider.example. 300 IN TXT "nothing"
slow.example. 300 IN SOA ns.slow.example. x. 1 2 3 4 300
slow.example. 300 IN NS ns.slow.example.
slow.example. 300 IN NS gone.slow.example.
ns.slow.example. 300 IN A 203.0.114.53
mx.slow.example. 300 IN A 203.0.114.5
mx.slow.example. 300 IN AAAA 2600:9::5
`

func ask(t *testing.T, c *Client, hosts string, resolvers ...*Resolver) (lines []string) {
	t.Helper()
	var s Survey
	for name := range strings.FieldsSeq(hosts) {
		s.Mail = append(s.Mail, zonefiles.MustName(name))
	}
	results, err := c.Ask(t.Context(), s, resolvers...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Host.Name != s.Mail[i] {
			t.Errorf("result %d is of %s", i, r.Host.Name)
		}
		if r.Err != nil {
			lines = append(lines, r.Err.Error())
		} else {
			lines = append(lines, r.Host.Facts())
		}
	}
	return lines
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			return
		}
	}
}

func TestFactsAboutHosts(t *testing.T) {
	w := newWorld(t, providers)
	w.rcode["broken.provider.example. AAAA"] = dns.RcodeServerFailure
	w.rcode["empty.provider.example. TXT"] = dns.RcodeServerFailure
	w.records = append(w.records, newWorld(t, "broken.provider.example. 300 IN A 203.0.114.9").records...)
	got := ask(t, quick(), `mx.provider.example. v4.provider.example. v6.provider.example. lan.provider.example. renamed.provider.example.
		gone.provider.example. empty.provider.example. nobody.provider.example. mx.slow.example. broken.provider.example.`, w.serve(t))
	r := got[len(got)-1]
	if !strings.HasPrefix(r, "resolver 127.0.0.1:") || !strings.HasSuffix(r, "broken.provider.example. AAAA: SERVFAIL") {
		t.Errorf("of a host whose AAAA is broken: %s", r)
	}
	expect(t, got[:len(got)-1], "ipv4=special-purpose ipv6", "ipv4", "ipv6", "ipv4=private ipv6", "alias=v4.provider.example. ipv4",
		"alias=nobody.provider.example. nxdomain", "nodata", "nxdomain", "ipv4 ipv6 dns=ipv4")
}

func TestOnlyFamilyOfNameServers(t *testing.T) {
	w := newWorld(t, providers)
	// One of the name servers of slow.example cannot be asked about: then nothing is known of all.
	w.rcode["ns.slow.example. AAAA"] = dns.RcodeServerFailure
	expect(t, ask(t, quick(), "mx.slow.example.", w.serve(t)), "ipv4 ipv6")
}

func TestCompactDenial(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := answered(t, q, dns.RcodeSuccess, "-", soa)
		if opt := q.IsEdns0(); opt != nil && opt.Do() {
			types := []uint16{dns.TypeRRSIG, dns.TypeNSEC}
			if q.Question[0].Name == "missing.example." {
				types = append(types, typeNXNAME)
			}
			m.Ns = append(m.Ns, &dns.NSEC{
				Hdr:        dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeNSEC, Class: dns.ClassINET},
				NextDomain: `\000.` + q.Question[0].Name, TypeBitMap: types,
			})
		}
		return [][]byte{pack(t, m)}
	})
	expect(t, ask(t, quick(), "missing.example. empty.example.", NewResolver(s.address)), "nxdomain", "nodata")
}

func TestResolversThatDisagree(t *testing.T) {
	one, other := newWorld(t, providers), newWorld(t, providers)
	other.rcode["v4.provider.example. A"] = dns.RcodeServerFailure
	other.hide = true
	r1, r2 := one.serve(t), other.serve(t)
	got := ask(t, quick(), "v6.provider.example. renamed.provider.example. v4.provider.example. mx.slow.example.", r1, r2)
	expect(t, got,
		fmt.Sprintf(`resolvers disagree: %s says "ipv6", %s says "nodata"`, r1, r2),
		"alias=v4.provider.example. ipv4",
		"ipv4", // one has no answer, which is no answer that disagrees
		fmt.Sprintf(`resolvers disagree: %s says "ipv4 ipv6 dns=ipv4", %s says "ipv4 dns=ipv4"`, r1, r2))
	results, err := quick().Ask(t.Context(), Survey{Mail: []zonefiles.Name{zonefiles.MustName("v6.provider.example.")}}, r1, r2)
	if err != nil || !errors.Is(results[0].Err, ErrDisagree) || results[0].Host.State != lock.Unknown {
		t.Errorf("%+v, %v", results, err)
	}
}
