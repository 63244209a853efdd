package rules_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/observed"
	"mx46/rules"
	"mx46/zonefiles"
)

// TestRulesAboutServers gives each rule what was observed, and what only looks like its matter.
func TestRulesAboutServers(t *testing.T) {
	files := zonefiles.NewLoader(nil)
	answer, err := files.Files.AddAnswer("dns://192.0.2.53/example.org?type=A", []byte("; example.org. A: an answer\n"))
	if err != nil {
		t.Fatal(err)
	}
	span := zonefiles.Span{File: answer.ID, End: 10}
	org, mx, ns := zonefiles.MustName("example.org."), zonefiles.MustName("mx.example.org."), zonefiles.MustName("ns.example.org.")
	fault := func(name zonefiles.Name, of zonefiles.Type, kind observed.FaultKind) observed.Fault {
		return observed.Fault{Name: name, Type: of, Kind: kind, Answer: span}
	}
	server := func(addr string, change func(*observed.Server)) observed.Server {
		s := observed.Server{Name: ns, Address: netip.MustParseAddr(addr)}
		change(&s)
		return s
	}
	says := func(of zonefiles.Type, data ...string) func(*observed.Server) {
		return func(s *observed.Server) { s.Says = []observed.Said{{Name: mx, Type: of, Data: data, Answer: span}} }
	}
	servers := func(all ...observed.Server) observed.Zone { return observed.Zone{Servers: all} }
	aaaa := func(kinds ...observed.FaultKind) func(*observed.Server) {
		return func(s *observed.Server) {
			for _, k := range kinds {
				s.Faults = append(s.Faults, fault(mx, zonefiles.TypeAAAA, k))
			}
		}
	}
	tlsa := func(s *observed.Server) { s.Faults = []observed.Fault{fault(mx, zonefiles.TypeTLSA, observed.Silence)} }
	lame := func(s *observed.Server) {
		s.Lame = []observed.Fault{fault(org, zonefiles.TypeA, observed.Refused), fault(mx, zonefiles.TypeA, observed.Refused)}
	}
	silent := func(s *observed.Server) {
		s.Silent = []observed.Fault{fault(org, zonefiles.TypeA, observed.Silence), fault(mx, zonefiles.TypeA, observed.Silence)}
	}
	glue := func(families delivery.Families) *observed.Referral {
		return &observed.Referral{Servers: []observed.Glue{{Name: ns, Families: families}}, Answer: span}
	}
	for _, c := range []struct {
		name string
		seen observed.Zone
		want []string
	}{
		{"nothing", observed.Zone{}, nil},
		{
			"a domain that is missing",
			observed.Zone{Missing: []observed.Missing{{Domain: org, Answer: span}}},
			[]string{"error domain-not-found: example.org does not exist (NXDOMAIN)"},
		},
		{
			"AAAA with SERVFAIL", servers(server("192.0.2.53", aaaa(observed.ServFail))),
			[]string{"warning nameserver-aaaa-broken: name server ns.example.org (192.0.2.53) answers A and not AAAA: SERVFAIL for mx.example.org"},
		},
		{
			"AAAA with NXDOMAIN and silence", servers(server("2001:db8::53", aaaa(observed.Silence, observed.NXDomain))),
			[]string{"error nameserver-aaaa-broken: name server ns.example.org (2001:db8::53) answers A and not AAAA: no answer for mx.example.org and NXDOMAIN for mx.example.org"},
		},
		{
			"TLSA in a zone without signatures", servers(server("192.0.2.53", tlsa)),
			[]string{"note nameserver-tlsa-broken: name server ns.example.org (192.0.2.53) answers A and not TLSA: no answer for mx.example.org"},
		},
		{
			"TLSA in a signed zone",
			observed.Zone{Signed: true, Servers: []observed.Server{server("192.0.2.53", tlsa)}},
			[]string{"error nameserver-tlsa-broken: name server ns.example.org (192.0.2.53) answers A and not TLSA: no answer for mx.example.org"},
		},
		{"no TCP", servers(server("192.0.2.53", func(s *observed.Server) {
			s.NoTCP = []observed.Fault{fault(org, zonefiles.TypeSOA, observed.Silence)}
		})), []string{"warning nameserver-no-tcp: name server ns.example.org (192.0.2.53) does not answer over TCP: example.org SOA"}},
		{"servers that agree", servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.54", says(zonefiles.TypeA, "192.0.2.1"))), nil},
		{
			"other addresses", servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.54", says(zonefiles.TypeA, "192.0.2.2"))),
			[]string{"note nameserver-answers-differ: the name servers of example.org disagree about A of mx.example.org: " +
				"ns.example.org (192.0.2.53) says 192.0.2.1 and ns.example.org (192.0.2.54) says 192.0.2.2"},
		},
		{
			"an address for each server", servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.54", says(zonefiles.TypeA, "192.0.2.2")),
				server("192.0.2.55", says(zonefiles.TypeA, "192.0.2.3")), server("192.0.2.56", says(zonefiles.TypeA, "192.0.2.4")), server("192.0.2.57", says(zonefiles.TypeA, "192.0.2.5"))),
			[]string{"note nameserver-answers-differ: the name servers of example.org disagree about A of mx.example.org: " +
				"ns.example.org (192.0.2.53) says 192.0.2.1, ns.example.org (192.0.2.54) says 192.0.2.2, " +
				"ns.example.org (192.0.2.55) says 192.0.2.3 and 2 more"},
		},
		{
			"no address", servers(server("192.0.2.53", says(zonefiles.TypeAAAA)), server("192.0.2.54", says(zonefiles.TypeAAAA, "2001:db8::1"))),
			[]string{"warning nameserver-answers-differ: the name servers of example.org disagree about AAAA of mx.example.org: " +
				"ns.example.org (192.0.2.53) says that there is none and ns.example.org (192.0.2.54) says 2001:db8::1"},
		},
		{
			"other MX records", servers(server("192.0.2.53", says(zonefiles.TypeMX, "10 a.")), server("192.0.2.54", says(zonefiles.TypeMX, "20 a."))),
			[]string{"warning nameserver-answers-differ: the name servers of example.org disagree about MX of mx.example.org: " +
				"ns.example.org (192.0.2.53) says 10 a. and ns.example.org (192.0.2.54) says 20 a."},
		},
		{
			"a server that refuses to answer", servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.54", lame)),
			[]string{"warning nameserver-answers-differ: name server ns.example.org (192.0.2.54) answers nothing about example.org, " +
				"which others do: REFUSED for example.org and mx.example.org"},
		},
		{
			"a server that is silent, and another of its family that answers",
			servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.54", silent)),
			[]string{"warning nameserver-silent: name server ns.example.org (192.0.2.54) does not answer about example.org, " +
				"for which others do: no answer for example.org and mx.example.org"},
		},
		{
			"the only server with IPv6 is silent",
			servers(server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1")), server("2001:db8::53", silent)),
			[]string{"warning nameserver-silent: name server ns.example.org (2001:db8::53) does not answer about example.org, " +
				"for which others do: no answer for example.org and mx.example.org"},
		},
		{
			"both servers with IPv4 are silent",
			servers(server("2001:db8::53", says(zonefiles.TypeA, "192.0.2.1")), server("192.0.2.53", silent), server("192.0.2.54", silent)),
			[]string{
				"error nameserver-silent: name server ns.example.org (192.0.2.53) does not answer about example.org, " +
					"for which others do: no answer for example.org and mx.example.org",
				"error nameserver-silent: name server ns.example.org (192.0.2.54) does not answer about example.org, " +
					"for which others do: no answer for example.org and mx.example.org",
			},
		},
		{"servers that all refuse to answer", servers(server("192.0.2.53", lame), server("192.0.2.54", lame)), nil},
		{"other TLSA records", servers(server("192.0.2.53", says(zonefiles.TypeTLSA, "a")), server("192.0.2.54", says(zonefiles.TypeTLSA, "b"))), nil},
		{"glue of both families", observed.Zone{Referral: glue(delivery.Dual)}, nil},
		{
			"glue without IPv6",
			observed.Zone{Referral: glue(delivery.IPv4)},
			[]string{"warning delegation-family-gap: the zone above example.org refers to ns.example.org without an AAAA record, which the zone itself has"},
		},
		{
			"glue without IPv4",
			observed.Zone{Referral: glue(delivery.IPv6)},
			[]string{"error delegation-family-gap: the zone above example.org refers to ns.example.org without an A record, which the zone itself has"},
		},
		{
			"a bogus zone",
			observed.Zone{Bogus: []observed.Bogus{{Name: org, Type: zonefiles.TypeMX, Reason: "Signature Expired", Answer: span}}},
			[]string{"error dnssec-bogus: resolvers that validate DNSSEC say SERVFAIL to MX of example.org, and give an answer unchecked: Signature Expired"},
		},
		{"a file that is served", observed.Zone{
			Servers: []observed.Server{server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1"))},
			Filed:   []observed.Said{{Name: mx, Type: zonefiles.TypeA, Data: []string{"192.0.2.1"}}},
		}, nil},
		{
			"a file that is not served",
			observed.Zone{
				Servers: []observed.Server{server("192.0.2.53", says(zonefiles.TypeA, "192.0.2.1"))},
				Filed:   []observed.Said{{Name: mx, Type: zonefiles.TypeA, Data: []string{"192.0.2.9"}}},
			},
			[]string{"warning served-differs: A of mx.example.org: the file says 192.0.2.9, name server ns.example.org (192.0.2.53) says 192.0.2.1"},
		},
	} {
		text, err := files.Files.AddAnswer("dns://192.0.2.53/example.org?type=NS", []byte(
			"example.org. 60 IN NS ns.example.org.\nns.example.org. 60 IN A 192.0.2.53\nns.example.org. 60 IN AAAA 2001:db8::53\n"))
		if err != nil {
			t.Fatal(err)
		}
		zone := files.Observe(org, []zonefiles.Answer{
			{Name: org, Type: zonefiles.TypeNS, Exists: true, Text: text},
			{Name: ns, Type: zonefiles.TypeA, Exists: true},
			{Name: ns, Type: zonefiles.TypeAAAA, Exists: true},
		})
		run := lint.Run{
			Files: files.Files, Views: [][]*zonefiles.Zone{{zone}}, Rules: rules.All(), Observed: map[zonefiles.Name]*observed.Zone{org: &c.seen},
		}
		var got []string
		for _, f := range lintAll(t, &run).Findings {
			if f.Rule.Needs == lint.Servers {
				got = append(got, fmt.Sprintf("%s %s: %s", f.Severity, f.Rule.Name, f.Message))
			}
			if f.Harm == "" || f.Help == "" || strings.Contains(f.Message+f.Harm+f.Help, "%!") {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

func TestPoliciesThatAreNotGivenOut(t *testing.T) {
	files := zonefiles.NewLoader(nil)
	add := func(uri, text string) *zonefiles.File {
		t.Helper()
		file, err := files.Files.AddAnswer(uri, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	org, host, record := zonefiles.MustName("example.org."), zonefiles.MustName("mta-sts.example.org."), zonefiles.MustName("_mta-sts.example.org.")
	zone := files.Observe(org, []zonefiles.Answer{
		{Name: record, Type: zonefiles.TypeTXT, Exists: true, Text: add("dns://192.0.2.53/_mta-sts.example.org?type=TXT", "_mta-sts.example.org. 60 IN TXT \"v=STSv1; id=1\"\n")},
		{Name: host, Type: zonefiles.TypeA, Exists: true, Text: add("dns://192.0.2.53/mta-sts.example.org?type=A", "mta-sts.example.org. 60 IN A 198.41.0.4\n")},
		{Name: host, Type: zonefiles.TypeAAAA, Exists: true},
	})
	page := add("https://mta-sts.example.org/.well-known/mta-sts.txt", "# answers HTTP 404\n")
	for _, c := range []struct {
		domain zonefiles.Name
		want   string
	}{
		{org, "warning mta-sts-host: example.org announces an MTA-STS policy, but mta-sts.example.org answers HTTP 404"},
		{host, "note mta-sts-host: mta-sts.example.org, where the MTA-STS policy of example.org is, has only IPv4 addresses"},
	} {
		seen := observed.Zone{Policies: []observed.NoPolicy{{
			Domain: c.domain, Reason: "answers HTTP 404", Answer: zonefiles.Span{File: page.ID, End: 4},
		}}}
		run := lint.Run{
			Files: files.Files, Views: [][]*zonefiles.Zone{{zone}}, Rules: rules.All(), Observed: map[zonefiles.Name]*observed.Zone{org: &seen},
		}
		var got []string
		for _, f := range lintAll(t, &run).Findings {
			if f.Rule.Name == "mta-sts-host" {
				got = append(got, fmt.Sprintf("%s %s: %s", f.Severity, f.Rule.Name, f.Message))
			}
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
