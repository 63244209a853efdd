package oracle

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mx46/rules"
	"mx46/zonefiles/disk"
)

// example is a domain written by hand. Names are relative to example.org, or end in "other." and are in no zone. P, Q
// and R stand for IPv4 addresses, X, Y and Z for IPv6 addresses.
type example struct {
	name     string
	zone     string // records: "MX 10 a", "a P X", "b CNAME a"
	hosts    map[string]fact
	links    []link
	final    []string
	findings string            // all that are due, of the rules that the model knows: "RULE ABOUT, RULE ABOUT"
	mails    map[string]string // by the flags of mx46 trace: how the mail ends
}

var letters = map[string]string{
	"P": "192.0.32.1", "Q": "192.0.32.2", "R": "192.0.32.3",
	"X": "2620:0:2d0::1", "Y": "2620:0:2d0::2", "Z": "2620:0:2d0::3",
}

// world reads an example.
func (e *example) world() *world {
	w := &world{domain: domain, zones: []zone{{origin: domain}}, hosts: map[string]fact{}}
	for line := range strings.SplitSeq(e.zone, ";") {
		words := strings.Fields(line)
		r := record{owner: absolute(words[0]), kind: words[1]}
		switch {
		case words[0] == "MX":
			r = record{owner: domain, kind: "MX", data: absolute(words[2])}
			r.preference, _ = strconv.Atoi(words[1])
		case words[1] == "CNAME":
			r.data = absolute(words[2])
		default:
			for _, a := range words[1:] {
				if full, ok := letters[a]; ok {
					a = full
				}
				r.kind, r.data = "A", a
				if strings.Contains(a, ":") {
					r.kind = "AAAA"
				}
				w.zones[0].records = append(w.zones[0].records, r)
			}
			continue
		}
		w.zones[0].records = append(w.zones[0].records, r)
	}
	for name, f := range e.hosts {
		if f.sameHost != "" {
			f.sameHost = absolute(f.sameHost)
		}
		w.hosts[absolute(name)] = f
	}
	for _, l := range e.links {
		w.links = append(w.links, link{absolute(l.from), absolute(l.to)})
	}
	for _, name := range e.final {
		w.final = append(w.final, absolute(name))
	}
	return w
}

func absolute(name string) string {
	if strings.HasSuffix(name, "other.") {
		return name + "example."
	}
	return name + "." + domain
}

// relative undoes absolute in a text.
func relative(text string) string {
	return strings.NewReplacer("."+domain, "", "other.example.", "other.").Replace(text)
}

func TestExamples(t *testing.T) {
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			root, err := disk.OpenRoot(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			p := e.world().picture()
			m := load(t, root, rules.All(), p)
			for who, got := range map[string]verdicts{"the model": p.verdicts(), "mx46 lint": m.verdicts(t)} {
				if text := relative(got.String()); text != e.findings {
					t.Errorf("%s: %s, want %s\n%s", who, text, e.findings, p.world)
				}
			}
			e.checkMails(t, m)
		})
	}
}

func (e *example) checkMails(t *testing.T, m *program) {
	got := map[string]end{}
	for _, q := range m.questions() {
		ends, err := m.ask(t, q)
		if q.as != "" && m.sendsUndecided(m.machine[q.as]) {
			continue
		}
		if err != nil {
			t.Errorf("mx46 trace %s: %v\n%s", q.flags(), err, m.world)
		}
		for _, e := range ends {
			got[relative(e.flags)] = e
		}
	}
	for flags, want := range e.mails {
		end, ok := got[flags]
		if !ok {
			t.Errorf("nobody asks %s", flags)
			continue
		}
		model := m.outcomes(end.sender, end.outage)
		for who, outcomes := range map[string][]outcome{"the model": model, "mx46 trace": end.outcomes} {
			if text := relative(m.show(outcomes)); text != want {
				t.Errorf("%s %s: %s, want %s\n%s", who, flags, text, want, m.world)
			}
		}
	}
}

