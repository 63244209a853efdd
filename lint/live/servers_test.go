package live

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

// dropRuns is how often TestNoFalseAccusationWhereThingsGetLost asks.
var dropRuns = flag.Int("drop-runs", 5, "runs of the test in which packets get lost")

// authority is a zone whose server is the one that a test serves.
const authority = root + `
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN NS ns.example.org.
ns.example.org. 300 IN A 127.0.0.1
example.org. 300 IN MX 10 mx.example.org.
mx.example.org. 300 IN A 203.0.114.1
_25._tcp.other.example.org. 300 IN TLSA 3 1 1 00
`

// authoritative answers as a server of the zone would.
func (w *world) authoritative(q *dns.Msg) *dns.Msg {
	m := w.answer(q)
	m.Authoritative, m.RecursionAvailable = true, false
	return m
}

// asking is a client that asks servers on a port of loopback, fast.
func asking(server netip.AddrPort) *Client {
	c := quick()
	c.AllowPrivate = true
	c.Servers = ServerManners{
		Waits: []time.Duration{60 * time.Millisecond, 120 * time.Millisecond, 160 * time.Millisecond}, PerSecond: 1e6, Port: server.Port(),
	}
	return c
}

// serversOf asks about domains and their servers.
func serversOf(t *testing.T, c *Client, r *Resolver, domains string) *observed.Zone {
	t.Helper()
	seen, _ := observe(t, c, Observe{Servers: true}, domains, r)
	zone := seen.Seen[zonefiles.MustName("example.org.")]
	if zone == nil {
		return &observed.Zone{}
	}
	return zone
}

func faults(all []observed.Fault) string {
	var words []string
	for _, f := range all {
		words = append(words, fmt.Sprintf("%s %s: %s", f.Name, f.Type, f.Kind))
	}
	return strings.Join(words, "; ")
}

func TestWhatServersAreAccusedOf(t *testing.T) {
	rcode := func(of uint16, rcode int) func(m *dns.Msg) *dns.Msg {
		return func(m *dns.Msg) *dns.Msg {
			if m.Question[0].Qtype == of && m.Question[0].Name != "ns.example.org." {
				m.Rcode, m.Answer, m.Ns = rcode, nil, nil
			}
			return m
		}
	}
	silent := func(of uint16) func(m *dns.Msg) *dns.Msg {
		return func(m *dns.Msg) *dns.Msg {
			if m.Question[0].Qtype == of {
				return nil
			}
			return m
		}
	}
	for _, c := range []struct {
		name   string
		change func(m *dns.Msg) *dns.Msg
		want   string
	}{
		{"nothing", func(m *dns.Msg) *dns.Msg { return m }, ""},
		{"SERVFAIL to AAAA", rcode(dns.TypeAAAA, dns.RcodeServerFailure), "example.org. AAAA: SERVFAIL; mx.example.org. AAAA: SERVFAIL"},
		{"SERVFAIL to all", func(m *dns.Msg) *dns.Msg { m.Rcode, m.Answer = dns.RcodeServerFailure, nil; return m }, ""},
		{"REFUSED to A", rcode(dns.TypeA, dns.RcodeRefused), ""},
		{"NOTIMP to TLSA", rcode(dns.TypeTLSA, dns.RcodeNotImplemented), "_25._tcp.mx.example.org. TLSA: NOTIMP"},
		{"a denial of TLSA without a proof", rcode(dns.TypeTLSA, dns.RcodeNameError), ""},
		{"a denial without SOA", rcode(dns.TypeAAAA, dns.RcodeSuccess), ""},
		{"no answer to SOA, which nothing rests on", silent(dns.TypeSOA), ""},
		{"not authoritative for AAAA", func(m *dns.Msg) *dns.Msg {
			m.Authoritative = m.Question[0].Qtype != dns.TypeAAAA || m.Question[0].Name == "ns.example.org."
			return m
		}, "example.org. AAAA: an answer that is not authoritative; mx.example.org. AAAA: an answer that is not authoritative"},
		{"no answer to AAAA", func(m *dns.Msg) *dns.Msg {
			if m.Question[0].Qtype == dns.TypeAAAA && m.Question[0].Name == "mx.example.org." {
				return nil
			}
			return m
		}, "mx.example.org. AAAA: no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, authority)
			s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
				if m := c.change(w.authoritative(q)); m != nil {
					return [][]byte{pack(t, m)}
				}
				return nil
			})
			zone := serversOf(t, asking(s.address), w.serve(t), "example.org.")
			if len(zone.Servers) != 1 || faults(zone.Servers[0].Faults) != c.want || len(zone.Servers[0].NoTCP) != 0 {
				t.Errorf("%+v\nwant %s", zone.Servers, c.want)
			}
		})
	}
}

