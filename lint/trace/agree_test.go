package trace_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/lint/trace"
	"mx46/rules"
	"mx46/zonefiles"
)

// randomDomain draws a mail domain with aliases, dead names and hosts of others, and what the operator says of them.
type randomDomain struct {
	zone  string
	facts mail.Facts
	names []zonefiles.Name
	dead  map[zonefiles.Name]bool // names that lead to no address, maybe over aliases
	plain bool                    // all is known, and each name leads to an address
}

func drawDomain(t *rapid.T) *randomDomain {
	d := &randomDomain{zone: head, dead: map[zonefiles.Name]bool{}, plain: true}
	d.facts = mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{}, Final: map[zonefiles.Name]zonefiles.Span{}}
	oneIn := func(n int, what string) bool { return rapid.IntRange(1, n).Draw(t, what) == 1 }
	some := func(what string) delivery.Families { return delivery.Families(rapid.IntRange(1, 3).Draw(t, what)) }
	count := rapid.IntRange(1, 6).Draw(t, "hosts")
	for i := range count {
		name := fmt.Sprintf("mx%d.example.org.", i)
		if oneIn(6, "of another") {
			name = fmt.Sprintf("mx%d.example.net.", i)
		}
		d.names = append(d.names, zonefiles.MustName(name))
	}
	for i, name := range d.names {
		switch {
		case !name.IsAtOrBelow(example):
			if d.plain = false; oneIn(2, "stated") {
				d.facts.Hosts[name] = mail.HostFacts{Families: some("stated families"), HasFamilies: true}
			}
		case i > 0 && oneIn(5, "alias"): // of one before, so that there are chains and no loops
			to := rapid.IntRange(0, i-1).Draw(t, "of")
			d.zone += fmt.Sprintf("%s CNAME %s\n", name, d.names[to])
			d.dead[name] = d.dead[d.names[to]]
		case oneIn(8, "dead"):
			d.dead[name], d.plain = true, false
		default:
			f := some("families")
			if f.Has(delivery.IPv4) {
				d.zone += fmt.Sprintf("%s A 192.0.32.%d\n", name, i+1)
			}
			if f.Has(delivery.IPv6) {
				d.zone += fmt.Sprintf("%s AAAA 2620:0:2d0::%d\n", name, i+1)
			}
		}
		if !oneIn(5, "no MX") {
			d.zone += fmt.Sprintf("@ MX %d %s\n", rapid.IntRange(0, 4).Draw(t, "preference"), name)
		}
	}
	// By its names that lead nowhere, too, a machine knows itself in step 2, and what a link leads to takes mail, but
	// for lint such names do not count: there, lint and trace differ by design.
	alive := slices.DeleteFunc(slices.Clone(d.names), func(name zonefiles.Name) bool { return d.dead[name] })
	if len(alive) == 0 {
		return d
	}
	anyOf := func(what string) zonefiles.Name { return rapid.SampledFrom(alive).Draw(t, what) }
	for range rapid.IntRange(0, 3).Draw(t, "facts") {
		name := anyOf("about")
		facts := d.facts.Hosts[name]
		if oneIn(2, "outbound") {
			facts.Outbound, facts.HasOutbound = some("outbound families"), true
		} else {
			facts.SameHost, facts.HasSameHost = anyOf("same host"), true
		}
		d.facts.Hosts[name] = facts
	}
	if oneIn(4, "final") {
		d.facts.Final[anyOf("final host")] = zonefiles.Span{}
	}
	if from, to := anyOf("from"), anyOf("to"); oneIn(3, "link") {
		d.facts.Links = append(d.facts.Links, mail.Link{From: from, To: to, Via: "uucp"})
	}
	return d
}

