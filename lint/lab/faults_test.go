//go:build linux

package lab_test

// Faults of AAAA records and of the name servers that have them, as senders meet them behind real resolvers and a real
// translator.

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/trace"
	"mx46/rules"
	"mx46/testdata/e2e"
	"mx46/zonefiles"
)

// faultCase is a domain with one MX host, which has something about its addresses.
type faultCase struct {
	name    string // of the table
	label   string // of the domain, below test.
	records string // of the MX host, "@"
	to      string // the host of the farm that it is
	fault   delivery.AAAAFault
	zone    string // that the MX host is in; faultyZone unless given
	down    string // an address that no machine has
}

const faultyZone = "faulty.test"

// The records of a host with an A record alone, and of a dual-stack one.
const (
	fourOnly = "@ A 192.0.2.20\n"
	both     = "@ A 192.0.2.22\n@ AAAA 2001:db8::16\n"
)

func faultCases() []faultCase {
	list := []faultCase{
		{name: "A alone", records: fourOnly},
		{name: "AAAA alone", records: "@ AAAA 2001:db8::15\n", to: "mx6"},
		{name: "A and AAAA", records: both, to: "mxd"},
		{name: "A and a dead AAAA", records: fourOnly + "@ AAAA 2001:db8::dead\n", down: "2001:db8::dead"},
		{name: "A and a private AAAA (fd00::/8)", records: fourOnly + "@ AAAA fd12:3456::1\n"},
		{name: "A and a link-local AAAA", records: fourOnly + "@ AAAA fe80::1\n"},
		{name: "A and an IPv4-mapped AAAA", records: fourOnly + "@ AAAA ::ffff:192.0.2.20\n"},
		{name: "A and an AAAA in 64:ff9b::/96", records: fourOnly + "@ AAAA 64:ff9b::192.0.2.20\n"},
		{name: "AAAA is not answered (RFC 4074 s.4.1)", records: fourOnly, fault: delivery.AAAADrop},
		{name: "AAAA is NXDOMAIN (s.4.2)", records: fourOnly, fault: delivery.AAAANXDomain},
		{name: "AAAA is SERVFAIL (s.4.3)", records: fourOnly, fault: delivery.AAAAServFail},
		{name: "AAAA is NOTIMP (s.4.3)", records: fourOnly, fault: delivery.AAAANotImp},
		{name: "AAAA is FORMERR (s.4.3)", records: fourOnly, fault: delivery.AAAAFormErr},
		{name: "AAAA is REFUSED (s.4.3)", records: fourOnly, fault: delivery.AAAARefused},
		{name: "AAAA has four bytes (s.4.4)", records: fourOnly, fault: delivery.AAAAShort},
		{name: "AAAA is not authoritative (s.4.5)", records: fourOnly, fault: delivery.AAAALame},
		{name: "name servers have IPv4 alone", records: both, to: "mxd", zone: "four.test"},
		{name: "name servers have IPv6 alone", records: both, to: "mxd", zone: "six.test"},
	}
	for i := range list {
		c := &list[i]
		c.label = fmt.Sprintf("c%d", i)
		c.zone, c.to = cmp.Or(c.zone, faultyZone), cmp.Or(c.to, "mx4")
		c.records = strings.ReplaceAll(c.records, "@", c.host()+".")
	}
	return list
}

func (c *faultCase) domain() string { return c.label + ".test" }

func (c *faultCase) host() string { return "mx-" + c.label + "." + c.zone }

// class is a kind of senders: their families, and those of their resolvers.
type class struct {
	word    string
	name    string // of the table
	sender  delivery.Sender
	resolve delivery.Families
}

