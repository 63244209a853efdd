package dns

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx46/testdata/daemon"
	"mx46/zonefiles"
)

// This file starts name servers on loopback and asks them.

// peerZone is a zone as a name server is given it.
type peerZone struct {
	origin zonefiles.Name
	file   string // absolute path
}

// peer is a kind of name server.
type peer struct {
	name, program string
	config        func(dir string, port int, zones []peerZone) string
	arguments     func(conf string) []string
	ready         string // in the log once every zone is read
}

var bind = peer{
	name: "BIND", program: "named", ready: "all zones loaded",
	config: func(dir string, port int, zones []peerZone) string {
		var b strings.Builder
		fmt.Fprintf(&b, `options {
	directory %q; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
	pid-file none; session-keyfile none; lock-file none; dump-file "dump"; statistics-file "stats"; memstatistics no;
	recursion no; allow-query { any; }; notify no; minimal-responses yes; empty-zones-enable no; dnssec-validation no;
	max-udp-size 4096; rate-limit { responses-per-second 0; };
	check-names primary ignore; check-integrity no; check-mx ignore; check-mx-cname ignore; check-srv-cname ignore;
	check-sibling no; check-dup-records ignore; check-spf ignore; check-wildcard no;
};
controls {};
logging { channel all { stderr; severity info; }; category default { all; }; };
`, dir, port)
		for _, z := range zones {
			fmt.Fprintf(&b, "zone %q { type primary; file %q; };\n", z.origin, z.file)
		}
		return b.String()
	},
	arguments: func(conf string) []string { return []string{"-f", "-g", "-4", "-n", "1", "-c", conf} },
}

var knot = peer{
	name: "Knot", program: "knotd", ready: "server started",
	config: func(dir string, port int, zones []peerZone) string {
		var b strings.Builder
		fmt.Fprintf(&b, `server:
  listen: 127.0.0.1@%d
  rundir: %q
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  udp-max-payload: 4096
database:
  storage: %q
log:
  - target: stderr
    any: info
template:
  - id: default
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
zone:
`, port, dir, dir)
		for _, z := range zones {
			fmt.Fprintf(&b, "  - domain: %q\n    file: %q\n", z.origin, z.file)
		}
		return b.String()
	},
	arguments: func(conf string) []string { return []string{"-c", conf} },
}

// server is a name server that runs.
type server struct {
	*peer
	address string
	stop    func()
}

// start runs the peer with zones, less those that it refuses, which it tells.
func (p *peer) start(t *testing.T, dir string, zones []peerZone) (*server, map[zonefiles.Name]bool) {
	t.Helper()
	port := daemon.FreePort(t)
	dir = filepath.Join(dir, p.name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "conf")
	if err := os.WriteFile(conf, []byte(p.config(dir, port, zones)), 0o600); err != nil {
		t.Fatal(err)
	}
	d := daemon.Start(t, filepath.Join(dir, "log"), p.ready, p.program, p.arguments(conf)...)
	s := &server{peer: p, address: fmt.Sprintf("127.0.0.1:%d", port), stop: d.Stop}
	refused := map[zonefiles.Name]bool{}
	c := client{address: s.address}
	defer c.close()
	for _, z := range zones {
		reply, err := c.ask(z.origin, dns.TypeSOA)
		if err != nil {
			t.Fatalf("%s: the SOA of %s: %v", p.name, z.origin, err)
		}
		if len(reply.Answer) != 1 || !reply.Authoritative || !strings.EqualFold(reply.Answer[0].Header().Name, z.origin.String()) {
			refused[z.origin] = true
		}
	}
	return s, refused
}

// client asks one server, one question at a time.
type client struct {
	address string
	udp     *dns.Conn
	id      uint16
}

func (c *client) close() {
	if c.udp != nil {
		c.udp.Close()
	}
}

// ask asks over UDP, and over TCP where the answer does not fit.
func (c *client) ask(name zonefiles.Name, t uint16) (reply *dns.Msg, err error) {
	m := new(dns.Msg).SetQuestion(name.String(), t)
	m.RecursionDesired = false
	m.SetEdns0(4096, false)
	for range 3 {
		if c.udp == nil {
			if c.udp, err = dns.DialTimeout("udp", c.address, time.Second); err != nil {
				return nil, err
			}
			c.udp.UDPSize = 4096
		}
		c.id++
		m.Id = c.id
		if reply, err = exchange(c.udp, m); err == nil {
			break
		}
		c.udp.Close()
		c.udp = nil
	}
	if err != nil || !reply.Truncated {
		return reply, err
	}
	tcp, err := dns.DialTimeout("tcp", c.address, time.Second)
	if err != nil {
		return nil, err
	}
	defer tcp.Close()
	return exchange(tcp, m)
}

func exchange(conn *dns.Conn, m *dns.Msg) (*dns.Msg, error) {
	if err := errors.Join(conn.SetDeadline(time.Now().Add(5*time.Second)), conn.WriteMsg(m)); err != nil {
		return nil, err
	}
	for {
		reply, err := conn.ReadMsg()
		if err != nil && (reply == nil || errors.Is(err, io.EOF)) {
			return nil, err
		}
		if reply.Id == m.Id {
			return reply, err
		}
	}
}