func TestServersThatAnswerNothing(t *testing.T) {
	const all = "example.org. A: REFUSED; mx.example.org. A: REFUSED; ns.example.org. A: REFUSED"
	for _, c := range []struct {
		name    string
		refuses func(q dns.Question) bool
		want    string
	}{
		{"all", func(dns.Question) bool { return true }, all},
		{"all but one name", func(q dns.Question) bool { return q.Name != "ns.example.org." }, ""},
		{"one type", func(q dns.Question) bool { return q.Qtype == dns.TypeMX }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, authority)
			s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
				m := w.authoritative(q)
				if c.refuses(q.Question[0]) {
					m.Rcode, m.Authoritative, m.Answer, m.Ns = dns.RcodeRefused, false, nil, nil
				}
				return [][]byte{pack(t, m)}
			})
			zone := serversOf(t, asking(s.address), w.serve(t), "example.org.")
			if len(zone.Servers) != 1 || faults(zone.Servers[0].Lame) != c.want {
				t.Errorf("%+v\nwant %s", zone.Servers, c.want)
			}
		})
	}
}

// TestServersThatAreSilent has zones with more than one server, of which one answers in a family that is known to work
// here, or not.
func TestServersThatAreSilent(t *testing.T) {
	const first = "ns.example.org. 300 IN A 127.0.0.1\n"
	const parent = ". 300 IN NS ns.\nns. 300 IN AAAA ::1\n"
	const all = "example.org. A: no answer; mx.example.org. A: no answer"
	for _, c := range []struct {
		name    string
		records string // of the name servers
		answers func(to string, q dns.Question) bool
		want    string // of the server that is silent
		unheard string
	}{
		{
			"another answers", first + "ns.example.org. 300 IN A 127.0.0.2\n",
			func(to string, _ dns.Question) bool { return to == "127.0.0.1" }, all, "[]",
		},
		{
			"both answer", first + "ns.example.org. 300 IN A 127.0.0.2\n",
			func(string, dns.Question) bool { return true }, "", "[]",
		},
		{
			"it answers some questions", first + "ns.example.org. 300 IN A 127.0.0.2\n",
			func(to string, q dns.Question) bool { return to == "127.0.0.1" || q.Name == "mx.example.org." }, "", "[]",
		},
		{
			"none answers", first + "ns.example.org. 300 IN A 127.0.0.2\n",
			func(string, dns.Question) bool { return false }, "", "[127.0.0.1 127.0.0.2]",
		},
		{
			"nothing answers over IPv6", first + "ns.example.org. 300 IN AAAA ::1\n" + parent,
			func(to string, _ dns.Question) bool { return to == "127.0.0.1" }, "", "[::1]",
		},
		{
			"only the parent's servers answer over IPv6", first + "ns.example.org. 300 IN AAAA ::1\n" + parent,
			func(to string, q dns.Question) bool { return to == "127.0.0.1" || q.Qtype == dns.TypeNS }, all, "[]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, strings.ReplaceAll(authority, first, c.records))
			answering := func(to string) handler {
				return func(q *dns.Msg, tcp bool) [][]byte {
					if !tcp && !c.answers(to, q.Question[0]) {
						return nil
					}
					return [][]byte{pack(t, w.authoritative(q))}
				}
			}
			s := serve(t, answering("127.0.0.1"))
			for _, other := range []string{"127.0.0.2", "::1"} {
				if strings.Contains(c.records, other) {
					serveAt(t, netip.AddrPortFrom(netip.MustParseAddr(other), s.address.Port()), answering(other))
				}
			}
			seen, _ := observe(t, asking(s.address), Observe{Servers: true}, "example.org.", w.serve(t))
			var silent []string
			for _, server := range seen.Seen[zonefiles.MustName("example.org.")].Servers {
				if len(server.Silent) > 0 {
					silent = append(silent, faults(server.Silent))
				}
			}
			if got := strings.Join(silent, " and "); got != c.want || fmt.Sprint(seen.Unheard) != c.unheard {
				t.Errorf("silent: %q, want %q; unheard: %v, want %s", got, c.want, seen.Unheard, c.unheard)
			}
		})
	}
}

func TestServersThatDropTheOneQuestionAreNotSilent(t *testing.T) {
	w := newWorld(t, authority+"ns.example.org. 300 IN A 127.0.0.2\n")
	answer := func(q *dns.Msg, _ bool) [][]byte { return [][]byte{pack(t, w.authoritative(q))} }
	s := serve(t, answer)
	serveAt(t, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), s.address.Port()), func(q *dns.Msg, tcp bool) [][]byte {
		if q.Question[0].Qtype == dns.TypeA {
			return nil
		}
		return answer(q, tcp)
	})
	a := asks{zone: zonefiles.MustName("example.org."), types: map[zonefiles.Name][]uint16{}}
	a.add(a.zone)
	c := asking(s.address)
	for addr, want := range map[string]bool{"127.0.0.1": true, "127.0.0.2": true, "127.0.0.3": false} {
		this := visit{asks: &a}
		asker := c.asker(NewResolver(c.address(netip.MustParseAddr(addr))))
		this.run(t.Context(), asker, c.Servers.Waits)
		asker.close()
		if got := slices.ContainsFunc(this.replies, told.isWord); got != want {
			t.Errorf("%s is heard: %v", addr, got)
		}
	}
}

