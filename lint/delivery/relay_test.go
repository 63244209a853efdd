package delivery_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "mx46/lint/delivery"
	"mx46/zonefiles"
)

var familiesNotation = map[string]Families{"0": None, "4": IPv4, "6": IPv6, "46": Dual}

// graph is a mail domain as a relay graph has it.
type graph struct {
	names    []string
	machines []Machine
	offers   []Offer
	links    []Link
}

func (g *graph) relay() *Relay { return NewRelay(g.machines, g.offers, g.links) }

// domain reads the notation of the catalogue of rules: "1:6, 10:46, 20:unknown". The machines are named after their
// text.
func domain(text string) *graph {
	g := &graph{}
	for _, item := range strings.Split(text, ", ") {
		preference, families, _ := strings.Cut(item, ":")
		p, err := strconv.ParseUint(preference, 10, 16)
		f, known := familiesNotation[families]
		if err != nil || !known && families != "unknown" {
			panic("no such host: " + item)
		}
		m := Machine{Preference: uint16(p), Published: f, Usable: f}
		if !known {
			m.Open = Dual
		}
		g.add(item, m)
	}
	return g
}

// add adds a machine with one MX record.
func (g *graph) add(name string, m Machine) {
	g.offers = append(g.offers, Offer{
		Machine: len(g.machines), Preference: int(m.Preference), Name: zonefiles.Name(name),
		Published: m.Published, Usable: m.Usable, Open: m.Open,
	})
	g.names, g.machines = append(g.names, name), append(g.machines, m)
}

func TestRelayExamples(t *testing.T) {
	for _, test := range []struct {
		hosts   string
		yes     []string
		maybe   []string
		bridges []string
	}{
		{"1:6, 10:4, 100:4", []string{"10:4", "100:4"}, nil, nil},
		{"1:46, 10:4, 100:6", nil, nil, nil},
		{"1:6, 10:46, 20:4", nil, nil, []string{"10:46 for 20:4"}},
		{"1:6, 10:46, 10:4", []string{"10:4"}, nil, nil},
		{"1:6, 10:4, 20:46", []string{"10:4"}, nil, nil},
		{"1:6, 10:6, 20:4", []string{"20:4"}, nil, nil},
		{"1:4, 10:6, 20:46", []string{"10:6"}, nil, nil},
		{"1:4, 1:6, 10:4, 10:6", nil, nil, nil},
		{"1:46, 10:unknown", nil, nil, nil},
		{"1:6, 10:unknown", nil, []string{"10:unknown"}, nil},
		{"1:6, 20:4, 30:unknown", []string{"20:4"}, []string{"30:unknown"}, nil},
		{"1:unknown, 10:4", nil, []string{"10:4"}, nil},

		{"1:0, 10:46", nil, nil, nil}, // what leads nowhere does not count
		{"1:6, 10:0", nil, nil, nil},
		{"20:4, 1:6, 10:46", nil, nil, []string{"10:46 for 20:4"}},
		{"1:6, 10:46, 11:46, 20:4", nil, nil, nil},
		{"1:6, 10:46, 11:unknown, 20:4", nil, nil, nil},
		{"1:unknown, 10:46", nil, nil, nil}, // whichever family the primary has, or else 10 is what is left
	} {
		t.Run(test.hosts, func(t *testing.T) {
			g := domain(test.hosts)
			r := g.relay()
			var yes, maybe, bridges []string
			for m := range g.machines {
				switch r.Stranded(m) {
				case Yes:
					yes = append(yes, g.names[m])
				case Maybe:
					maybe = append(maybe, g.names[m])
				}
			}
			for _, b := range r.Bridges() {
				for _, m := range b.Strands {
					bridges = append(bridges, g.names[b.Machine]+" for "+g.names[m])
				}
			}
			if diff := cmp.Diff([][]string{test.yes, test.maybe, test.bridges}, [][]string{yes, maybe, bridges}); diff != "" {
				t.Errorf("stranded, perhaps stranded, bridges (-want +got):\n%s", diff)
			}
		})
	}
}

// The closed form below the relay examples of the catalogue. It leaves unsaid that a host accepts mail, and that only
// hosts with an address count.
func TestStrandedAgreesWithTheClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &graph{}
		for i := range rapid.IntRange(1, 6).Draw(t, "hosts") {
			f := Families(rapid.IntRange(0, 3).Draw(t, "families"))
			g.add(fmt.Sprint("mx", i), Machine{Preference: uint16(rapid.IntRange(0, 4).Draw(t, "preference")), Published: f, Usable: f})
		}
		lowest, primary := Unlisted, None
		for _, m := range g.machines {
			if m.Published != None && int(m.Preference) < lowest {
				lowest, primary = int(m.Preference), None
			}
			if int(m.Preference) == lowest {
				primary |= m.Published
			}
		}
		r := g.relay()
		for i, m := range g.machines {
			want := No
			if m.Published != None && int(m.Preference) > lowest && !m.Published.Meets(primary) &&
				!slices.ContainsFunc(g.machines, func(d Machine) bool {
					return d.Published == Dual && lowest < int(d.Preference) && d.Preference < m.Preference
				}) {
				want = Yes
			}
			if got := r.Stranded(i); got != want {
				t.Fatalf("%s of %+v: stranded %v, want %v", g.names[i], g.machines, got, want)
			}
		}
	})
}

