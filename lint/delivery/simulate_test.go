package delivery

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// zone is a Resolver made of text: "owner TYPE data", one record a line, whose number is its Source. TYPE is MX, A, AAAA, CNAME,
// EXISTS (a name without data), and SERVFAIL or UNKNOWN with the types that it stands for. A name that is not there does not exist.
type zone map[string]map[string]Answer

func newZone(text string) zone {
	z := zone{}
	for number, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		if z[f[0]] == nil {
			z[f[0]] = map[string]Answer{}
		}
		add := func(typ string, status Status, r Record) {
			r.Source = Source(number)
			z[f[0]][typ] = Answer{Status: status, Records: append(z[f[0]][typ].Records, r)}
		}
		switch f[1] {
		case "MX":
			var preference uint16
			if _, err := fmt.Sscan(f[2], &preference); err != nil {
				panic(err)
			}
			add("MX", Data, Record{Preference: preference, Target: f[3]})
		case "A", "AAAA":
			add(f[1], Data, Record{Addr: netip.MustParseAddr(f[2])})
		case "CNAME":
			add("CNAME", Alias, Record{Target: f[2]})
		case "SERVFAIL":
			for _, typ := range f[2:] {
				z[f[0]][typ] = Answer{Status: ServFail}
			}
		case "UNKNOWN":
			for _, typ := range f[2:] {
				z[f[0]][typ] = Answer{Status: Unknown}
			}
		}
	}
	return z
}

func (z zone) Lookup(name string, t Type) Answer {
	node, exists := z[name]
	if !exists {
		return Answer{Status: NXDomain}
	}
	if answer, found := node["CNAME"]; found {
		return answer
	}
	if answer, found := node[t.String()]; found {
		return answer
	}
	return Answer{Status: NoData}
}

// say writes outcomes as text: "delivered 2.0.0 mx1 relayed".
func say(outcomes []Outcome) []string {
	var list []string
	for _, o := range outcomes {
		text := strings.TrimSpace(o.Kind.String() + " " + o.Status + " " + o.Host)
		if o.Relayed {
			text += " relayed"
		}
		list = append(list, text)
	}
	return list
}

var (
	sender4  = Sender{Families: IPv4}
	sender6  = Sender{Families: IPv6}
	sender46 = Sender{Families: Dual}
	sender64 = Sender{Families: IPv6, NAT64: true}
)

