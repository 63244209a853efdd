package delivery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// setting is what a mail to the domain "d" is sent in.
type setting struct {
	mail.Facts
	scope     Scope
	algorithm Algorithm
	resolver  Resolver
	outage    Outage
}

// simulate is a simulation of mail to "d", in a root zone of text: "owner TYPE data", one record a line. Besides the
// types of a zone file, TYPE is EXISTS (a name without data) or UNKNOWN (a name of another's zone).
func (s setting) simulate(t fataler, text string) *Simulation {
	t.Helper()
	zone := "$TTL 1h\n$ORIGIN .\n@ SOA ns h 1 2 3 4 5\n"
	for _, line := range strings.Split(text, "\n") {
		line = strings.Replace(line, " EXISTS", " TXT exists", 1)
		zone += strings.Replace(line, " UNKNOWN", " NS elsewhere", 1) + "\n"
	}
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("text", []byte(zone))
	if err != nil {
		t.Fatal(err)
	}
	z := loader.Parse(file, nil)
	for _, p := range z.Problems {
		t.Fatalf("%s\n%s", p.Message, zone)
	}
	reader := mail.NewReader(&s.Facts)
	reader.Enter(dns.NewGraph([]*zonefiles.Zone{z}).Zones()[0], s.scope)
	return &Simulation{
		Domain: reader.Find(n("d")), Scope: s.scope, NAT64: s.NAT64, Algorithm: s.algorithm, Resolver: s.resolver,
		Outage: s.outage,
	}
}

// n is a name below the root.
func n(name string) zonefiles.Name { return zonefiles.MustName(name + ".") }

// ns are several.
func ns(names ...string) []zonefiles.Name {
	var list []zonefiles.Name
	for _, name := range names {
		list = append(list, n(name))
	}
	return list
}

func servFail(name string, t zonefiles.Type) Outage {
	return Outage{ServFail: []Question{{Name: n(name), Type: t}}}
}

// facts are the operator's word about hosts.
func facts(hosts map[string]mail.HostFacts) mail.Facts {
	f := mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{}}
	for name, h := range hosts {
		f.Hosts[n(name)] = h
	}
	return f
}

func families(f Families) mail.HostFacts { return mail.HostFacts{Families: f, HasFamilies: true} }

func linked(from, to string) mail.Facts {
	return mail.Facts{Links: []mail.Link{{From: n(from), To: n(to), Via: "uucp"}}}
}

func final(name string) mail.Facts {
	return mail.Facts{Final: map[zonefiles.Name]zonefiles.Span{n(name): {}}}
}

// say writes outcomes as text: "delivered 2.0.0 mx1 relayed".
func say(outcomes []Outcome) []string {
	var list []string
	for _, o := range outcomes {
		text := strings.TrimSpace(o.Kind.String() + " " + o.Status)
		if !o.Host.IsRoot() {
			text += " " + o.Host.Undotted()
		}
		if o.Relayed {
			text += " relayed"
		}
		list = append(list, text)
	}
	return list
}

// lineOf is the line of the text that a record is, from 1; 0 for none.
func lineOf(r zonefiles.Record) int {
	if r.IsZero() {
		return 0
	}
	span := r.Span()
	return r.Zone().Files().Position(span.File, span.Start).Line - 3
}

var (
	sender4  = Sender{Families: IPv4}
	sender6  = Sender{Families: IPv6}
	sender46 = Sender{Families: Dual}
	sender64 = Sender{Families: IPv6, NAT64: true}
)

// runsAgree reports runs that end in another way than the outcomes say.
func runsAgree(t testing.TB, s *Simulation, sender Sender, outcomes []Outcome, seeds int) {
	t.Helper()
	for _, o := range outcomes {
		if got := s.RunTo(sender, o.Kind, seeds).Outcome.Kind; got != o.Kind {
			t.Errorf("no run is %v", o.Kind)
		}
	}
	for seed := range uint64(seeds) {
		trace := s.Run(sender, seed)
		if trace.Outcome.Kind != Undecided && !slices.ContainsFunc(outcomes, func(o Outcome) bool {
			return o == trace.Outcome || o.Kind == Undecided
		}) {
			t.Errorf("seed %d ends as %v, %+v", seed, say([]Outcome{trace.Outcome}), fmt.Sprint(trace.Steps))
		}
	}
}

// fataler is a test, or a check of a property.
type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}