// Lint and trace have one picture of a domain, and use it in ways of their own: from a host that lint says is stranded
// no mail arrives, whatever is not known; from any other it does, at least where the stranded ones are out of the way.
func TestLintAndTraceAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDomain(t)
		loader := zonefiles.NewLoader(nil)
		file, err := loader.Files.Add("db", []byte(d.zone))
		if err != nil {
			t.Fatal(err)
		}
		zones := []*zonefiles.Zone{loader.Parse(file, nil)}
		stranded := map[zonefiles.Name]delivery.Truth{}
		rule := &lint.Rule{Name: "stranded", Severity: lint.Error, Domain: func(_ *lint.Pass, d *mail.Domain) {
			for m := range d.Machines() {
				if !d.Implicit {
					stranded[d.FirstTarget(m).Name] = d.Relay().Stranded(m)
				}
			}
		}}
		run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{zones}, Rules: []*lint.Rule{rule}, Facts: d.facts, Jobs: 1}
		if _, err := run.Lint(context.Background()); err != nil {
			t.Fatal(err)
		}
		var down []zonefiles.Name
		for name, truth := range stranded {
			if truth == delivery.Yes {
				down = append(down, name)
			}
		}
		w := trace.NewWorld(dns.NewGraph(zones), example, &d.facts, delivery.Public)
		for name, truth := range stranded {
			q := trace.Question{Domain: example, As: name, HasAs: true, From: []delivery.Sender{{Families: sends(w, name)}}}
			arrives := func() bool {
				r, err := w.Ask(q)
				if err != nil {
					t.Fatal(err)
				}
				return slices.ContainsFunc(r.Ways[0].Outcomes, func(o delivery.Outcome) bool {
					return o.Kind == delivery.Delivered || o.Kind == delivery.Undecided
				})
			}
			if arrives() && truth == delivery.Yes {
				t.Fatalf("%s is stranded, and its mail arrives\n%s%+v", name, d.zone, d.facts)
			}
			if q.Outage.Hosts = down; truth == delivery.No && d.plain && !arrives() {
				t.Fatalf("%s is not stranded, and its mail does not arrive while these are down: %v\n%s%+v", name, down, d.zone, d.facts)
			}
		}
	})
}

// What lint counts as not judged is what trace calls undecided; and where lint says that a family has no MX host, no
// mail of a sender with that family alone arrives, whatever is not known.
func TestLintAndTraceAgreeOnWhatIsUndecided(t *testing.T) {
	var chosen []*lint.Rule
	ofFamily := map[string]delivery.Families{"mx-no-ipv4": delivery.IPv4, "mx-no-ipv6": delivery.IPv6}
	for _, r := range rules.All() {
		if ofFamily[r.Name] != delivery.None {
			chosen = append(chosen, r)
		}
	}
	counts := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawDomain(t)
		if rapid.Bool().Draw(t, "the lock knows some") {
			d.facts.Lock, _ = lock.Parse(&zonefiles.File{Name: lock.FileName, Data: []byte(
				"# mx46 hosts v1.\n# seen 2026-11-26\nmx0.example.net. ipv4\nmx1.example.net. unknown\nmx2.example.net. ipv4 ipv6\n" +
					"mx3.example.net. alias=mx0.example.org. ipv6\nmx4.example.net. nxdomain\n")})
		}
		loader := zonefiles.NewLoader(nil)
		file, err := loader.Files.Add("db", []byte(d.zone))
		if err != nil {
			t.Fatal(err)
		}
		zones := []*zonefiles.Zone{loader.Parse(file, nil)}
		run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{zones}, Rules: chosen, Facts: d.facts, Jobs: 1}
		result, err := run.Lint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r, err := trace.NewWorld(dns.NewGraph(zones), example, &d.facts, delivery.Public).Ask(trace.Question{Domain: example})
		if err != nil {
			t.Fatal(err)
		}
		has := func(way trace.Way, kind delivery.OutcomeKind) bool {
			return slices.ContainsFunc(way.Outcomes, func(o delivery.Outcome) bool { return o.Kind == kind })
		}
		undecided := slices.ContainsFunc(r.Ways, func(way trace.Way) bool { return has(way, delivery.Undecided) })
		counts[undecided]++
		if n := result.Summary.NotJudged; n != 0 && n != 1 || (n == 1) != undecided {
			t.Fatalf("lint does not judge %d domains; trace is undecided: %v\n%s%+v", n, undecided, d.zone, d.facts)
		}
		for _, f := range result.Findings {
			for _, way := range r.Ways {
				isOf := !way.Sender.NAT64 && way.Sender.Families == ofFamily[f.Rule.Name]
				if isOf && (has(way, delivery.Delivered) || has(way, delivery.Undecided)) {
					t.Fatalf("%s is reported, and mail from %s arrives, or may\n%s%+v", f.Rule.Name, way.Sender, d.zone, d.facts)
				}
			}
		}
	})
	if counts[true]+counts[false] >= 100 && counts[true]*counts[false] == 0 { // few are drawn in -short
		t.Errorf("undecided or not: %v", counts)
	}
}

