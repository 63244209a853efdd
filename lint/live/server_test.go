package live

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// server is a name server that answers as a test wants it to.
type server struct {
	address netip.AddrPort
	asked   atomic.Int64
	mu      sync.Mutex
	ports   map[uint16]int // questions over UDP, by the port that they came from
}

// handler makes the packets that answer a question. Over TCP the first one is sent.
type handler func(q *dns.Msg, tcp bool) [][]byte

// serve starts a server on loopback, on one port for UDP and TCP.
func serve(t testing.TB, handle handler) *server {
	t.Helper()
	s := &server{ports: map[uint16]int{}}
	var udp *net.UDPConn
	var tcp net.Listener
	for range 20 { // the port that is free for UDP may not be for TCP
		var err error
		if tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		s.address = tcp.Addr().(*net.TCPAddr).AddrPort()
		if udp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(s.address)); err == nil {
			break
		}
		tcp.Close()
	}
	if udp == nil {
		t.Fatal("no free port")
	}
	t.Cleanup(func() { udp.Close(); tcp.Close() })
	s.listen(t, udp, tcp, handle)
	return s
}

// serveAt starts a server at an address of loopback.
func serveAt(t testing.TB, address netip.AddrPort, handle handler) {
	t.Helper()
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
	if err != nil {
		t.Skip(err)
	}
	tcp, err := net.Listen("tcp", address.String())
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { udp.Close(); tcp.Close() })
	s := &server{address: address, ports: map[uint16]int{}}
	s.listen(t, udp, tcp, handle)
}

func (s *server) listen(t testing.TB, udp *net.UDPConn, tcp net.Listener, handle handler) {
	go func() {
		buffer := make([]byte, 65535)
		for {
			n, from, err := udp.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.ports[from.Port()]++
			s.mu.Unlock()
			s.asked.Add(1)
			q := new(dns.Msg)
			if err := q.Unpack(buffer[:n]); err != nil {
				t.Errorf("the query is malformed: %v", err)
				continue
			}
			for _, packet := range handle(q, false) {
				udp.WriteToUDPAddrPort(packet, from)
			}
		}
	}()
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			s.asked.Add(1)
			var length [2]byte
			io.ReadFull(conn, length[:])
			message := make([]byte, binary.BigEndian.Uint16(length[:]))
			io.ReadFull(conn, message)
			q := new(dns.Msg)
			if err := q.Unpack(message); err != nil {
				t.Errorf("the query over TCP is malformed: %v", err)
			}
			if packets := handle(q, true); len(packets) > 0 {
				conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packets[0]))), packets[0]...))
			}
			conn.Close()
		}
	}()
}

// answered is the reply to q with records, of the sections answer and authority, which "-" stands between.
func answered(t testing.TB, q *dns.Msg, rcode int, records ...string) *dns.Msg {
	m := new(dns.Msg)
	m.SetRcode(q, rcode)
	m.RecursionAvailable = true
	to := &m.Answer
	for _, text := range records {
		if text == "-" {
			to = &m.Ns
			continue
		}
		record, err := dns.NewRR(text)
		if err != nil {
			t.Error(err)
			continue
		}
		*to = append(*to, record)
	}
	return m
}

func pack(t testing.TB, m *dns.Msg) []byte {
	b, err := m.Pack()
	if err != nil {
		t.Error(err)
	}
	return b
}

// world answers from a list of records, as a resolver would.
type world struct {
	records []dns.RR
	apexes  []string
	rcode   map[string]int // of "name TYPE"
	synth   *netip.Prefix  // DNS64
	hide    bool           // AAAA
	lie     bool           // in place of NXDOMAIN
}

func newWorld(t testing.TB, text string) *world {
	w := &world{rcode: map[string]int{}}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		record, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		w.records = append(w.records, record)
		if record.Header().Rrtype == dns.TypeSOA {
			w.apexes = append(w.apexes, record.Header().Name)
		}
	}
	return w
}

func (w *world) zone(name string) (best string) {
	for _, apex := range w.apexes {
		if dns.IsSubDomain(apex, name) && len(apex) > len(best) {
			best = apex
		}
	}
	return best
}

func (w *world) answer(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg)
	name, qtype := q.Question[0].Name, q.Question[0].Qtype
	if rcode, ok := w.rcode[name+" "+dns.TypeToString[qtype]]; ok {
		return m.SetRcode(q, rcode)
	}
	m.SetReply(q)
	find := func(of uint16) (set []dns.RR, exists bool) {
		for _, r := range w.records {
			if dns.IsSubDomain(name, r.Header().Name) {
				exists = true
			}
			if r.Header().Name == name && r.Header().Rrtype == of && !(w.hide && of == dns.TypeAAAA) {
				set = append(set, r)
			}
		}
		return set, exists
	}
	for range 20 {
		set, exists := find(qtype)
		if w.synth != nil && qtype == dns.TypeAAAA && len(set) == 0 {
			v4, _ := find(dns.TypeA)
			for _, r := range v4 {
				octets := w.synth.Addr().As16()
				for _, t := range translated {
					for i, at := range t.octets {
						if t.bits == w.synth.Bits() {
							octets[at] = r.(*dns.A).A.To4()[i]
						}
					}
				}
				set = append(set, &dns.AAAA{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeAAAA, Class: dns.ClassINET}, AAAA: octets[:]})
			}
		}
		if len(set) > 0 {
			m.Answer = append(m.Answer, set...)
			return m
		}
		if alias, _ := find(dns.TypeCNAME); len(alias) > 0 {
			m.Answer = append(m.Answer, alias...)
			name = alias[0].(*dns.CNAME).Target
			continue
		}
		if !exists && w.lie {
			m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 99)})
			return m
		}
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
		for _, r := range w.records {
			if r.Header().Rrtype == dns.TypeSOA && r.Header().Name == w.zone(name) {
				m.Ns = append(m.Ns, r)
			}
		}
		return m
	}
	return m.SetRcode(q, dns.RcodeServerFailure)
}

func (w *world) serve(t testing.TB) *Resolver {
	return NewResolver(serve(t, func(q *dns.Msg, _ bool) [][]byte { return [][]byte{pack(t, w.answer(q))} }).address)
}

const root = `
. 300 IN SOA a.root-servers.net. x. 1 2 3 4 300
a.root-servers.net. 300 IN AAAA 2001:503:ba3e::2:30
a.root-servers.net. 300 IN A 198.41.0.4
ipv4only.arpa. 300 IN A 192.0.0.170
ipv4only.arpa. 300 IN A 192.0.0.171
`
