package zonefiles

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/zonefiles/disk"
)

// zoneFrom reads the zone example.org from a folder of files, the first of which is the zone's.
func zoneFrom(t *testing.T, files ...string) *Zone {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	origin := MustName("example.org.")
	loader := NewLoader(root)
	loader.Finder = disk.NewFinder(root, nil)
	return loader.Load(files[0], &origin, Served{})
}

// describe lists records as "line:column owner TTL TYPE data", problems as "line:column-column! message", and files that
// only the server has.
func describe(z *Zone) string {
	var b strings.Builder
	for i := range z.Len() {
		r := z.Record(i)
		at := z.Files().OnDisk(r.Span())
		p := z.Files().Position(at.File, at.Start)
		fmt.Fprintf(&b, "%d:%d %s %d %s %s\n", p.Line, p.Column, r.OwnerName(), r.TTL(), r.Type(), r.CanonicalRDATA())
	}
	for _, missing := range z.Elsewhere {
		p := z.Files().Position(missing.Span.File, missing.Span.Start)
		fmt.Fprintf(&b, "%d:%d elsewhere: %s\n", p.Line, p.Column, missing.Path)
	}
	for _, problem := range z.Problems {
		at := z.Files().OnDisk(problem.Span)
		p, end := z.Files().Position(at.File, at.Start), z.Files().Position(at.File, at.End)
		fmt.Fprintf(&b, "%d:%d-%d! %s\n", p.Line, p.Column, end.Column, problem.Message)
	}
	return b.String()
}

