//go:build linux

package lab_test

// The scenarios, and what real mail servers make of them.

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/trace"
	"mx46/testdata/e2e"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// setup is a mail domain, the hosts that keep or pass on its mail, and who sends to it.
type setup struct {
	name    string
	domain  string   // "d17.test" unless given
	records string   // in the zone; "@" at the start of a line is the domain
	senders []string // hosts of the farm
	mails   int      // from each sender; 1 unless given

	final  []string // hosts that have the mailboxes, where those are not the ones behind the lowest preference
	relays []string // hosts that pass mail on beside those that the MX records name

	down       []string // hosts that run no mail server, as the simulation has to be told
	servFail   []string // names below brokenZone, likewise
	permanent  []string // hosts that answer 5xx
	transient  []string // hosts that answer 4xx
	players    []string // the mail servers that can play it, where the Postfix of the farm's hosts settles it for others
	postfix    string   // the documented way in which Postfix departs from RFC 3974 here
	undeclared bool     // mailboxes of final are not declared to the simulation, which must find them by itself
}

// chances is how many mails show each of two equally likely outcomes: all go one way once in eight million times.
const chances = 24

// everySender is a sender of each class.
var everySender = []string{"s4", "s6", "sd"}

var lettersOf = map[rune]delivery.Families{'4': delivery.IPv4, '6': delivery.IPv6, 'd': delivery.Dual}

// machines are the hosts of the farm: three roles and the senders in every assignment of families, and one host that is
// switched off for each.
func machines() []*host {
	var hosts []*host
	for i, role := range []string{"mx1-", "mx10-", "mx100-", "s", "off-"} {
		for j, letter := range "46d" {
			hosts = append(hosts, &host{
				name: role + string(letter), number: 60 + 10*i + j, families: lettersOf[letter], mail: role != "off-",
				access: map[string]string{}, sends: role == "s",
			})
		}
	}
	return hosts
}

// mx writes MX records: "1 mx1-4", "10 mx10-d".
func mx(records ...string) string {
	var text strings.Builder
	for _, r := range records {
		preference, target, _ := strings.Cut(r, " ")
		if !strings.HasSuffix(target, ".") {
			target += ".test."
		}
		fmt.Fprintf(&text, "@ MX %s %s\n", preference, target)
	}
	return text.String()
}

