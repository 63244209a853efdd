package live

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

// speak is a mail server that says what a test wants: lines at once, and after EHLO others.
func speak(t *testing.T, talk func(conn net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); talk(conn) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// dialogue greets, and answers EHLO.
func dialogue(banner, reply string) func(net.Conn) {
	return func(conn net.Conn) {
		io.WriteString(conn, banner)
		line := make([]byte, 512)
		if n, _ := conn.Read(line); !strings.HasPrefix(string(line[:n]), "EHLO [127.0.0.1]\r\n") {
			return
		}
		io.WriteString(conn, reply)
		conn.Read(line)
	}
}

func TestGreetings(t *testing.T) {
	patient := MailManners{Connect: 10 * time.Second, Banner: 10 * time.Second, Reply: 10 * time.Second, All: 20 * time.Second, Pause: time.Millisecond}
	hasty := patient
	hasty.Banner = 300 * time.Millisecond

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().(*net.TCPAddr).AddrPort()
	l.Close()
	endless := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			for {
				if _, err := io.WriteString(conn, text); err != nil {
					return
				}
			}
		}
	}
	for _, c := range []struct {
		name string
		at   netip.AddrPort
		want observed.Greeting
	}{
		{"STARTTLS", speak(t, dialogue("220 mx ESMTP\r\n", "250-mx\r\n250-STARTTLS\r\n250 SIZE\r\n")), observed.Greeting{Verdict: observed.Open, StartTLS: true, Banner: "mx ESMTP"}},
		{"a banner of several lines", speak(t, dialogue("220-mx\r\n220-wait\r\n220 go\r\n", "250 mx\r\n")), observed.Greeting{Verdict: observed.Open, Banner: "mx"}},
		{"EHLO is unknown", speak(t, dialogue("220 mx\r\n", "502 no\r\n")), observed.Greeting{Verdict: observed.Open, Banner: "mx"}},
		{"busy", speak(t, dialogue("421 later\r\n", "")), observed.Greeting{Verdict: observed.Busy, Banner: "later"}},
		{"refused", speak(t, dialogue("554 no\r\n", "")), observed.Greeting{Verdict: observed.Refuses, Banner: "no"}},
		{"closed at once", speak(t, func(net.Conn) {}), observed.Greeting{Verdict: observed.Refuses}},
		{"silent", speak(t, func(conn net.Conn) { time.Sleep(time.Second) }), observed.Greeting{Verdict: observed.Silent}},
		{"no SMTP", speak(t, dialogue("SSH-2.0-OpenSSH\r\n", "")), observed.Greeting{Verdict: observed.Refuses}},
		{"ESC in the banner", speak(t, dialogue("220 \x1b]0;owned\x07\r\n", "250 mx\r\n")), observed.Greeting{Verdict: observed.Open, Banner: "\x1b]0;owned\x07"}},
		{"a banner of endless lines", speak(t, endless("220-mx\r\n")), observed.Greeting{Verdict: observed.Refuses}},
		{"a line without end", speak(t, endless("220 mx")), observed.Greeting{Verdict: observed.Refuses}},
		{"nobody listens", closed, observed.Greeting{Verdict: observed.Closed}},
	} {
		start, manners := time.Now(), patient
		if c.want.Verdict == observed.Silent {
			manners = hasty
		}
		if got := greet(t.Context(), c.at, manners); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("%s: it takes %s", c.name, took)
		}
	}
}

func TestFamiliesThatAreNotTestable(t *testing.T) {
	for _, c := range []struct {
		verdicts string // by network: s silent, o open, c closed
		want     string
	}{
		{"sss", "not testable from here"}, {"ss", "does not answer"}, {"sso", "does not answer"}, {"sssc", "does not answer"},
	} {
		greetings := map[netip.Addr]*observed.Greeting{}
		for i, v := range c.verdicts {
			verdict := map[rune]observed.Verdict{'s': observed.Silent, 'o': observed.Open, 'c': observed.Closed}[v]
			greetings[netip.MustParseAddr(fmt.Sprintf("203.0.%d.1", i))] = &observed.Greeting{Verdict: verdict}
		}
		six := netip.MustParseAddr("2600:9::1")
		greetings[six] = &observed.Greeting{Verdict: observed.Silent}
		closed := notTestable(greetings)
		if want := 1 + len(c.verdicts); strings.Contains(c.verdicts, "o") != (len(closed) < want) {
			t.Errorf("%s: not judged: %v", c.verdicts, closed)
		}
		if got := greetings[netip.MustParseAddr("203.0.0.1")].Verdict.String(); got != c.want || greetings[six].Verdict != observed.Silent {
			t.Errorf("%s: %s, want %s", c.verdicts, got, c.want)
		}
	}
}

func TestMailServersAreSpokenToOnce(t *testing.T) {
	connections := make(chan bool, 10)
	server := speak(t, func(conn net.Conn) {
		connections <- true
		dialogue("220 \x1b[31mmx\r\n", "250 mx\r\n")(conn)
	})
	w := newWorld(t, root+`
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN MX 10 mx.example.org.
example.org. 300 IN MX 20 mx2.example.org.
mx.example.org. 300 IN A 127.0.0.1
mx2.example.org. 300 IN A 127.0.0.1
`)
	c := quick()
	c.Mail.Port = server.Port()
	seen, _ := observe(t, c, Observe{Connect: true}, "example.org.", w.serve(t))
	if len(connections) != 0 || len(seen.Withheld) != 1 {
		t.Errorf("a private address is spoken to: %v", seen.Withheld)
	}
	c.AllowPrivate = true
	loader := zonefiles.NewLoader(nil)
	domains := []zonefiles.Name{zonefiles.MustName("example.org.")}
	seen, err := c.Observe(t.Context(), loader, Observe{Connect: true, Domains: domains}, w.serve(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(connections) != 1 {
		t.Errorf("%d connections", len(connections))
	}
	for _, zone := range seen.Seen {
		for _, g := range zone.Mail {
			text := string(loader.Files.Text(g.Answer))
			if want := `over port ` + fmt.Sprint(server.Port()) + `: takes mail "\x1b[31mmx"`; g.Verdict != observed.Open || !strings.Contains(text, want) {
				t.Errorf("%+v %q", g, text)
			}
		}
	}
}