func TestServersThatTakeNoTCP(t *testing.T) {
	w := newWorld(t, authority)
	s := serve(t, func(q *dns.Msg, tcp bool) [][]byte {
		if tcp {
			return nil
		}
		return [][]byte{pack(t, w.authoritative(q))}
	})
	zone := serversOf(t, asking(s.address), w.serve(t), "example.org.")
	if len(zone.Servers) != 1 || faults(zone.Servers[0].NoTCP) != "example.org. A: no answer" || len(zone.Servers[0].Faults) != 0 {
		t.Errorf("%+v", zone.Servers)
	}
}

func TestServersThatDropEDNSTakeTCP(t *testing.T) {
	w := newWorld(t, authority)
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		if q.IsEdns0() != nil {
			return nil
		}
		return [][]byte{pack(t, w.authoritative(q))}
	})
	zone := serversOf(t, asking(s.address), w.serve(t), "example.org.")
	if len(zone.Servers) != 1 || len(zone.Servers[0].NoTCP)+len(zone.Servers[0].Faults) != 0 {
		t.Errorf("%+v", zone.Servers)
	}
}

// TestNoFalseAccusationWhereThingsGetLost loses one packet in twenty, of those to the server and of those from it. TCP
// sends again what gets lost.
func TestNoFalseAccusationWhereThingsGetLost(t *testing.T) {
	if testing.Short() && *dropRuns < 6 {
		t.Skip("it waits for what is lost")
	}
	w := newWorld(t, authority)
	s := serve(t, func(q *dns.Msg, tcp bool) [][]byte {
		if !tcp && rand.Float64() < 1-0.95*0.95 { // on its way there, or back
			return nil
		}
		return [][]byte{pack(t, w.authoritative(q))}
	})
	accused, known := 0, 0
	for range *dropRuns {
		c := asking(s.address)
		for i := range c.Servers.Waits {
			c.Servers.Waits[i] *= 5 // so that nothing else is lost on a busy machine
		}
		zone := serversOf(t, c, w.serve(t), "example.org.")
		for _, server := range zone.Servers {
			known += len(server.Says)
			if len(server.Faults)+len(server.NoTCP) > 0 {
				accused++
				t.Errorf("%s %s", faults(server.Faults), faults(server.NoTCP))
			}
		}
	}
	t.Logf("%d runs, %d answers, %d false accusations", *dropRuns, known, accused)
	if known < 5**dropRuns {
		t.Errorf("only %d answers were read", known)
	}
}

func TestServersThatAreNotSpokenTo(t *testing.T) {
	w := newWorld(t, authority)
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte { return [][]byte{pack(t, w.authoritative(q))} })
	c := asking(s.address)
	c.AllowPrivate = false
	seen, _ := observe(t, c, Observe{Servers: true}, "example.org.", w.serve(t))
	if len(seen.Withheld) != 1 || s.asked.Load() != 0 {
		t.Errorf("withheld %v, %d questions", seen.Withheld, s.asked.Load())
	}
}

// TestAddressesThatAreNeverContacted are those that a stranger's zone might have this machine speak to.
func TestAddressesThatAreNeverContacted(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"100.64.0.1": false, "169.254.169.254": false, "fe80::1": false, "fd00::1": false, "224.0.0.1": false, "ff02::1": false,
		"255.255.255.255": false, "::ffff:10.0.0.1": false, "::ffff:198.41.0.4": false, "::10.0.0.1": false, "64:ff9b::a00:1": false,
		"64:ff9b::c629:4": false, "64:ff9b:1::a00:1": false, "2002:a00:1::1": false, "2001::1": false, "fec0::1": false,
		"192.0.2.1": false, "2001:db8::1": false,
		"198.41.0.4": true, "2001:503:ba3e::2:30": true,
	} {
		o := &Observation{}
		v := &observer{client: &Client{}}
		if got := v.mayConnect(o, netip.MustParseAddr(addr)); got != want || len(o.Withheld) == 0 != want {
			t.Errorf("%s: %v, withheld %v", addr, got, o.Withheld)
		}
		v.client.AllowPrivate = true
		if !v.mayConnect(o, netip.MustParseAddr(addr)) {
			t.Errorf("%s is not contacted where all may be", addr)
		}
	}
}
