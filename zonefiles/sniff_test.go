package zonefiles

import (
	"bytes"
	"strings"
	"testing"
)

const tinyZone = "$TTL 1h\n@ IN SOA ns hostmaster ( 1 2 3 4 5 )\n  NS ns\nns A 192.0.2.1\n"

func TestSniffTellsZonesFromOtherText(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"a zone", tinyZone, true},
		{"a zone with CR LF", strings.ReplaceAll(tinyZone, "\n", "\r\n"), true},
		{"a zone with a byte order mark", "\xef\xbb\xbf" + tinyZone, true},
		{"a zone of one line", "example.org. 3600 IN SOA a. b. 1 2 3 4 5", true},
		{"a zone with lower-case types, units and class before TTL", "a in 1h30m a 192.0.2.1\n\tin mx 10 b\n", true},
		{"a zone with mistakes", tinyZone + "b A 1.2.3\nc MXX 1 2\n", true},
		{"includes only", "$INCLUDE a\n$INCLUDE b ; x\n", true},
		{"generated records", "$GENERATE 1-9 h$ A 192.0.2.${0,1,d}\n", true},
		{"comments only", "; a\n; b\n", false},
		{"nothing", "", false},
		{"prose", "A record is a thing.\nAn MX record is another.\nThe TXT record holds text.\n", false},
		{"prose about an SOA", "the SOA record is first\nit says many things\nabout a zone, and\nmore\n", false},
		{"a shell script", "#!/bin/sh\nTTL=1h\nfor z in a b; do\n  dig MX $z\ndone\n", false},
		{"an example in Markdown", "# How to\n\nWrite this:\n\n    www A 192.0.2.1\n\nand then load it.\n", false},
		{"a hosts file", "127.0.0.1 localhost\n::1 localhost\n", false},
		{"a NUL byte", tinyZone + "; \x00\n", true},
		{"UTF-16", utf16Text(tinyZone), true},
		{"unquoted text", tinyZone + strings.Repeat("a TXT v=spf1 -all\n", 9), true},
		{"a keyword of RCS", tinyZone + "a TXT $Id$\n", true},
		{"an owner that m4 would take for its own", tinyZone + "dnl A 192.0.2.7\n", true},
		{"generic RDATA", "a TYPE257 \\# 2 0000\nb A \\# 4 c0000201\n", true},
		{"types of PowerDNS and providers", "a MX 10 b\nb ALIAS c.example.\nc ANAME d.example.\nd LUA A \"x\"\n", true},
		{"a parenthesis without an end", "(\n" + strings.Repeat("x y z\n", 100), false},
	} {
		s := Sniff([]byte(test.text), true)
		if got := s.LikeZone() && !s.Template; got != test.want {
			t.Errorf("%s: like a zone is %t, want %t (%+v)", test.name, got, test.want, s)
		}
	}
}

func utf16Text(text string) string {
	return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00"
}

func FuzzSniff(f *testing.F) {
	for _, seed := range []string{tinyZone, "$GENERATE 1-2 a A ${", "@x@ \"{{\" ( ;\n$a$", "{x}\n%%", "\"", "a 1 IN\n", "\\", "0\r00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := Sniff(data, len(data)%2 == 0)
		if lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1; s.records+s.directives+s.others > lines {
			t.Errorf("%+v of %d lines", s, lines)
		}
	})
}