func TestPathPrefersFewHopsThenLowPreference(t *testing.T) {
	g := domain("1:6, 10:46, 20:46, 30:4, 40:4")
	g.links = []Link{{From: 4, To: 0, Via: "uucp"}}
	r := g.relay()
	if diff := cmp.Diff([][]int{{0}, {1, 0}, {3, 1, 0}, {4, 0}}, [][]int{r.Path(0), r.Path(1), r.Path(3), r.Path(4)}); diff != "" {
		t.Error(diff)
	}
	if _, over, via := r.Edge(4, 0); over != None || via != "uucp" {
		t.Errorf("the link's edge has families %v via %q", over, via)
	}
	if _, over, via := r.Edge(2, 0); over != IPv6 || via != "" {
		t.Errorf("the edge 20 -> 1 has families %v via %q", over, via)
	}
}

func TestEdgesUseTheNamesOfLowerPreferenceAlone(t *testing.T) {
	g := domain("10:6, 20:4, 30:unknown")
	g.offers = append(g.offers, Offer{Machine: 0, Preference: 25, Name: "other", Published: IPv4, Usable: IPv4})
	r := g.relay()
	for _, test := range []struct {
		from, to int
		truth    Truth
		over     Families
	}{
		{1, 0, No, None}, {2, 0, Maybe, None}, {2, 1, Maybe, None}, {0, 1, No, None},
	} {
		if truth, over, _ := r.Edge(test.from, test.to); truth != test.truth || over != test.over {
			t.Errorf("edge %d -> %d: %v over %v, want %v over %v", test.from, test.to, truth, over, test.truth, test.over)
		}
	}
}

func TestADomainWithoutMXHostsHasNothing(t *testing.T) {
	r := NewRelay(nil, nil, nil)
	if len(r.Primary()) != 0 || r.Bridges() != nil {
		t.Errorf("primary %v, bridges %v", r.Primary(), r.Bridges())
	}
}

func TestPrimaryGroupIsEveryHostOfTheLowestPreference(t *testing.T) {
	if got := domain("10:4, 1:6, 5:46, 1:unknown").relay().Primary(); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestAMachineSendsFromItsNamesWithoutMXToo(t *testing.T) {
	g := domain("10:6, 20:4")
	g.offers = append(g.offers, Offer{Machine: 1, Preference: Unlisted, Name: "other", Open: IPv6})
	r := g.relay()
	if families, known := r.Sending(1); families != IPv4 || known {
		t.Errorf("sends over %v, known %v", families, known)
	}
	if r.Stranded(1) != Maybe || !slices.Equal(r.Deciding(1), []int{1}) || !slices.Equal(r.Unknown(1), []zonefiles.Name{"other"}) {
		t.Errorf("stranded %v, decided by %v, unknown %v", r.Stranded(1), r.Deciding(1), r.Unknown(1))
	}
}

func TestAReusedRelayDoesNotAllocate(t *testing.T) {
	g := domain("1:46, 10:4, 20:unknown, 30:6")
	var r Relay
	r.Reset(g.machines, g.offers, nil)
	if n := testing.AllocsPerRun(100, func() { r.Reset(g.machines, g.offers, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// many is a hostile domain: n machines of unknown families, each at its own preference.
func many(n int) *graph {
	g := &graph{}
	for i := range n {
		m := Machine{Preference: uint16((i * 7919) % 65521), Open: Dual}
		if i == 0 {
			m.Published, m.Usable, m.Open = IPv4, IPv4, None
		}
		g.add(fmt.Sprint(i), m)
	}
	return g
}

func BenchmarkRelay(b *testing.B) {
	for _, bench := range []struct {
		name  string
		graph *graph
	}{
		{"one host", domain("10:46")},
		{"two dual", domain("10:46, 20:46")},
		{"four mixed", domain("1:6, 10:46, 20:4, 30:unknown")},
		{"1000 unknown", many(1000)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var r Relay
			b.ReportAllocs()
			for b.Loop() {
				r.Reset(bench.graph.machines, bench.graph.offers, nil)
				for m := range bench.graph.machines {
					r.Stranded(m)
				}
				r.Bridges()
			}
		})
	}
}
