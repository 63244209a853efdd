package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

const soa = "example. 300 IN SOA ns.example. root.example. 1 2 3 4 300"

func TestWhichAnswersAreFacts(t *testing.T) {
	const a, cname = "mx.example. 300 IN A 192.0.2.1", "mx.example. 300 IN CNAME real.example."
	long := []string{}
	for i := range 17 {
		long = append(long, fmt.Sprintf("%s. 300 IN CNAME %s.", chain(i), chain(i+1)))
	}
	many := make([]string, 1001)
	for i := range many {
		many[i] = a
	}
	for _, c := range []struct {
		name    string
		rcode   int
		records []string
		change  func([]byte) []byte // of the packet
		want    string              // or the error
	}{
		{name: "an address", records: []string{a}, want: "data mx.example. 192.0.2.1"},
		{name: "an alias", records: []string{cname, "real.example. 300 IN A 192.0.2.2"}, want: "data real.example. 192.0.2.2"},
		{name: "an alias, in another order", records: []string{"real.example. 300 IN A 192.0.2.2", cname}, want: "data real.example. 192.0.2.2"},
		{name: "an alias in capitals", records: []string{"MX.example. 300 IN CNAME REAL.example.", "Real.example. 300 IN A 192.0.2.2"}, want: "data real.example. 192.0.2.2"},
		{name: "records of other names", records: []string{a, "evil.example. 300 IN A 192.0.2.66"}, want: "data mx.example. 192.0.2.1"},
		{name: "records of other types and classes", records: []string{a, "mx.example. 300 IN AAAA 2001:db8::1", "mx.example. 300 CH A 192.0.2.66"}, want: "data mx.example. 192.0.2.1"},
		{name: "sixteen aliases", records: append(long[:16:16], "n16.example. 300 IN A 192.0.2.2"), want: "data n16.example. 192.0.2.2"},
		{name: "seventeen aliases", records: append(long[:17:17], "n17.example. 300 IN A 192.0.2.2"), want: "more than 16 aliases"},
		{name: "aliases in a circle", records: []string{cname, "real.example. 300 IN CNAME mx.example."}, want: "more than 16 aliases"},
		{name: "two aliases", records: []string{cname, "mx.example. 300 IN CNAME other.example.", "real.example. 300 IN A 192.0.2.2"}, want: "malformed"},
		{name: "no data", records: []string{"-", soa}, want: "nodata mx.example."},
		{name: "no data at an alias's end", records: []string{cname, "-", soa}, want: "nodata real.example."},
		{name: "no name", rcode: dns.RcodeNameError, records: []string{"-", soa}, want: "nxdomain mx.example."},
		{name: "no name at an alias's end", rcode: dns.RcodeNameError, records: []string{cname, "-", soa}, want: "nxdomain real.example."},
		{name: "no data without SOA", want: "NOERROR without an SOA record"},
		{name: "no name without SOA", rcode: dns.RcodeNameError, want: "NXDOMAIN without an SOA record"},
		{name: "an alias that is not followed", records: []string{cname}, want: "NOERROR without an SOA record"},
		{name: "an SOA of elsewhere", records: []string{"-", strings.Replace(soa, "example.", "mx.example.net.", 1)}, want: "NOERROR without an SOA record"},
		{name: "an SOA in another class", records: []string{"-", strings.Replace(soa, " IN ", " CH ", 1)}, want: "NOERROR without an SOA record"},
		{name: "a referral", records: []string{"-", "example. 300 IN NS ns.example."}, want: "NOERROR without an SOA record"},
		{name: "no name and yet an address", rcode: dns.RcodeNameError, records: []string{a, "-", soa}, want: "malformed"},
		{name: "SERVFAIL", rcode: dns.RcodeServerFailure, want: "SERVFAIL"},
		{name: "SERVFAIL with an SOA", rcode: dns.RcodeServerFailure, records: []string{"-", soa}, want: "SERVFAIL"},
		{name: "REFUSED", rcode: dns.RcodeRefused, want: "REFUSED"},
		{name: "1,001 records", records: many, want: "more than 1000 records"},
		{name: "an address without octets", records: []string{a}, want: "malformed", change: func(b []byte) []byte {
			b[len(b)-5] = 0 // RDLENGTH
			return b[:len(b)-4]
		}},
		{name: "an address of three octets", records: []string{a}, want: "malformed", change: func(b []byte) []byte {
			b[len(b)-5] = 3
			return b[:len(b)-1]
		}},
		{name: "cut within a record", records: []string{a}, want: "malformed", change: func(b []byte) []byte { return b[:len(b)-1] }},
		{name: "cut between records", records: []string{a, a}, want: "malformed", change: func(b []byte) []byte { return b[:len(b)-16] }},
		{name: "cut after the question", records: []string{a}, want: "malformed", change: func(b []byte) []byte { return b[:len(b)-16] }},
		{name: "a name that points at itself", records: []string{a}, want: "malformed", change: func(b []byte) []byte {
			at := len(b) - 16
			b[at], b[at+1] = 0xc0, byte(at)
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
				m := answered(t, q, c.rcode, c.records...)
				m.Compress = true
				b := pack(t, m)
				if c.change != nil {
					b = c.change(b)
				}
				return [][]byte{b}
			})
			found, err := askA(t, quick(), s, "mx.example.")
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprintf("%s %s", [...]string{data: "data", noData: "nodata", nxDomain: "nxdomain"}[found.status], found.end)
				for _, addr := range found.addresses {
					got += " " + addr.String()
				}
				if got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			} else if !strings.Contains(got, c.want) || !strings.Contains(got, "mx.example. A") {
				t.Errorf("got %q, want %q", got, c.want)
			}
			tries := int64(1)
			if err != nil {
				tries = 3
			}
			if n := s.asked.Load(); n != tries {
				t.Errorf("%d questions, want %d", n, tries)
			}
		})
	}
}