func TestRecordsAndProblems(t *testing.T) {
	tests := []struct{ name, zone, want string }{
		{"owner, TTL, class and type in full", "www 60 IN A 192.0.2.1\n", "1:1 www.example.org. 60 A 192.0.2.1\n"},
		{"class before TTL", "www IN 60 A 192.0.2.1\n", "1:1 www.example.org. 60 A 192.0.2.1\n"},
		{"TTL with units", "www 1h30m A 192.0.2.1\n", "1:1 www.example.org. 5400 A 192.0.2.1\n"},
		{"TTL beyond RFC 2181 counts as 0", "www 4294967295 A 192.0.2.1\n", "1:1 www.example.org. 0 A 192.0.2.1\n"},
		{"the TTL of an SOA beyond RFC 2181 counts as 0", "@ SOA ns h 1 2 3 4 4294967295\n@ NS ns\n", "1:1 example.org. 0 SOA ns.example.org. h.example.org. 1 2 3 4 4294967295\n2:1 example.org. 0 NS ns.example.org.\n"},
		{"lower-case type and class", "www 60 in a 192.0.2.1\n", "1:1 www.example.org. 60 A 192.0.2.1\n"},
		{"an owner that is inherited", "www 60 A 192.0.2.1\n\tA 192.0.2.2\n", "1:1 www.example.org. 60 A 192.0.2.1\n2:2 www.example.org. 60 A 192.0.2.2\n"},
		{"the origin as @", "@ 60 NS ns\n", "1:1 example.org. 60 NS ns.example.org.\n"},
		{"$TTL after a stated TTL wins", "a 60 A 192.0.2.1\n$TTL 5m\nb A 192.0.2.2\n", "1:1 a.example.org. 60 A 192.0.2.1\n3:1 b.example.org. 300 A 192.0.2.2\n"},
		{"$ORIGIN, relative to itself", "$TTL 1\n$ORIGIN sub\nwww A 192.0.2.1\n$ORIGIN deep\nwww A 192.0.2.2\n", "3:1 www.sub.example.org. 1 A 192.0.2.1\n5:1 www.deep.sub.example.org. 1 A 192.0.2.2\n"},
		{"$ORIGIN leaves the owner alone", "$TTL 1\nwww A 192.0.2.1\n$ORIGIN net.\n A 192.0.2.2\n", "2:1 www.example.org. 1 A 192.0.2.1\n4:2 www.example.org. 1 A 192.0.2.2\n"},
		{"parentheses over lines and comments", "www 60 ( ; here\n MX ; there\n 10\n mx ) ; end\n", "1:1 www.example.org. 60 MX 10 mx.example.org.\n"},
		{"parentheses within a word", "www 60 MX(10)mx\n", "1:1 www.example.org. 60 MX 10 mx.example.org.\n"},
		{"a semicolon in quotes is text", "www 60 TXT \"a;b\" ; c\n", "1:1 www.example.org. 60 TXT \"a;b\"\n"},
		{"quotes end a string", "www 60 TXT \"a\"\"b\"c\n", "1:1 www.example.org. 60 TXT \"a\" \"b\" \"c\"\n"},
		{"an empty string", "www 60 TXT \"\"\n", "1:1 www.example.org. 60 TXT \"\"\n"},
		{"escapes in names", "a\\.b 60 A 192.0.2.1\n\\119ww 60 A 192.0.2.2\n", "1:1 a\\.b.example.org. 60 A 192.0.2.1\n2:1 www.example.org. 60 A 192.0.2.2\n"},
		{"types without a mnemonic", "www 60 TYPE65280 \\# 2 abcd\n", "1:1 www.example.org. 60 TYPE65280 \\# 2 abcd\n"},
		{"a known type by number and as octets", "www 60 TYPE1 \\# 4 c0000201\n", "1:1 www.example.org. 60 A 192.0.2.1\n"},
		{"octets that end before a field", "a 60 TYPE15 \\# 2 000a\n", "1:13-22! MX \\# has 2 octets, which end before the target does: it takes preference and target\n"},
		{"octets that end with the last field", "a 60 TYPE15 \\# 3 000000\n", "1:1 a.example.org. 60 MX 0 .\n"},
		{"CR LF and no final newline", "a 60 A 192.0.2.1\r\nb 60 A 192.0.2.2", "1:1 a.example.org. 60 A 192.0.2.1\n2:1 b.example.org. 60 A 192.0.2.2\n"},
		{"the SOA's minimum where no TTL is given", "@ SOA ns h 1 2 3 4 77\nwww A 192.0.2.1\n", "1:1 example.org. 77 SOA ns.example.org. h.example.org. 1 2 3 4 77\n2:1 www.example.org. 77 A 192.0.2.1\n"},
		{"other classes are set aside", "a 60 CH TXT x\nb 60 IN TXT x\n", "2:1 b.example.org. 60 TXT \"x\"\n"},
		{"$GENERATE with modifiers and quotes", "$TTL 1\n$GENERATE 8-10/2 h${1,3} MX \"10 mx$\"\n", "2:1 h009.example.org. 1 MX 10 mx8.example.org.\n2:1 h011.example.org. 1 MX 10 mx10.example.org.\n"},

		{"a preference that is too large", "www 60 MX 70000 mx\n", "1:11-16! MX preference 70000 is not a number up to 65535\n"},
		{"a preference that is no number", "www 60 MX ten mx\n", "1:11-14! MX preference ten is not a number up to 65535\n"},
		{"a missing preference", "www 60 MX mx\n", "1:11-13! MX preference mx is not a number up to 65535; MX takes preference and target\n"},
		{"a missing target", "www 60 MX 10\n", "1:8-10! MX has no target: it takes preference and target\n"},
		{"a field too many", "www 60 MX 10 mx 20\n", "1:17-19! MX has 20 after its last field: it takes preference and target\n"},
		{"an IPv4 address in an AAAA", "www 60 AAAA 192.0.2.1\n", "1:13-22! AAAA address 192.0.2.1 is not an IPv6 address\n"},
		{"an address with a zone", "www 60 AAAA fe80::1%eth0\n", "1:13-25! AAAA address fe80::1%eth0 is not an IPv6 address\n"},
		{"no data", "www 60 A\n", "1:8-9! A has no data: it takes address\n"},
		{"no type", "www 60 IN\n", "1:1-10! the record ends before its type\n"},
		{"an unknown type", "www 60 IN MXX 10 mx\n", "1:11-14! MXX is not an RR type\n"},
		{"a type of queries", "www 60 ANY x\n", "1:12-13! x is not an RR type\n"},
		{"a meta type", "www 60 AXFR x\n", "1:8-12! type AXFR is for queries and cannot be in a zone\n"},
		{"an owner with an empty label", "a..b 60 A 192.0.2.1\n A 192.0.2.2\nc 60 A 192.0.2.3\n", "3:1 c.example.org. 60 A 192.0.2.3\n1:1-5! owner a..b cannot be a domain name: it has an empty label\n"},
		{"no owner to inherit", " 60 A 192.0.2.1\n", "1:2-4! the record has no owner, and no record before it has one to inherit\n"},
		{"an open quote ends with its line", "a 60 TXT \"x\nb 60 A 192.0.2.1\n", "2:1 b.example.org. 60 A 192.0.2.1\n1:10-12! a quote is not closed on its line\n"},
		{"an open parenthesis", "a 60 TXT ( x\n  y\nb 60 A 192.0.2.1\n", "3:1 b.example.org. 60 A 192.0.2.1\n1:10-11! a parenthesis is never closed\n"},
		{"a stray parenthesis", "a 60 TXT x )\nb 60 A 192.0.2.1\n", "2:1 b.example.org. 60 A 192.0.2.1\n1:12-13! a closing parenthesis has no opening one\n"},
		{"a byte order mark", "\xef\xbb\xbfa 60 A 192.0.2.1\n", "1:2 a.example.org. 60 A 192.0.2.1\n1:1-2! a byte order mark precedes the first character\n"},
		{"columns count runes", "a 60 TXT \"äöü\" \"😀\nb 60 A 192.0.2.1\n", "2:1 b.example.org. 60 A 192.0.2.1\n1:16-18! a quote is not closed on its line\n"},
		{"a string of more than 255 octets", "a 60 TXT " + strings.Repeat("x", 256) + "\n", "1:10-266! TXT string " + strings.Repeat("x", 80) + "... has 256 octets, more than the 255 of a string: split it into several strings\n"},
		{"control characters are shown escaped", "a 60 A \x1b[31m\n", "1:8-13! A address \"\\x1b[31m\" is not an IPv4 address\n"},
		{"an unknown directive", "$FOO bar\n", "1:1-5! $FOO is not a directive\n"},
		{"$ORIGIN without a name", "$ORIGIN\n", "1:1-8! $ORIGIN lacks its name\n"},
		{"a $TTL that is none", "$TTL soon\na A 192.0.2.1\n", "2:1 a.example.org. 0 A 192.0.2.1\n1:6-10! $TTL soon is not a number of seconds up to 2147483647, with or without units (1h30m)\n"},
		{"$GENERATE of owners that begin with a dollar sign", "$TTL 1\n$GENERATE 1-1 \\$x$ A 192.0.2.$\n$GENERATE 2-2 $$ORIGIN A 192.0.2.$\n", "2:1 \\$x1.example.org. 1 A 192.0.2.1\n3:1 \\$origin.example.org. 1 A 192.0.2.2\n"},
		{"a $GENERATE range that ends before it starts", "$GENERATE 9-1 a$ A 192.0.2.1\n", "1:11-14! $GENERATE range 9-1 ends before it starts\n"},
		{"a $GENERATE that makes too much", "$GENERATE 0-2147483647 a$ A 192.0.2.1\n", "1:11-23! $GENERATE makes 2147483648 records, and 1048576 of the 1048576 that a zone may generate are left\n"},
		{"one fault in a $GENERATE is one problem", "$TTL 1\n$GENERATE 1-9 a$ A 192.0.2.$$\n", "2:1-30! A address 192.0.2.$ is not an IPv4 address\n"},
		{"records without any TTL in a zone with an SOA", "a A 192.0.2.1\n@ SOA ns h 1 2 3 4 77\n", "1:1 a.example.org. 0 A 192.0.2.1\n2:1 example.org. 77 SOA ns.example.org. h.example.org. 1 2 3 4 77\n1:3-4! the record has no TTL, and neither $TTL nor a record before it gives one\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(zoneFrom(t, "zone", tt.zone))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAZoneThatIsGivenUpSaysSoWhateverGenerateDid(t *testing.T) {
	generate, bad := "$GENERATE 1-2000 a$ 1 A x\n", "b 1 A x\n"
	for _, before := range []int{0, maxProblems - 1} {
		z := zoneFrom(t, "zone", strings.Repeat(bad, before)+generate+strings.Repeat(bad, 2*maxProblems))
		if got, last := len(z.Problems), z.Problems[len(z.Problems)-1]; got != maxProblems+1 || !strings.Contains(last.Message, "given up") {
			t.Errorf("%d faults before: %d problems, the last: %s", before, got, last.Message)
		}
	}
}