func setups() []setup {
	list := []setup{
		{name: "an equal pair, both IPv4", records: mx("1 mx1-4", "1 mx10-4"), senders: everySender, mails: chances},
		{name: "an equal pair, both dual", records: mx("5 mx1-d", "5 mx10-d"), senders: everySender, mails: chances},
		{name: "an equal pair, one family each", records: mx("1 mx1-4", "1 mx10-6"), senders: everySender, mails: chances},
		{name: "equal secondaries, one of them stranded", records: mx("1 mx1-6", "10 mx10-d", "10 mx100-4"), senders: everySender, mails: chances},
		{name: "equal secondaries, both stranded", records: mx("1 mx1-6", "10 mx10-4", "10 mx100-4"), senders: everySender, mails: chances},
		{name: "an equal pair above a stranded one", records: mx("1 mx1-6", "1 mx10-6", "9 mx100-4"), senders: everySender, mails: chances},

		{name: "one host, IPv4", records: mx("10 mx1-4"), senders: everySender},
		{name: "one host, IPv6", records: mx("10 mx1-6"), senders: everySender},
		{name: "one host, dual", records: mx("10 mx1-d"), senders: everySender},
		{name: "implicit MX, IPv4", records: "@ A 192.0.2.60\n", final: []string{"mx1-4"}, senders: everySender, undeclared: true},
		{name: "implicit MX, IPv6", records: "@ AAAA 2001:db8::3d\n", final: []string{"mx1-6"}, senders: everySender, undeclared: true},
		{
			name: "implicit MX, dual", records: "@ A 192.0.2.62\n@ AAAA 2001:db8::3e\n", final: []string{"mx1-d"},
			senders: everySender, undeclared: true,
		},

		{name: "the primary is down", records: mx("1 off-d", "10 mx10-d"), down: []string{"off-d"}, senders: everySender},
		{name: "the only host is down", records: mx("1 off-4"), down: []string{"off-4"}, senders: everySender},
		{name: "one of an equal pair is down", records: mx("1 off-d", "1 mx1-d"), down: []string{"off-d"}, senders: everySender, mails: 3},
		{
			name: "the primary is down in front of a relay that shares no family", records: mx("1 off-6", "10 mx10-4"),
			down: []string{"off-6"}, senders: everySender,
		},
		{
			name: "the middle host is down", records: mx("1 mx1-6", "10 off-d", "100 mx100-4"), down: []string{"off-d"},
			senders: []string{"s4", "sd"},
		},
		{name: "an address without a machine", records: mx("1 @", "10 mx10-4") + "@ A 192.0.2.250\n", down: []string{"@"}, senders: []string{"s4"}},

		{name: "a null MX", records: "@ MX 0 .\n", senders: everySender, postfix: "5.1.0 for RFC 7505's 5.1.10"},
		{
			name: "a null MX beside another", records: "@ MX 0 .\n" + mx("10 mx1-4"), senders: []string{"s4"},
			postfix: "one null MX speaks for the domain", final: []string{"mx1-4"},
		},
		{name: "the target is an alias", records: mx("1 alias.@") + "alias.@ CNAME mx1-4.test.\n", final: []string{"mx1-4"}, senders: everySender},
		{
			name: "the secondary's target is an alias", records: mx("1 mx1-d", "10 alias.@") + "alias.@ CNAME mx10-4.test.\n",
			relays: []string{"mx10-4"}, senders: everySender,
		},
		{
			name: "a stranded secondary's target is an alias", records: mx("1 mx1-6", "10 alias.@") + "alias.@ CNAME mx10-4.test.\n",
			relays: []string{"mx10-4"}, senders: []string{"s4"},
		},
		{
			name: "the target is an alias that leads nowhere", records: mx("1 alias.@", "10 mx10-4") + "alias.@ CNAME nowhere.@\n",
			final: []string{"mx10-4"}, senders: everySender,
		},
		{
			name: "the target lies below a DNAME", records: mx("1 mx.old.@") + "old.@ DNAME new.@\nmx.new.@ A 192.0.2.60\n",
			final: []string{"mx1-4"}, senders: everySender,
		},
		{name: "the target has no address", records: mx("1 none.@") + "none.@ TXT x\n", senders: everySender},
		{
			name: "the target has no address beside one that has", records: mx("1 mx1-4", "10 none.@") + "none.@ TXT x\n",
			senders: []string{"s4", "s6"},
		},
		{
			name: "the first target has no address and the second has the mailboxes", records: mx("1 none.@", "10 mx10-4") + "none.@ TXT x\n",
			final: []string{"mx10-4"}, senders: everySender,
		},
		{
			name: "the first target has no address and the second passes mail on", records: mx("1 none.@", "10 mx10-4") + "none.@ TXT x\n",
			senders: everySender,
		},
		{name: "the target does not exist", records: mx("1 gone.@"), senders: []string{"s4", "sd"}},
		{name: "the target is found through a wildcard", records: mx("1 any.w.@") + "*.w.@ A 192.0.2.60\n", final: []string{"mx1-4"}, senders: []string{"s4", "s6"}},
		{
			name: "a wildcard's MX", domain: "some.wild.test", records: "*.wild.test. MX 1 mx1-4.test.\n", final: []string{"mx1-4"},
			senders: []string{"s4", "s6"}, undeclared: true,
		},
		{
			name: "the target is an address", records: mx("1 192.0.2.60.", "10 mx10-4"), final: []string{"mx1-4"}, senders: []string{"s4"},
			postfix: "an address in place of a host is taken for the address", undeclared: true, players: []string{"postfix"},
		},

		{name: "the domain is an alias", records: "@ CNAME real.@\nreal.@ MX 1 mx1-4.test.\n", final: []string{"mx1-4"}, senders: everySender, undeclared: true},
		{name: "the domain is an alias of itself", records: "@ CNAME loop.@\nloop.@ CNAME @\n", senders: []string{"s4", "s6"}},
		{name: "the domain does not exist", senders: []string{"s4", "s6"}, postfix: "5.4.4 for 5.1.2"},
		{name: "the domain has neither MX nor address", records: "@ TXT x\n", senders: []string{"s4", "s6"}},
		{
			name: "the look-up of MX fails", domain: "d." + brokenZone, servFail: []string{"d." + brokenZone}, senders: everySender,
		},
		{name: "the look-up of the only host's addresses fails", records: mx("1 mx." + brokenZone + "."), servFail: []string{"mx." + brokenZone}, senders: everySender},
		{
			name: "the look-up of the second host's addresses fails", records: mx("1 mx1-4", "10 mx."+brokenZone+"."),
			servFail: []string{"mx." + brokenZone}, senders: []string{"s4", "s6"},
		},
		{
			name: "the look-up of the first host's addresses fails at sender and relay", records: mx("1 mx."+brokenZone+".", "10 mx10-4"),
			servFail: []string{"mx." + brokenZone}, senders: []string{"s4", "sd"},
			postfix: "the last host that is left with itself alone says 4.4.4, whatever look-ups failed",
		},

		{name: "the primary refuses for good", records: mx("1 mx1-4", "10 mx10-4"), permanent: []string{"mx1-4"}, senders: []string{"s4", "sd"}},
		{name: "the primary cannot take mail now", records: mx("1 mx1-d", "10 mx10-4"), transient: []string{"mx1-d"}, senders: []string{"s4", "s6"}},
		{
			name: "the primary cannot take mail now on two addresses", records: mx("1 mx1-d", "10 mx10-4"), transient: []string{"mx1-d"},
			senders: []string{"sd"}, postfix: "it gives up after two sessions (smtp_mx_session_limit)",
		},
		{
			name: "neither host can take mail now", records: mx("1 mx1-4", "10 mx10-4"), transient: []string{"mx1-4", "mx10-4"},
			senders: []string{"s4", "sd"},
		},
		{
			name: "the secondary refuses for good, and the primary has the other family", records: mx("1 mx1-6", "10 mx10-4"),
			permanent: []string{"mx10-4"}, senders: []string{"s4", "s6"},
		},

		{name: "a private address alone", records: mx("1 p.@") + "p.@ A 10.0.0.9\n", senders: []string{"s4", "sd"}},
		{
			name: "a private address beside a good one", records: mx("1 p.@") + "p.@ A 10.0.0.9\np.@ AAAA 2001:db8::3d\n",
			final: []string{"mx1-6"}, senders: everySender,
		},
		{name: "a private address in front of a good host", records: mx("1 p.@", "10 mx10-4") + "p.@ A 10.0.0.9\n", senders: []string{"s4", "sd"}},

		{name: "a stranded secondary has mail of its own", records: mx("1 mx1-6", "10 mx10-4"), senders: []string{"mx10-4"}},
		{name: "a dual secondary has mail of its own", records: mx("1 mx1-6", "10 mx10-d"), senders: []string{"mx10-d"}},
		{name: "the last host has mail of its own", records: mx("1 mx1-6", "10 mx10-d", "100 mx100-4"), senders: []string{"mx100-4"}},
		{name: "the last host's way leads to a stranded one", records: mx("1 mx1-6", "10 mx10-4", "100 mx100-4"), senders: []string{"mx100-4"}},
		{name: "the primary has mail of its own", records: mx("1 mx1-4", "10 mx10-4"), senders: []string{"mx1-4"}},
		{name: "one of equal secondaries has mail of its own", records: mx("1 mx1-6", "10 mx10-d", "10 mx100-4"), senders: []string{"mx100-4"}},
		{
			name: "the sender's address is the domain's", records: mx("1 other.@", "10 mx10-d") + "other.@ A 192.0.2.90\n", final: []string{"mx10-d"},
			senders: []string{"s4"}, postfix: "a host knows itself by its addresses", players: []string{"postfix", "exim"},
		},
	}
	for i := range 27 {
		letters := []byte{"46d"[i/9], "46d"[i/3%3], "46d"[i%3]}
		list = append(list, setup{
			name:    "assignment " + string(letters),
			records: mx("1 mx1-"+string(letters[0]), "10 mx10-"+string(letters[1]), "100 mx100-"+string(letters[2])),
			senders: everySender,
		})
	}
	for i := range list {
		s := &list[i]
		s.domain = cmp.Or(s.domain, fmt.Sprintf("d%d.test", i))
		s.mails = max(s.mails, 1)
		s.records = strings.ReplaceAll(strings.ReplaceAll(s.records, "@.test.", "@"), "@", s.domain+".")
		for j, name := range s.down {
			s.down[j] = strings.ReplaceAll(name, "@", s.domain)
		}
	}
	return list
}

