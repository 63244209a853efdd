package zonefiles

import (
	"strings"
	"testing"
)

func TestOtherFormats(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"example.org.db", "\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00", "a zone in BIND's raw format"},
		{"db.example.org", "SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20\x00\x00\x00\x02", "a binary file"},
		{"example.org.dns", "@ NS ns.example.net.\n@ WINS L1 C3 ( 192.0.2.1 )\n", "a zone of Windows DNS with records of its own (WINS, WINSR, [AGE:n])"},
		{"example.org.dns", "pc [AGE:3612345] 1200 A 192.0.2.1\n", "a zone of Windows DNS with records of its own (WINS, WINSR, [AGE:n])"},
		{"dnsconfig.js", "var R = NewDnsProvider(\"r53\");\nD(\"example.org\", REG, DnsProvider(R), A(\"@\", \"192.0.2.1\"));\n", "DNSControl"},
		{"example.org.yaml", "---\n'':\n  - type: MX\n    values:\n      - preference: 10\n", "octoDNS YAML"},
		{"example.org.yml", "www:\n  type: A\n  value: 192.0.2.1\n", "octoDNS YAML"},
		{"zone.json", "{\n \"ResourceRecordSets\": [{\"Name\": \"example.org.\", \"Type\": \"SOA\"}]}", "Route 53 JSON"},
		{"example.org.zone", "[{\"name\": \"@\"}]", "JSON"},
		{"dump.sql", "INSERT INTO records (name,type,content) VALUES ('example.org','SOA','a b 1');\n", "SQL"},
		{"data", "# x\n.example.org:192.0.2.1:a:259200\n@example.org:192.0.2.2:mx:10\n+www.example.org:192.0.2.3\n", "tinydns data"},

		{"example.org.zone", "@ SOA a b 1 2 3 4 5\n@ MX 10 a\n", ""},
		{"example.org.zone", "; {\n@ A 192.0.2.1 ; [AGE:1]\nwins A 192.0.2.1\n", ""},
		{"example.org.zone", "{{ records }}\n@ A 192.0.2.1\n", ""},
		{"example.org.zone", "{banner}\n@ A 192.0.2.1\n", ""},
		{"example.org.zone", "@ A 192.0.2.1 ; \x00\n" + strings.Repeat("a A 192.0.2.1\n", 9), ""},
		{"example.org.zone", "\xff\xfe$\x00O\x00", ""},
	} {
		got, _ := OtherFormatOf(test.name, []byte(test.text))
		if got.Is != test.want {
			t.Errorf("%s with %q is %q, want %q", test.name, test.text, got.Is, test.want)
		}
	}
}
