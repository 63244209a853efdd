package survey

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/lint"
	"mx46/lint/live"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
)

// BenchmarkDomain is what a mail domain with one MX host costs: three questions, the answers of a server that has them
// at hand, and what is made of them.
func BenchmarkDomain(b *testing.B) {
	s := newSurvey(b, live.NewResolver(constant(b, "MX 10 mx.provider.example.", "A 203.0.114.1", "AAAA 2600:9::1")))
	var list strings.Builder
	for i := range b.N {
		fmt.Fprintf(&list, "d%d.crowd.example\n", i)
	}
	tally := NewTally()
	b.ReportAllocs()
	b.ResetTimer()
	if err := s.Run(b.Context(), NewInput(strings.NewReader(list.String())), io.Discard, tally); err != nil {
		b.Fatal(err)
	}
	if tally.families["dual"] != b.N {
		b.Errorf("%v", tally.families)
	}
}

// newSurvey asks a resolver as fast as it answers, and judges by all rules that can.
func newSurvey(t testing.TB, r *live.Resolver) *Survey {
	t.Helper()
	w, err := workspace.Open(workspace.Options{Root: t.TempDir(), Catalog: rules.All()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	s := &Survey{
		Client: &live.Client{}, Resolvers: []*live.Resolver{r}, Workspace: w, Jobs: live.DefaultJobs,
		Parse: func(word string) (zonefiles.Name, error) { return zonefiles.ParseName([]byte(word), zonefiles.Root) },
	}
	for _, r := range rules.All() {
		if r.Needs != lint.WholeZones && r.Needs != lint.CachedTTLs {
			s.Rules = append(s.Rules, r)
		}
	}
	return s
}

// constant runs a server that has one record of each type, whatever the name.
func constant(t testing.TB, records ...string) netip.AddrPort {
	t.Helper()
	const header = 12
	answers := map[byte][]byte{} // records, by type
	for _, text := range records {
		record, err := dns.NewRR(". 300 IN " + text)
		if err != nil {
			t.Fatal(err)
		}
		packet := make([]byte, 512)
		end, err := dns.PackRR(record, packet, 0, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		answers[byte(record.Header().Rrtype)] = append([]byte{0xc0, header}, packet[1:end]...) // at the question's name
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buffer := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			end := header + bytes.IndexByte(buffer[header:n], 0) + 5
			copy(buffer[2:header], []byte{0x84, 0x00, 0, 1, 0, 1, 0, 0, 0, 0})
			if _, err := conn.WriteToUDPAddrPort(append(buffer[:end], answers[buffer[end-3]]...), from); err != nil {
				return
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}
