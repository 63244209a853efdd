package delivery_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// outcomesTest is a mail to "d" and how it ends.
type outcomesTest struct {
	name    string
	zone    string // see setting.simulate
	sender  Sender
	setting setting
	want    []string // see say
}

const good = "\nmx A 192.0.2.1\nmx AAAA 2001:db8::1"

func checkOutcomes(t *testing.T, tests []outcomesTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.setting.simulate(t, test.zone)
			outcomes := s.Outcomes(test.sender)
			if diff := cmp.Diff(test.want, say(outcomes)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			runsAgree(t, s, test.sender, outcomes, 8)
		})
	}
}

func TestOutcomes(t *testing.T) {
	checkOutcomes(t, []outcomesTest{
		{
			"a failed look-up at a relay is one, too", "d MX 1 mx1\nmx1 A 192.0.2.9\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{outage: servFail("mx1", zonefiles.TypeA)},
			[]string{"delayed 4.4.3 mx relayed"},
		},
		{
			"Postfix has another code for that at a relay", "d MX 1 mx1\nmx1 A 192.0.2.9\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{algorithm: Postfix, outage: servFail("mx1", zonefiles.TypeA)},
			[]string{"delayed 4.4.4 mx relayed"},
		},
		{
			"beside a good host it is passed over", "d MX 1 mx1\nmx1 A 192.0.2.9\nd MX 1 mx" + good, sender4,
			setting{outage: servFail("mx1", zonefiles.TypeA)},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"of equal hosts each may take the mail", "d MX 1 mx\nd MX 1 mx2\nmx2 A 192.0.2.2" + good, sender4,
			setting{},
			[]string{"delivered 2.0.0 mx", "delivered 2.0.0 mx2"},
		},
		{
			"a permanent refusal ends it, a transient one does not", "d MX 1 mx1\nmx1 A 192.0.2.2\nd MX 1 mx" + good, sender4,
			setting{outage: Outage{Permanent: ns("mx"), Transient: ns("mx1")}},
			[]string{"refused 5.0.0 mx"},
		},
		{
			"a transient refusal everywhere is a temporary failure", "d MX 1 mx" + good, sender4,
			setting{outage: Outage{Transient: ns("mx")}},
			[]string{"delayed 4.0.0"},
		},
		{
			"with the primary down the mail waits at a secondary", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2", sender4,
			setting{outage: Outage{Hosts: ns("mx")}},
			[]string{"delayed 4.4.1 mx2 relayed"},
		},
		{
			"a sender that is an MX host asks lower preferences alone", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2",
			Sender{Families: IPv4, Names: ns("mx2")},
			setting{outage: Outage{Hosts: ns("mx")}},
			[]string{"delayed 4.4.1 mx2"},
		},
		{
			"a sender that is the primary has other routing rules", "d MX 1 mx" + good,
			Sender{Families: IPv4, Names: ns("mx")},
			setting{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a sender that is an MX host without a way on is stuck", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1",
			Sender{Families: IPv4, Names: ns("mx")},
			setting{},
			[]string{"stuck 4.4.4 mx"},
		},
		{
			"aliases of one machine are one host", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 a\na CNAME mx\nd MX 3 b\nb CNAME mx\nmx A 192.0.2.1",
			Sender{Families: IPv4, Names: ns("b")},
			setting{},
			[]string{"stuck 4.4.4 a"},
		},
		{
			"by RFC 5321 a sender at an MX host's address returns the mail", "d MX 1 mx" + good,
			Sender{Families: IPv4, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			setting{algorithm: RFC5321},
			[]string{"refused 5.4.6"},
		},
		{
			"by RFC 3974 it does not know itself by address", "d MX 1 mx" + good,
			Sender{Families: IPv4, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			setting{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a relay without a way keeps the mail", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{},
			[]string{"stuck 4.4.4 mx relayed"},
		},
		{
			"by RFC 5321 it bounces the mail", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{algorithm: RFC5321},
			[]string{"refused 5.4.4 mx relayed"},
		},
		{
			"a link needs no family", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{Facts: linked("mx", "mx1")},
			[]string{"delivered 2.0.0 mx1 relayed"},
		},
		{
			"a link to a host that is down waits", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{
				Facts: linked("mx", "mx1"), outage: Outage{Hosts: ns("mx1")},
			},
			[]string{"delayed 4.4.1 mx relayed"},
		},
		{
			"a link proves that a host which is not loaded takes mail", "d MX 1 mx1\nmx1 UNKNOWN\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{Facts: linked("mx", "mx1")},
			[]string{"delivered 2.0.0 mx1", "delivered 2.0.0 mx1 relayed"},
		},
		{
			"a link proves that a host without addresses takes mail", "d MX 1 mx1\nmx1 EXISTS\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{Facts: linked("mx", "mx1")},
			[]string{"delivered 2.0.0 mx1 relayed"},
		},
		{
			"an MX host that does not exist is passed over", "d MX 1 gone\nd MX 2 mx\nmx A 192.0.2.1", sender64,
			setting{Facts: final("mx")},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a declared final host keeps what it gets", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{Facts: final("mx")},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a relay sends in its outbound families", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			setting{Facts: facts(map[string]mail.HostFacts{"mx": {Outbound: IPv6, HasOutbound: true}})},
			[]string{"delivered 2.0.0 mx1 relayed"},
		},
		{
			"one machine under two names does not relay to itself",
			"d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 a\na A 192.0.2.1\nd MX 3 b\nb A 192.0.2.1", sender4,
			setting{
				Facts:  facts(map[string]mail.HostFacts{"b": {SameHost: n("a"), HasSameHost: true}}),
				outage: servFail("a", zonefiles.TypeA),
			},
			[]string{"stuck 4.4.4 a relayed"},
		},
		{
			"a host that is not loaded leaves it open", "d MX 1 mx1\nmx1 UNKNOWN\nd MX 2 mx" + good, sender4,
			setting{},
			[]string{"undecided"},
		},
		{
			"a fact of the operator's stands in for it", "d MX 1 mx1\nmx1 UNKNOWN\nd MX 2 mx" + good, sender4,
			setting{Facts: facts(map[string]mail.HostFacts{"mx1": families(IPv4)})},
			[]string{"delivered 2.0.0 mx1"},
		},
		{
			"aliases know each other", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 alias\nalias CNAME real\nreal A 192.0.2.1", sender4,
			setting{},
			[]string{"stuck 4.4.4 alias relayed"},
		},
		{
			"a relay sees the better names of a machine alone", "d MX 1 a\na AAAA 2001:db8::1\nd MX 2 b\nb A 192.0.2.1\nd MX 2 c\nc A 192.0.2.2",
			Sender{Families: IPv4, Names: ns("c")},
			setting{Facts: facts(map[string]mail.HostFacts{"b": {SameHost: n("a"), HasSameHost: true}})},
			[]string{"stuck 4.4.4 c"},
		},
		{
			"what is stuck without the outage is stuck during it", "d MX 1 a\na A 10.0.0.1\na AAAA 2001:db8::1\nd MX 2 b\nb A 192.0.2.1",
			Sender{Families: IPv4, Names: ns("b")},
			setting{outage: Outage{Hosts: ns("a")}},
			[]string{"stuck 4.4.1 b"},
		},
		{
			"whatever is not known, the mail is delivered", "d MX 1 x\nx UNKNOWN\nd MX 1 mx" + good, sender46,
			setting{},
			[]string{"delivered 2.0.0 x", "delivered 2.0.0 mx"},
		},
		{
			"whatever is not known, the mail is delayed", "d MX 1 mx\nmx A 192.0.2.1\nd MX 2 x\nx UNKNOWN", sender4,
			setting{outage: Outage{Families: IPv4}},
			[]string{"delayed 4.4.1"},
		},
		{
			"what a host is said to have counts for the names that lead there", "d MX 1 a\na CNAME b\nb CNAME x\nx UNKNOWN", sender4,
			setting{Facts: facts(map[string]mail.HostFacts{"b": families(IPv4), "x": families(IPv6)})},
			[]string{"delivered 2.0.0 a"},
		},
	})
}

// The laboratory's 81 scenarios with Postfix: each family assignment of mx1, mx10 and mx100 with each class of senders.
func TestLaboratoryOutcomes(t *testing.T) {
	letters := map[byte]string{'4': "A", '6': "AAAA", 'd': "both"}
	bounced := map[string]bool{"444 IPv6-only": true, "666 IPv4-only": true}
	stuck := map[string]string{
		"464 IPv6-only": "mx10", "466 IPv6-only": "mx10", "46d IPv6-only": "mx10",
		"644 IPv4-only": "mx10", "646 IPv4-only": "mx10", "64d IPv4-only": "mx10",
		"446 IPv6-only": "mx100", "664 IPv4-only": "mx100",
	}
	direct, relayed := 0, 0
	for _, a := range "46d" {
		for _, b := range "46d" {
			for _, c := range "46d" {
				assignment := string([]rune{a, b, c})
				text := "d MX 1 mx1\nd MX 10 mx10\nd MX 100 mx100\n"
				for i, name := range []string{"mx1", "mx10", "mx100"} {
					if records := letters[assignment[i]]; records != "AAAA" {
						text += fmt.Sprintf("%s A 192.0.2.%d\n", name, i+1)
					}
					if records := letters[assignment[i]]; records != "A" {
						text += fmt.Sprintf("%s AAAA 2001:db8::%d\n", name, i+1)
					}
				}
				for _, sender := range Senders()[:3] {
					scenario := assignment + " " + sender.String()
					got := setting{algorithm: Postfix}.simulate(t, text).Outcomes(sender)
					if len(got) != 1 {
						t.Fatalf("%s: %v", scenario, say(got))
					}
					want := Outcome{Kind: Delivered, Host: n("mx1"), Status: "2.0.0", Relayed: got[0].Relayed}
					switch {
					case bounced[scenario]:
						want = Outcome{Kind: Refused, Status: "5.4.4"}
					case stuck[scenario] != "":
						want = Outcome{Kind: Stuck, Host: n(stuck[scenario]), Status: "4.4.4", Relayed: true}
					case got[0].Relayed:
						relayed++
					default:
						direct++
					}
					if got[0] != want {
						t.Errorf("%s: %v, want %v", scenario, say(got), say([]Outcome{want}))
					}
				}
			}
		}
	}
	if direct != 63 || relayed != 8 {
		t.Errorf("%d delivered directly and %d through a backup, want 63 and 8", direct, relayed)
	}
}

// randomSetting draws a domain "d" of hosts with random families and facts, and gives the hosts that have a usable
// address.
func randomSetting(t *rapid.T) (s setting, zone string, hosts map[string]Families) {
	s.Hosts, s.Final = map[zonefiles.Name]mail.HostFacts{}, map[zonefiles.Name]zonefiles.Span{}
	hosts = map[string]Families{}
	count := rapid.IntRange(1, 6).Draw(t, "hosts")
	zone = "d EXISTS\n"
	for i := range count {
		name := fmt.Sprint("mx", i)
		f := Families(rapid.IntRange(0, 3).Draw(t, "families"))
		hosts[name] = f
		zone += fmt.Sprintf("%s EXISTS\nd MX %d %s\n", name, rapid.IntRange(0, 4).Draw(t, "preference"), name)
		for _, a := range []struct {
			family        Families
			good, useless string
		}{{IPv4, "A 192.0.2", "A 10.0.0"}, {IPv6, "AAAA 2001:db8::", "AAAA fd00::"}} {
			record := a.good
			if !f.Has(a.family) {
				if record = a.useless; rapid.Bool().Draw(t, "nothing") {
					continue
				}
			}
			zone += fmt.Sprintf("%s %s%s%d\n", name, record, map[Families]string{IPv4: ".", IPv6: ""}[a.family], i+1)
		}
		if rapid.IntRange(0, 5).Draw(t, "final") == 0 {
			s.Final[n(name)] = zonefiles.Span{}
		}
		if rapid.IntRange(0, 3).Draw(t, "has outbound") == 0 {
			s.Hosts[n(name)] = mail.HostFacts{Outbound: Families(rapid.IntRange(0, 3).Draw(t, "outbound")), HasOutbound: true}
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		at := rapid.IntRange(0, count)
		from, to := fmt.Sprint("mx", at.Draw(t, "from")), fmt.Sprint("mx", at.Draw(t, "to"))
		if hosts[to] != None { // lint counts no name that leads nowhere, whatever leads to it
			s.Links = append(s.Links, mail.Link{From: n(from), To: n(to), Via: "uucp"})
		}
	}
	return s, zone, hosts
}

// A path is not enough for every mail: a host asks lower preferences first, and a stranded one among them would take
// the mail and keep it (46d in the laboratory). So a host is stranded exactly when its mail does not even arrive with
// all stranded hosts out of the way. Where unusable addresses are published, lint says less than that.
func TestStrandedHostsAreThoseFromWhichNoMailArrives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		setting, zone, hosts := randomSetting(rt)
		zone = strings.ReplaceAll(strings.ReplaceAll(zone, "A 10.0.0.", "TXT "), "AAAA fd00::", "TXT ")
		setting.algorithm = rapid.SampledFrom([]Algorithm{RFC3974, RFC5321, Postfix}).Draw(rt, "algorithm")
		s := setting.simulate(rt, zone)
		d := s.Domain
		r := NewRelay(d.Machines, d.Offers, d.Links)
		var stranded []zonefiles.Name
		for m := range d.Machines {
			if r.Stranded(m) == Yes {
				stranded = append(stranded, d.Names[m][0])
			}
		}
		for m := range d.Machines {
			name := d.Names[m][0]
			// A better target that leads nowhere counts for a sender, and not for lint.
			letter := slices.ContainsFunc(d.Machines, func(m Machine) bool {
				return m.Published != None && m.Preference == d.Targets[0].Preference
			})
			if hosts[name.Undotted()] == None || !letter {
				continue
			}
			sends, _ := r.Sending(m)
			sender := Sender{Families: sends, Names: []zonefiles.Name{name}}
			for _, down := range [][]zonefiles.Name{nil, stranded} {
				s.Outage.Hosts = down
				outcomes := s.Outcomes(sender)
				arrives := slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Kind == Delivered })
				if arrives && r.Stranded(m) == Yes || !arrives && r.Stranded(m) == No && len(down) == len(stranded) {
					rt.Fatalf("%s of %s %+v without %v: stranded %v, and outcomes %v", name, zone, setting.Facts, down, r.Stranded(m), say(outcomes))
				}
			}
		}
	})
}

