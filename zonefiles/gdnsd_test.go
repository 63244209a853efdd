package zonefiles

import (
	"strings"
	"testing"
)

func TestWhatGDNSDReads(t *testing.T) {
	const soa = "$TTL 60\n@ SOA ns h 20261126000001 2 3 4 5\n"
	long := strings.Repeat("x", 256)
	for _, tt := range []struct{ name, zone, problem string }{
		{"any serial, before the record that shows it", soa + "www DYNA geoip!x\n", ""},
		{"a string that it splits", "$TTL 60\nwww DYNC geoip!x\na TXT " + long + "\n", ""},
		{"two TTLs", "$TTL 60\nwww 60/30 DYNA geoip!x\nb 1h/30 IN DYNA x\n", ""},
		{"its directives", "$ADDR_LIMIT_V4 3\nwww 60 DYNA geoip!x\n$addr_limit_v6 3\n", ""},
		{"no serial that is no number", "$TTL 60\n@ SOA ns h 2026.1 2 3 4 5\nwww DYNA x\n", "SOA serial 2026.1"},
		{"no serial beyond 64 bits", "$TTL 60\n@ SOA ns h 99999999999999999999 2 3 4 5\nwww DYNA x\n", "SOA serial 99999999999999999999"},
		{"no string beyond all limits", "$TTL 60\nwww DYNA x\na TXT " + strings.Repeat("x", 16001) + "\n", "TXT string"},
		{"no other large number", "$TTL 60\n@ SOA ns h 1 2 3 4 5000000000\nwww DYNA x\n", "SOA minimum"},
		{"nothing of its own, but a zone beside it", soa, ""},
		{"a comment shows nothing", soa + "; www DYNA geoip!x\n", "SOA serial"},
		{"nor a string", soa + "www TXT \"a DYNA b\"\n", "SOA serial"},
		{"nor a part of a word", soa + "DYNAMO 60 A 192.0.2.1\nx.DYNA 60 A 192.0.2.1\nDYNA A 192.0.2.1\n", "SOA serial"},
		{"elsewhere a serial is a number of 32 bits", soa + "www A 192.0.2.1\n", "SOA serial"},
		{"elsewhere its directives are none", "$ADDR_LIMIT_V4 3\nwww 60 A 192.0.2.1\n", "$ADDR_LIMIT_V4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := []string{"zone", tt.zone, "folder/x", "x DYNA y\n"}
			if strings.Contains(tt.name, "beside") {
				files = append(files, "y", "x DYNA y\n")
			}
			z := zoneFrom(t, files...)
			switch {
			case tt.problem == "" && len(z.Problems) > 0:
				t.Error(z.Problems)
			case tt.problem != "" && (len(z.Problems) != 1 || !strings.HasPrefix(z.Problems[0].Message, tt.problem)):
				t.Errorf("%v, want one of %s", z.Problems, tt.problem)
			}
		})
	}
}
