package live

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

func TestReferrals(t *testing.T) {
	const ns, other = "example.org. 300 IN NS ns.example.org.", "example.org. 300 IN NS ns.example.net."
	for _, c := range []struct {
		name          string
		answer        []string
		extra         []string
		authoritative bool
		want          string
	}{
		{
			"glue of both families",
			[]string{"-", ns, other},
			[]string{"ns.example.org. 300 IN A 192.0.2.53", "ns.example.org. 300 IN AAAA 2001:db8::53"},
			false,
			"[{ns.example.org. IPv4 and IPv6} {ns.example.net. none}]",
		},
		{"glue of strangers", []string{"-", ns}, []string{"ns.example.net. 300 IN A 192.0.2.53"}, false, "[{ns.example.org. none}]"},
		{"an answer of the zone itself", []string{ns}, nil, true, "none"},
		{"a referral to another zone", []string{"-", "example.net. 300 IN NS ns.example.net."}, nil, false, "none"},
		{"a denial", []string{"-", soa}, nil, false, "none"},
	} {
		m := answered(t, new(dns.Msg).SetQuestion("example.org.", dns.TypeNS), dns.RcodeSuccess, c.answer...)
		for _, text := range c.extra {
			record, err := dns.NewRR(text)
			if err != nil {
				t.Fatal(err)
			}
			m.Extra = append(m.Extra, record)
		}
		m.Authoritative = c.authoritative
		got := "none"
		if r := readReferral(pack(t, m), zonefiles.MustName("example.org.")); r != nil {
			got = fmt.Sprint(r.Servers)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzReadReferral(f *testing.F) {
	f.Add(pack(f, answered(f, new(dns.Msg).SetQuestion("example.org.", dns.TypeNS), 0, "-", "example.org. 300 IN NS ns.example.org.")))
	f.Fuzz(func(t *testing.T, message []byte) {
		if r := readReferral(message, zonefiles.MustName("example.org.")); r != nil && (len(r.Servers) == 0 || len(r.Servers) > maxServers) {
			t.Fatalf("%+v", r)
		}
	})
}
