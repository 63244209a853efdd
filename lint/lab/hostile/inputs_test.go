//go:build linux

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// TestHostileInputsCostInProportion lints small repositories of strangers whose cost used to be that of one part times
// that of another. Each part alone is an ordinary one.
func TestHostileInputsCostInProportion(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	zone := func(name string, parts ...text) func(*testing.T) {
		return func(t *testing.T) { write(t, name, append([]text{lit(head)}, parts...)...) }
	}
	domains := func(n int, hosts string) text {
		return each(n, func(i int) string { return fmt.Sprintf("d%d MX 10 %s\n", i, hosts) })
	}
	healthy := zone("db.ok.example", lit("@ MX 10 ns\n"))
	includes := func(t *testing.T, configuration string) { // of a name server: patterns that look at all of many files
		for i := range 2000 {
			write(t, fmt.Sprintf("f/%s%d", strings.Repeat("a", 200), i))
		}
		write(t, configuration, times(9000, "include \"../f/*z\";\n"))
	}
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T) // in an empty folder
		code  int
		want  string // in what is said
		args  []string
	}{
		{"one zone of two, where the other has a domain of a hundred labels with many MX hosts", func(t *testing.T) {
			healthy(t)
			zone("db.evil.example", lit("$ORIGIN "+strings.Repeat("a.", 100)+"evil.example.\n"),
				each(5000, func(i int) string { return fmt.Sprintf("d MX 10 m%d\n", i) }))(t)
		}, 0, "Nothing found", []string{"--only", "db.ok.example"}},
		{
			"many domains at names below a wildcard whose record begins with four megabytes of blanks",
			zone("db.evil.example", lit("*.w "), times(4<<20, " "), lit("A 198.41.0.8\n"),
				each(400, func(i int) string { return fmt.Sprintf("d%d MX 10 a%d.w\n", i, i) })), 1, "blanks", nil,
		},
		{
			"many domains at a host whose record comes after four megabytes of blanks",
			zone("db.evil.example", lit("x AAAA 2001:503:ba3e::2:31\n"), times(4<<20, " "),
				lit("A 198.41.0.5\n"), domains(400, "x")), 1, "blanks", nil,
		},
		{"many overrides of one pattern, and many domains", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("overrides:\n- {zones: [x.evil.example], stack: dual}\n"),
				times(240, "- {zones: ["+strings.Repeat(`"*",`, 999)+`"*"], stack: dual}`+"\n"))
			zone("db.evil.example", domains(1000, "ns"))(t)
		}, 0, "Nothing found", nil},
		{"many facts that make one machine of many names, and many domains at these", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("hosts:\n"), each(10_000, func(i int) string {
				return fmt.Sprintf("  h%d.example.net: {families: [ipv4, ipv6], same-host: h%d.example.net}\n", i, i+1)
			}))
			zone("db.evil.example", each(5000, func(i int) string {
				return fmt.Sprintf("d%d MX 10 h%d.example.net.\n", i, i)
			}))(t)
		}, 0, "Nothing found", nil},
		{"four configurations of a name server with many patterns, and many files", func(t *testing.T) {
			for i := range 4 {
				includes(t, fmt.Sprintf("c%d/named.conf", i))
			}
			healthy(t)
		}, 0, "Nothing found", nil},
		{"a configuration of a name server under three names", func(t *testing.T) {
			includes(t, "c/named.conf")
			for i := range 2 {
				must(t, os.Symlink("named.conf", fmt.Sprintf("c/named.conf.%d", i)))
			}
			healthy(t)
		}, 0, "Nothing found", nil},
		{"many patterns that exclude, and many zones in deep folders", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("exclude:\n"), each(1000, func(i int) string {
				return fmt.Sprintf("  - \"zones/%s**/b%03d\"\n", strings.Repeat("**/*a/", 20), i)
			}))
			deep := filepath.Join("zones", strings.Repeat(strings.Repeat("a", 250)+"/", 14))
			for i := range 500 {
				zone(filepath.Join(deep, fmt.Sprintf("db.x%d.example", i)))(t)
			}
		}, 2, "more than", nil},
		{"many lines before 360 MB of NUL bytes", func(t *testing.T) {
			zone("db.s.example", times(35_000, ";\n"))(t)
			must(t, os.Truncate("db.s.example", 360<<20))
		}, 1, "NUL", []string{"db.s.example"}},
		{
			"many hosts that hand on to one another, each the only one between two", bridges(2), 1, "and 995 more",
			[]string{"--format", "concise"},
		},
		{"so many of these that what is said of them is too long", bridges(10), 2, "more than 50000 findings", nil},
		{"many directives in the configuration", func(t *testing.T) {
			write(t, ".mx46.yaml", each(74_000, func(i int) string { return fmt.Sprintf("%%TAG !%x! a\n", i) }), lit("--- a"))
			healthy(t)
		}, 2, ".mx46.yaml:1:1:", nil},
		{
			"many domains at a host with more addresses than an answer holds", zone("db.evil.example",
				each(65_536, func(i int) string { return fmt.Sprintf("m AAAA 2001:503:ba3e::%x\n", i) }), domains(20_000, "m")),
			1, "an answer holds at most", nil,
		},
		{
			"many domains at a host with as many addresses as an answer holds, and one that nobody knows",
			zone("db.evil.example", each(5000, func(i int) string { return fmt.Sprintf("m AAAA 2001:503:ba3e::%x\n", i) }),
				domains(9000, "m"), domains(9000, "x.example.net.")), 0, "Not judged: 9000 of 9000 mail domains", nil,
		},
		{"many files in a folder that lies deep", func(t *testing.T) {
			healthy(t)
			for i := range 5000 {
				write(t, fmt.Sprintf("%sf%d", strings.Repeat("a/", 190), i), lit("text\n"))
			}
		}, 0, "Nothing found", nil},
		{"many folders in one that lies deep", func(t *testing.T) {
			healthy(t)
			for i := range 5000 {
				write(t, fmt.Sprintf("%sf%d/x", strings.Repeat("a/", 190), i), lit("text\n"))
			}
		}, 0, "Nothing found", nil},
		{"a configuration of overrides on one line", func(t *testing.T) {
			healthy(t)
			write(t, ".mx46.yaml", lit("{overrides: ["),
				times(1000, "{zones: ["+strings.Repeat(`"*",`, 219)+`"*"], stack: dual},`), lit("]}\n"))
		}, 0, "Nothing found", nil},
		{"many zones that an entry covers, each with a link that none does", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("zones: [{folder: z}]\n"))
			must(t, os.Mkdir("l", 0o755))
			for i := range 3000 {
				name := fmt.Sprintf("db.d%d.example", i)
				zone(filepath.Join("z", name))(t)
				must(t, os.Symlink(filepath.Join("../z", name), filepath.Join("l", name)))
			}
		}, 0, "Nothing found", nil},
		{"many entries of zones that are links to one folder", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("zones:\n"), each(300, func(i int) string { return fmt.Sprintf("- folder: l%d\n", i) }))
			for i := range 300 {
				must(t, os.Symlink("z", fmt.Sprintf("l%d", i)))
			}
			for i := range 1000 {
				zone(fmt.Sprintf("z/db.d%d.example", i))(t)
			}
		}, 2, "it would be searched more than 8 times", nil},
		{"many entries of zones, each a folder in that of the one before", func(t *testing.T) {
			folder := func(i int) string { return "z" + strings.Repeat("/z", i) }
			write(t, ".mx46.yaml", lit("zones:\n"), each(190, func(i int) string { return "- folder: " + folder(i) + "\n" }))
			for i := range 1000 {
				zone(fmt.Sprintf("%s/db.d%d.example", folder(189), i))(t)
			}
		}, 2, "it would be searched more than 8 times", nil},
		{"a hundred links to one zone", func(t *testing.T) {
			zone("real.txt", each(60_000, func(i int) string { return fmt.Sprintf("x%d A 198.41.0.4\n", i) }))(t)
			for i := range 100 {
				must(t, os.Symlink("real.txt", fmt.Sprintf("db.z%d.example", i)))
			}
		}, 2, "repeat and generate more than", nil},
		{"many names of one included file, through links of a folder to itself", func(t *testing.T) {
			for _, link := range "abcdef" {
				must(t, os.Symlink(".", string(link)))
			}
			write(t, "leaf", times(2500, "x A 198.41.0.4\n"))
			for z := range 12 {
				zone(fmt.Sprintf("db.z%d.example", z), each(600, func(i int) string {
					path := ""
					for n := z*600 + i; len(path) < 10; n /= 6 {
						path += string(rune('a'+n%6)) + "/"
					}
					return "$INCLUDE " + path + "leaf\n"
				}))(t)
			}
		}, 2, "bytes: lint fewer at a time", nil},
		{"a baseline of more than a million entries that match nothing", func(t *testing.T) {
			healthy(t)
			write(t, "known", lit("mx46 baseline 1\n"), each(1_180_000, func(i int) string { return fmt.Sprintf("%05x b c d 1\n", i) }))
		}, 0, "1180000 entries of known match nothing any more", []string{"--baseline", "known"}},
		{
			"findings with names so long that their baseline is too large", zone("db.evil.example",
				lit("$ORIGIN "+strings.Repeat(strings.Repeat("a", 60)+".", 3)+"evil.example.\n"), domains(49_000, "gone")),
			2, "is larger than the 16777216",
			[]string{"--write-baseline", "known"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			must(t, os.Mkdir(".git", 0o700))
			tt.setup(t)
			o := runAgain(t, program, ".", append([]string{"lint"}, tt.args...)...)
			o.checkCost(t)
			said := o.stdout + o.stderr
			if o.code != tt.code || !strings.Contains(strings.Join(strings.Fields(said), " "), tt.want) {
				t.Errorf("exit %d, want %d and %q in:\n%.1500s", o.code, tt.code, tt.want, said)
			}
			if most := 32 << 20; len(said) > most {
				t.Errorf("it says %d bytes, want at most %d", len(said), most)
			}
		})
	}
}