func TestOutcomes(t *testing.T) {
	const good = "\nmx A 192.0.2.1\nmx AAAA 2001:db8::1"
	for _, test := range []struct {
		name   string
		zone   string
		sender Sender
		world  Simulation
		want   []string
	}{
		{"an alias starts the algorithm again", "d CNAME e\ne MX 1 mx" + good, sender4, Simulation{}, []string{"delivered 2.0.0 mx"}},
		{"aliases in a circle are a temporary failure", "d CNAME e\ne CNAME d", sender4, Simulation{}, []string{"delayed 4.4.3"}},
		{"without MX the name itself is the host", "d A 192.0.2.1", sender4, Simulation{}, []string{"delivered 2.0.0 d"}},
		{"without MX and address there is nobody to ask", "d EXISTS", sender4, Simulation{}, []string{"refused 5.4.4"}},
		{"a domain that does not exist is a permanent failure", "", sender4, Simulation{}, []string{"refused 5.1.2"}},
		{"Postfix has another code for that", "", sender4, Simulation{Algorithm: Postfix}, []string{"refused 5.4.4"}},
		{"SERVFAIL for MX is a temporary failure", "d SERVFAIL MX", sender4, Simulation{}, []string{"delayed 4.4.3"}},
		{"MX records that are not loaded leave it open", "d UNKNOWN MX", sender4, Simulation{}, []string{"undecided"}},
		{"a null MX refuses for good", "d MX 0 .", sender4, Simulation{}, []string{"refused 5.1.10"}},
		{"Postfix has another code for a null MX", "d MX 0 .", sender4, Simulation{Algorithm: Postfix}, []string{"refused 5.1.0"}},
		{
			"a null MX beside a real one means nothing", "d MX 0 .\nd MX 1 mx" + good, sender4,
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"Postfix refuses at a null MX beside a real one", "d MX 0 .\nd MX 1 mx" + good, sender4,
			Simulation{Algorithm: Postfix},
			[]string{"refused 5.1.0"},
		},
		{"an IPv4-only sender fails at IPv6-only MX hosts", "d MX 1 mx\nmx AAAA 2001:db8::1", sender4, Simulation{}, []string{"refused 5.4.4"}},
		{"NAT64 makes up for a missing AAAA", "d MX 1 mx\nmx A 192.0.2.1", sender64, Simulation{}, []string{"delivered 2.0.0 mx"}},
		{"without NAT64 it does not", "d MX 1 mx\nmx A 192.0.2.1", sender6, Simulation{}, []string{"refused 5.4.4"}},
		{
			"NAT64 does not make up for a useless AAAA", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA fd00::1", sender64,
			Simulation{},
			[]string{"delayed 4.4.1"},
		},
		{
			"NAT64 leaves IPv4-mapped AAAA records aside", "d MX 1 mx\nmx A 192.0.2.1\nmx AAAA ::ffff:192.0.2.1", sender64,
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"NAT64 makes up for SERVFAIL at AAAA", "d MX 1 mx\nmx A 192.0.2.1\nmx SERVFAIL AAAA", sender64,
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{"a private address takes no connection", "d MX 1 mx\nmx A 10.0.0.1", sender4, Simulation{}, []string{"delayed 4.4.1"}},
		{"inside the site it does", "d MX 1 mx\nmx A 10.0.0.1", sender4, Simulation{Scope: Internal}, []string{"delivered 2.0.0 mx"}},
		{"an MX host that is an alias is found", "d MX 1 alias\nalias CNAME mx" + good, sender4, Simulation{}, []string{"delivered 2.0.0 alias"}},
		{"an address look-up that fails is a temporary failure", "d MX 1 mx\nmx SERVFAIL A", sender4, Simulation{}, []string{"delayed 4.4.3"}},
		{
			"a failed look-up at a relay is one, too", "d MX 1 mx1\nmx1 SERVFAIL A\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{},
			[]string{"delayed 4.4.3 mx relayed"},
		},
		{
			"Postfix has another code for that at a relay", "d MX 1 mx1\nmx1 SERVFAIL A\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Algorithm: Postfix},
			[]string{"delayed 4.4.4 mx relayed"},
		},
		{
			"beside a good host it is passed over", "d MX 1 mx1\nmx1 SERVFAIL A\nd MX 1 mx" + good, sender4,
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"beside a good address of the same host too", "d MX 1 mx\nmx A 192.0.2.1\nmx SERVFAIL AAAA", sender46,
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"of equal hosts each may take the mail", "d MX 1 mx\nd MX 1 mx2\nmx2 A 192.0.2.2" + good, sender4,
			Simulation{},
			[]string{"delivered 2.0.0 mx", "delivered 2.0.0 mx2"},
		},
		{
			"a permanent refusal ends it, a transient one does not", "d MX 1 mx1\nmx1 A 192.0.2.2\nd MX 1 mx" + good, sender4,
			Simulation{Outage: Outage{Permanent: []string{"mx"}, Transient: []string{"mx1"}}},
			[]string{"refused 5.0.0 mx"},
		},
		{
			"a transient refusal everywhere is a temporary failure", "d MX 1 mx" + good, sender4,
			Simulation{Outage: Outage{Transient: []string{"mx"}}},
			[]string{"delayed 4.0.0"},
		},
		{
			"with the primary down the mail waits at a secondary", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2", sender4,
			Simulation{Outage: Outage{Hosts: []string{"mx"}}},
			[]string{"delayed 4.4.1 mx2 relayed"},
		},
		{
			"with a family down the other serves", "d MX 1 mx" + good, sender46,
			Simulation{Outage: Outage{Families: IPv6}},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"NAT64 needs both families", "d MX 1 mx\nmx A 192.0.2.1", sender64,
			Simulation{Outage: Outage{Families: IPv4}},
			[]string{"delayed 4.4.1"},
		},
		{
			"with its prefix down an address is not reached", "d MX 1 mx" + good, sender4,
			Simulation{Outage: Outage{Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}}},
			[]string{"delayed 4.4.1"},
		},
		{
			"an outage of the DNS breaks a look-up", "d MX 1 mx" + good, sender4,
			Simulation{Outage: Outage{ServFail: []Question{{"mx", A}}}},
			[]string{"delayed 4.4.3"},
		},
		{
			"a sender that is an MX host asks lower preferences alone", "d MX 1 mx" + good + "\nd MX 2 mx2\nmx2 A 192.0.2.2",
			Sender{Families: IPv4, Names: []string{"mx2"}},
			Simulation{Outage: Outage{Hosts: []string{"mx"}}},
			[]string{"delayed 4.4.1 mx2"},
		},
		{
			"a sender that is the primary has other routing rules", "d MX 1 mx" + good,
			Sender{Families: IPv4, Names: []string{"mx"}},
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a sender that is an MX host without a way on is stuck", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1",
			Sender{Families: IPv4, Names: []string{"mx"}},
			Simulation{},
			[]string{"stuck 4.4.4 mx"},
		},
		{
			"aliases of one machine are one host", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 a\na CNAME mx\nd MX 3 b\nb CNAME mx\nmx A 192.0.2.1",
			Sender{Families: IPv4, Names: []string{"b"}},
			Simulation{},
			[]string{"stuck 4.4.4 a"},
		},
		{
			"an MX record that holds an address leads nowhere", "d MX 1 192.0.2.7\nd MX 2 mx" + good, sender4,
			Simulation{},
			[]string{"stuck 4.4.4 mx relayed"},
		},
		{
			"Postfix takes the address", "d MX 1 192.0.2.7\nd MX 2 mx" + good, sender4,
			Simulation{Algorithm: Postfix},
			[]string{"delivered 2.0.0 192.0.2.7"},
		},
		{
			"by RFC 5321 a sender at an MX host's address returns the mail", "d MX 1 mx" + good,
			Sender{Families: IPv4, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			Simulation{Algorithm: RFC5321},
			[]string{"refused 5.4.6"},
		},
		{
			"by RFC 3974 it does not know itself by address", "d MX 1 mx" + good,
			Sender{Families: IPv4, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			Simulation{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a relay without a way keeps the mail", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{},
			[]string{"stuck 4.4.4 mx relayed"},
		},
		{
			"by RFC 5321 it bounces the mail", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Algorithm: RFC5321},
			[]string{"refused 5.4.4 mx relayed"},
		},
		{
			"a link needs no family", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "mx"}, {Name: "mx1"}}, Links: []Link{{0, 1, "uucp"}}},
			[]string{"delivered 2.0.0 mx1 relayed"},
		},
		{
			"a link to a host that is down waits", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{
				Hosts: []Host{{Name: "mx"}, {Name: "mx1"}}, Links: []Link{{0, 1, "uucp"}}, Outage: Outage{Hosts: []string{"mx1"}},
			},
			[]string{"delayed 4.4.1 mx relayed"},
		},
		{
			"a link to a host that is not loaded leaves it open", "d MX 1 mx1\nmx1 UNKNOWN A AAAA\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "mx"}, {Name: "mx1"}}, Links: []Link{{0, 1, "uucp"}}},
			[]string{"undecided", "undecided relayed", "stuck 4.4.4 mx relayed"},
		},
		{
			"a link to a host without families carries nothing", "d MX 1 mx1\nmx1 EXISTS\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "mx"}, {Name: "mx1"}}, Links: []Link{{0, 1, "uucp"}}},
			[]string{"stuck 4.4.4 mx relayed"},
		},
		{
			"a host that is said to lack a family takes no connection in it", "d MX 1 mx" + good, sender4,
			Simulation{Hosts: []Host{{Name: "mx", Families: IPv6, Known: true}}},
			[]string{"delayed 4.4.1"},
		},
		{
			"an MX host that does not exist is passed over", "d MX 1 gone\nd MX 2 mx\nmx A 192.0.2.1", sender64,
			Simulation{Hosts: []Host{{Name: "mx", Final: true}}},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a declared final host keeps what it gets", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "mx", Final: true}}},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"a relay sends in its outbound families", "d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 mx\nmx A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "mx", Outbound: IPv6, HasOutbound: true}}},
			[]string{"delivered 2.0.0 mx1 relayed"},
		},
		{
			"one machine under two names does not relay to itself",
			"d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 a\na A 192.0.2.1\nd MX 3 b\nb A 192.0.2.1", sender4,
			Simulation{
				Hosts:  []Host{{Name: "a", OtherNames: []string{"b"}}},
				Outage: Outage{ServFail: []Question{{"a", A}}},
			},
			[]string{"stuck 4.4.4 a relayed"},
		},
		{
			"a relay that does not know its alias among the records loops",
			"d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 alias\nalias CNAME real\nreal A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "real"}}},
			[]string{"looping 5.4.6 real relayed"},
		},
		{
			"one that knows its address does not",
			"d MX 1 mx1\nmx1 AAAA 2001:db8::2\nd MX 2 alias\nalias CNAME real\nreal A 192.0.2.1", sender4,
			Simulation{Hosts: []Host{{Name: "real"}}, Algorithm: Postfix},
			[]string{"stuck 4.4.4 real relayed"},
		},
		{
			"a host that is not loaded leaves it open", "d MX 1 mx1\nmx1 UNKNOWN A AAAA\nd MX 2 mx" + good, sender4,
			Simulation{},
			[]string{"undecided", "undecided relayed", "stuck 4.4.4 mx relayed"},
		},
		{
			"a fact of the operator's stands in for it", "d MX 1 mx1\nmx1 UNKNOWN A AAAA\nd MX 2 mx" + good, sender4,
			Simulation{Hosts: []Host{{Name: "mx1", Families: IPv4, Known: true}}},
			[]string{"delivered 2.0.0 mx1"},
		},
		{
			"a fact of IPv4 alone is enough behind NAT64", "d MX 1 mx1\nmx1 UNKNOWN A AAAA", sender64,
			Simulation{Hosts: []Host{{Name: "mx1", Families: IPv4, Known: true}}},
			[]string{"delivered 2.0.0 mx1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := test.world
			world.Resolver = newZone(test.zone)
			outcomes := world.Outcomes(test.sender, "d")
			if diff := cmp.Diff(test.want, say(outcomes)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for seed := range uint64(8) {
				if trace := world.Run(test.sender, "d", seed); !slices.Contains(outcomes, trace.Outcome) {
					t.Errorf("seed %d ends as %v, %+v", seed, say([]Outcome{trace.Outcome}), trace.Steps)
				}
			}
		})
	}
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
					world := Simulation{Resolver: newZone(text), Algorithm: Postfix}
					got := world.Outcomes(sender, "d")
					if len(got) != 1 {
						t.Fatalf("%s: %v", scenario, say(got))
					}
					want := Outcome{Kind: Delivered, Host: "mx1", Status: "2.0.0", Relayed: got[0].Relayed}
					switch {
					case bounced[scenario]:
						want = Outcome{Kind: Refused, Status: "5.4.4"}
					case stuck[scenario] != "":
						want = Outcome{Kind: Stuck, Host: stuck[scenario], Status: "4.4.4", Relayed: true}
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

// world draws a domain "d" with hosts of random families, as a zone and as Hosts that agree with it.
func world(t *rapid.T) (Simulation, []Host) {
	hosts := plain(t)
	links := facts(t, hosts)
	text := "d EXISTS\n"
	for i := range hosts {
		h := &hosts[i]
		h.Known = true
		text += fmt.Sprintf("%s EXISTS\nd MX %d %s\n", h.Name, h.Preference, h.Name)
		if h.Families.Has(IPv4) {
			text += fmt.Sprintf("%s A 192.0.2.%d\n", h.Name, i+1)
		} else if rapid.Bool().Draw(t, "useless A") {
			text += fmt.Sprintf("%s A 10.0.0.%d\n", h.Name, i+1)
		}
		if h.Families.Has(IPv6) {
			text += fmt.Sprintf("%s AAAA 2001:db8::%d\n", h.Name, i+1)
		} else if rapid.Bool().Draw(t, "useless AAAA") {
			text += fmt.Sprintf("%s AAAA fd00::%d\n", h.Name, i+1)
		}
	}
	declared := slices.Clone(hosts)
	for i := range declared { // let the simulation find out by itself
		declared[i].Known = rapid.Bool().Draw(t, "declared")
		declared[i].Preference = 0
	}
	return Simulation{Resolver: newZone(text), Hosts: declared, Links: links}, hosts
}

// A path is not enough for every mail: a host asks lower preferences first, and a stranded one among them would take the mail and
// keep it (46d in the laboratory). So a host is stranded exactly when its mail does not even arrive with all stranded hosts out
// of the way.
func TestStrandedHostsAreThoseFromWhichNoMailArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		world, hosts := world(t)
		world.Algorithm = rapid.SampledFrom([]Algorithm{RFC3974, RFC5321, Postfix}).Draw(t, "algorithm")
		r := NewRelay(hosts, world.Links)
		var stranded []string
		for h := range hosts {
			if r.Stranded(h) == Yes {
				stranded = append(stranded, hosts[h].Name)
			}
		}
		for h := range hosts {
			if hosts[h].Families == None {
				continue
			}
			sending, _ := hosts[h].sending()
			sender := Sender{Families: sending, Names: []string{hosts[h].Name}}
			for _, down := range [][]string{nil, stranded} {
				world.Outage.Hosts = down
				outcomes := world.Outcomes(sender, "d")
				arrives := slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Kind == Delivered })
				if arrives && r.Stranded(h) == Yes || !arrives && r.Stranded(h) == No && len(down) == len(stranded) {
					t.Fatalf("host %d of %+v %v without %v: stranded %v, and outcomes %v",
						h, hosts, world.Links, down, r.Stranded(h), say(outcomes))
				}
			}
		}
	})
}

