package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// quick is a client whose tries are over soon.
func quick() *Client {
	return &Client{Waits: []time.Duration{250 * time.Millisecond, 300 * time.Millisecond, 350 * time.Millisecond}, Jobs: 4}
}

func askA(t *testing.T, c *Client, s *server, host string) (answer, error) {
	t.Helper()
	a := c.asker(NewResolver(s.address))
	defer a.close()
	return a.ask(t.Context(), question{name: zonefiles.MustName(host), of: dns.TypeA})
}

func TestAnswersToOtherQuestionsAreLeftAside(t *testing.T) {
	other := func(change func(*dns.Msg)) handler {
		return func(q *dns.Msg, _ bool) [][]byte {
			wrong := answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.66")
			change(wrong)
			return [][]byte{pack(t, wrong), {}, {1, 2, 3}, pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))}
		}
	}
	for name, handle := range map[string]handler{
		"of another ID":       other(func(m *dns.Msg) { m.Id++ }),
		"of another name":     other(func(m *dns.Msg) { m.Question[0].Name = "my.example." }),
		"of a longer name":    other(func(m *dns.Msg) { m.Question[0].Name = "mx.example.net." }),
		"of another type":     other(func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX }),
		"of another class":    other(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }),
		"of two questions":    other(func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }),
		"without a question":  other(func(m *dns.Msg) { m.Question = nil }),
		"that is no response": other(func(m *dns.Msg) { m.Response = false }),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, handle)
			found, err := askA(t, quick(), s, "mx.example.")
			if err != nil || len(found.addresses) != 1 || found.addresses[0].String() != "192.0.2.1" {
				t.Errorf("%+v, %v", found, err)
			}
			if n := s.asked.Load(); n != 1 {
				t.Errorf("%d questions", n)
			}
		})
	}
}

func TestTheQuestionMayComeBackInCapitals(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1")
		m.Question[0].Name = "MX.Example."
		return [][]byte{pack(t, m)}
	})
	if _, err := askA(t, quick(), s, "mx.example."); err != nil {
		t.Error(err)
	}
}

func TestTruncatedAnswersAreAskedForOverTCP(t *testing.T) {
	for _, c := range []struct {
		name string
		tcp  func(q *dns.Msg) [][]byte
		want string
	}{
		{"which answers", func(q *dns.Msg) [][]byte {
			return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))}
		}, ""},
		{"which closes", func(*dns.Msg) [][]byte { return nil }, "over TCP: connection closed"},
		{"which answers another question", func(q *dns.Msg) [][]byte {
			m := answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1")
			m.Id++
			return [][]byte{pack(t, m)}
		}, "over TCP: malformed"},
		{"which answers with 64 KiB", func(q *dns.Msg) [][]byte {
			m := answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1")
			big := &dns.TXT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET}}
			m.Extra = append(m.Extra, big)
			for room := maxMessage - m.Len(); room > 1; room -= 256 {
				big.Txt = append(big.Txt, strings.Repeat("x", min(room, 256)-1))
			}
			packet := pack(t, m)
			if len(packet) != maxMessage {
				t.Errorf("%d bytes", len(packet))
			}
			return [][]byte{packet}
		}, ""},
		{"which answers with 1,001 records", func(q *dns.Msg) [][]byte {
			m := answered(t, q, dns.RcodeSuccess)
			for range maxRecords + 1 {
				m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: "mx.example.", Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 1)})
			}
			m.Compress = true
			return [][]byte{pack(t, m)}
		}, "answer of more than 1000 records"},
		{"which cuts too", func(q *dns.Msg) [][]byte { return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess))[:20]} }, "over TCP: malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(q *dns.Msg, tcp bool) [][]byte {
				if tcp {
					return c.tcp(q)
				}
				m := answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.66")
				m.Truncated = true
				return [][]byte{pack(t, m)}
			})
			found, err := askA(t, quick(), s, "mx.example.")
			if c.want == "" && (err != nil || found.addresses[0].String() != "192.0.2.1") ||
				c.want != "" && !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