func chain(i int) string {
	if i == 0 {
		return "mx.example"
	}
	return fmt.Sprintf("n%d.example", i)
}

func TestAnAAAAOfFourOctetsIsMalformed(t *testing.T) { // RFC 4074 s.4.4
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte {
		b := pack(t, answered(t, q, dns.RcodeSuccess, "mx.example. 300 IN A 192.0.2.1"))
		binary.BigEndian.PutUint16(b[len(b)-14:], dns.TypeAAAA)
		return [][]byte{b}
	})
	a := quick().asker(NewResolver(s.address))
	defer a.close()
	if found, err := a.ask(t.Context(), question{name: zonefiles.MustName("mx.example."), of: dns.TypeAAAA}); !errors.Is(err, errMalformed) {
		t.Errorf("%+v, %v", found, err)
	}
}

func FuzzReadAnswer(f *testing.F) {
	q := new(dns.Msg).SetQuestion("mx.example.", dns.TypeA)
	f.Add(pack(f, answered(f, q, dns.RcodeSuccess, "mx.example. 300 IN CNAME real.example.", "real.example. 300 IN A 192.0.2.2")), dns.TypeA)
	f.Add(pack(f, answered(f, q, dns.RcodeNameError, "-", soa)), dns.TypeAAAA)
	f.Fuzz(func(t *testing.T, message []byte, of uint16) {
		asked := question{name: zonefiles.MustName("mx.example."), of: of}
		a := asker{query: appendQuery(nil, 0, asked, true)}
		if len(message) > 2 {
			message[0], message[1] = 0, 0
		}
		if len(message) > maxMessage || !a.answers(message) {
			return
		}
		found, err := readAnswer(message, asked)
		if err != nil {
			return
		}
		for _, addr := range found.addresses {
			if !addr.IsValid() {
				t.Fatalf("%+v", found)
			}
		}
		if found.status != data && !found.end.IsAtOrBelow(found.zone) {
			t.Fatalf("%+v", found)
		}
	})
}
