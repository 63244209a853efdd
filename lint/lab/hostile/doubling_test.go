//go:build linux

package hostile

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx46/testdata/e2e"
)

// Twice as much may cost so many times as much on the average, and in one step, where tables outgrow the processor's
// caches. What costs less than leastCost says nothing: a program has to start.
const (
	mostGrowth = 2.3
	mostStep   = 3
	leastCost  = 20 * time.Millisecond
)

// TestTwiceAsMuchCostsNoMoreThanTwice doubles one part of a repository after another, until the run takes so long that
// growth shows, or a limit ends it.
func TestTwiceAsMuchCostsNoMoreThanTwice(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	zone := func(t *testing.T, parts ...text) { write(t, "db.evil.example", append([]text{lit(head)}, parts...)...) }
	number := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	healthy := func(n int) text { return each(n, number("d%d MX 10 ns\n")) }
	files := func(t *testing.T, n int, name, content string) {
		for i := range n {
			write(t, fmt.Sprintf(name, i), lit(content))
		}
	}
	for _, tt := range []struct {
		name  string
		from  int
		setup func(t *testing.T, n int)
		args  []string
	}{
		{"records", 50_000, func(t *testing.T, n int) { zone(t, each(n, number("x%d A 198.41.0.5\n"))) }, nil},
		{"records of one name", 50_000, func(t *testing.T, n int) { zone(t, each(n, number("x TXT \"%d\"\n"))) }, nil},
		{"records that are wrong", 100, func(t *testing.T, n int) { zone(t, each(n, number("x%d A 300.1.1.1\n"))) }, nil},
		{"labels of names", 2, func(t *testing.T, n int) {
			zone(t, each(4000, func(i int) string { return fmt.Sprintf("%sd%d MX 10 ns\n", strings.Repeat("a.", n), i) }))
		}, nil},
		{"mail domains", 20_000, func(t *testing.T, n int) { zone(t, healthy(n)) }, nil},
		{"mail domains with a fault", 2000, func(t *testing.T, n int) { zone(t, each(n, number("d%d MX 10 gone\n"))) }, nil},
		{"mail domains with a fault, as a page", 2000, func(t *testing.T, n int) { zone(t, each(n, number("d%d MX 10 gone%[1]d\n"))) }, []string{"--format", "html"}},
		{"MX hosts of one domain", 2000, func(t *testing.T, n int) { zone(t, each(n, number("d MX %d m%[1]d\nm%[1]d A 198.41.0.5\n"))) }, nil},
		{"MX hosts of many domains", 2, func(t *testing.T, n int) {
			zone(t, each(n, number("m%d A 198.41.0.5\n")), each(3000*n, func(i int) string { return fmt.Sprintf("d%d MX %d m%d\n", i/n, i%n, i%n) }))
		}, nil},
		{"addresses of one host", 2000, func(t *testing.T, n int) {
			zone(t, each(n, number("m AAAA 2001:503:ba3e::%x\n")), each(1000, number("d%d MX 10 m\n")))
		}, nil},
		{"aliases in a row", 10_000, func(t *testing.T, n int) {
			zone(t, lit("d MX 10 c0\n"), each(n, func(i int) string { return fmt.Sprintf("c%d CNAME c%d\n", i, i+1) }))
		}, nil},
		{"domains at the beginning of many aliases", 500, func(t *testing.T, n int) {
			zone(t, each(n, number("d%d MX 10 c0\n")), each(2000, func(i int) string { return fmt.Sprintf("c%d CNAME c%d\n", i, i+1) }))
		}, nil},
		{"wildcards", 5000, func(t *testing.T, n int) { zone(t, each(n, number("*.w%d MX 10 ns\nd%[1]d MX 10 a.w%[1]d\n"))) }, nil},
		{"delegations", 5000, func(t *testing.T, n int) {
			zone(t, each(n, number("s%d NS ns.s%[1]d\nns.s%[1]d A 198.41.0.5\nd%[1]d MX 10 m.s%[1]d\n")))
		}, nil},
		{"SPF records", 1000, func(t *testing.T, n int) {
			zone(t, each(n, number("d%d MX 10 ns\nd%[1]d TXT \"v=spf1 mx a:ns include:d0 -all\"\n")))
		}, nil},
		{"comments that ignore", 2000, func(t *testing.T, n int) {
			zone(t, each(n, number("d%d MX 10 gone ; mx46:ignore mx-target-no-address -- known\n")))
		}, nil},
		{"blank lines and comments", 100_000, func(t *testing.T, n int) { zone(t, times(n, " \t; comment\n")) }, nil},
		{"parentheses", 20_000, func(t *testing.T, n int) { zone(t, times(n, "x TXT ( a\n b\n )\n")) }, nil},
		{"one line", 100_000, func(t *testing.T, n int) { zone(t, lit("x TXT a ;"), times(n, "comment "), lit("\n")) }, nil},
		{"what $GENERATE makes", 20_000, func(t *testing.T, n int) { zone(t, lit(fmt.Sprintf("$GENERATE 1-%d x$ A 198.41.0.5\n", n))) }, nil},
		{"$GENERATE directives", 2000, func(t *testing.T, n int) { zone(t, each(n, number("$GENERATE 1-2 x%d-$ A 198.41.0.5\n"))) }, nil},
		{"included files", 500, func(t *testing.T, n int) {
			files(t, n, "part%d", "x A 198.41.0.5\n")
			zone(t, each(n, number("$INCLUDE part%d\n")))
		}, nil},
		{"includes of one file", 1000, func(t *testing.T, n int) {
			files(t, 1, "part%d", "x A 198.41.0.5\n")
			zone(t, times(n, "$INCLUDE part0\n"))
		}, nil},
		{"zones", 1000, func(t *testing.T, n int) { files(t, n, "db.z%d.example", head+"@ MX 10 ns\n") }, nil},
		{"copies of a zone", 500, func(t *testing.T, n int) { files(t, n, "copy%d/db.z.example", head+"@ MX 10 ns\n") }, nil},
		{"links to one zone", 100, func(t *testing.T, n int) {
			zone(t, healthy(1000))
			for i := range n {
				must(t, os.Symlink("db.evil.example", fmt.Sprintf("db.l%d.example", i)))
			}
		}, nil},
		{"links to one small zone", 1000, func(t *testing.T, n int) {
			zone(t)
			for i := range n {
				must(t, os.Symlink("db.evil.example", fmt.Sprintf("db.l%d.example", i)))
			}
		}, nil},
		{"other files", 5000, func(t *testing.T, n int) { files(t, n, "f%d.txt", "text\n"); zone(t) }, nil},
		{"folders inside each other", 12, func(t *testing.T, n int) {
			deep := strings.Repeat("a/", n)
			for i := range 300 {
				write(t, fmt.Sprintf("%sf%d.txt", deep, i), lit("text\n"))
			}
			zone(t)
		}, nil},
		{"patterns of a .gitignore", 100, func(t *testing.T, n int) {
			files(t, 2000, "f%d.txt", "text\n")
			write(t, ".gitignore", each(n, number("*a*b%d\n")))
			zone(t)
		}, nil},
		{"patterns that exclude", 50, func(t *testing.T, n int) {
			files(t, 500, "db.z%d.example", head)
			write(t, ".mx46.yaml", lit("exclude:\n"), each(n, number("- \"**/a*/b%d\"\n")))
		}, nil},
		{"patterns of zones", 50, func(t *testing.T, n int) {
			files(t, 500, "z/db.z%d.example", head)
			write(t, ".mx46.yaml", lit("zones:\n"), each(n, func(i int) string { return fmt.Sprintf("- {files: \"z/*z%d*\"}\n", i%500) }))
		}, nil},
		{"overrides", 250, func(t *testing.T, n int) {
			zone(t, healthy(2000))
			write(t, ".mx46.yaml", lit("overrides:\n"), each(n, number("- {zones: [\"*.d%d.evil.example\"], stack: ipv4}\n")))
		}, nil},
		{"overrides on one line", 25, func(t *testing.T, n int) {
			zone(t)
			write(t, ".mx46.yaml", lit("{overrides: ["), times(n, "{zones: ["+strings.Repeat(`"*",`, 150)+`"*"], stack: ipv4},`), lit("]}\n"))
		}, nil},
		{"names of one override", 500, func(t *testing.T, n int) {
			zone(t, healthy(2000))
			write(t, ".mx46.yaml", lit("overrides:\n- {stack: ipv4, zones: ["), each(n, number("d%d.evil.example, ")), lit("x.example]}\n"))
		}, nil},
		{"facts about hosts", 1000, func(t *testing.T, n int) {
			zone(t, each(n, number("d%d MX 10 h%[1]d.example.net.\n")))
			write(t, ".mx46.yaml", lit("hosts:\n"), each(n, number("  h%d.example.net: {families: [ipv4, ipv6]}\n")))
		}, nil},
		{"hosts of the lock", 5000, func(t *testing.T, n int) {
			zone(t, each(n, number("d%d MX 10 h%07[1]d.example.net.\n")))
			write(t, ".mx46.hosts", lit("# mx46 hosts v1.\n# seen 2026-11-26\n"), each(n, number("h%07d.example.net. ipv4 ipv6\n")))
		}, nil},
		{"links of relays", 100, func(t *testing.T, n int) {
			zone(t, lit("d MX 10 m0\n"), each(n, number("d MX 20 m%d\nm%[1]d A 198.41.0.5\n")))
			write(t, ".mx46.yaml", lit("relay:\n  links:\n"), each(n-1, func(i int) string {
				return fmt.Sprintf("  - {from: m%d.evil.example, to: m%d.evil.example}\n", i+1, i)
			}))
		}, nil},
		{"zones of a name server", 1000, func(t *testing.T, n int) {
			zone(t, healthy(1))
			write(t, "named.conf", each(n, number("zone \"z%d.example\" { type primary; file \"db.evil.example\"; };\n")))
		}, []string{"named.conf"}},
		{"views of a name server", 100, func(t *testing.T, n int) {
			zone(t, healthy(100))
			write(t, "named.conf", each(n, number("view v%d { zone \"evil.example\" { type primary; file \"db.evil.example\"; }; };\n")))
		}, []string{"named.conf"}},
		{"files of a name server", 500, func(t *testing.T, n int) {
			zone(t)
			files(t, n, "c/part%d", "acl \"x\" { any; };\n")
			write(t, "named.conf", lit("zone \"evil.example\" { type primary; file \"db.evil.example\"; };\n"), each(n, number("include \"c/part%d\";\n")))
		}, []string{"named.conf"}},
		{"entries of a baseline", 20_000, func(t *testing.T, n int) {
			zone(t)
			write(t, "known", lit("mx46 baseline 1\n"), each(n, number("r%d b c d 1\n")))
		}, []string{"--baseline", "known"}},
		{"paths that are asked for", 500, func(t *testing.T, n int) { files(t, n, "db.z%d.example", head+"@ MX 10 gone\n") }, []string{"--only", "."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			set := func(n int) string {
				dir := filepath.Join(folder, fmt.Sprint(n))
				must(t, os.MkdirAll(filepath.Join(dir, ".git"), 0o700))
				t.Chdir(dir)
				tt.setup(t, n)
				return dir
			}
			cost := func(dir string) (time.Duration, int) {
				o := run(t, program, dir, append([]string{"lint", "--quiet", "--jobs", "1"}, tt.args...)...)
				return o.time, o.code
			}
			n := tt.from
			dir := set(n)
			once, _ := cost(dir)
			var first time.Duration // of the first run whose cost says something
			doublings := 0
			for range 16 {
				double := set(2 * n)
				twice, code := cost(double)
				// The least of several runs is what the work takes; the rest is what else the machine did.
				for range 6 {
					if float64(twice) <= mostGrowth*float64(once) {
						break
					}
					again, _ := cost(dir)
					doubled, _ := cost(double)
					once, twice = min(once, again), min(twice, doubled)
				}
				growth := float64(twice) / float64(once)
				if first == 0 && once > leastCost {
					first = once
				}
				if first > 0 {
					doublings++
				}
				if growth > mostStep && twice > 8*leastCost {
					t.Errorf("%d cost %s and %d cost %s, %.2f times as much", n, once, 2*n, twice, growth)
				}
				must(t, os.RemoveAll(dir))
				n, dir, once = 2*n, double, twice
				if code == 2 || once > 15*leastCost {
					t.Logf("%d cost %s, %.2f times as much as half; exit %d", n, once, growth, code)
					break
				}
			}
			if mean := math.Pow(float64(once)/float64(first), 1/float64(doublings)); first > 0 && mean > mostGrowth {
				t.Errorf("twice as much costs %.2f times as much, on the average of %d doublings", mean, doublings)
			}
		})
	}
}
