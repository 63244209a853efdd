package rules_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint"
)

// TestHelpMendsAndBreaksNothing reads the advice of findings whose obvious mending would do harm.
func TestHelpMendsAndBreaksNothing(t *testing.T) {
	// An AAAA record draws senders to a mail server, which has to be ready for them before.
	const first = ", once its mail server listens on [::]:25 with the clients' real addresses, and PTR, SPF, certificate " +
		"and TLSA are ready for IPv6"
	for _, test := range []wording{
		{
			"an AAAA record belongs to the end of an alias",
			"@ MX 10 mail\nmail CNAME srv\nsrv A 192.0.32.1\n",
			"mx-primary-single-stack",
			"give srv.example.org an AAAA record" + first + `; if the domain is meant to be IPv4-only, set "stack: ipv4" in the configuration`,
		},
		{
			"a host that a wildcard answers for loses its other address with the first record of its own",
			"@ MX 10 mail\n* AAAA 2620:0:2d0::1\n",
			"mx-primary-single-stack",
			"give mail.example.org A and AAAA records of its own (either alone takes away what the wildcard gives it); " +
				`if the domain is meant to be IPv6-only, set "stack: ipv6" in the configuration`,
		},
		{
			"a secondary that is an alias",
			"@ MX 10 mx1\n  MX 20 mail\nmx1 A 192.0.32.1\n    AAAA 2620:0:2d0::1\nmail CNAME srv\nsrv A 192.0.32.2\n",
			"mx-host-single-stack",
			"if its site is dual-stack (RFC 3974 s.4.1), give srv.example.org an AAAA record" + first,
		},
		{
			"an A record needs no such care",
			"@ MX 10 mx1\n  MX 20 mx2\nmx1 A 192.0.32.1\n    AAAA 2620:0:2d0::1\nmx2 AAAA 2620:0:2d0::2\n",
			"mx-host-single-stack",
			"if its site is dual-stack (RFC 3974 s.4.1), give mx2.example.org an A record",
		},
		{
			"a TLSA record takes away what a wildcard gives the host",
			"@ MX 10 mx1\n  MX 20 mx2\nmx1 A 192.0.32.1\n    AAAA 2620:0:2d0::1\n* A 192.0.32.2\n* AAAA 2620:0:2d0::2\n_25._tcp.mx1 TLSA 3 0 0 00\n",
			"tlsa-partial",
			"give mx2.example.org A and AAAA records of its own, and only then publish a TLSA record at _25._tcp.mx2.example.org too (RFC 7672 s.2.2)",
		},
		{
			"a translated address may be the only one of the host",
			"@ MX 10 mx1\nmx1 AAAA 64:ff9b::192.0.32.1\n",
			"addr-translated",
			"remove the record, and make sure that the host has an A record, from which networks with NAT64 " +
				"make such an address themselves; add a native IPv6 address if the host has one",
		},
		{
			"another name of the host has both families",
			"@ MX 10 mail4\nmail4 A 192.0.32.1\na A 192.0.32.9\n  AAAA 2620:0:2d0::9\nmail A 192.0.32.1\n     AAAA 2620:0:2d0::1\n",
			"mx-primary-single-stack",
			"name mail.example.org in the MX record, if that is the same host: it has the same address, and both families; or " +
				"give mail4.example.org an AAAA record" + first + `; if the domain is meant to be IPv4-only, set "stack: ipv4" in the configuration`,
		},
		{
			"no stack describes a split group of primaries",
			"@ MX 10 mx1\n  MX 10 mx2\nmx1 A 192.0.32.1\nmx2 AAAA 2620:0:2d0::2\n",
			"mx-primary-single-stack",
			"give one of them addresses of both families; if the domain is meant to be like this, turn the rule off " +
				`under "overrides" in the configuration`,
		},
		{
			"the dot alone leads to a name without address",
			"@ MX 10 mx.example.org\n",
			"mx-target-missing-dot",
			"write mx.example.org. with a final dot, and give it A and AAAA records: mx.example.org has no address",
		},
		{
			"a host outside the zones at hand needs the dot alone",
			"@ MX 10 mx.example.com\n",
			"mx-target-missing-dot",
			"write mx.example.com. with a final dot",
		},
		{
			"a name in Unicode needs no other name",
			"@ MX 10 müx\n",
			"mx-target-not-hostname",
			"write the name in ASCII, beginning with xn-- (RFC 5890), here and at its address records",
		},
	} {
		test.check(t, func(f lint.Finding) string { return f.Help })
	}
}

// TestHarmIsTrueOfThoseItNames reads the harm of findings that is easily said of too many senders, or as too great.
func TestHarmIsTrueOfThoseItNames(t *testing.T) {
	for _, test := range []wording{
		{
			"dual-stack senders reach all of a split group of primaries",
			"@ MX 10 mx1\n  MX 10 mx2\nmx1 A 192.0.32.1\nmx2 AAAA 2620:0:2d0::2\n",
			"mx-primary-single-stack",
			"senders with one family reach only some of them; when those are down, their mail waits or goes to a host of higher preference",
		},
		{
			"what is left after a dead primary is not the primary",
			"@ MX 5 gone\n  MX 10 mx1\n  MX 20 mx2\nmx1 A 192.0.32.1\nmx2 A 192.0.32.2\n  AAAA 2620:0:2d0::2\n",
			"mx-primary-single-stack",
			"IPv6-only senders without NAT64 cannot reach the first usable MX host; their mail depends on a secondary MX passing it on",
		},
		{
			"what ?all says of the other addresses is not a failure",
			"@ MX 10 mx1\n  TXT \"v=spf1 ip4:192.0.32.1 ?all\"\nmx1 A 192.0.32.1\n    AAAA 2620:0:2d0::1\n",
			"spf-family-gap",
			"mail that the host sends over IPv6 does not pass SPF, and may be refused or treated as spam",
		},
		{
			"resolvers answer a loop of aliases with SERVFAIL, for which senders wait",
			"a CNAME b\nb CNAME a\n",
			"cname-loop",
			"nobody can use the name: mail to it waits and bounces after days, and an MX record that names it leads to no host",
		},
	} {
		test.check(t, func(f lint.Finding) string { return f.Harm })
	}
}

// wording is what a finding of a rule must say of a zone, in one of its sentences.
type wording struct{ name, zone, rule, want string }

func (w *wording) check(t *testing.T, sentence func(lint.Finding) string) {
	t.Helper()
	t.Run(w.name, func(t *testing.T) {
		if got := sentence(findingOf(t, w.rule, w.zone)); got != w.want {
			t.Errorf("it says\n%s\nwant\n%s", got, w.want)
		}
	})
}

// findingOf is the first finding of a rule in the zone example.org, to which a SOA and an NS record are added.
func findingOf(t *testing.T, rule, zone string) lint.Finding {
	t.Helper()
	const head = "$TTL 3600\n@ SOA ns.example.net. hostmaster 1 7200 3600 1209600 300\n  NS ns.example.net.\n"
	for _, f := range lintFiles(t, "", []txtar.File{{Name: "example.org.zone", Data: []byte(head + zone)}}).Findings {
		if f.Rule.Name == rule {
			return f
		}
	}
	t.Fatalf("no finding of %s", rule)
	return lint.Finding{}
}
