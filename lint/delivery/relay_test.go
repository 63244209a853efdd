package delivery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var familiesNotation = map[string]Families{"0": None, "4": IPv4, "6": IPv6, "46": Dual}

// domain reads the notation of RULES: "1:6, 10:46, 20:unknown". The hosts are named after their text.
func domain(text string) []Host {
	var hosts []Host
	for _, item := range strings.Split(text, ", ") {
		preference, families, _ := strings.Cut(item, ":")
		p, err := strconv.ParseUint(preference, 10, 16)
		f, known := familiesNotation[families]
		if err != nil || !known && families != "unknown" {
			panic("no such host: " + item)
		}
		hosts = append(hosts, Host{Name: item, Preference: uint16(p), Families: f, Known: known})
	}
	return hosts
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

		{"1:0, 10:46", []string{"10:46"}, nil, nil},
		{"1:6, 10:0", nil, nil, nil},
		{"20:4, 1:6, 10:46", nil, nil, []string{"10:46 for 20:4"}},
		{"1:6, 10:46, 11:46, 20:4", nil, nil, nil},
		{"1:6, 10:46, 11:unknown, 20:4", nil, nil, nil},
	} {
		t.Run(test.hosts, func(t *testing.T) {
			hosts := domain(test.hosts)
			r := NewRelay(hosts, nil)
			var yes, maybe, bridges []string
			for h := range hosts {
				switch r.Stranded(h) {
				case Yes:
					yes = append(yes, hosts[h].Name)
				case Maybe:
					maybe = append(maybe, hosts[h].Name)
				}
			}
			for _, b := range r.Bridges() {
				for _, h := range b.Strands {
					bridges = append(bridges, hosts[b.Host].Name+" for "+hosts[h].Name)
				}
			}
			if diff := cmp.Diff([][]string{test.yes, test.maybe, test.bridges}, [][]string{yes, maybe, bridges}); diff != "" {
				t.Errorf("stranded, perhaps stranded, bridges (-want +got):\n%s", diff)
			}
		})
	}
}

// plain is a domain of known families, without outbound, finals and links.
func plain(t *rapid.T) []Host {
	n := rapid.IntRange(1, 6).Draw(t, "hosts")
	hosts := make([]Host, n)
	for i := range hosts {
		hosts[i] = Host{
			Name:       fmt.Sprintf("mx%d", i),
			Preference: uint16(rapid.IntRange(0, 4).Draw(t, "preference")),
			Families:   Families(rapid.IntRange(0, 3).Draw(t, "families")),
			Known:      true,
		}
	}
	return hosts
}

// facts adds what an operator may declare, and unknown families.
func facts(t *rapid.T, hosts []Host) []Link {
	for i := range hosts {
		h := &hosts[i]
		h.Known = rapid.IntRange(0, 2).Draw(t, "known") > 0
		h.Final = rapid.IntRange(0, 5).Draw(t, "final") == 0
		if h.HasOutbound = rapid.IntRange(0, 3).Draw(t, "has outbound") == 0; h.HasOutbound {
			h.Outbound = Families(rapid.IntRange(0, 3).Draw(t, "outbound"))
		}
	}
	var links []Link
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		at := rapid.IntRange(-1, len(hosts))
		links = append(links, Link{From: at.Draw(t, "from"), To: at.Draw(t, "to"), Via: "uucp"})
	}
	return links
}

// The closed form below the relay examples of RULES. Two conditions that it leaves unsaid: h accepts mail, and the primary
// group has a family at all.
func TestStrandedAgreesWithTheClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts := plain(t)
		lowest := slices.MinFunc(hosts, func(a, b Host) int { return int(a.Preference) - int(b.Preference) }).Preference
		var primary Families
		for _, h := range hosts {
			if h.Preference == lowest {
				primary |= h.Families
			}
		}
		r := NewRelay(hosts, nil)
		for i, h := range hosts {
			want := No
			if h.Families != None && h.Preference > lowest && !h.Families.Meets(primary) &&
				(primary == None || !slices.ContainsFunc(hosts, func(d Host) bool {
					return d.Families == Dual && lowest < d.Preference && d.Preference < h.Preference
				})) {
				want = Yes
			}
			if got := r.Stranded(i); got != want {
				t.Fatalf("%s of %+v: stranded %v, want %v", h.Name, hosts, got, want)
			}
		}
	})
}

