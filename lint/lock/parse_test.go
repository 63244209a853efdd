package lock_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

func TestEveryLineIsReadAsItIsMeant(t *testing.T) {
	l, problems, files := parse(t, written)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if want := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC); !l.Seen.Equal(want) {
		t.Errorf("seen %v, want %v", l.Seen, want)
	}
	global := lock.Seen{Found: kinds(delivery.Global)}
	for _, want := range []lock.Host{
		{Name: name("aspmx.l.google.com."), State: lock.Addresses, IPv4: global, IPv6: global},
		{Name: name("a.example."), State: lock.Addresses, IPv4: lock.Seen{Found: kinds(delivery.Global, delivery.Private)}},
		{Name: name("b.example."), State: lock.Addresses, IPv6: lock.Seen{Found: kinds(delivery.SpecialPurpose), Reachable: true}},
		{
			Name: name("c.example."), State: lock.Addresses, IPv4: lock.Seen{Found: kinds(delivery.Documentation)},
			IPv6: lock.Seen{Found: kinds(delivery.Scoped, delivery.Translated)},
		},
		{Name: name("empty.provider.example."), State: lock.NoData},
		{Name: name("lan.provider.example."), State: lock.Addresses, IPv4: lock.Seen{Found: kinds(delivery.Private)}, IPv6: global},
		{Name: name("old.provider.example."), State: lock.NXDomain},
		{Name: name("renamed.provider.example."), Alias: name("mx.provider.example."), State: lock.Addresses, IPv4: global},
		{Name: name("alias.ends.example."), Alias: name("mx.gone.example."), State: lock.NXDomain},
		{Name: name("sink.provider.example."), State: lock.Unknown},
		{Name: name("mx.slow.example."), State: lock.Addresses, IPv4: global, IPv6: global, DNS: delivery.IPv4},
	} {
		got := l.Host(want.Name)
		if got == nil {
			t.Errorf("%s is not in the lock", want.Name)
			continue
		}
		if !got.Same(want) {
			t.Errorf("%s: got %+v, want %+v", want.Name, *got, want)
		}
		if line := string(files.Text(got.Line)); !strings.HasPrefix(line, want.Name.String()) || strings.Contains(line, "\n") ||
			!strings.Contains(written, line+"\n") {
			t.Errorf("%s: its line is %q", want.Name, line)
		}
	}
	if len(l.Hosts()) != 11 || l.Host(name("other.example.")) != nil {
		t.Errorf("the lock has %d hosts, and says of one that it does not hold: %v", len(l.Hosts()), l.Host(name("other.example.")))
	}
}