func TestMailStaysAtAStrandedHostOnItsWay(t *testing.T) {
	s := setting{}.simulate(t, "d MX 1 a\na AAAA 2001:db8::1\nd MX 10 b\nb A 192.0.2.1\nd MX 20 c\nc A 192.0.2.2\nc AAAA 2001:db8::2\n"+
		"d MX 30 e\ne A 192.0.2.3")
	if r := NewRelay(s.Domain.Machines, s.Domain.Offers, nil); r.Stranded(1) != Yes || r.Stranded(3) != No {
		t.Errorf("stranded %v, %v", r.Stranded(1), r.Stranded(3))
	}
	if diff := cmp.Diff([]string{"stuck 4.4.4 b relayed"}, say(s.Outcomes(Sender{Families: IPv4, Names: ns("e")}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestASenderReachesADomainWithWhichItSharesAFamily(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		setting, zone, hosts := randomSetting(rt)
		all := None
		for _, f := range hosts {
			all |= f
		}
		s := setting.simulate(rt, zone)
		for _, sender := range Senders()[:3] {
			outcomes := s.Outcomes(sender)
			accepted := slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Kind == Delivered || o.Relayed })
			if accepted != sender.Families.Meets(all) {
				rt.Fatalf("%v sender to %s: %v", sender, zone, say(outcomes))
			}
		}
	})
}