// oracle is RULES' definition of stranded and of everything around it, for one value of every unknown and without the hosts in gone.
type oracle struct {
	hosts []Host
	links []Link
	gone  int // the index of a host that is lost, or -1
}

func (o oracle) edge(h, g int) bool {
	a, b := o.hosts[h], o.hosts[g]
	sending := a.Families
	if a.HasOutbound {
		sending = a.Outbound
	}
	linked := slices.ContainsFunc(o.links, func(l Link) bool { return l.From == h && l.To == g })
	return h != o.gone && g != o.gone && b.Preference < a.Preference && b.Families != None && (sending.Meets(b.Families) || linked)
}

func (o oracle) final(h int) bool {
	return o.hosts[h].Final || !slices.ContainsFunc(o.hosts, func(g Host) bool { return g.Preference < o.hosts[h].Preference })
}

// hops is the length of the shortest path from h to a final host, -1 without one.
func (o oracle) hops(h int) int {
	if o.final(h) {
		return 0
	}
	best := -1
	for g := range o.hosts {
		if o.edge(h, g) {
			if n := o.hops(g); n >= 0 && (best < 0 || n+1 < best) {
				best = n + 1
			}
		}
	}
	return best
}

func (o oracle) stranded(h int) bool { return o.hosts[h].Families != None && o.hops(h) < 0 }

func (o oracle) direct(h int) bool {
	for g := range o.hosts {
		if o.final(g) && o.edge(h, g) {
			return true
		}
	}
	return false
}

// everyWorld calls f for every value that the unknown families of hosts could have.
func everyWorld(hosts []Host, f func([]Host)) {
	for i, h := range hosts {
		if !h.Known {
			for families := None; families <= Dual; families++ {
				world := slices.Clone(hosts)
				world[i].Known, world[i].Families = true, families
				everyWorld(world, f)
			}
			return
		}
	}
	f(hosts)
}

// ask joins the answers of all worlds.
func ask(hosts []Host, question func([]Host) bool) Truth {
	all, some := true, false
	everyWorld(hosts, func(world []Host) {
		if question(world) {
			some = true
		} else {
			all = false
		}
	})
	return truth(all, some)
}