var classes = []class{
	{"s4", "IPv4-only", delivery.Sender{Families: delivery.IPv4}, delivery.Dual},
	{"s6", "IPv6-only", delivery.Sender{Families: delivery.IPv6}, delivery.Dual},
	{"sd", "dual-stack", delivery.Sender{Families: delivery.Dual}, delivery.Dual},
	{"s64", "IPv6-only, NAT64", delivery.Sender{Families: delivery.IPv6, NAT64: true}, delivery.Dual},
	{"sr4", "dual-stack, IPv4-only resolver", delivery.Sender{Families: delivery.Dual}, delivery.IPv4},
	{"sr6", "dual-stack, IPv6-only resolver", delivery.Sender{Families: delivery.Dual}, delivery.IPv6},
}

// concerns reports whether a class of senders has something to show of a case.
func (c *class) concerns(f *faultCase) bool {
	return c.resolve == delivery.Dual || f.zone != faultyZone
}

// faultFarm is the farm for the cases.
type faultFarm struct {
	*farm
	cases     []faultCase
	byName    map[string]*host
	resolvers []*host
	zones     map[string]string // by origin
}

// faultHosts are its hosts.
func faultHosts() []*host {
	receiver := func(name string, number int, families delivery.Families) *host {
		return &host{name: name, number: number, families: families, mail: true, access: map[string]string{}}
	}
	router := &host{name: "rt", number: 1, families: delivery.Dual}
	list := []*host{
		router, receiver("mx4", 20, delivery.IPv4), receiver("mx6", 21, delivery.IPv6), receiver("mxd", 22, delivery.Dual),
		{name: "nsf", number: 54, families: delivery.Dual},
		{name: "ns4", number: 55, families: delivery.IPv4},
		{name: "ns6", number: 56, families: delivery.IPv6},
	}
	for _, h := range list[1:4] {
		if h.families.Has(delivery.IPv4) {
			h.routes = []string{pool + " via 192.0.2.1"}
		}
	}
	number := 100
	add := func(h *host) *host {
		h.number = number
		number++
		list = append(list, h)
		return h
	}
	for _, r := range resolvers {
		cache := add(&host{name: "r-" + r.word, families: delivery.Dual})
		dns64 := add(&host{name: "d-" + r.word, families: delivery.Dual})
		four := add(&host{name: "r4-" + r.word, families: delivery.IPv4})
		six := add(&host{name: "r6-" + r.word, families: delivery.IPv6})
		of := map[string]*host{"s64": dns64, "sr4": four, "sr6": six}
		for _, c := range classes {
			h := receiver(c.word+"-"+r.word, 0, c.sender.Families)
			h.servers, h.sends = []*host{cmp.Or(of[c.word], cache)}, true
			if c.sender.NAT64 {
				h.routes = []string{translatedPrefix + " via 2001:db8::1"}
			}
			add(h)
		}
	}
	return list
}

// zoneHead is the beginning of a zone that one host of the farm serves.
func zoneHead(origin string, server *host) string {
	const format = "$TTL 300\n%s. SOA ns.%[1]s. hostmaster.%[1]s. 1 7200 3600 1209600 300\n%[1]s. NS ns.%[1]s.\n"
	text := fmt.Sprintf(format, origin)
	return text + glue(origin, server)
}

func glue(origin string, server *host) (text string) {
	for _, addr := range server.addresses() {
		text += fmt.Sprintf("ns.%s. %s %s\n", origin, typeOf(addr), addr)
	}
	return text
}