func TestSendersAreNamedAfterTheirClass(t *testing.T) {
	got := fmt.Sprint(append(Senders(), Sender{}))
	if want := "[IPv4-only IPv6-only dual-stack IPv6-only behind NAT64 isolated]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAThousandEqualHostsStayBounded(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "d MX %d mx%d\nmx%d AAAA 2001:db8::%x\n", i/500, i, i, i+1)
		if i >= 500 {
			fmt.Fprintf(&text, "mx%d A 192.0.2.1\n", i)
		}
	}
	outcomes := setting{}.simulate(t, text.String()).Outcomes(sender4)
	if len(outcomes) != 500 || Worst(outcomes) != Delivered || !outcomes[0].Relayed {
		t.Errorf("%d outcomes, the worst %v", len(outcomes), Worst(outcomes))
	}
}

func TestAThousandUnknownHostsStayBounded(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "d MX %d mx%d\nmx%d UNKNOWN\n", i/500, i, i)
	}
	if got := say(setting{}.simulate(t, text.String()).Outcomes(sender4)); !slices.Equal(got, []string{"undecided"}) {
		t.Errorf("%v", got)
	}
}

func BenchmarkOutcomes(b *testing.B) {
	for _, n := range []int{2, 1000} {
		text := ""
		for i := range n {
			text += fmt.Sprintf("d MX %d mx%d\nmx%d AAAA 2001:db8::%x\n", i, i, i, i+1)
		}
		text += fmt.Sprintf("mx%d A 192.0.2.1\n", n-1)
		s := setting{}.simulate(b, text)
		b.Run(fmt.Sprint(n, " hosts"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Outcomes(sender4)
			}
		})
	}
}