func TestMailStaysAtAStrandedHostOnItsWay(t *testing.T) {
	hosts := domain("1:6, 10:4, 20:46, 30:4")
	if r := NewRelay(hosts, nil); r.Stranded(1) != Yes || r.Stranded(3) != No {
		t.Errorf("stranded %v, %v", r.Stranded(1), r.Stranded(3))
	}
	world := Simulation{Resolver: newZone("d MX 1 a\na AAAA 2001:db8::1\nd MX 10 b\nb A 192.0.2.1\nd MX 20 c\nc A 192.0.2.2\n" +
		"c AAAA 2001:db8::2\nd MX 30 e\ne A 192.0.2.3")}
	if diff := cmp.Diff([]string{"stuck 4.4.4 b relayed"}, say(world.Outcomes(Sender{Families: IPv4, Names: []string{"e"}}, "d"))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestASenderReachesADomainWithWhichItSharesAFamily(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		world, hosts := world(t)
		var all Families
		for _, h := range hosts {
			all |= h.Families
		}
		for _, sender := range Senders()[:3] {
			outcomes := world.Outcomes(sender, "d")
			accepted := slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Kind == Delivered || o.Relayed })
			if accepted != sender.Families.Meets(all) {
				t.Fatalf("%v sender to %+v: %v", sender, hosts, say(outcomes))
			}
		}
	})
}