// MX records, and those that lead to a host of the farm by its name.
var (
	anyMX    = regexp.MustCompile(`(?m) MX (\d+) `)
	mxRecord = regexp.MustCompile(`(?m)^\S+ MX (\d+) ([a-z0-9-]+)\.test\.$`)
)

// assign tells every host which domains are its own and which it passes on.
func assign(list []setup, hosts map[string]*host) {
	for i := range list {
		s := &list[i]
		final, relays := s.final, slices.Clone(s.relays)
		for _, name := range s.senders {
			hosts[name].sends = true
		}
		all := anyMX.FindAllStringSubmatch(s.records, -1)
		for _, r := range mxRecord.FindAllStringSubmatch(s.records, -1) {
			lower := func(other []string) bool {
				return len(other[1]) < len(r[1]) || len(other[1]) == len(r[1]) && other[1] < r[1]
			}
			if s.final == nil && !slices.ContainsFunc(all, lower) {
				final = append(final, r[2])
			} else {
				relays = append(relays, r[2])
			}
		}
		for _, name := range final {
			if h := hosts[name]; h != nil && !slices.Contains(h.virtual, s.domain) {
				h.virtual = append(h.virtual, s.domain)
			}
		}
		for _, name := range relays {
			if h := hosts[name]; h != nil && !slices.Contains(final, name) {
				h.relay = append(h.relay, s.domain)
			}
		}
		for _, name := range s.permanent {
			hosts[name].access[s.domain] = "550 5.7.1 not here"
		}
		for _, name := range s.transient {
			hosts[name].access[s.domain] = "450 4.7.1 later"
		}
	}
}