// sends is the set of families that a host of the domain opens connections in, as far as that is certain.
func sends(w *trace.World, host zonefiles.Name) delivery.Families {
	d := w.Simulation(example, delivery.RFC3974, delivery.Outage{}).Domain
	families, _ := delivery.NewRelay(d.Machines, d.Offers, d.Links).Sending(d.Named[host])
	return families
}

func TestAChainOfNamesMakesOneMachine(t *testing.T) {
	zone := head + "@ MX 10 a\n@ MX 20 c\na AAAA 2620:0:2d0::1\nc A 192.0.32.3\n"
	name := func(label string) zonefiles.Name { return zonefiles.MustName(label + ".example.org.") }
	facts := &mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{
		name("a"): {SameHost: name("b"), HasSameHost: true}, name("b"): {SameHost: name("c"), HasSameHost: true},
	}}
	dir := write(t, "db", zone)
	graph := load(t, dir, "db")
	r := ask(t, trace.NewWorld(graph, example, facts, delivery.Public), trace.Question{Domain: example})
	if !r.Delivered() {
		t.Error(text(t, r))
	}
	reader := mail.NewReader(facts)
	reader.Enter(graph.Zones()[0], delivery.Public)
	d, ok := reader.Read(graph.Zones()[0].Apex())
	if !ok || len(d.Machines()) != 1 || d.Machines()[0].Published != delivery.Dual || strings.Count(zone, "MX") != len(d.Targets()) {
		t.Errorf("machines %+v", d.Machines())
	}
}

// Where lint says of no zone that its name servers lack a family, mail arrives whichever family resolvers have; where it
// does, mail to the domain does not.
func TestLintAndTraceAgreeOnNameServers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		origins := []string{"example.org.", "example.net.", "example.com."}
		texts := make([]string, 0, 2*len(origins))
		for i, origin := range origins {
			text := "$TTL 1h\n@ SOA ns h 1 2 3 4 5\nmx A 192.0.32.1\nmx AAAA 2620:0:2d0::1\n"
			for k := range 2 {
				f := delivery.Families(rapid.IntRange(1, 3).Draw(t, "families"))
				if f.Has(delivery.IPv4) {
					text += fmt.Sprintf("ns%d A 192.0.32.%d\n", k, 53+k)
				}
				if f.Has(delivery.IPv6) {
					text += fmt.Sprintf("ns%d AAAA 2620:0:2d0::%d\n", k, 53+k)
				}
			}
			for range rapid.IntRange(0, 2).Draw(t, "name servers") {
				in := rapid.SampledFrom(append(origins, "example.")).Draw(t, "in")
				text += fmt.Sprintf("@ NS ns%d.%s\n", rapid.IntRange(0, 1).Draw(t, "number"), in)
			}
			if i == 0 {
				text += "@ MX 10 mx." + rapid.SampledFrom(origins).Draw(t, "MX in") + "\n"
			}
			texts = append(texts, origin, text)
		}
		loader := zonefiles.NewLoader(nil)
		var zones []*zonefiles.Zone
		for i := 0; i < len(texts); i += 2 {
			file, err := loader.Files.Add(texts[i], []byte(texts[i+1]))
			if err != nil {
				t.Fatal(err)
			}
			origin := zonefiles.MustName(texts[i])
			zones = append(zones, loader.Parse(file, &origin))
		}
		catalogue := slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return !strings.HasPrefix(r.Name, "ns-no-") })
		run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{zones}, Rules: catalogue}
		result, err := run.Lint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		lost := map[delivery.Families]bool{}
		for _, f := range result.Findings {
			if f.Rule.Name == "ns-no-ipv4" || strings.HasPrefix(f.Harm, "nobody") {
				lost[delivery.IPv4] = true
			}
			if f.Rule.Name == "ns-no-ipv6" || strings.HasPrefix(f.Harm, "nobody") {
				lost[delivery.IPv6] = true
			}
		}
		w := trace.NewWorld(dns.NewGraph(zones), example, nil, delivery.Public)
		for _, family := range []delivery.Families{delivery.IPv4, delivery.IPv6} {
			r, err := w.Ask(trace.Question{Domain: example, From: []delivery.Sender{{Families: delivery.Dual}}, Reach: family})
			if err != nil {
				t.Fatal(err)
			}
			if r.Delivered() == lost[family] {
				t.Fatalf("resolvers with %s: delivered %v, lint finds %v\n%s", family, r.Delivered(), result.Findings, strings.Join(texts, "\n"))
			}
		}
	})
}