func TestEveryRunIsOneOfTheOutcomesAndNoOutcomeIsWithoutARun(t *testing.T) {
	rapid.Check(t, runsEndAsOutcomes)
}

func FuzzEveryRunIsOneOfTheOutcomes(f *testing.F) { f.Fuzz(rapid.MakeFuzz(runsEndAsOutcomes)) }

// runsEndAsOutcomes makes a world and holds its runs to its outcomes.
func runsEndAsOutcomes(t *rapid.T) {
	world, hosts := world(t)
	world.Outage.Families = rapid.SampledFrom([]Families{None, IPv4, IPv6}).Draw(t, "down")
	if h := rapid.IntRange(-1, len(hosts)-1).Draw(t, "lost"); h >= 0 {
		world.Outage.Hosts = []string{hosts[h].Name}
	}
	sender := rapid.SampledFrom(Senders()).Draw(t, "sender")
	outcomes := world.Outcomes(sender, "d")
	seen := map[Outcome]bool{}
	for seed := range uint64(300) {
		trace := world.Run(sender, "d", seed)
		seen[trace.Outcome] = true
		if !slices.Contains(outcomes, trace.Outcome) {
			t.Fatalf("%v to %+v: %v is not among %v: %+v", sender, hosts, trace.Outcome, say(outcomes), trace.Steps)
		}
		if len(outcomes) == 1 {
			break
		}
	}
	if len(seen) != len(outcomes) {
		t.Fatalf("%v to %+v: runs end as %v, not as all of %v", sender, hosts, seen, say(outcomes))
	}
}