// buildFaultFarm makes the farm.
func buildFaultFarm(t *testing.T) *faultFarm {
	t.Helper()
	hosts := faultHosts()
	f := &faultFarm{cases: faultCases(), zones: map[string]string{}}
	f.byName, _ = index(hosts)
	servers := map[string]*host{faultyZone: f.byName["nsf"], "four.test": f.byName["ns4"], "six.test": f.byName["ns6"]}
	root := "$TTL 300\n. SOA ns.test. hostmaster.test. 1 7200 3600 1209600 300\n. NS ns.test.\n" +
		"ns.test. A 192.0.2.53\nns.test. AAAA 2001:db8::35\nipv4only.arpa. A 192.0.0.170\nipv4only.arpa. A 192.0.0.171\n"
	records, faults := map[string]string{}, map[string]delivery.AAAAFault{}
	var names []string
	for i := range f.cases {
		c := &f.cases[i]
		root += fmt.Sprintf("%s. MX 10 %s.\n", c.domain(), c.host())
		records[c.zone] += c.records
		names = append(names, c.host())
		if c.fault != delivery.AAAAFine {
			faults[c.host()+"."] = c.fault
		}
		to := f.byName[c.to]
		to.virtual = append(to.virtual, c.domain())
	}
	for origin, server := range servers {
		f.zones[origin] = zoneHead(origin, server) + records[origin]
		root += fmt.Sprintf("%s. NS ns.%[1]s.\n", origin) + glue(origin, server)
	}
	f.zones["."] = root
	f.farm = build(t, hosts, root)
	step := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for origin, server := range servers {
		if origin == faultyZone {
			step(f.faultyServer(server, origin, zoneHead(origin, server), records[origin], faults))
			continue
		}
		step(f.nsd(server, "zone", origin, f.zones[origin], 53))
	}
	for _, r := range resolvers {
		for _, word := range []string{"r-", "d-", "r4-", "r6-"} {
			h := f.byName[word+r.word]
			step(r.start(f.farm, h, word == "d-"))
			f.resolvers = append(f.resolvers, h)
		}
	}
	step(f.translator(f.byName["rt"]))
	step(f.prepare())
	step(f.awaitResolvers(f.resolvers, names))
	return f
}

// read reads the zones of the farm as mx46 does.
func (f *faultFarm) read(t *testing.T) (*zonefiles.FileSet, []*zonefiles.Zone) {
	t.Helper()
	loader := zonefiles.NewLoader(nil)
	var zones []*zonefiles.Zone
	for _, origin := range slices.Sorted(maps.Keys(f.zones)) {
		file, err := loader.Files.Add(origin, []byte(f.zones[origin]))
		if err != nil {
			t.Fatal(err)
		}
		name := zonefiles.MustName(strings.TrimSuffix(origin, ".") + ".")
		zone := loader.Parse(file, &name)
		for _, p := range zone.Problems {
			t.Fatalf("the zone %s: %s", origin, p.Message)
		}
		zones = append(zones, zone)
	}
	return loader.Files, zones
}

// lint reports where lint and what senders meet are at odds about the families of name servers.
func (f *faultFarm) lint(t *testing.T) {
	t.Helper()
	files, zones := f.read(t)
	catalogue := slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return !strings.HasPrefix(r.Name, "ns-no-") })
	run := lint.Run{Files: files, Views: [][]*zonefiles.Zone{zones}, Rules: catalogue}
	result, err := run.Lint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, finding := range result.Findings {
		got = append(got, finding.Rule.Name+" "+finding.Zone.Undotted())
	}
	slices.Sort(got)
	if want := []string{"ns-no-ipv4 six.test", "ns-no-ipv6 four.test"}; !slices.Equal(got, want) {
		t.Errorf("lint finds %q, want %q", got, want)
	}
}

// faultRun is one mail.
type faultRun struct {
	*faultCase
	class    *class
	resolver *resolver
	mailer   *mailer
	sender   *host
	seen     ending
}

func (r *faultRun) recipient() string {
	return fmt.Sprintf("u-%s-%s-%s@%s", r.mailer.word, r.class.word, r.resolver.word, r.domain())
}

func (r *faultRun) String() string {
	return fmt.Sprintf("%s: %s by %s behind %s", r.name, r.class.name, r.mailer.name, r.resolver.kind)
}

