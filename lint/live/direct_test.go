package live

import (
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

func TestServersOldAndOdd(t *testing.T) {
	w := newWorld(t, authority)
	answer := func(q *dns.Msg) [][]byte { return [][]byte{pack(t, w.authoritative(q))} }
	const wait = time.Second // half of it passes where there is silence to EDNS
	var late *dns.Msg        // a question that is answered when the next one comes
	for _, c := range []struct {
		name   string
		handle handler
		want   observed.FaultKind
	}{
		{"as it should be", func(q *dns.Msg, _ bool) [][]byte { return answer(q) }, observed.Works},
		{"FORMERR to EDNS, with an OPT record", func(q *dns.Msg, _ bool) [][]byte {
			if opt := q.IsEdns0(); opt != nil {
				m := new(dns.Msg).SetRcode(q, dns.RcodeFormatError)
				m.Extra = append(m.Extra, opt)
				return [][]byte{pack(t, m)}
			}
			return answer(q)
		}, observed.Works},
		{"silence to EDNS", func(q *dns.Msg, _ bool) [][]byte {
			if q.IsEdns0() != nil {
				return nil
			}
			return answer(q)
		}, observed.Works},
		{"an answer to EDNS that comes late", func(q *dns.Msg, _ bool) [][]byte {
			if q.IsEdns0() != nil {
				late = q
				return nil
			}
			return answer(late)
		}, observed.Works},
		{"truncated, and over TCP", func(q *dns.Msg, tcp bool) [][]byte {
			if tcp {
				return answer(q)
			}
			m := new(dns.Msg).SetReply(q)
			m.Truncated = true
			return [][]byte{pack(t, m)}
		}, observed.Works},
		{"truncated, and nothing over TCP", func(q *dns.Msg, tcp bool) [][]byte {
			m := new(dns.Msg).SetReply(q)
			m.Truncated = true
			if tcp {
				return nil
			}
			return [][]byte{pack(t, m)}
		}, observed.BrokenTCP},
		{"REFUSED to all", func(q *dns.Msg, _ bool) [][]byte {
			m := new(dns.Msg).SetRcode(q, dns.RcodeRefused)
			return [][]byte{pack(t, m)}
		}, observed.Refused},
		{"NXDOMAIN", func(q *dns.Msg, _ bool) [][]byte {
			m := new(dns.Msg).SetRcode(q, dns.RcodeNameError)
			m.Authoritative = true
			return [][]byte{pack(t, m)}
		}, observed.NXDomain},
		{"an alias that leads elsewhere", func(q *dns.Msg, _ bool) [][]byte {
			m := answered(t, q, dns.RcodeSuccess, "mx.example.org. 300 IN CNAME elsewhere.example.")
			m.Authoritative = true
			return [][]byte{pack(t, m)}
		}, observed.Works},
		{"half a message", func(q *dns.Msg, _ bool) [][]byte { b := answer(q)[0]; return [][]byte{b[:len(b)-1]} }, observed.Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := quick().asker(NewResolver(serve(t, c.handle).address))
			defer a.close()
			r := a.direct(t.Context(), question{name: zonefiles.MustName("mx.example.org."), of: dns.TypeA}, wait)
			if r.fault != c.want || r.tcpFault != (c.want == observed.BrokenTCP) {
				t.Errorf("got %s, want %s", r.fault, c.want)
			}
		})
	}
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	a := quick().asker(NewResolver(nobody.LocalAddr().(*net.UDPAddr).AddrPort()))
	if r := a.direct(t.Context(), question{of: dns.TypeA}, wait); r.fault != observed.Unreachable {
		t.Errorf("where nothing listens: %s", r.fault)
	}
}