func TestATraceTellsEachStepWithItsRecord(t *testing.T) {
	world := Simulation{
		Resolver: newZone(strings.Join([]string{
			"", "d MX 1 mx1", "d MX 10 mx10", "d MX 100 mx100",
			"mx1 AAAA 2001:db8::1", "mx10 A 192.0.2.10", "mx10 AAAA 2001:db8::10", "mx100 A 192.0.2.100",
		}, "\n")),
		Outage: Outage{Hosts: []string{"mx10"}},
	}
	trace := world.Run(sender4, "d", 1)
	var got []string
	for _, s := range trace.Steps {
		got = append(got, fmt.Sprintf("%s (%d) %s [%d]", s.Host, s.Number, s.Text, s.Source))
	}
	want := []string{
		" (1) d has MX 1 mx1 [1]",
		" (1) d has MX 10 mx10 [2]",
		" (1) d has MX 100 mx100 [3]",
		" (3) mx1 has no A record [0]",
		" (5) mx1 has no address that the sender can use: try the next MX record [1]",
		" (3) mx10 has A 192.0.2.10 [5]",
		" (7) no connection to mx10 at 192.0.2.10: the host is down [5]",
		" (8) no address of mx10 is reachable: try the next MX record [2]",
		" (3) mx100 has A 192.0.2.100 [7]",
		" (7) connected to mx100 at 192.0.2.100 [7]",
		" (9) mx100 accepts the mail [3]",
		"mx100 (1) d has MX 1 mx1 [1]",
		"mx100 (1) d has MX 10 mx10 [2]",
		"mx100 (1) d has MX 100 mx100 [3]",
		"mx100 (2) drop MX 100 mx100: mx100 is itself at 100 [3]",
		"mx100 (3) mx1 has no A record [0]",
		"mx100 (5) mx1 has no address that mx100 can use: try the next MX record [1]",
		"mx100 (3) mx10 has A 192.0.2.10 [5]",
		"mx100 (7) no connection to mx10 at 192.0.2.10: the host is down [5]",
		"mx100 (8) no address of mx10 is reachable: try the next MX record [2]",
		"mx100 (8) the end of the list of MX records: delayed (4.4.1) [0]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"mx100"}, trace.Path); diff != "" {
		t.Error(diff)
	}
}