// expected is what mx46 trace says of the mail.
func (r *faultRun) expected(t *testing.T, w *trace.World) ending {
	t.Helper()
	q := trace.Question{
		Domain: zonefiles.MustName(r.domain() + "."), From: []delivery.Sender{r.class.sender},
		Algorithm: r.mailer.algorithm, Resolver: r.resolver.kind,
	}
	if r.class.resolve != delivery.Dual {
		q.Reach = r.class.resolve
	}
	if r.fault != delivery.AAAAFine {
		q.Outage.AAAA = []delivery.FaultyAAAA{{Name: zonefiles.MustName(r.host() + "."), Fault: r.fault}}
	}
	if r.down != "" {
		q.Outage.Prefixes = []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr(r.down), 128)}
	}
	report, err := w.Ask(q)
	if err != nil {
		t.Fatalf("%v: %v", r, err)
	}
	outcomes := report.Ways[0].Outcomes
	if len(outcomes) != 1 {
		t.Fatalf("%v: chance has a hand in it: %v", r, outcomes)
	}
	o := outcomes[0]
	e := ending{how: how(t, o.Kind), host: r.sender.name, code: o.Status}
	if o.Kind == delivery.Delivered {
		e.host = r.to
	}
	return e
}

// runs are all mails that senders of one mail server send.
func (f *faultFarm) runs(m *mailer) (runs []*faultRun) {
	for i := range f.cases {
		for k := range classes {
			for j := range resolvers {
				r := &faultRun{faultCase: &f.cases[i], class: &classes[k], resolver: &resolvers[j], mailer: m}
				if !r.class.concerns(r.faultCase) {
					continue
				}
				r.sender = f.byName[r.class.word+"-"+r.resolver.word]
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// sendAll sends the mails of all mail servers, and waits for what comes of them.
func (f *faultFarm) sendAll(t *testing.T) (all []*faultRun) {
	t.Helper()
	open := map[string]func(ending){}
	var send []func() error
	for m := range mailers {
		runs := f.runs(&mailers[m])
		var mails []message
		for _, r := range runs {
			mails = append(mails, message{r.sender, r.recipient()})
			open[r.recipient()] = func(e ending) { r.seen = e }
		}
		all = append(all, runs...)
		send = append(send, func() error { return mailers[m].send(&mailers[m], f.farm, mails) })
	}
	if err := f.deliver(send, open); err != nil {
		t.Error(err)
	}
	return all
}

// score counts mails, and those of them that the simulation is right about, by what they have in common.
type score struct{ agreed, total map[string]int }

func (s *score) count(r *faultRun, same bool) {
	groups := []string{r.mailer.name, "behind " + r.resolver.kind.String()}
	if r.class.sender.NAT64 {
		groups = append(groups, "behind NAT64 and the DNS64 of "+r.resolver.kind.String())
	}
	for _, g := range groups {
		s.total[g]++
		if same {
			s.agreed[g]++
		}
	}
}

// compare holds what was seen of a mail against what trace says, and reports whether they are the same.
func (r *faultRun) compare(t *testing.T, want ending) bool {
	t.Helper()
	same := r.mailer.agrees(r.seen, want)
	if !same {
		t.Errorf("%v: seen %v, simulated %v", r, r.seen, want)
	}
	return same
}

// TestFaults sends mail to hosts with every fault from senders behind every resolver.
func TestFaults(t *testing.T) {
	e2e.Slow(t)
	requireMailers(t, "dig", "nsd", "dnsdist", "unbound", "pdns_recursor", "tayga")
	f := buildFaultFarm(t)
	runs := f.sendAll(t)
	f.lint(t)
	_, zones := f.read(t)
	graph := dns.NewGraph(zones)
	s := score{map[string]int{}, map[string]int{}}
	for _, r := range runs {
		domain := zonefiles.MustName(r.domain() + ".")
		want := r.expected(t, trace.NewWorld(graph, domain, nil, delivery.Public))
		s.count(r, r.compare(t, want))
	}
	f.checkResults(t, runs)
	for _, g := range slices.Sorted(maps.Keys(s.total)) {
		t.Logf("agreed/total: %d/%d %s", s.agreed[g], s.total[g], g)
	}
}