func TestProblemsHaveTheirPlace(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, c := range []struct{ name, lines, place, message string }{
		{"no facts", "mx.example.\n", "mx.example.", "mx.example.: the line says nothing of its addresses"},
		{"no facts but an alias", "mx.example. alias=b.example.\n", "mx.example. alias=b.example.", "the line says nothing of its addresses"},
		{"no final dot", "  mx.example ipv4\n", "mx.example", `"mx.example" does not end with a dot`},
		{"a final dot that is escaped", `mx.example\. ipv4` + "\n", `mx.example\.`, "does not end with a dot"},
		{"the root", ". ipv4\n", ".", `"." is the name of no host`},
		{"at", "@ ipv4\n", "@", `"@" is the name of no host`},
		{"a long label", long + ".example. ipv4\n", long + ".example.", "more than 63 octets"},
		{"an unknown word", "mx.example.\tipv4\tipv5\n", "ipv5", `"ipv5" is no fact`},
		{"a word in capitals", "mx.example. IPv4\n", "IPv4", `"IPv4" is no fact`},
		{"an unknown kind", "mx.example. ipv4 ipv6=global,loopback\n", "loopback", `"loopback" is no kind of address`},
		{"an empty kind", "mx.example. ipv6= ipv4\n", "", `"" is no kind of address`},
		{"a family twice", "mx.example. ipv4 ipv4=private\n", "ipv4=private", "does not go with the rest of the line"},
		{"addresses and none", "mx.example. nodata ipv4\n", "ipv4", "does not go with the rest of the line"},
		{"none and addresses", "mx.example. ipv4 nxdomain\n", "nxdomain", "does not go with the rest of the line"},
		{"unknown, twice", "mx.example. unknown unknown\n", "unknown", "does not go with the rest of the line"},
		{"an alias of itself", "mx.example. alias=MX.example. ipv4\n", "mx.example. alias=MX.example. ipv4", "no alias of itself"},
		{"an alias without a dot", "mx.example. alias=b.example ipv4\n", "b.example", "does not end with a dot"},
		{"dns of nothing", "mx.example. nodata dns=ipv4\n", "mx.example. nodata dns=ipv4", "dns= belongs to a host with addresses"},
		{"dns of both", "mx.example. ipv4 dns=dual\n", "dns=dual", "is no fact"},
		{"a control character", "mx.example. ipv4\x1b[31m\n", "\x1b", `the byte \x1b is no printable ASCII character`},
		{"a zero byte", "mx.exam\x00ple. ipv4\n", "\x00", `the byte \x00 is no printable ASCII character`},
		{"a letter beyond ASCII", "mx.exämple. ipv4\n", "\xc3", `the byte \xc3 is no printable ASCII character`},
		{"a conflict", "<<<<<<< HEAD\n", "<<<<<<< HEAD", "git has left a conflict here"},
		{"a day that there is not", "# seen 2026-02-30\n", "2026-02-30", "the day is not one such as 2026-11-26"},
		{"two that disagree", "mx.example. ipv4\nmx.example. ipv6\n", "mx.example. ipv6", "line 2 says something else of mx.example."},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, problems, files := parse(t, header+c.lines+"good.example. ipv4\n")
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			p := problems[0]
			if got := string(files.Text(p.Span)); got != c.place {
				t.Errorf("it is at %q, want %q", got, c.place)
			}
			if !strings.Contains(p.Message, c.message) {
				t.Errorf("message %q, want %q in it", p.Message, c.message)
			}
			if p.Kind != zonefiles.LockProblem || p.Help == "" {
				t.Errorf("kind %d, help %q", p.Kind, p.Help)
			}
			if len(l.Hosts()) != 1 || l.Host(name("good.example.")) == nil {
				t.Errorf("hosts: %v", l.Hosts())
			}
		})
	}
}

func TestColumnsCountFromOne(t *testing.T) {
	_, problems, files := parse(t, header+"# seen 2026-11-26\r\nmx.example. ipv4\r\n\tmx2.example.  ipv4  nodata\r\n")
	if len(problems) != 1 {
		t.Fatal(problems)
	}
	if at := files.Position(problems[0].Span.File, problems[0].Span.Start).String(); at != ".mx46.hosts:4:22" {
		t.Errorf("the problem is at %s", at)
	}
}

func TestWhatMayBe(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"line ends of Windows", strings.ReplaceAll(header+"good.example. ipv4\n", "\n", "\r\n")},
		{"a byte order mark", "\ufeff" + header + "good.example. ipv4\n"},
		{"no last line end", header + "good.example. ipv4"},
		{"comments and blank lines", header + "\n# Ein Anbieter in Zürich\n \t\ngood.example.\tipv4 # no more\n"},
		{"the same line twice", header + "good.example. ipv4\ngood.example.    ipv4\n"},
		{"two heads, as after a merge by union", header + "# seen 2026-11-26\n" + header + "# seen 2026-11-20\ngood.example. ipv4\n"},
	} {
		l, problems, _ := parse(t, c.text)
		if len(problems) > 0 || len(l.Hosts()) != 1 || l.Host(name("good.example.")) == nil {
			t.Errorf("%s: %v, %v", c.name, l.Hosts(), problems)
		}
	}
}

func TestTheEarliestDayCounts(t *testing.T) {
	l, _, _ := parse(t, header+"# seen 2026-11-26\n# seen 2026-11-20\n# seen 2026-11-24\n")
	if got := l.Seen.Format(time.DateOnly); got != "2026-11-20" {
		t.Errorf("seen %s", got)
	}
}