func TestIPv6IsTriedBeforeIPv4WithinAPreference(t *testing.T) {
	for seed := range uint64(20) {
		world := Simulation{
			Resolver: newZone("d MX 1 mx\nmx A 192.0.2.1\nmx A 192.0.2.2\nmx AAAA 2001:db8::1\nmx AAAA 2001:db8::2\n" +
				"d MX 2 mx2\nmx2 AAAA 2001:db8::3"),
			Outage: Outage{Families: Dual},
		}
		var families string
		for _, s := range world.Run(sender46, "d", seed).Steps {
			if s.Number == 7 {
				families += map[bool]string{true: "6", false: "4"}[strings.Contains(s.Text, "2001:")]
			}
		}
		if families != "66446" {
			t.Fatalf("seed %d tries %s", seed, families)
		}
	}
}

func TestSendersAreNamedAfterTheirClass(t *testing.T) {
	got := fmt.Sprint(append(Senders(), Sender{}))
	if want := "[IPv4-only IPv6-only dual-stack IPv6-only behind NAT64 isolated]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestATraceShowsWhatNAT64MakesOfAnAddress(t *testing.T) {
	world := Simulation{Resolver: newZone("d MX 1 mx\nmx A 192.0.2.33")}
	for _, s := range world.Run(sender64, "d", 1).Steps {
		if s.Number == 7 && s.Text != "connected to mx at 64:ff9b::c000:221 (192.0.2.33 through NAT64)" {
			t.Error(s.Text)
		}
	}
}

