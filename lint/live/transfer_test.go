package live

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// transferring serves a zone to those who ask for all of it.
func transferring(t *testing.T, records ...string) netip.AddrPort {
	return serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := answered(t, q, dns.RcodeSuccess, append(append([]string{soa}, records...), soa)...)
		if len(records) == 0 {
			m = new(dns.Msg).SetRcode(q, dns.RcodeRefused)
		}
		return [][]byte{pack(t, m)}
	}).address
}

func TestTransfers(t *testing.T) {
	zone := zonefiles.MustName("example.")
	text, err := quick().Transfer(t.Context(), transferring(t, `\$INCLUDE.example. 60 IN MX 10 mx.example.`, "mx.example. 60 IN A 192.0.2.1"), zone, nil, 1000)
	if err != nil || !strings.Contains(string(text), "\n\\$include.example. 60 IN MX 10 mx.example.\nmx.example. 60 IN A 192.0.2.1\n") ||
		strings.Count(string(text), "SOA") != 1 {
		t.Errorf("%s\n%v", text, err)
	}
	key := &Key{"mx46.", "hmac-sha256.", "c2VjcmV0"}
	if _, err := quick().Transfer(t.Context(), transferring(t, "mx.example. 60 IN A 192.0.2.1"), zone, key, 1000); err == nil ||
		err.Error() != "what the server sends is not signed with the key" {
		t.Errorf("an answer without a signature: %v", err)
	}
	for _, c := range []struct {
		server netip.AddrPort
		limit  int64
		want   string
	}{
		{transferring(t, "mx.example. 60 IN A 192.0.2.1"), 50, "the zone has more than 50 bytes"},
		{transferring(t), 1000, "REFUSED: "},
		{serve(t, func(*dns.Msg, bool) [][]byte { return nil }).address, 1000, "connection closed"},
	} {
		if _, err := quick().Transfer(t.Context(), c.server, zone, nil, c.limit); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestKeys(t *testing.T) {
	k, err := ParseKey([]byte("key \"mx46.\" {\n\talgorithm hmac-sha256;\n\tsecret \"c2VjcmV0\";\n};\n"))
	if err != nil || *k != (Key{"mx46.", "hmac-sha256.", "c2VjcmV0"}) {
		t.Errorf("%+v, %v", k, err)
	}
	for _, text := range []string{"", "key mx46 { algorithm hmac-sha256; };", "zone x { };"} {
		if _, err := ParseKey([]byte(text)); err == nil {
			t.Errorf("%q is read as a key", text)
		}
	}
}