func TestAFileThatIsNoLock(t *testing.T) {
	for _, text := range []string{"", "good.example. ipv4\n", "\n" + header + "good.example. ipv4\n", "# mx46 hosts\ngood.example. ipv4\n"} {
		l, problems, _ := parse(t, text)
		if len(problems) != 1 || problems[0].Span.Start != 0 || !strings.Contains(problems[0].Message, "does not begin with") {
			t.Errorf("%q: %v", text, problems)
		}
		if text != "" && len(l.Hosts()) != 1 {
			t.Errorf("%q: %v", text, l.Hosts())
		}
	}
	for _, version := range []string{"2", "11", "", "1a"} {
		l, problems, _ := parse(t, "# mx46 hosts v"+version+"\ngood.example. ipv4\nbad\n")
		if len(problems) != 1 || !strings.Contains(problems[0].Message, "another version") || len(l.Hosts()) > 0 {
			t.Errorf("version %q: %v, %v", version, l.Hosts(), problems)
		}
	}
}

func TestHostileLocksCostLittle(t *testing.T) {
	size := lock.MaxSize / 16
	if os.Getenv("MX46_E2E") == "1" {
		size = lock.MaxSize
	}
	many := func(line string) string { return header + strings.Repeat(line, size/len(line)) }
	for _, c := range []struct{ name, text string }{
		{"one line", header + strings.Repeat("a", size)},
		{"one line of blanks", header + strings.Repeat(" ", size)},
		{"one line of kinds", header + "a. ipv4=" + strings.Repeat("global,", size/7)},
		{"empty lines", many("\n")},
		{"lines that say nothing", many("a.\n")},
		{"days", many("# seen 2026-11-26\n")},
		{"conflicts", many("=======\n")},
		{"lines that disagree", many("a. ipv4\na. ipv6\n")},
		{"zero bytes", many("\x00\n")},
	} {
		start := time.Now()
		l, problems, _ := parse(t, c.text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: %v", c.name, took)
		}
		if len(problems) > 100 || len(l.Hosts()) > 1 {
			t.Errorf("%s: %d problems, %d hosts", c.name, len(problems), len(l.Hosts()))
		}
		for _, p := range problems {
			if len(p.Message) > 1000 || p.Span.Len() > 4096 {
				t.Errorf("%s: a problem of %d bytes at %d bytes: %.100s", c.name, len(p.Message), p.Span.Len(), p.Message)
			}
		}
	}
	_, problems, _ := parse(t, many("a.\n"))
	if last := problems[len(problems)-1].Message; !strings.Contains(last, "more lines cannot be read") {
		t.Errorf("the last of too many problems is %q", last)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(written))
	f.Add([]byte("<<<<<<< HEAD\nmx.example. ipv4=private,global alias=a. dns=ipv6 # x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, problems, files := parse(t, string(data))
		for _, p := range problems {
			files.Text(p.Span)
			for _, c := range p.Message {
				if c < ' ' || c > '~' {
					t.Fatalf("message %q", p.Message)
				}
			}
		}
		for i := range l.Hosts() {
			if h := &l.Hosts()[i]; l.Host(h.Name) != h || len(files.Text(h.Line)) == 0 {
				t.Fatalf("host %q", h)
			}
		}
		text := l.AppendText(nil)
		again, problems, _ := parse(t, string(text))
		if len(problems) > 0 || !bytes.Equal(again.AppendText(nil), text) || len(lock.Diff(l, again)) > 0 {
			t.Fatalf("%s\n%v", text, problems)
		}
	})
}

// BenchmarkParse reads 100,000 lines; it is to take less than 50 ms.
func BenchmarkParse(b *testing.B) {
	text := large()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		l, problems, _ := parse(b, string(text))
		if len(l.Hosts()) != 100_000 || len(problems) > 0 {
			b.Fatal(len(l.Hosts()), problems)
		}
	}
}
