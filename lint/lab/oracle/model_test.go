package oracle

// The model itself, held against what was seen or agreed on before it.

import (
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// TestModelSharesNoCode keeps the model's files to the standard library.
func TestModelSharesNoCode(t *testing.T) {
	for _, name := range []string{"world_test.go", "sending_test.go", "verdicts_test.go", "random_test.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if path := strings.Trim(i.Path.Value, `"`); strings.Contains(path, ".") || strings.HasPrefix(path, "mx46") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// chain is a domain of hosts a, b, c and so on, each written as "PREFERENCE:FAMILIES"; "?" are families that are not
// known.
func chain(text string) *world {
	w := &world{domain: domain, zones: []zone{{origin: domain}}, hosts: map[string]fact{}}
	for i, word := range strings.Fields(text) {
		name := fmt.Sprintf("%c.%s", 'a'+i, domain)
		var preference int
		var has string
		if _, err := fmt.Sscanf(strings.Replace(word, ":", " ", 1), "%d %s", &preference, &has); err != nil {
			panic(err)
		}
		if has == "?" {
			name = fmt.Sprintf("%c.%s", 'a'+i, outside)
		}
		if strings.Contains(has, "4") {
			w.add(name, "A", fmt.Sprintf("192.0.32.%d", i+1))
		}
		if strings.Contains(has, "6") {
			w.add(name, "AAAA", fmt.Sprintf("2620:0:2d0::%d", i+1))
		}
		w.zones[0].records = append(w.zones[0].records, record{domain, "MX", preference, name})
	}
	return w
}

// TestModelKnowsStrandedHosts is the table of relay examples that the rules were agreed on with.
func TestModelKnowsStrandedHosts(t *testing.T) {
	for _, test := range []struct{ hosts, stranded, undecided string }{
		{"1:6 10:4 100:4", "b c", ""},
		{"1:46 10:4 100:6", "", ""},
		{"1:6 10:46 20:4", "", ""},
		{"1:6 10:46 10:4", "c", ""},
		{"1:6 10:4 20:46", "b", ""},
		{"1:6 10:6 20:4", "c", ""},
		{"1:4 10:6 20:46", "b", ""},
		{"1:4 1:6 10:4 10:6", "", ""},
		{"1:46 10:?", "", ""},
		{"1:6 10:?", "", "b"},
		{"1:6 20:4 30:?", "b", "c"},
		{"1:? 10:4", "", "b"},
	} {
		v := chain(test.hosts).picture().verdicts()
		wanted := map[string]string{"mx-secondary-stranded": test.stranded, "mx-relay-unknown": test.undecided}
		for rule, want := range wanted {
			var got []string
			for about := range v[rule] {
				got = append(got, about[:1])
			}
			slices.Sort(got)
			if text := strings.Join(got, " "); text != want {
				t.Errorf("%s: %s names %q, want %q", test.hosts, rule, text, want)
			}
		}
	}
	v := chain("1:6 10:46 20:4").picture().verdicts()
	if !v["mx-relay-single-bridge"]["b.example.org. for c.example.org."] {
		t.Errorf("1:6 10:46 20:4: no single bridge in %v", v)
	}
}

// TestModelEndsAsRealMailServersDo is what BIND and Postfix did in the laboratory (package lab), with mx1, mx10 and
// mx100 of all combinations of families. What is not listed was delivered.
func TestModelEndsAsRealMailServersDo(t *testing.T) {
	seen := map[string]string{
		"4 4 4 ipv6": "refused 5.4.4", "6 6 6 ipv4": "refused 5.4.4",
		"4 6 4 ipv6": "stuck at b 4.4.4", "4 6 6 ipv6": "stuck at b 4.4.4", "4 6 46 ipv6": "stuck at b 4.4.4",
		"6 4 4 ipv4": "stuck at b 4.4.4", "6 4 6 ipv4": "stuck at b 4.4.4", "6 4 46 ipv4": "stuck at b 4.4.4",
		"4 4 6 ipv6": "stuck at c 4.4.4", "6 6 4 ipv4": "stuck at c 4.4.4",
	}
	relayed := 0
	all := []string{"4", "6", "46"}
	for n := range 27 {
		f := []string{all[n/9], all[n/3%3], all[n%3]}
		p := chain("1:" + f[0] + " 10:" + f[1] + " 100:" + f[2]).picture()
		for _, c := range classes[:3] {
			want, ok := seen[strings.Join(f, " ")+" "+c.word]
			if !ok {
				want = "delivered at a"
			}
			got := p.outcomes(c.sender, nothing)
			text := strings.ReplaceAll(relative(p.show(got)), " relayed", "")
			if text != want {
				t.Errorf("%v from %s: %s, want %s", f, c.word, text, want)
			}
			if got[0].kind == "delivered" && got[0].relayed {
				relayed++
			}
		}
	}
	if relayed != 8 {
		t.Errorf("%d mails came by way of a backup, want 8", relayed)
	}
}

// TestModelIsTheSimpleFormula: where all families are known, machines have one name and operators say nothing, a host
// is stranded exactly where it shares no family with a primary and no dual-stack host is between the two.
func TestModelIsTheSimpleFormula(t *testing.T) {
	compared := 0
	for seed := range uint64(4000) {
		w := randomWorld(seed)
		w.hosts, w.links, w.final, w.internal = nil, nil, nil, false
		p := w.picture()
		if !isSimple(p) {
			continue
		}
		compared++
		g := p.graph(nil, false, true)
		var primary families
		for _, m := range g.primaries() {
			primary |= g.receiving(m)
		}
		for _, m := range g.machines {
			bridged := slices.ContainsFunc(g.machines, func(d int) bool {
				return g.receiving(d) == dual && !g.isPrimary(d) && g.lowest[d] < g.lowest[m]
			})
			want := !g.isPrimary(m) && g.receiving(m)&primary == 0 && !bridged
			if got := g.isStranded(m); got != want {
				t.Errorf("%s is stranded: %v, want %v\n%s", p.nameOf(m), got, want, w)
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d domains were simple enough", compared)
	}
}

// isSimple reports whether every target has usable addresses and is a machine of its own.
func isSimple(p *picture) bool {
	var machines []int
	for _, t := range p.targets {
		h := p.hosts[t.data]
		if h.status != found || slices.ContainsFunc(h.addresses, func(a address) bool { return !a.usable }) {
			return false
		}
		if slices.Contains(machines, p.machine[t.data]) {
			return false
		}
		machines = append(machines, p.machine[t.data])
	}
	return true
}