func TestServersWithoutEDNS(t *testing.T) {
	const a = "mx.example. 300 IN A 192.0.2.1"
	refuse := func(rcode int, change func(*dns.Msg)) handler {
		return func(q *dns.Msg, _ bool) [][]byte {
			if q.IsEdns0() == nil {
				return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, a))}
			}
			m := answered(t, q, rcode)
			change(m)
			return [][]byte{pack(t, m)}
		}
	}
	for _, c := range []struct {
		name   string
		handle handler
		asked  int64 // for two questions
	}{
		{"FORMERR", refuse(dns.RcodeFormatError, func(*dns.Msg) {}), 3},
		{"FORMERR with an OPT record", refuse(dns.RcodeFormatError, func(m *dns.Msg) { m.SetEdns0(512, false) }), 3},
		{"FORMERR of the header alone", refuse(dns.RcodeFormatError, func(m *dns.Msg) { m.Question = nil }), 3},
		{"NOTIMP", refuse(dns.RcodeNotImplemented, func(*dns.Msg) {}), 3},
		{"BADVERS", refuse(dns.RcodeBadVers, func(m *dns.Msg) { m.SetEdns0(512, false) }), 3},
		{"silence", func(q *dns.Msg, _ bool) [][]byte {
			if q.IsEdns0() != nil {
				return nil
			}
			return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, a))}
		}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.handle)
			asker := quick().asker(NewResolver(s.address))
			defer asker.close()
			for range 2 { // the second time it is known
				found, err := asker.ask(t.Context(), question{name: zonefiles.MustName("mx.example."), of: dns.TypeA})
				if err != nil || len(found.addresses) != 1 {
					t.Errorf("%+v, %v", found, err)
				}
			}
			if n := s.asked.Load(); n != c.asked {
				t.Errorf("%d questions, want %d", n, c.asked)
			}
		})
	}
}

func TestThreeTriesAreAllThereAre(t *testing.T) {
	s := serve(t, func(*dns.Msg, bool) [][]byte { return nil })
	start := time.Now()
	_, err := askA(t, quick(), s, "mx.example.")
	if !errors.Is(err, errSilence) || s.asked.Load() != 3 {
		t.Errorf("%v after %d questions", err, s.asked.Load())
	}
	if took := time.Since(start); took < 900*time.Millisecond || took > 15*time.Second {
		t.Errorf("the tries took %v", took)
	}
	if want := []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}; fmt.Sprint(DefaultWaits()) != fmt.Sprint(want) {
		t.Errorf("waits are %v", DefaultWaits())
	}
}

func TestALostPacketIsNoFailure(t *testing.T) {
	var n atomic.Int64
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		if n.Add(1) == 1 {
			return nil
		}
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))}
	})
	if _, err := askA(t, quick(), s, "mx.example."); err != nil {
		t.Error(err)
	}
}

func TestNobodyListens(t *testing.T) {
	s := serve(t, nil)
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s.address = conn.LocalAddr().(*net.UDPAddr).AddrPort()
	conn.Close()
	if _, err := askA(t, quick(), s, "mx.example."); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

func TestCancellationEndsAtOnce(t *testing.T) {
	s := serve(t, func(*dns.Msg, bool) [][]byte { return nil })
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	c := &Client{} // of long waits
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	start := time.Now()
	_, err := c.Ask(ctx, Survey{Mail: []zonefiles.Name{zonefiles.MustName("mx.example.")}}, NewResolver(s.address))
	if !errors.Is(err, why) || time.Since(start) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestEveryClientAsksInItsOwnManner(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))}
	})
	r := NewResolver(s.address) // which lends the second client the sockets of the first
	defer r.Close()
	for range 2 {
		c := quick()
		c.forEach(t.Context(), r, 1, 1, func(a *asker, _ int) {
			if _, err := a.ask(t.Context(), question{name: zonefiles.MustName("mx.example."), of: dns.TypeA}); err != nil {
				t.Error(err)
			}
		})
		if n := c.Progress.Questions.Load(); n != 1 {
			t.Errorf("%d questions are of the client that asks", n)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ports) != 1 {
		t.Errorf("two clients ask from %d ports", len(s.ports))
	}
}