func zoneText(list []setup, hosts []*host) string {
	var zone strings.Builder
	zone.WriteString("$TTL 0\n. SOA ns.test. hostmaster.test. 1 7200 3600 1209600 0\n. NS ns.test.\nns.test. A 192.0.2.53\nns.test. AAAA 2001:db8::35\n")
	for _, h := range hosts {
		for _, addr := range h.addresses() {
			fmt.Fprintf(&zone, "%s. %s %s\n", h.domain(), typeOf(addr), addr)
		}
	}
	for i := range list {
		zone.WriteString(list[i].records)
	}
	return zone.String()
}

// scenario is a setup with one sender and the mail server that it sends by.
type scenario struct {
	*setup
	sender *host
	mailer *mailer
	number int
	seen   map[ending]int
}

func (s *scenario) recipient(mail int) string {
	return fmt.Sprintf("u%d-%d@%s", s.number, mail, s.domain)
}

// world is the zone that the name server serves, as mx46 reads it, with what the names below brokenZone would lead to
// if that could be loaded: a dual-stack primary. A look-up that fails is an outage, and has an end.
func world(t *testing.T, f *farm, s *setup, byName map[string]*host) *trace.World {
	t.Helper()
	root, err := disk.OpenRoot(filepath.Dir(f.zoneFile()))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	text, err := root.ReadFile(filepath.Base(f.zoneFile()), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.servFail {
		if name == s.domain {
			text = fmt.Appendf(text, "%s. MX 1 mx1-d.test.\n", name)
			continue
		}
		for _, addr := range byName["mx1-d"].addresses() {
			text = fmt.Appendf(text, "%s. %s %s\n", name, typeOf(addr), addr)
		}
	}
	loader := zonefiles.NewLoader(root)
	file, err := loader.Files.Add("zone", text)
	if err != nil {
		t.Fatal(err)
	}
	origin := zonefiles.Root
	zone := loader.Parse(file, &origin)
	for _, p := range zone.Problems {
		t.Fatalf("the zone: %s", p.Message)
	}
	facts := &mail.Facts{Final: map[zonefiles.Name]zonefiles.Span{}}
	if !s.undeclared {
		for _, name := range s.final {
			facts.Final[zonefiles.MustName(name+".test.")] = zonefiles.Span{}
		}
	}
	return trace.NewWorld(dns.NewGraph([]*zonefiles.Zone{zone}), zonefiles.MustName(s.domain+"."), facts, delivery.Public)
}

// expected is what the simulation says of a scenario.
func (s *scenario) expected(t *testing.T, w *trace.World, algorithm delivery.Algorithm, byAddress map[netip.Addr]*host) []ending {
	t.Helper()
	var o delivery.Outage
	below := func(names []string) (list []zonefiles.Name) {
		for _, name := range names {
			if !strings.Contains(name, ".") {
				name += ".test"
			}
			list = append(list, zonefiles.MustName(name+"."))
		}
		return list
	}
	o.Hosts, o.Transient, o.Permanent = below(s.down), below(s.transient), below(s.permanent)
	for _, name := range below(s.servFail) {
		for _, typ := range []zonefiles.Type{zonefiles.TypeMX, zonefiles.TypeA, zonefiles.TypeAAAA} {
			o.ServFail = append(o.ServFail, delivery.Question{Name: name, Type: typ})
		}
	}
	simulation := w.Simulation(zonefiles.MustName(s.domain+"."), algorithm, o)
	sender := delivery.Sender{Families: s.sender.families, Names: below([]string{s.sender.domain()}), Addresses: s.sender.addresses()}
	var list []ending
	for _, outcome := range simulation.Outcomes(sender) {
		e := ending{how: how(t, outcome.Kind), host: s.sender.name, code: outcome.Status}
		if m, ok := simulation.Domain.Named[outcome.Host]; ok {
			e.host = outcome.Host.Undotted()
			if addr, err := netip.ParseAddr(e.host); err == nil && byAddress[addr] != nil { // Postfix takes it for one
				e.host = byAddress[addr].name
			}
			for _, a := range simulation.Addresses(m) { // a private address says nothing
				if h := byAddress[a.Record.Addr()]; h != nil {
					e.host = h.name
				}
			}
		}
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	return list
}

// agrees reports whether what was seen is what was expected: nothing else, and where chance has a hand in it all of it.
func (s *scenario) agrees(want []ending) bool {
	unseen := map[ending]bool{}
	for _, e := range want {
		unseen[s.mailer.known(e)] = true
	}
	for e := range s.seen {
		if _, expected := unseen[e]; !expected && e.code != "" {
			e.code = e.code[:1] + ".0.0"
		}
		if _, expected := unseen[e]; !expected {
			return false
		}
		unseen[e] = false
	}
	return s.mailer.settled && len(s.seen) > 0 || !slices.Contains(slices.Collect(maps.Values(unseen)), true)
}

// differences are what the simulation does not say, by mail server, sender and setup.
var differences = map[[3]string]string{
	{"sendmail", "s4", "the domain is an alias"}: renamed,
	{"sendmail", "sd", "the domain is an alias"}: renamed,
}

const renamed = "sendmail writes what the domain is an alias of into the recipient, and the host keeps no mail for that"

// compare holds what was seen against what is expected, and reports whether they are the same.
func (s *scenario) compare(t *testing.T, want []ending) bool {
	t.Helper()
	same := s.agrees(want)
	reason, known := differences[[3]string{s.mailer.word, s.sender.name, s.name}]
	title := fmt.Sprintf("%s from %s by %s", s.name, s.sender.name, s.mailer.name)
	switch {
	case same && known:
		t.Errorf("%s: they are said to differ (%s), and do not", title, reason)
	case !same && known:
		t.Logf("%s: seen %v, simulated %v: %s", title, s.seen, want, reason)
	case !same:
		t.Errorf("%s: seen %v, simulated %v", title, s.seen, want)
	}
	return same
}

// scenarios are those that each mail server plays.
func (f *farm) scenarios(list []setup, byName map[string]*host) (all []*scenario) {
	for m := range mailers {
		for i := range list {
			for _, name := range list[i].senders {
				s := &scenario{&list[i], byName[name], &mailers[m], len(all), map[ending]int{}}
				if s.plays() {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

// plays reports whether the mail server can play the scenario: of the others than Postfix, one way to configure
// sendmail is enough, and none keeps mailboxes.
func (s *scenario) plays() bool {
	m := s.mailer
	return (s.players == nil || slices.Contains(s.players, m.word)) &&
		(m.prepare == nil || m.word != "workaround" && !slices.Contains(s.sender.virtual, s.domain))
}

// play sends the mails of all scenarios, and waits for what comes of them.
func (f *farm) play(t *testing.T, scenarios []*scenario) {
	t.Helper()
	mails := map[*mailer][]message{}
	open := map[string]func(ending){}
	for _, s := range scenarios {
		for m := range s.mails {
			mails[s.mailer] = append(mails[s.mailer], message{s.sender, s.recipient(m)})
			open[s.recipient(m)] = func(e ending) { s.seen[s.mailer.known(e)]++ }
		}
	}
	var send []func() error
	for m := range mailers {
		if of := &mailers[m]; len(mails[of]) > 0 {
			send = append(send, func() error { return of.send(of, f, mails[of]) })
		}
	}
	if err := f.deliver(send, open); err != nil {
		t.Error(err)
	}
}

func TestLaboratory(t *testing.T) {
	e2e.Slow(t)
	requireMailers(t)
	hosts := machines()
	byName, byAddress := index(hosts)
	list := setups()
	assign(list, byName)
	f := build(t, hosts, zoneText(list, hosts))
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	scenarios := f.scenarios(list, byName)
	f.play(t, scenarios)
	agreed, total, departures := map[string]int{}, map[string]int{}, 0
	for _, s := range scenarios {
		w := world(t, f, s.setup, byName)
		if s.mailer.prepare == nil {
			departs := !s.agrees(s.expected(t, w, delivery.RFC3974, byAddress))
			if departs != (s.postfix != "") {
				t.Errorf("%s from %s: Postfix is said to depart from the RFC (%q): %t", s.name, s.sender.name, s.postfix, departs)
			}
			if departs {
				departures++
			}
		}
		total[s.mailer.name]++
		if s.compare(t, s.expected(t, w, s.mailer.algorithm, byAddress)) {
			agreed[s.mailer.name]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(total)) {
		t.Logf("agreed/total: %d/%d scenarios by %s", agreed[name], total[name], name)
	}
	t.Logf("in %d of them Postfix departs from RFC 3974 in a documented way", departures)
}