// String lists verdicts in order.
func (v verdicts) String() string {
	var list []string
	for rule, abouts := range v {
		for about := range abouts {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s", rule, about)))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

var examples = []example{
	{
		name:     "E1 every two hosts are compared",
		zone:     "MX 10 a; MX 20 b; MX 30 c; a P X; b Q Y; c Q Y",
		findings: "mx-same-address warning",
		mails: map[string]string{
			"--from ipv4 --down b": "delivered at a",
			"--as c --down b":      "delivered at a",
		},
	},
	{
		name:     "E2 a relay sees the better names of a machine alone",
		zone:     "MX 10 a; MX 20 b; MX 20 c; a X; b P; c Q",
		hosts:    map[string]fact{"b": {sameHost: "a"}},
		findings: "mx-host-single-stack c, mx-secondary-stranded c",
		mails: map[string]string{
			"--as c":      "stuck at c 4.4.4",
			"--from ipv4": "delivered at a=b, stuck at c relayed 4.4.4",
			"--from ipv6": "delivered at a=b",
		},
	},
	{
		name: "E3 delivered by whichever host",
		zone: "MX 10 a.other.; MX 10 c; c P X",
		mails: map[string]string{
			"--from ipv4":          "delivered at a.other., delivered at c",
			"--from ipv4 --down c": "undecided",
		},
	},
	{
		name:     "E3 delayed whether or not there is another way",
		zone:     "MX 5 h; MX 30 x.other.; h P",
		findings: "mx-primary-single-stack, mx-relay-unknown x.other.",
		mails:    map[string]string{"--from ipv4 --down ipv4": "delayed 4.4.1"},
	},
	{
		name:     "E3 delayed at the sender or at the other host",
		zone:     "MX 5 a; MX 10 b.other.; a P",
		findings: "mx-primary-single-stack, mx-relay-unknown b.other.",
		mails:    map[string]string{"--from ipv4 --servfail a/A": "delayed 4.4.3, delayed at b.other. relayed 4.4.3"},
	},
	{
		name:  "E4 a chain of same-host makes one dual-stack machine",
		zone:  "MX 10 a; MX 20 c; a X; c P; b R",
		hosts: map[string]fact{"a": {sameHost: "b"}, "b": {sameHost: "c"}},
		mails: map[string]string{
			"--from ipv4":          "delivered at a=b=c",
			"--from ipv6":          "delivered at a=b=c",
			"--as c":               "delivered at a=b=c",
			"--from ipv4 --down b": "delayed 4.4.1",
		},
	},
	{
		name:     "E4 a chain of same-host by way of a name that is no MX target",
		zone:     "MX 10 h1; MX 10 h2; h1 P",
		hosts:    map[string]fact{"h0": {sameHost: "h2"}, "h2": {sameHost: "h1"}},
		findings: "mx-primary-single-stack, mx-target-no-address h2",
		mails:    map[string]string{"--from ipv4 --down h2": "delayed 4.4.1", "--from ipv4 --down h0": "delayed 4.4.1"},
	},
	{
		name:     "E5 same-host that names an alias",
		zone:     "MX 10 a; MX 20 b; a X; alias CNAME b; b P",
		hosts:    map[string]fact{"a": {sameHost: "alias"}},
		findings: "",
		mails:    map[string]string{"--from ipv4": "delivered at a=alias=b", "--as b": "delivered at a=alias=b"},
	},
	{
		name:     "E6 a link and a final host that go by an alias",
		zone:     "MX 10 a; MX 20 b; MX 30 c; a X; b P; c Q; alias CNAME b; shared CNAME c",
		links:    []link{{"alias", "a"}},
		final:    []string{"shared"},
		findings: "mx-host-single-stack alias=b, mx-host-single-stack c=shared",
		mails: map[string]string{
			"--as b":                   "delivered at a",
			"--as c":                   "delivered at c=shared",
			"--from ipv4":              "delivered at a relayed",
			"--from ipv4 --down alias": "delivered at c=shared",
		},
	},
	{
		name:     "E7 facts of the canonical name and of an alias",
		zone:     "MX 10 a; MX 20 b; a P; b CNAME host.other.",
		hosts:    map[string]fact{"host.other.": {families: ipv6}, "b": {outbound: dual}},
		findings: "mx-primary-single-stack, mx-target-cname b",
		mails: map[string]string{
			"--from ipv6": "delivered at a relayed",
			"--as b":      "delivered at a",
		},
	},
	{
		name:  "E8 outside hosts whose addresses are not known share none",
		zone:  "MX 10 a.other.; MX 20 b.other.",
		hosts: map[string]fact{"a.other.": {families: dual}, "b.other.": {families: dual}},
	},
	{
		name:     "E9 one name of a machine is not known, the other is enough",
		zone:     "MX 10 a; MX 20 b.other.; MX 20 c; a P; c Q",
		hosts:    map[string]fact{"b.other.": {sameHost: "c"}},
		findings: "mx-primary-single-stack",
		mails:    map[string]string{"--from ipv4 --down a": "delayed at b.other.=c relayed 4.4.1"},
	},
	{
		name:     "E10 no usable address",
		zone:     "MX 20 h; h 127.0.0.1",
		findings: "addr-scoped 127.0.0.1",
		mails:    map[string]string{"--from ipv4": "stuck 4.4.1", "--from ipv6": "refused 5.4.4"},
	},
	{
		name:     "E10 a secondary that nobody reaches has no single family",
		zone:     "MX 10 a; MX 20 b; a P X; b fec0::1",
		findings: "addr-scoped fec0::1, mx-family-single-host IPv4",
	},
	{
		name:     "E10 a secondary that nobody reaches is not stranded",
		zone:     "MX 10 a; MX 20 b; a P; b fec0::1",
		findings: "addr-scoped fec0::1, mx-primary-single-stack",
	},
	{
		name:     "E11 an unusable address makes no bridge",
		zone:     "MX 5 a; MX 10 b; MX 40 c; a P; b Q fd00::1; c X",
		findings: "addr-private fd00::1, mx-primary-single-stack",
		mails:    map[string]string{"--as c": "stuck at c 4.4.1"},
	},
	{
		name:     "E12 stuck without the outage, stuck during it",
		zone:     "MX 10 a; MX 20 b; a 10.0.0.1 X; b P",
		findings: "addr-private 10.0.0.1, mx-host-single-stack b",
		mails: map[string]string{
			"--as b":               "stuck at b 4.4.1",
			"--as b --down a":      "stuck at b 4.4.1",
			"--from ipv4 --down b": "stuck 4.4.1",
		},
	},
	{
		name:     "E13 what is left after a dead primary",
		zone:     "MX 1 gone; MX 11 c; c P",
		findings: "mx-primary-single-stack, mx-target-no-address gone",
		mails:    map[string]string{"--as c": "stuck at c 4.4.4", "--from ipv4": "stuck at c relayed 4.4.4"},
	},
	{
		name:     "a final host of which an alias says more than its canonical name",
		zone:     "MX 5 e.other.; MX 20 a.other.; MX 30 d; d CNAME e.other.",
		hosts:    map[string]fact{"a.other.": {families: ipv4}, "d": {families: ipv6}},
		final:    []string{"e.other."},
		findings: "mx-family-single-host IPv6, mx-relay-unknown a.other., mx-target-cname d",
		mails:    map[string]string{"--from ipv6": "delivered at d=e.other."},
	},
	{
		name:     "a host that shares its mailbox is no secondary of the only primary it could be beside",
		zone:     "MX 10 a; MX 10 c.other.; a P",
		final:    []string{"c.other."},
		findings: "mx-host-single-stack a",
	},
	{
		name:     "a machine that is not all known by a name without an MX record",
		zone:     "MX 0 d; MX 5 b; d X; b P",
		hosts:    map[string]fact{"z.other.": {sameHost: "b"}},
		findings: "mx-primary-single-stack, mx-relay-unknown b=z.other.",
		mails:    map[string]string{"--from ipv4": "undecided"},
	},
	{
		name:     "each target has the families that are stated of its own name",
		zone:     "MX 5 a; MX 5 c.other.; MX 10 b; a CNAME c.other.; b P",
		hosts:    map[string]fact{"a": {families: ipv6}, "c.other.": {families: ipv4}},
		findings: "mx-host-single-stack b, mx-target-cname a",
		mails: map[string]string{
			"--from ipv4":                       "delivered at a=c.other.",
			"--from ipv4 --servfail c.other./A": "delayed at b relayed 4.4.3",
		},
	},
	{
		name:     "an outage takes addresses down, whoever else has them",
		zone:     "MX 5 b; MX 15 a; MX 15 c; MX 15 d; b X; a P; c P; d Q Y",
		findings: "mx-primary-single-stack, mx-same-address warning, mx-secondary-stranded a, mx-secondary-stranded c",
		mails:    map[string]string{"--from ipv4 --down a": "delivered at b relayed"},
	},
}