// TestTheOutputsOfTheActionCostInProportion writes all reports of the GitHub Action at once, of findings that are nearly
// too many or too long, and of some that are.
func TestTheOutputsOfTheActionCostInProportion(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	folder := t.TempDir()
	args := []string{"lint"}
	script, err := os.ReadFile("../../../.github/action/lint")
	must(t, err)
	formats := regexp.MustCompile(`--output[ =]"?([a-z]+)=`).FindAllSubmatch(script, -1)
	if len(formats) != 6 {
		t.Fatalf("the Action has the outputs %q", formats)
	}
	var files []string
	for _, format := range formats {
		file := "-"
		if name := string(format[1]); name != "text" && name != "github" {
			file = filepath.Join(folder, name)
			files = append(files, file)
		}
		args = append(args, "--output", string(format[1])+"="+file)
	}
	long := func(letter string) string {
		return strings.Repeat(strings.Repeat(letter, 60)+".", 3) + strings.Repeat(letter, 40)
	}
	domains := func(n int, below string) func(*testing.T) {
		return func(t *testing.T) {
			write(t, "db.evil.example", lit(head), lit("$ORIGIN "+below+".evil.example.\n"),
				each(100, func(i int) string { return fmt.Sprintf("g AAAA 2001:503:ba3e::%x\n", i) }),
				each(n, func(i int) string { return fmt.Sprintf("d%d MX 10 g\n", i) }))
		}
	}
	for _, tt := range []struct {
		name  string
		setup func(*testing.T)
		code  int
	}{
		{"many findings", domains(16_000, "x"), 1},
		{"many findings with long names", domains(9900, long("a")), 1},
		{"many findings with long names, each octet escaped", domains(3100, long(`\007`)), 1},
		{"many domains, each with hosts of its own", func(t *testing.T) {
			write(t, "db.evil.example", lit(head), each(9000, func(i int) string {
				return fmt.Sprintf("d%d MX 10 m%[1]d\n MX 20 k%[1]d\nm%[1]d A 198.41.%d.%d\nk%[1]d AAAA 2001:503::%[1]x\n", i, i/250, i%250)
			}))
		}, 1},
		{"too many findings with long names", domains(16_000, long("a")), 2},
		{"too many findings with long names, each octet escaped", domains(49_000, long(`\007`)), 2},
		{"many hosts that hand on to one another, each the only one between two", bridges(2), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			must(t, os.Mkdir(".git", 0o700))
			tt.setup(t)
			o := runAgain(t, program, ".", args...)
			o.checkCost(t)
			if said := strings.Contains(o.stderr, "more than 50000 findings"); o.code != tt.code || said != (o.code == 2) {
				t.Errorf("exit %d, want %d: %.500s", o.code, tt.code, o.stderr)
			}
			written := int64(len(o.stdout))
			for _, file := range files {
				if info, err := os.Stat(file); err == nil {
					written += info.Size()
				}
				os.Remove(file)
			}
			t.Logf("%d MB are written", written>>20)
			if written > 192<<20 {
				t.Errorf("%d MB are written, want at most 192", written>>20)
			}
		})
	}
}

// bridges writes domains with the same thousand MX hosts, of which each hands mail to the one before it.
func bridges(domains int) func(*testing.T) {
	const n = 1000
	return func(t *testing.T) {
		write(t, "db.evil.example", lit(head),
			each(domains*n, func(i int) string { return fmt.Sprintf("d%d MX %d m%d\n", i/n, i%n, i%n) }),
			each(n, func(i int) string { return fmt.Sprintf("m%d A 198.41.%d.%d\n", i, i/250, i%250+1) }))
		write(t, ".mx46.yaml", lit("hosts:\n"),
			each(n-1, func(i int) string { return fmt.Sprintf("  m%d.evil.example: {outbound: [ipv6]}\n", i+1) }),
			lit("relay:\n  links:\n"), each(n-1, func(i int) string {
				return fmt.Sprintf("  - {from: m%d.evil.example, to: m%d.evil.example}\n", i+1, i)
			}))
	}
}
