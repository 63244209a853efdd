package delivery_test

import (
	"net/netip"
	"testing"

	. "mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

func TestAttempts(t *testing.T) {
	checkOutcomes(t, []outcomesTest{
		{"an IPv4-only sender fails at IPv6-only MX hosts", "d MX 1 mx\nmx AAAA 2001:db8::1", sender4, setting{}, []string{"refused 5.4.4"}},
		{"NAT64 makes up for a missing AAAA", "d MX 1 mx\nmx A 192.0.2.1", sender64, setting{}, []string{"delivered 2.0.0 mx"}},
		{"without NAT64 it does not", "d MX 1 mx\nmx A 192.0.2.1", sender6, setting{}, []string{"refused 5.4.4"}},
		{
			"NAT64 does not make up for a useless AAAA", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA fd00::1", sender64,
			setting{},
			[]string{"stuck 4.4.1"},
		},
		{"a private address takes no connection", "d MX 1 mx\nmx A 10.0.0.1", sender4, setting{}, []string{"stuck 4.4.1"}},
		{"inside the site it does", "d MX 1 mx\nmx A 10.0.0.1", sender4, setting{scope: Internal}, []string{"delivered 2.0.0 mx"}},
		{"an MX host that is an alias is found", "d MX 1 alias\nalias CNAME mx" + good, sender4, setting{}, []string{"delivered 2.0.0 alias"}},
		{"an address look-up that fails is a temporary failure", "d MX 1 mx" + good, sender4, setting{outage: servFail("mx", zonefiles.TypeA)}, []string{"delayed 4.4.3"}},
		{
			"beside a good address of the same host too", "d MX 1 mx" + good, sender46,
			setting{outage: servFail("mx", zonefiles.TypeAAAA)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"with a family down the other serves", "d MX 1 mx" + good, sender46,
			setting{outage: Outage{Families: IPv6}},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"NAT64 needs both families", "d MX 1 mx\nmx A 192.0.2.1", sender64,
			setting{outage: Outage{Families: IPv4}},
			[]string{"delayed 4.4.1"},
		},
		{
			"with its prefix down an address is not reached", "d MX 1 mx" + good, sender4,
			setting{outage: Outage{Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}}},
			[]string{"delayed 4.4.1"},
		},
		{
			"an outage of the DNS breaks a look-up", "d MX 1 mx" + good, sender4,
			setting{outage: servFail("mx", zonefiles.TypeA)},
			[]string{"delayed 4.4.3"},
		},
		{
			"an MX record that holds an address leads nowhere", "d MX 1 192.0.2.7\nd MX 2 mx" + good, sender4,
			setting{},
			[]string{"stuck 4.4.4 mx relayed"},
		},
		{
			"Postfix takes the address", "d MX 1 192.0.2.7\nd MX 2 mx" + good, sender4,
			setting{algorithm: Postfix},
			[]string{"delivered 2.0.0 192.0.2.7"},
		},
		{
			"a fact of IPv4 alone is enough behind NAT64", "d MX 1 mx1\nmx1 UNKNOWN", sender64,
			setting{Facts: facts(map[string]mail.HostFacts{"mx1": families(IPv4)})},
			[]string{"delivered 2.0.0 mx1"},
		},
		{
			"an outage takes down addresses, whoever has them", "d MX 1 a\na A 192.0.2.1\nd MX 2 b\nb A 192.0.2.1", sender4,
			setting{outage: Outage{Hosts: ns("a")}},
			[]string{"delayed 4.4.1"},
		},
		{
			"a name with another address is reached there", "d MX 1 a\na A 192.0.2.1\nd MX 2 b\nb A 192.0.2.1\nb A 192.0.2.2", sender4,
			setting{outage: Outage{Hosts: ns("a")}},
			[]string{"delayed 4.4.1 b relayed"},
		},
	})
}
