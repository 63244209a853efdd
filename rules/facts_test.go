package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestWhatRestsOnWordsPointsAtThem looks at findings about hosts that the configuration or the lock speaks of: they have
// its line as a related place, and their help names who can act.
func TestWhatRestsOnWordsPointsAtThem(t *testing.T) {
	const dual = "192.0.32.1\n    AAAA 2620:0:2d0::1\n"
	const finalEnd = "relay: {links: [{from: mx3.example.org, to: mx2.example.org}], final: [mx2.example.org]}"
	const chain = "@ MX 10 mx1\n  MX 20 mx2\n  MX 30 mx3\n  MX 40 mx4\n" +
		"mx1 A 192.0.32.1\nmx2 A 192.0.32.2\nmx3 AAAA 2620:0:2d0::3\nmx4 AAAA 2620:0:2d0::4\n"
	for _, test := range []struct {
		name, config, lock, zone, rule string
		help                           string
		places                         []string // those outside the zone
	}{
		{
			"the families of a host outside", "hosts: {mx.provider.example: {families: [ipv4]}}", "", "@ MX 10 mx.provider.example.\n",
			"mx-primary-single-stack",
			`ask the operator of mx.provider.example for an AAAA record; if the domain is meant to be IPv4-only, set "stack: ipv4" in the configuration`,
			[]string{".mx46.yaml:1:9 mx.provider.example is reached over IPv4 alone, as the configuration says"},
		},
		{
			"families of all names below one", `hosts: {"*.provider.example": {families: [ipv6]}}`, "", "@ MX 10 mx.provider.example.\n  MX 20 mx\nmx AAAA 2620:0:2d0::1\n",
			"mx-primary-single-stack",
			`ask the operator of mx.provider.example for an A record; if the domain is meant to be IPv6-only, set "stack: ipv6" in the configuration`,
			[]string{".mx46.yaml:1:9 mx.provider.example is reached over IPv6 alone, as the configuration says"},
		},
		{
			"families that narrow what a zone publishes", "hosts:\n  mx.example.org: {families: [ipv6]}\n", "", "@ MX 10 mx\nmx A " + dual,
			"mx-primary-single-stack",
			`have the mail server of mx.example.org take IPv4 connections, and say so under "hosts" in the configuration; ` +
				`if the domain is meant to be IPv6-only, set "stack: ipv6" in the configuration`,
			[]string{".mx46.yaml:2:3 mx.example.org is reached over IPv6 alone, as the configuration says"},
		},
		{
			"families that change nothing", "hosts: {mx.example.org: {families: [ipv4, ipv6]}}", "", "@ MX 10 mx\nmx A 192.0.32.1\n",
			"mx-primary-single-stack",
			"give mx.example.org an AAAA record, once its mail server listens on [::]:25 with the clients' real addresses, " +
				"and PTR, SPF, certificate and TLSA are ready for IPv6; " +
				`if the domain is meant to be IPv4-only, set "stack: ipv4" in the configuration`,
			nil,
		},
		{
			"in which families a host sends", "hosts: {mx2.example.org: {outbound: [ipv4]}}", "",
			"@ MX 10 mx1\n  MX 20 mx2\nmx1 AAAA 2620:0:2d0::2\nmx2 A " + dual,
			"mx-secondary-stranded",
			`make mx1.example.org dual-stack (RFC 3974 s.4.2); if mail gets through in another way, declare it under "relay" in the configuration`,
			[]string{".mx46.yaml:1:9 mx2.example.org sends mail over IPv4 alone, as the configuration says"},
		},
		{
			"a link", "relay: {links: [{from: mx2.example.org, to: mx3.example.org}]}", "",
			"@ MX 10 mx1\n  MX 20 mx2\n  MX 30 mx3\n  MX 40 mx4\nmx1 AAAA 2620:0:2d0::2\nmx2 A " + dual + "mx3 A 192.0.32.3\nmx4 A 192.0.32.4\n",
			"mx-relay-single-bridge", "make mx1.example.org dual-stack (RFC 3974 s.4.2)",
			[]string{".mx46.yaml:1:17 mx2.example.org passes mail on to mx3.example.org, as the configuration says"},
		},
		{
			"a primary elsewhere", "", "mx.provider.example. ipv6", "@ MX 10 mx.provider.example.\n  MX 20 mx\nmx A 192.0.32.1\n",
			"mx-secondary-stranded",
			`ask the operator of mx.provider.example to make it dual-stack (RFC 3974 s.4.2); if mail gets through in another way, declare it under "relay" in the configuration`,
			[]string{".mx46.hosts:2:1 mx.provider.example has IPv6 addresses alone"},
		},
		{
			"two names of one machine", "hosts: {mx3.example.org: {same-host: mx2.example.org}}", "",
			"@ MX 10 mx1\n  MX 20 mx2\n  MX 30 mx3\nmx1 A " + dual + "mx2 A 192.0.32.2\nmx3 A 192.0.32.3\n",
			"mx-host-single-stack",
			"if its site is dual-stack (RFC 3974 s.4.1), give mx2.example.org an AAAA record, " +
				"once its mail server listens on [::]:25 with the clients' real addresses, " +
				"and PTR, SPF, certificate and TLSA are ready for IPv6",
			[]string{".mx46.yaml:1:9 mx3.example.org is the same host as mx2.example.org, as the configuration says"},
		},
		{
			"another name that a host sends by",
			"hosts:\n  mx2.example.org: {same-host: out.example.org}\n  out.example.org: {outbound: [ipv4]}\n", "",
			"@ MX 10 mx1\n  MX 20 mx2\nmx1 AAAA 2620:0:2d0::2\nmx2 A " + dual,
			"mx-secondary-stranded",
			`make mx1.example.org dual-stack (RFC 3974 s.4.2); ` +
				`if mail gets through in another way, declare it under "relay" in the configuration`,
			[]string{
				".mx46.yaml:2:3 mx2.example.org is the same host as out.example.org, as the configuration says",
				".mx46.yaml:3:3 out.example.org sends mail over IPv4 alone, as the configuration says",
			},
		},
		{
			"a final host", finalEnd, "",
			chain,
			"mx-relay-indirect", "make mx2.example.org dual-stack (RFC 3974 s.4.2)",
			[]string{
				".mx46.yaml:1:72 mx2.example.org reaches the mailbox without SMTP relay, as the configuration says",
				".mx46.yaml:1:17 mx3.example.org passes mail on to mx2.example.org, as the configuration says",
			},
		},
		{
			"a final host behind a bridge", finalEnd, "",
			chain,
			"mx-relay-single-bridge", "make mx1.example.org dual-stack (RFC 3974 s.4.2)",
			[]string{
				".mx46.yaml:1:72 mx2.example.org reaches the mailbox without SMTP relay, as the configuration says",
				".mx46.yaml:1:17 mx3.example.org passes mail on to mx2.example.org, as the configuration says",
			},
		},
		{
			"name servers elsewhere", "hosts: {ns.example.net: {families: [ipv4]}}", "", "@ MX 10 mx\nmx A " + dual,
			"ns-no-ipv6", "ask the operator of ns.example.net for an AAAA record, or add a name server that has one (RFC 3901 s.4)",
			[]string{".mx46.yaml:1:9 ns.example.net is reached over IPv4 alone, as the configuration says"},
		},
		{
			"an unusable address of a host elsewhere", "", "mx.provider.example. ipv4=private ipv6", "@ MX 10 mx.provider.example.\n",
			"addr-private", "ask the operator of mx.provider.example for a global address in its place, or name another host", nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			const head = "$TTL 3600\n@ SOA ns.example.net. hostmaster 1 7200 3600 1209600 300\n  NS ns.example.net.\n"
			files := []txtar.File{{Name: "example.org.zone", Data: []byte(head + test.zone)}}
			if test.config != "" {
				files = append(files, txtar.File{Name: ".mx46.yaml", Data: []byte(test.config)})
			}
			if test.lock != "" {
				files = append(files, txtar.File{Name: ".mx46.hosts", Data: []byte("# mx46 hosts v1. x\n" + test.lock + "\n")})
			}
			result := lintFiles(t, "", files)
			for _, f := range result.Findings {
				if f.Rule.Name != test.rule {
					continue
				}
				var places []string
				for _, r := range f.Related {
					if at := result.files.Position(r.Span.File, r.Span.Start); !strings.HasSuffix(at.File, ".zone") {
						places = append(places, fmt.Sprintf("%s %s", at, r.Message))
					}
				}
				if f.Help != test.help {
					t.Errorf("help is\n%s\nwant\n%s", f.Help, test.help)
				}
				if diff := cmp.Diff(test.places, slices.Compact(places)); diff != "" {
					t.Errorf("places (-want +got):\n%s", diff)
				}
				return
			}
			t.Errorf("no finding of %s in\n%s", test.rule, result.lines())
		})
	}
}