func TestRelayAgreesWithTryingEveryValue(t *testing.T) {
	var r Relay // reused on purpose
	rapid.Check(t, func(t *rapid.T) {
		hosts := plain(t)
		links := facts(t, hosts)
		if unknown := slices.Collect(unknowns(hosts)); len(unknown) > 4 {
			hosts[unknown[0]].Known = true
		}
		r.Reset(hosts, links)
		worst := slices.Clone(hosts)
		for i := range worst {
			if !worst[i].Known {
				worst[i].Families = None
			}
		}
		certain := oracle{worst, links, -1}
		bridges := make(map[[2]int]bool)
		for _, b := range r.Bridges() {
			for _, h := range b.Strands {
				bridges[[2]int{b.Host, h}] = true
			}
		}
		for h := range hosts {
			stranded := ask(hosts, func(w []Host) bool { return oracle{w, links, -1}.stranded(h) })
			if got := r.Stranded(h); got != stranded {
				t.Fatalf("host %d of %+v %v: stranded %v, want %v", h, hosts, links, got, stranded)
			}
			if want := ask(hosts, func(w []Host) bool { return oracle{w, links, -1}.direct(h) }); r.Direct(h) != want {
				t.Fatalf("host %d of %+v %v: direct %v, want %v", h, hosts, links, r.Direct(h), want)
			}
			if r.Final(h) != certain.final(h) {
				t.Fatalf("host %d of %+v: final %v", h, hosts, r.Final(h))
			}
			path := r.Path(h)
			if len(path)-1 != certain.hops(h) {
				t.Fatalf("host %d of %+v %v: path %v, want %d hops", h, hosts, links, path, certain.hops(h))
			}
			for i := range path {
				if i > 0 && !certain.edge(path[i-1], path[i]) || i == len(path)-1 && !r.Final(path[i]) {
					t.Fatalf("host %d of %+v %v: impossible path %v", h, hosts, links, path)
				}
			}
			for g := range hosts {
				want := ask(hosts, func(w []Host) bool { return oracle{w, links, -1}.edge(h, g) })
				if got, _, _ := r.Edge(h, g); got != want {
					t.Fatalf("edge %d -> %d of %+v %v: %v, want %v", h, g, hosts, links, got, want)
				}
				lost := g != h && !r.Final(g) && worst[h].Families != None && certain.hops(h) > 0 &&
					ask(hosts, func(w []Host) bool { return oracle{w, links, g}.stranded(h) }) == Yes
				if bridges[[2]int{g, h}] != lost {
					t.Fatalf("%d is a bridge of %d in %+v %v: want %v", g, h, hosts, links, lost)
				}
			}
			deciding := r.Deciding(h)
			if (deciding != nil) != (stranded == Maybe) {
				t.Fatalf("host %d of %+v %v: decided by %v", h, hosts, links, deciding)
			}
			if stranded == Maybe {
				open := slices.Clone(hosts)
				for i := range open {
					open[i].Known = open[i].Known || !slices.Contains(deciding, i)
				}
				everyWorld(open, func(decided []Host) {
					for i := range decided {
						decided[i].Known = hosts[i].Known || slices.Contains(deciding, i)
					}
					if ask(decided, func(w []Host) bool { return oracle{w, links, -1}.stranded(h) }) == Maybe {
						t.Fatalf("host %d of %+v %v: %v do not decide", h, hosts, links, deciding)
					}
				})
			}
		}
	})
}

func unknowns(hosts []Host) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i, h := range hosts {
			if !h.Known && !yield(i) {
				return
			}
		}
	}
}

func TestPathPrefersFewHopsThenLowPreference(t *testing.T) {
	r := NewRelay(domain("1:6, 10:46, 20:46, 30:4, 40:4"), []Link{{From: 4, To: 0, Via: "uucp"}})
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

func TestADomainWithoutMXHostsHasNothing(t *testing.T) {
	r := NewRelay(nil, nil)
	if len(r.Primary()) != 0 || r.Bridges() != nil {
		t.Errorf("primary %v, bridges %v", r.Primary(), r.Bridges())
	}
}

func TestPrimaryGroupIsEveryHostOfTheLowestPreference(t *testing.T) {
	if got := NewRelay(domain("10:4, 1:6, 5:46, 1:unknown"), nil).Primary(); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestAReusedRelayDoesNotAllocate(t *testing.T) {
	hosts := domain("1:46, 10:4, 20:unknown, 30:6")
	var r Relay
	r.Reset(hosts, nil)
	if n := testing.AllocsPerRun(100, func() { r.Reset(hosts, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// many is a hostile domain: n hosts of unknown families, each at its own preference.
func many(n int) []Host {
	hosts := make([]Host, n)
	for i := range hosts {
		hosts[i] = Host{Preference: uint16((i * 7919) % 65521), Families: IPv4, Known: i == 0}
	}
	return hosts
}

func BenchmarkRelay(b *testing.B) {
	for _, bench := range []struct {
		name  string
		hosts []Host
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
				r.Reset(bench.hosts, nil)
				for h := range bench.hosts {
					r.Stranded(h)
				}
				r.Bridges()
			}
		})
	}
}