func TestFaultsBreakEachHostAndEachFamily(t *testing.T) {
	world := Simulation{Resolver: newZone("d MX 1 mx1\nmx1 AAAA 2001:db8::1\nd MX 10 mx10\nmx10 A 192.0.2.10\nmx10 AAAA 2001:db8::10")}
	var got []string
	faults, _ := world.Faults("d", []Sender{sender4, sender6}, 100)
	for _, f := range faults {
		got = append(got, fmt.Sprintf("%s%v %v: %v", f.Host, f.Family, f.Sender, Worst(f.Outcomes)))
	}
	want := []string{
		"mx1none IPv4-only: delayed", "mx1none IPv6-only: delayed",
		"mx10none IPv4-only: delayed", "mx10none IPv6-only: delivered",
		"IPv4 IPv4-only: delayed", "IPv4 IPv6-only: delivered",
		"IPv6 IPv4-only: delayed", "IPv6 IPv6-only: delayed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFaultsLeaveHostsBeyondTheLimitAlone(t *testing.T) {
	world := Simulation{Resolver: newZone("d MX 1 mx1\nmx1 A 192.0.2.1\nd MX 2 mx2\nmx2 A 192.0.2.2\nd MX 3 mx3\nmx3 A 192.0.2.3")}
	faults, omitted := world.Faults("d", []Sender{sender4}, 1)
	if len(faults) != 3 || faults[0].Host != "mx1" || omitted != 2 {
		t.Errorf("%+v, %d omitted", faults, omitted)
	}
}

func TestRunToFindsTheWantedEnd(t *testing.T) {
	world := Simulation{Resolver: newZone("d MX 1 mx1\nmx1 AAAA 2001:db8::1\nd MX 2 a\na A 192.0.2.1\nd MX 2 b\nb A 192.0.2.2\nb AAAA 2001:db8::2")}
	for _, test := range []struct{ wanted, want OutcomeKind }{{Stuck, Stuck}, {Delivered, Delivered}, {Looping, world.Run(sender4, "d", 0).Outcome.Kind}} {
		if got := world.RunTo(sender4, "d", test.wanted, 50).Outcome.Kind; got != test.want {
			t.Errorf("wanted %v, got %v", test.wanted, got)
		}
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
	world := Simulation{Resolver: newZone(text.String())}
	outcomes := world.Outcomes(sender4, "d")
	if len(outcomes) != 500 || Worst(outcomes) != Delivered || !outcomes[0].Relayed {
		t.Errorf("%d outcomes, the worst %v", len(outcomes), Worst(outcomes))
	}
}

func BenchmarkOutcomes(b *testing.B) {
	for _, n := range []int{2, 1000} {
		text := ""
		for i := range n {
			text += fmt.Sprintf("d MX %d mx%d\nmx%d AAAA 2001:db8::%x\n", i, i, i, i+1)
		}
		text += fmt.Sprintf("mx%d A 192.0.2.1\n", n-1)
		world := Simulation{Resolver: newZone(text)}
		b.Run(fmt.Sprint(n, " hosts"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				world.Outcomes(sender4, "d")
			}
		})
	}
}