func TestPortsChange(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))}
	})
	c := quick()
	c.Waits = nil
	a := c.asker(NewResolver(s.address))
	defer a.close()
	for range maxPerSocket + 1 {
		if _, err := a.ask(t.Context(), question{name: zonefiles.MustName("mx.example."), of: dns.TypeA}); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ports) != 2 {
		t.Errorf("%d ports for %d questions", len(s.ports), maxPerSocket+1)
	}
}

func TestTheLimitHolds(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "-", soa))}
	})
	const qps = 200
	c := &Client{Jobs: 8}
	c.Limit(qps)
	var hosts []zonefiles.Name
	for i := range 20 { // three questions each, as they have no data
		hosts = append(hosts, zonefiles.MustName(fmt.Sprintf("mx%d.example.", i)))
	}
	start := time.Now()
	if _, err := c.Ask(t.Context(), Survey{Servers: hosts}, NewResolver(s.address)); err != nil {
		t.Fatal(err)
	}
	least := time.Duration(s.asked.Load()-qps/20) * time.Second / qps
	if took := time.Since(start); took < least || s.asked.Load() != 60 {
		t.Errorf("%d questions took %v, want %v at least", s.asked.Load(), took, least)
	}
	if n := c.Progress.Questions.Load(); n != 60 || c.Progress.Done.Load() != 20 || c.Progress.Total.Load() != 20 {
		t.Errorf("progress: %d questions, %d of %d", n, c.Progress.Done.Load(), c.Progress.Total.Load())
	}
}

// A limit that lets no question go before the end is no failure of a question: the run is over.
func TestTheTimeIsOverBeforeTheLimitLetsGo(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "-", soa))}
	})
	c := &Client{Jobs: 1}
	c.Limit(1)
	over := errors.New("the time is over")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, over)
	defer cancel()
	hosts := []zonefiles.Name{zonefiles.MustName("mx.example."), zonefiles.MustName("mx2.example.")}
	if _, err := c.Ask(ctx, Survey{Servers: hosts}, NewResolver(s.address)); !errors.Is(err, over) {
		t.Errorf("got %v", err)
	}
}

func TestLengthsOfNames(t *testing.T) {
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		return [][]byte{pack(t, answered(t, q, dns.RcodeSuccess, "-", ". 1 IN SOA . . 1 2 3 4 5"))}
	})
	longest := zonefiles.Name(strings.Repeat("\x3f"+strings.Repeat("x", 63), 3) + "\x3d" + strings.Repeat("y", 61))
	for _, name := range []zonefiles.Name{longest, "\x01a", "\x03a\x00.\x01\x20"} {
		a := quick().asker(NewResolver(s.address))
		if found, err := a.ask(t.Context(), question{name: name, of: dns.TypeA}); err != nil || found.end != name {
			t.Errorf("%s: %v", name, err)
		}
		a.close()
	}
}

// BenchmarkAsk asks a server on loopback that is written in Go too, which takes most of the time.
func BenchmarkAsk(b *testing.B) {
	w := serve(b, func(q *dns.Msg, _ bool) [][]byte {
		m := answered(b, q, dns.RcodeSuccess)
		m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 1)}}
		return [][]byte{pack(b, m)}
	})
	a := (&Client{}).asker(NewResolver(w.address))
	defer a.close()
	for b.Loop() {
		if _, err := a.ask(b.Context(), question{name: zonefiles.MustName("mx.example."), of: dns.TypeA}); err != nil {
			b.Fatal(err)
		}
	}
}
