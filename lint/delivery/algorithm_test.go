package delivery_test

import (
	"net/netip"
	"testing"

	. "mx46/lint/delivery"
)

func TestAlgorithms(t *testing.T) {
	const equal = "d MX 1 a\nd MX 1 b\na A 192.0.2.1\nb A 192.0.2.2\nb AAAA 2001:db8::2"
	down6 := Outage{Families: IPv6}
	checkOutcomes(t, []outcomesTest{
		{
			"Postfix gives up after two sessions", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2", sender46,
			setting{algorithm: Postfix, outage: Outage{Transient: ns("mx")}},
			[]string{"delayed 4.0.0"},
		},
		{
			"after one it does not", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2", sender4,
			setting{algorithm: Postfix, outage: Outage{Transient: ns("mx")}},
			[]string{"delayed 4.0.0 mx2 relayed"},
		},
		{
			"sessions of equal hosts come in any order", equal, sender46,
			setting{algorithm: Postfix, outage: Outage{Transient: ns("b")}},
			[]string{"delivered 2.0.0 a", "delayed 4.0.0"},
		},
		{
			"sessions add up over preferences", "d MX 1 a\nd MX 2 b\nd MX 3 mx\na A 192.0.2.8\nb A 192.0.2.9" + good, sender4,
			setting{algorithm: Postfix, outage: Outage{Transient: ns("a", "b")}},
			[]string{"delayed 4.0.0"},
		},
		{
			"RFC 3974 knows no such limit", "d MX 1 a\nd MX 2 b\nd MX 3 mx\na A 192.0.2.8\nb A 192.0.2.9" + good, sender4,
			setting{outage: Outage{Transient: ns("a", "b")}},
			[]string{"delayed 4.0.0 mx relayed"},
		},
		{
			"without a fallback a dead AAAA is the end", "d MX 1 mx" + good, sender46,
			setting{algorithm: NoFallback, outage: down6},
			[]string{"delayed 4.4.1"},
		},
		{
			"unless there is another host", equal, sender46,
			setting{algorithm: NoFallback, outage: down6},
			[]string{"delivered 2.0.0 a"},
		},
		{
			"an A record alone serves without a fallback", "d MX 1 mx\nmx A 192.0.2.1", sender46,
			setting{algorithm: NoFallback},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"an IPv4-only sender has nothing to fall back from", "d MX 1 mx" + good, sender4,
			setting{algorithm: NoFallback, outage: down6},
			[]string{"delivered 2.0.0 mx"},
		},
		{"all AAAA of a preference come first", equal, sender46, setting{algorithm: Exchange}, []string{"delivered 2.0.0 b"}},
		{
			"then all A", equal, sender46,
			setting{algorithm: Exchange, outage: down6},
			[]string{"delivered 2.0.0 a", "delivered 2.0.0 b"},
		},
		{
			"a refusal over IPv6 comes before an A record", equal, sender46,
			setting{algorithm: Exchange, outage: Outage{Permanent: ns("b")}},
			[]string{"refused 5.0.0 b"},
		},
		{
			"Exim tries addresses of a family that it lacks", "d MX 1 mx\nmx AAAA 2001:db8::1", sender4,
			setting{algorithm: Exim},
			[]string{"stuck 4.4.1"},
		},
		{
			"Exim returns what has no address at all", "d MX 1 mx\nmx EXISTS", sender4,
			setting{algorithm: Exim},
			[]string{"refused 5.4.4"},
		},
		{
			"OpenSMTPD keeps it", "d MX 1 mx\nmx EXISTS", sender4,
			setting{algorithm: OpenSMTPD},
			[]string{"stuck 4.4.4"},
		},
		{
			"OpenSMTPD delivers where the look-up of AAAA fails", "d MX 1 mx\nmx A 192.0.2.1", sender46,
			setting{algorithm: OpenSMTPD, outage: faulty("mx", AAAAServFail)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"sendmail queues the mail", "d MX 1 mx\nmx A 192.0.2.1", sender4,
			setting{algorithm: Sendmail, outage: faulty("mx", AAAAServFail)},
			[]string{"delayed 4.4.3"},
		},
		{
			"unless another host takes it", "d MX 1 mx1\nmx1 A 192.0.2.9\nd MX 1 mx" + good, sender4,
			setting{algorithm: Sendmail, outage: faulty("mx1", AAAAServFail)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"sendmail takes a record that it cannot read for none", "d MX 1 mx\nmx A 192.0.2.1", sender4,
			setting{algorithm: Sendmail, resolver: Unbound, outage: faulty("mx", AAAAShort)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"behind BIND it does not see it", "d MX 1 mx\nmx A 192.0.2.1", sender4,
			setting{algorithm: Sendmail, resolver: BIND, outage: faulty("mx", AAAAShort)},
			[]string{"delayed 4.4.3"},
		},
		{
			"Exim tries all AAAA of a preference first", equal, sender46,
			setting{algorithm: Exim},
			[]string{"delivered 2.0.0 b"},
		},
		{
			"a dual-stack Exim misses no family in its turns", "d MX 1 a\na A 192.0.2.1", sender46,
			setting{algorithm: Exim, outage: Outage{Transient: ns("a")}},
			[]string{"delayed 4.0.0"},
		},
		{
			"Exim freezes what leads to itself", "d MX 1 a\nd MX 2 b\na A 192.0.2.1\nb A 192.0.2.2",
			Sender{Families: IPv4, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			setting{algorithm: Exim},
			[]string{"stuck 4.4.6"},
		},
		{
			"OpenSMTPD keeps mail to a null MX", "d MX 0 .", sender4,
			setting{algorithm: OpenSMTPD},
			[]string{"stuck 4.4.4"},
		},
		{
			"after one 4xx it tries no other host", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2", sender4,
			setting{algorithm: OpenSMTPD, outage: Outage{Transient: ns("mx")}},
			[]string{"delayed 4.0.0"},
		},
		{
			"sendmail returns what has no address at all", "d MX 1 mx\nmx EXISTS", sender4,
			setting{algorithm: Sendmail},
			[]string{"refused 5.4.4"},
		},
	})
}
