//go:build linux

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"mx46/testdata/e2e"
)

func TestHostileZonesGetAClearErrorInLittleTimeAndMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds, and minutes under the race detector")
	}
	program := e2e.Program(t)
	zone := func(parts ...text) func(*testing.T) {
		return func(t *testing.T) { write(t, "zone", append([]text{lit(head)}, parts...)...) }
	}
	say := func(s string) func(*testing.T) { return zone(lit(s)) }
	long := func(last int) string {
		return strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", last) + "."
	}
	tests := []struct {
		name  string
		setup func(t *testing.T) // in an empty folder; makes the file "zone"
		code  int
		want  string // in what is said
		args  []string
	}{
		{"an include of the password file", say("$INCLUDE /etc/passwd\n"), 0, "What only the server has is included: /etc/passwd", nil},
		{"an include that climbs out of the root", say("$INCLUDE ../../../../../../../etc/passwd\n"), 1, "lies outside the root folder", nil},
		{"an include through a symbolic link out of the root", func(t *testing.T) {
			must(t, os.Symlink("/etc/passwd", "link"))
			say("$INCLUDE link\n")(t)
		}, 1, "lies outside the root folder", nil},
		{"an include through a folder that is a symbolic link out of the root", func(t *testing.T) {
			must(t, os.Symlink("/etc", "link"))
			say("$INCLUDE link/passwd\n")(t)
		}, 1, "lies outside the root folder", nil},
		{"an include of a FIFO", func(t *testing.T) {
			must(t, syscall.Mkfifo("fifo", 0o600))
			say("$INCLUDE fifo\n")(t)
		}, 1, "not a regular file", nil},
		{"an include of a device", say("$INCLUDE /dev/zero\n"), 1, "not a regular file", []string{"--root", "/"}},
		{"an include of a folder", func(t *testing.T) {
			must(t, os.Mkdir("folder", 0o700))
			say("$INCLUDE folder\n")(t)
		}, 1, "not a regular file", nil},
		{"an include of itself", say("$INCLUDE zone\n"), 1, "circular: zone includes zone", nil},
		{"includes in a circle of three", func(t *testing.T) {
			say("$INCLUDE a\n")(t)
			write(t, "a", lit("$INCLUDE b\n"))
			write(t, "b", lit("$INCLUDE zone\n"))
		}, 1, "circular: zone includes a includes b includes zone", nil},
		{"a chain of ten includes, which is fine", func(t *testing.T) {
			say("$INCLUDE c0\n")(t)
			for i := range 10 {
				write(t, fmt.Sprint("c", i), lit(fmt.Sprintf("x%d A 198.41.0.4\n$INCLUDE c%d\n", i, i+1)))
			}
			write(t, "c10", lit("x A 198.41.0.4\n"))
		}, 0, "Nothing found", nil},
		{"a chain of thirty includes", func(t *testing.T) {
			say("$INCLUDE c0\n")(t)
			for i := range 30 {
				write(t, fmt.Sprint("c", i), lit(fmt.Sprintf("$INCLUDE c%d\n", i+1)))
			}
		}, 1, "more than 20 files deep", nil},
		{"a hundred thousand includes", func(t *testing.T) {
			zone(times(100_000, "$INCLUDE leaf\n"))(t)
			write(t, "leaf", lit("x A 198.41.0.4\n"))
		}, 1, "one more than the 10000 that a zone may have", nil},
		{"three hundred includes of one large file", func(t *testing.T) {
			zone(times(300, "$INCLUDE leaf\n"))(t)
			write(t, "leaf", times(100_000, "x A 198.41.0.4\n"))
		}, 2, "bytes: lint fewer at a time", nil},
		{"a hundred small zones that generate a million records each", func(t *testing.T) {
			must(t, os.Mkdir("zone", 0o700))
			for i := range 100 {
				write(t, fmt.Sprintf("zone/db.z%d.example", i), lit(head), lit("$GENERATE 0-1000000 a$ A 198.41.0.4\n"))
			}
		}, 2, "bytes: lint fewer at a time", nil},
		{"a hundred small zones that generate as much as they may", func(t *testing.T) {
			must(t, os.Mkdir("zone", 0o700))
			for i := range 100 {
				write(t, fmt.Sprintf("zone/db.z%d.example", i), lit(head), lit("$GENERATE 0-19500 a$ A 1.1.1.1\n"))
			}
		}, 0, "Nothing found", nil},
		{"a hundred small zones that generate two million findings", func(t *testing.T) {
			must(t, os.Mkdir("zone", 0o700))
			for i := range 100 {
				write(t, fmt.Sprintf("zone/db.z%d.example", i), lit(head), lit("$GENERATE 0-14000 a$ MX \"1 b$\"\n"))
			}
		}, 2, "more than 50000 findings", nil},
		{"forty-five includes of names of a hundred labels, each below another name", func(t *testing.T) {
			zone(each(45, func(i int) string { return fmt.Sprintf("$INCLUDE leaf o%d\n", i) }))(t)
			write(t, "leaf", each(4600, func(i int) string { return fmt.Sprintf("%s%d A 198.41.0.4\n", strings.Repeat("a.", 100), i) }))
		}, 2, "bytes: lint fewer at a time", nil},
		{
			"generated names of a hundred and ten labels", zone(lit("$GENERATE 0-99999 "), times(110, "a."), lit("$ A 198.41.0.4\n")), 2,
			"bytes: lint fewer at a time", nil,
		},
		{
			"generated names of two hundred octets", zone(lit("$GENERATE 0-180000 "), times(10, strings.Repeat("a", 19)+"."), lit("$ A 198.41.0.4\n")), 1,
			"the zone generates more than 25165824 bytes", nil,
		},
		{
			"labels behind an escaped blank", zone(lit("$GENERATE 0-99999 \\032\\ "), times(90, "a."), lit("$ A 198.41.0.4\n")), 2,
			"bytes: lint fewer at a time", nil,
		},
		{"a million domains whose one MX host does not exist", zone(each(1_000_000, func(i int) string {
			return fmt.Sprintf("d%d MX 10 g%d\n", i, i)
		})), 2, "more than 50000 findings", nil},
		{
			"as many findings as there may be", zone(each(49_990, func(i int) string { return fmt.Sprintf("d%d MX 10 g%d\n", i, i) })), 1,
			"Found 49990 errors",
			[]string{"--format", "text"},
		},
		{"a million ignore comments", zone(times(1_000_000, "; mx46:ignore mx-duplicate -- x\n")), 2, "more than 50000 findings", nil},
		{"a million ignore comments in one line", zone(lit(";"), times(1_000_000, "; mx46:ignore -- x"), lit("\n")), 2, "more than 50000 findings", nil},
		{"a million rules in an ignore comment", zone(lit("; mx46:ignore "), times(1_000_000, "a,"), lit(" -- x\n")), 2, "more than 50000 findings", nil},
		{"ten thousand unknown rules in an ignore comment", zone(lit("; mx46:ignore "), each(10_000, func(i int) string {
			return fmt.Sprintf("%s%d,", strings.Repeat("a", 90), i)
		}), lit(" -- x\n")), 1, "Found 10000 errors", []string{"--format", "text"}},
		{"a million records of one name outside of the zone", zone(times(1_000_000, "x. A 198.41.0.4\n")), 1, "and so in 999899 more places", nil},
		{"two hundred domains of five thousand MX hosts, in turns of one family", zone(
			lit("$GENERATE 0-5000/2 m$ A 198.41.0.4\n$GENERATE 1-5001/2 m$ AAAA 2001:503:ba3e::2:30\n"),
			each(200, func(i int) string { return fmt.Sprintf("$GENERATE 0-5000 d%d MX \"$ m$\"\n", i) })), 2, "more than 50000 findings", nil},
		{"a range of four thousand million numbers", say("$GENERATE 0-4294967295 a$ A 198.41.0.4\n"), 1, "numbers up to 2147483647", nil},
		{"a range of two thousand million numbers", say("$GENERATE 0-2147483647 a$ A 198.41.0.4\n"), 1, "makes 2147483648 records", nil},
		{"a million generated records that cannot be read", say("$GENERATE 0-1000000 a$ MX 10\n"), 1, "MX has no target", nil},
		{
			"a generated record of fifty million characters", zone(lit("$GENERATE 0-1 a$ TXT "), times(200_000, "${0,255,d}"), lit("\n")), 1,
			"no record is as long", nil,
		},
		{"a line of 1 GiB", func(t *testing.T) {
			say("x TXT ")(t)
			must(t, os.Truncate("zone", 1<<30))
		}, 1, "larger than the limit", nil},
		{"a field of 100 MB", zone(lit("x A "), times(100_000_000, "1"), lit("\n")), 1, "is not an IPv4 address", nil},
		{"a record of fifty million fields", zone(lit("x TXT "), times(50_000_000, "a "), lit("\n")), 1, "fields and more", nil},
		{"a million open parentheses", zone(lit("x A "), times(1_000_000, "("), lit("\n")), 1, "never closed", nil},
		{"a million lines that open a parenthesis", zone(times(1_000_000, "x A (\n")), 1, "never closed", nil},
		{"a million stray parentheses", zone(times(1_000_000, "x A )\n")), 1, "given up here", nil},
		{"an unterminated quote in a file of 100 MB", zone(lit(`x TXT "`), times(100_000_000, "a")), 1, "a quote is not closed", nil},
		{"a million unterminated quotes", zone(times(1_000_000, "x TXT \"\n")), 1, "given up here", nil},
		{"a NUL byte", say("x\x00y A 198.41.0.4\n"), 1, "NUL byte", nil},
		{"every control byte in a name", say("a\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x1a\x1b\x7f\x9b A 300.1.1.1\n"), 1, "300.1.1.1", nil},
		{"a name of 123 labels and 255 octets, which is fine", zone(times(121, "a."), lit("example.org. A 198.41.0.4\n")), 0, "Nothing found", nil},
		{"a target of 127 labels, which is one", zone(lit("@ MX 10 "), times(127, "a."), lit("\n")), 0, "Nothing found", nil},
		{"a target of 128 labels", zone(lit("@ MX 10 "), times(128, "a."), lit("\n")), 1, "longer than 255 octets", nil},
		{"a name of 128 labels", zone(times(128, "a."), lit(" A 198.41.0.4\n")), 1, "longer than 255 octets", nil},
		{"a label of 63 octets, which is fine", zone(times(63, "a"), lit(" A 198.41.0.4\n")), 0, "Nothing found", nil},
		{"a label of 64 octets", zone(times(64, "a"), lit(" A 198.41.0.4\n")), 1, "a label of more than 63 octets", nil},
		{"a target of 255 octets, which is one", say("@ MX 10 " + long(61) + "\n"), 0, "Nothing found", nil},
		{"a target of 256 octets", say("@ MX 10 " + long(62) + "\n"), 1, "longer than 255 octets", nil},
		{"RDATA of 65,535 octets, which is fine", zone(lit("x TYPE65400 \\# 65535 "), times(65535, "00"), lit("\n")), 0, "Nothing found", nil},
		{"RDATA of 65,536 octets", zone(lit("x TXT "), times(256, `"`+strings.Repeat("a", 255)+`" `), lit("\n")), 1, "larger than 65535", nil},
		{
			"a million MX records at one owner", zone(each(1_000_000, func(i int) string { return fmt.Sprintf("@ MX 10 mx%d\n", i) })), 1,
			"an answer holds at most 5039", nil,
		},
		{"eight SPF records of a thousand mx each", zone(lit("$GENERATE 0-10 m$ A 198.41.0.4\n"),
			each(8, func(i int) string {
				return fmt.Sprintf("$GENERATE 0-10 s%d MX \"10 m$\"\ns%d TXT \"v=spf1\"%s\n", i, i, strings.Repeat(` " mx"`, 1_000))
			})), 1, "Found 8 errors", []string{"--select", "spf-mx-limit"}},
		{"eight SPF records of many thousand mx each, which nobody evaluates", zone(lit("$GENERATE 0-10 m$ A 198.41.0.4\n"),
			each(8, func(i int) string {
				return fmt.Sprintf("$GENERATE 0-10 s%d MX \"10 m$\"\ns%d TXT \"v=spf1\"%s\n", i, i, strings.Repeat(` " mx"`, 15_000))
			})), 0, "Nothing found", []string{"--select", "spf-mx-limit"}},
		{"five thousand MX hosts in turns of one family", zone(each(5000, func(i int) string {
			return fmt.Sprintf("@ MX %d m%d\nm%d %s\n", i, i, i, []string{"A 198.41.0.4", "AAAA 2001:503:ba3e::2:30"}[i%2])
		})), 1, "mx-primary-single-stack", nil},
		{"a chain of a hundred thousand aliases", zone(lit("@ MX 10 c0\nc100000 A 198.41.0.4\n"),
			each(100_000, func(i int) string { return fmt.Sprintf("c%d CNAME c%d\n", i, i+1) })), 1, "mx-target-cname", nil},
		{"two domains of five thousand aliases of a host with five thousand addresses", zone(
			lit("$GENERATE 0-4999 c$ CNAME host\n"), each(5000, func(i int) string { return fmt.Sprintf("host A 198.41.%d.%d\n", i/256, i%256) }),
			each(2, func(i int) string { return fmt.Sprintf("$GENERATE 0-4999 d%d MX \"10 c$\"\n", i) })), 1, "mx-target-cname", []string{"--quiet", "--format", "concise"}},
		{"aliases in a circle of a thousand", zone(lit("@ MX 10 c0\n"),
			each(1000, func(i int) string { return fmt.Sprintf("c%d CNAME c%d\n", i, (i+1)%1000) })), 1, "mx-target-cname", nil},
		{"thirty thousand records that cannot be read, and as many targets", zone(each(30_000, func(i int) string {
			return fmt.Sprintf("x%d A 300.0.0.1\nd%d MX 10 g%d\n", i, i, i)
		})), 1, "given up here", nil},
		{"aliases in the configuration that multiply", func(t *testing.T) {
			zone()(t)
			write(t, ".mx46.yaml", lit("a0: &a0 [x, x, x, x, x, x, x, x, x]\n"),
				each(12, func(i int) string {
					return fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), i)
				}))
		}, 2, ".mx46.yaml:", nil},
		{"a configuration of ten megabytes", func(t *testing.T) {
			zone()(t)
			write(t, ".mx46.yaml", times(600_000, "rules: {x: error}\n"))
		}, 2, ".mx46.yaml", nil},
		{"a configuration that points outside of the root", func(t *testing.T) {
			zone()(t)
			write(t, ".mx46.yaml", lit("zones:\n  - {files: \"../../../etc/*\"}\n"))
		}, 2, ".mx46.yaml:2:", []string{}},
		{"a configuration with an absolute path", func(t *testing.T) {
			zone()(t)
			write(t, ".mx46.yaml", lit("zones:\n  - {named-conf: /etc/bind/named.conf}\n"))
		}, 2, ".mx46.yaml:2:", []string{}},
		{"a configuration whose folder is a symbolic link out of the root", func(t *testing.T) {
			must(t, os.Symlink("/etc", "zones"))
			write(t, ".mx46.yaml", lit("zones:\n  - {files: \"zones/pass*\"}\n"))
		}, 2, "no file matches zones/pass*", []string{}},
		{"a pattern in the configuration that matches deep folders in very many ways", func(t *testing.T) {
			must(t, os.MkdirAll(strings.Repeat("a/", 150), 0o700))
			write(t, ".mx46.yaml", lit("zones:\n  - {files: \"**/a/**/a/**/a/db.*\"}\n"))
		}, 2, "no file matches **/a/**/a/**/a/db.*", []string{}},
		{"a configuration of a name server with files outside of the root", func(t *testing.T) {
			must(t, os.Symlink("/etc/passwd", "link"))
			write(t, "named.conf", lit("zone \"a.example\" { type primary; file \"/etc/passwd\"; };\nzone \"b.example\" { type primary; file \"link\"; };\n"+
				"zone \"c.example\" { type primary; file \"../../../../etc/passwd\"; };\ninclude \"/etc/passwd\";\n"))
			write(t, ".mx46.yaml", lit("zones:\n  - {named-conf: named.conf}\n"))
		}, 1, "lies outside the root folder", []string{}},
		{"a pattern in the configuration through ten links of a folder to itself", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("zones:\n  - {files: \"*/*/*/*/*/*/db.*\"}\n"))
			for i := range 1000 {
				write(t, fmt.Sprintf("db.%d", i))
			}
			for i := range 10 {
				must(t, os.Symlink(".", fmt.Sprintf("link%d", i)))
			}
		}, 2, "no file matches", []string{}},
		{"twenty thousand paths of a name server, and as many zones", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("paths:\n"), each(20_000, func(i int) string { return fmt.Sprintf("  /a%d/b: a\n", i) }),
				lit("zones:\n  - {named-conf: named.conf}\n"))
			write(t, "named.conf", each(20_000, func(i int) string { return fmt.Sprintf("zone z%d { type primary; file \"/x/z%d\"; };\n", i, i) }))
		}, 1, "lies outside the root folder", []string{}},
		{"two hundred configurations of a name server that include one of a megabyte", func(t *testing.T) {
			write(t, "zone/big.conf", times(20_000, "zone \"a.example\" { type primary; file \"a.example\"; };\n"))
			for i := range 200 {
				write(t, fmt.Sprintf("zone/%d/named.conf", i), lit("include \"../big.conf\";\n"))
			}
		}, 2, "bytes: lint fewer at a time", nil},
		{"a configuration that lists one of a name server ten thousand times", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("zones:\n"), times(10_000, "  - {named-conf: named.conf}\n"))
			write(t, "named.conf", each(3000, func(i int) string { return fmt.Sprintf("zone \"z%d.example\" { type primary; file \"zone\"; };\n", i) }))
			zone()(t)
		}, 0, "Nothing found", []string{}},
		{"a baseline that is a symbolic link out of the root", func(t *testing.T) {
			zone()(t)
			must(t, os.Symlink("/etc/passwd", "known"))
		}, 2, "lies outside the root folder", []string{"--baseline", "known"}},
		{"a folder of nothing but links that lead nowhere, in circles and out of the root", func(t *testing.T) {
			must(t, os.Mkdir("zone", 0o700))
			for name, target := range map[string]string{"db.a.example": "db.b.example", "db.b.example": "db.a.example", "db.c.example": "/etc/passwd", "up": "..", "db.d.example": "gone"} {
				must(t, os.Symlink(target, filepath.Join("zone", name)))
			}
		}, 2, "it is a link that leads nowhere", nil},
		{"a configuration that is a symbolic link out of the root", func(t *testing.T) {
			zone()(t)
			must(t, os.Symlink("/etc/passwd", ".mx46.yaml"))
		}, 2, ".mx46.yaml", nil},
		{"a configuration that is a FIFO", func(t *testing.T) {
			zone()(t)
			must(t, syscall.Mkfifo(".mx46.yaml", 0o600))
		}, 2, ".mx46.yaml", nil},
		{"a zone that is a FIFO", func(t *testing.T) { must(t, syscall.Mkfifo("zone", 0o600)) }, 2, "not a regular file", nil},
		{"a zone that does not exist", func(*testing.T) {}, 2, "no such file", nil},
	}
	large := regexp.MustCompile("hundred|thousand|million|megabyte| MB| GiB|as there may be|multiply|in turns")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if large.MatchString(tt.name) {
				e2e.Slow(t)
			}
			t.Chdir(t.TempDir())
			must(t, os.Mkdir(".git", 0o700))
			tt.setup(t)
			args := []string{"lint"}
			if tt.args == nil || len(tt.args) > 0 {
				args = append(append(args, "zone"), tt.args...)
			}
			if info, err := os.Stat("zone"); len(args) > 1 && (err != nil || !info.IsDir()) {
				args = append(args, "--origin", "example.org")
			}
			o := runAgain(t, program, ".", args...)
			o.checkCost(t)
			said := o.stdout + o.stderr
			if o.code != tt.code || !strings.Contains(strings.Join(strings.Fields(said), " "), tt.want) {
				t.Errorf("exit %d, want %d and %q in:\n%.1500s", o.code, tt.code, tt.want, said)
			}
		})
	}
}
