package trace_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/trace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// load reads zone files from a folder into a graph.
func load(t *testing.T, dir string, names ...string) *dns.Graph {
	t.Helper()
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := zonefiles.NewLoader(root)
	var zones []*zonefiles.Zone
	for _, name := range names {
		zones = append(zones, loader.Load(name, nil, zonefiles.Served{}))
	}
	return dns.NewGraph(zones)
}

// write puts a zone file into a new folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ask asks and fails the test where the question is wrong.
func ask(t *testing.T, w *trace.World, q trace.Question) *trace.Report {
	t.Helper()
	r, err := w.Ask(q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(t *testing.T, r *trace.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var example = zonefiles.MustName("example.org.")

func rfc(t *testing.T, file string) *trace.World {
	return trace.NewWorld(load(t, "../../testdata/rfc3974", file), example, nil, delivery.Public)
}

func TestASecondaryOfTheTroublesomeZoneIsStuckAndTheStepsSayWhy(t *testing.T) {
	r := ask(t, rfc(t, "section-4.2-troublesome.zone"), trace.Question{Domain: example, As: zonefiles.MustName("mx10.example.org."), HasAs: true})
	want := `Mail to example.org from its MX host mx10.example.org (IPv4), by RFC 3974 section 3

mx10.example.org:
  (1) example.org has MX 1 mx1.example.org
      section-4.2-troublesome.zone:8 | @ IN MX 1 mx1 ; IPv6-only
  (1) example.org has MX 10 mx10.example.org
      section-4.2-troublesome.zone:9 | IN MX 10 mx10 ; IPv4-only
  (1) example.org has MX 100 mx100.example.org
      section-4.2-troublesome.zone:10 | IN MX 100 mx100 ; IPv4-only
  (2) drop MX 10 mx10.example.org: mx10.example.org is itself at 10
      section-4.2-troublesome.zone:9 | IN MX 10 mx10 ; IPv4-only
  (2) drop MX 100 mx100.example.org: mx10.example.org is itself at 10
      section-4.2-troublesome.zone:10 | IN MX 100 mx100 ; IPv4-only
  (3) mx1.example.org has no A record
      section-4.2-troublesome.zone:11 | mx1 IN AAAA 2001:db8:ffff::1
  (5) mx1.example.org has no address that mx10.example.org can use: try the next MX record
      section-4.2-troublesome.zone:8 | @ IN MX 1 mx1 ; IPv6-only
  (8) the end of the list of MX records: stuck (4.4.4)

The mail is stuck at mx10.example.org (4xx, 4.4.4): the host cannot pass it on, and returns it after days
`
	if diff := cmp.Diff(want, text(t, r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r.Delivered() {
		t.Error("counts as delivered")
	}
}

func TestTheMatrixAndTheOutagesShowEverySender(t *testing.T) {
	r := ask(t, rfc(t, "section-4.2-troublesome.zone"), trace.Question{Domain: example, Outages: true})
	want := `Mail to example.org, by RFC 3974 section 3

sender                  the mail is
IPv4-only               stuck at mx10.example.org (4xx, 4.4.4): the host cannot pass it on, and returns it after days
IPv6-only               delivered to mx1.example.org (2xx, 2.0.0)
dual-stack              delivered to mx1.example.org (2xx, 2.0.0)
IPv6-only behind NAT64  delivered to mx1.example.org (2xx, 2.0.0)

Mail to example.org when one thing breaks

down               IPv4-only  IPv6-only  dual-stack  IPv6-only behind NAT64
nothing            stuck      delivered  delivered   delivered
mx1.example.org    stuck      delayed    stuck       stuck
mx10.example.org   stuck      delivered  delivered   delivered
mx100.example.org  stuck      delivered  delivered   delivered
IPv4               stuck      delivered  delivered   delivered
IPv6               stuck      delayed    stuck       delayed
`
	if diff := cmp.Diff(want, text(t, r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheGoodZoneDelivers(t *testing.T) {
	w := rfc(t, "section-4.2-works-well.zone")
	for _, q := range []trace.Question{
		{Domain: example},
		{Domain: example, From: delivery.Senders()[:1]},
		{Domain: example, As: zonefiles.MustName("mx10.example.org."), HasAs: true},
		{Domain: example, As: zonefiles.MustName("mx100.example.org."), HasAs: true, Algorithm: delivery.Postfix},
	} {
		if r := ask(t, w, q); !r.Delivered() {
			t.Error(text(t, r))
		}
	}
}

// head is the start of every zone here.
const head = "$ORIGIN example.org.\n$TTL 1h\n@ SOA ns hostmaster 1 2h 1h 2w 5m\n NS ns\nns A 192.0.2.53\n"

func TestWhatIsAskedWronglyIsTold(t *testing.T) {
	w := rfc(t, "section-4.2-troublesome.zone")
	for _, test := range []struct {
		name string
		q    trace.Question
		want string
	}{
		{"a domain of another's", trace.Question{Domain: zonefiles.MustName("example.com.")}, "no loaded zone holds example.com"},
		{
			"a host that is none",
			trace.Question{Domain: example, HasAs: true, As: zonefiles.MustName("ns.example.org.")},
			"ns.example.org is no MX host of example.org; those are: mx1.example.org, mx10.example.org and mx100.example.org",
		},
		{
			"an outage of a host that is none",
			trace.Question{Domain: example, Outage: delivery.Outage{Hosts: []zonefiles.Name{zonefiles.MustName("mx2.example.org.")}}},
			"mx2.example.org is no MX host of example.org; those are: mx1.example.org, mx10.example.org and mx100.example.org",
		},
		{
			"a look-up that nobody makes",
			trace.Question{Domain: example, Outage: delivery.Outage{ServFail: []delivery.Question{
				{Name: example, Type: zonefiles.TypeMX},
				{Name: zonefiles.MustName("mx1.example.org."), Type: zonefiles.TypeA},
				{Name: zonefiles.MustName("mail.example.com."), Type: zonefiles.TypeA},
			}}},
			"mail.example.com is no name of which senders of mail to example.org look up A; " +
				"those are: mx1.example.org, mx10.example.org and mx100.example.org",
		},
		{
			"MX records of a host",
			trace.Question{Domain: example, Outage: delivery.Outage{ServFail: []delivery.Question{
				{Name: zonefiles.MustName("mx1.example.org."), Type: zonefiles.TypeMX},
			}}},
			"mx1.example.org is no name of which senders of mail to example.org look up MX; did you mean example.org?",
		},
		{
			"faulty answers that nobody asks for",
			trace.Question{Domain: example, Outage: delivery.Outage{AAAA: []delivery.FaultyAAAA{
				{Name: zonefiles.MustName("mx11.example.org."), Fault: delivery.AAAADrop},
			}}},
			"mx11.example.org is no name of which senders of mail to example.org look up AAAA; did you mean mx1.example.org?",
		},
	} {
		if _, err := w.Ask(test.q); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestWordsOfTheCommandLine(t *testing.T) {
	var o delivery.Outage
	for _, word := range []string{"ipv4", "MX1.example.org.", "192.0.2.77/24", "2001:db8::1", "mx2.example.org"} {
		if err := trace.AddDown(&o, word); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
	if err := trace.AddServFail(&o, "MX1.example.org/aaaa"); err != nil {
		t.Error(err)
	}
	want := delivery.Outage{
		Families: delivery.IPv4, Hosts: []zonefiles.Name{zonefiles.MustName("mx1.example.org."), zonefiles.MustName("mx2.example.org.")},
		Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::1/128")},
		ServFail: []delivery.Question{{Name: zonefiles.MustName("mx1.example.org."), Type: zonefiles.TypeAAAA}},
	}
	if diff := cmp.Diff(want, o, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, word := range []string{"", "a..b", "192.0.2.0/33", "@"} {
		if trace.AddDown(&o, word) == nil {
			t.Errorf("%q is taken", word)
		}
	}
	for _, word := range []string{"", "mx1", "mx1/TXT", "/A"} {
		if trace.AddServFail(&o, word) == nil {
			t.Errorf("%q is taken", word)
		}
	}
	for _, word := range trace.SenderWords() {
		if _, err := trace.ParseSender(word); err != nil {
			t.Error(err)
		}
	}
	for _, word := range trace.AlgorithmWords() {
		if _, err := trace.ParseAlgorithm(word); err != nil {
			t.Error(err)
		}
	}
	if _, err := trace.ParseSender("\x1b[31m"); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Error(err)
	}
}

func TestEveryKindOfAnswerHasItsLine(t *testing.T) {
	dir := write(t, "db.example", head+`
alias    CNAME example.net.
$GENERATE 1-2 mx$ AAAA 2001:db8::$
old      DNAME new
mx.new   A 192.0.2.4
@        MX 1 mx1
@        MX 2 mx.old
@        MX 3 gone
@        MX 4 mx.example.net.
`)
	name := zonefiles.MustName
	facts := &mail.Facts{Final: map[zonefiles.Name]zonefiles.Span{name("mx.old.example.org."): {}, name("mx.example.net."): {}}}
	w := trace.NewWorld(load(t, dir, "db.example"), example, facts, delivery.Public)
	got := text(t, ask(t, w, trace.Question{
		Domain: example, From: delivery.Senders()[:1], Outage: delivery.Outage{Hosts: []zonefiles.Name{name("mx.old.example.org.")}},
	}))
	for _, want := range []string{
		"(3) mx1.example.org has no A record\n      db.example:8 | $GENERATE 1-2 mx$ AAAA 2001:db8::$",
		"(3) mx.old.example.org has A 192.0.2.4\n      db.example:10 | mx.new A 192.0.2.4",
		"(3) gone.example.org does not exist\n      db.example:3 | @ SOA ns hostmaster 1 2h 1h 2w 5m",
		"(3) the A records of mx.example.net are not in what is loaded\n",
		"The mail is undecided",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestEqualPreferencesShowTheWorstWayAndNameTheOthers(t *testing.T) {
	dir := write(t, "db", head+"@ MX 1 mx1\n@ MX 2 a\n@ MX 2 b\nmx1 AAAA 2001:db8::1\na A 192.0.2.1\nb A 192.0.2.2\nb AAAA 2001:db8::2\n")
	w := trace.NewWorld(load(t, dir, "db"), example, nil, delivery.Public)
	got := text(t, ask(t, w, trace.Question{Domain: example, From: delivery.Senders()[:1]}))
	want := `The mail is stuck at a.example.org (4xx, 4.4.4): the host cannot pass it on, and returns it after days

These are not the only steps that it can take. It may be
  delivered to mx1.example.org through a relay (2xx, 2.0.0)
  stuck at a.example.org (4xx, 4.4.4): the host cannot pass it on, and returns it after days
`
	if !strings.HasSuffix(got, want) {
		t.Errorf("no %s at the end of\n%s", want, got)
	}
}

func TestWhatIsDownIsNamedFirst(t *testing.T) {
	w := rfc(t, "section-4.2-works-well.zone")
	got := text(t, ask(t, w, trace.Question{Domain: example, Outage: delivery.Outage{
		Hosts: []zonefiles.Name{zonefiles.MustName("mx10.example.org.")}, Families: delivery.Dual, Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		ServFail: []delivery.Question{{Name: zonefiles.MustName("mx1.example.org."), Type: zonefiles.TypeA}},
	}}))
	if want := "\nwhile down: mx10.example.org, IPv4, IPv6, 192.0.2.0/24, mx1.example.org/A (SERVFAIL)\n"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

func TestNothingOfAStrangersReachesATerminalRaw(t *testing.T) {
	name := "::error file=x::\u009b\x1b.example"
	dir := write(t, name, head+"@ MX 1 ::warning::\\027[31m##[group]\n::warning::\\027[31m##[group] A 192.0.2.1 ; \x1b[2J \u202e ##[x]\n")
	facts := &mail.Facts{Links: []mail.Link{{From: zonefiles.MustName("a."), To: zonefiles.MustName("b."), Via: "\n::error::\x1b"}}}
	w := trace.NewWorld(load(t, dir, name), example, facts, delivery.Public)
	r := ask(t, w, trace.Question{Domain: example, From: delivery.Senders(), Outages: true})
	got := text(t, r)
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "::") || strings.Contains(line, "##[") {
			t.Errorf("a log obeys %q", line)
		}
	}
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "##[") {
		t.Error("a log obeys the JSON")
	}
	for _, r := range got + b.String() {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%q is there raw", r)
		}
	}
	var back struct {
		Senders []struct{ Steps []struct{ File string } }
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back.Senders[0].Steps[0].File != name {
		t.Errorf("%v, %q", err, back.Senders[0].Steps[0].File)
	}
}

func TestJSONSaysWhatTheTextSays(t *testing.T) {
	r := ask(t, rfc(t, "section-4.2-troublesome.zone"), trace.Question{
		Domain: example, From: delivery.Senders()[:1], Outages: true, Outage: delivery.Outage{Hosts: []zonefiles.Name{zonefiles.MustName("mx100.example.org.")}},
	})
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	sender := got["senders"].([]any)[0].(map[string]any)
	stuck := []any{map[string]any{"kind": "stuck", "class": "4xx", "status": "4.4.4", "host": "mx10.example.org", "relayed": true}}
	steps := sender["steps"].([]any)
	delete(sender, "steps")
	outages := got["outages"].([]any)
	delete(got, "outages")
	want := map[string]any{
		"version": 1.0, "domain": "example.org", "algorithm": "rfc3974", "down": []any{"mx100.example.org"},
		"senders": []any{map[string]any{"class": "ipv4", "outcomes": stuck, "path": []any{"mx10.example.org"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	first := map[string]any{
		"step": 1.0, "text": "example.org has MX 1 mx1.example.org", "file": "section-4.2-troublesome.zone", "line": 8.0, "column": 1.0,
	}
	if diff := cmp.Diff(first, steps[0]); diff != "" {
		t.Errorf("first step (-want +got)\n%s", diff)
	}
	if len(outages) != 5 || outages[0].(map[string]any)["down"] != "mx1.example.org" {
		t.Errorf("%d outages, the first %v", len(outages), outages[0])
	}
}

func TestTheOperatorsWordCountsWhereNoZoneKnows(t *testing.T) {
	dir := write(t, "db", head+`
@     MX 1 mx1
@     MX 2 backup.example.net.
@     MX 3 mx3
mx1   AAAA 2001:db8::1
mx3   A    192.0.2.3
`)
	host := func(n string) zonefiles.Name { return zonefiles.MustName(n) }
	graph := load(t, dir, "db")
	both := mail.HostFacts{Families: delivery.Dual, HasFamilies: true}
	for _, test := range []struct {
		name  string
		facts mail.Facts
		want  []delivery.Outcome
	}{
		{"nothing is said", mail.Facts{}, []delivery.Outcome{
			{Kind: delivery.Undecided},
		}},
		{
			"the families of a host of another's",
			mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{host("backup.example.net."): both}},
			[]delivery.Outcome{{Kind: delivery.Delivered, Host: zonefiles.MustName("mx1.example.org."), Status: "2.0.0", Relayed: true}},
		},
		{
			"the families of a host that the zone knows better",
			mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{host("mx1.example.org."): both}},
			[]delivery.Outcome{
				{Kind: delivery.Undecided},
			},
		},
		{
			"two names of one machine",
			mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{
				host("mx3.example.org."):    {SameHost: host("mx1.example.org."), HasSameHost: true},
				host("backup.example.net."): {Families: delivery.IPv6, HasFamilies: true},
			}},
			[]delivery.Outcome{{Kind: delivery.Delivered, Host: zonefiles.MustName("mx1.example.org."), Status: "2.0.0"}},
		},
		{
			"a final host",
			mail.Facts{
				Final: map[zonefiles.Name]zonefiles.Span{host("mx3.example.org."): {}},
				Hosts: map[zonefiles.Name]mail.HostFacts{host("backup.example.net."): {Families: delivery.IPv6, HasFamilies: true}},
			},
			[]delivery.Outcome{{Kind: delivery.Delivered, Host: zonefiles.MustName("mx3.example.org."), Status: "2.0.0"}},
		},
		{
			"a link",
			mail.Facts{
				Links: []mail.Link{{From: host("mx3.example.org."), To: host("mx1.example.org."), Via: "uucp"}},
				Hosts: map[zonefiles.Name]mail.HostFacts{host("backup.example.net."): {Families: delivery.IPv6, HasFamilies: true}},
			},
			[]delivery.Outcome{{Kind: delivery.Delivered, Host: zonefiles.MustName("mx1.example.org."), Status: "2.0.0", Relayed: true}},
		},
	} {
		w := trace.NewWorld(graph, example, &test.facts, delivery.Public)
		r := ask(t, w, trace.Question{Domain: example, From: delivery.Senders()[:1]})
		if diff := cmp.Diff(test.want, r.Ways[0].Outcomes); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}
