package serverconf

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/corpus"
	"mx46/testdata/root"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// describeConf writes a configuration down as the tests expect it: a line for each zone, for each kind of zone set
// aside, and for each problem, which are what remains to be judged.
func describeConf(files *zonefiles.FileSet, conf ServerConf, problems []zonefiles.Problem) string {
	var b strings.Builder
	if conf.Dialect != "" {
		fmt.Fprintf(&b, "dialect %s\n", conf.Dialect)
	}
	for _, z := range conf.Zones {
		fmt.Fprintf(&b, "%s %s", z.Name, z.File)
		if z.View != "" {
			fmt.Fprintf(&b, " view %s", z.View)
		}
		fmt.Fprintf(&b, " at %s %s file %s", files.Position(z.At.File, z.At.Start), files.Text(z.At), files.Text(z.FileAt))
		if !z.Updates.IsEmpty() {
			fmt.Fprintf(&b, " updates %s %s", files.Position(z.Updates.File, z.Updates.Start), files.Text(z.Updates))
		}
		if z.Journal != "" {
			fmt.Fprintf(&b, " journal %s", z.Journal)
		}
		b.WriteString("\n")
	}
	for _, z := range conf.Copies {
		fmt.Fprintf(&b, "copy: %s %s at %s\n", z.Name, z.File, files.Position(z.At.File, z.At.Start))
	}
	for _, kind := range slices.Sorted(maps.Keys(conf.SetAside)) {
		fmt.Fprintf(&b, "aside: %d %s\n", conf.SetAside[kind], kind)
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s\n", files.Position(p.Span.File, p.Span.Start), p.Message)
	}
	return b.String()
}

type confTest struct {
	name  string
	files map[string]string
	paths map[string]string
	want  string
}

func runConfTests(t *testing.T, main string, server Server, tests []confTest) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opened, _ := root.New(t, test.files)
			files := &zonefiles.FileSet{}
			conf, problems, err := server.Read(opened, files, main, disk.NewFinder(opened, test.paths))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimLeft(test.want, "\n"), describeConf(files, conf, problems)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestServerOfKnowsConfigurationsByName(t *testing.T) {
	for name, want := range map[string]Server{
		"named.conf": BIND, "etc/bind/named.conf.local": BIND, "nsd.conf": NSD, "etc/knot.conf": KnotDNS,
		"named.confx": 0, "xnsd.conf": 0, "nsd.conf.d": 0, "db.named.conf": 0, "": 0,
	} {
		if got := ServerOf(name); got != want {
			t.Errorf("%q is a configuration of %v, want %v", name, got, want)
		}
	}
}

func TestAMainConfigurationThatCannotBeReadIsAnError(t *testing.T) {
	opened, _ := root.New(t, map[string]string{"d/f": ""})
	for _, r := range Servers() {
		for _, name := range []string{"none", "d", "../x"} {
			if _, _, err := r.Read(opened, &zonefiles.FileSet{}, name, disk.NewFinder(opened, nil)); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%q: error %v", name, err)
			}
		}
	}
}

func TestConfigurationsStayWithinTheirLimits(t *testing.T) {
	deep := map[string]string{"named.conf": `include "1";`}
	for i := range 12 {
		deep[fmt.Sprint(i+1)] = fmt.Sprintf(`include "%d"; zone z%d { type primary; file "z"; };`, i+2, i+1)
	}
	wide := map[string]string{"named.conf": strings.Repeat(`include "a"; `, 3), "a": strings.Repeat(`include "b"; `, 4000), "b": ""}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"ten files may include one another", deep, `9:1:9: "10" is not read: more than 10 files include one another`},
		{"ten thousand files may be included", wide, `"b" is not read, nor what is included after it: more than 10000 includes`},
		{
			"a path may be as long as the server's system allows",
			map[string]string{
				"named.conf": `template t { type primary; file "` + strings.Repeat("$name", 2000) + `"; }; zone a.example { template t; };`,
			},
			`cannot be the name of a file`,
		},
		{
			"braces do not nest on the stack",
			map[string]string{"named.conf": strings.Repeat("a {", 1_000_000)},
			`named.conf:1:1: the block of "a" is not closed`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			opened, _ := root.New(t, test.files)
			files := &zonefiles.FileSet{}
			conf, problems, err := BIND.Read(opened, files, "named.conf", disk.NewFinder(opened, nil))
			if err != nil {
				t.Fatal(err)
			}
			if got := describeConf(files, conf, problems); !strings.Contains(got, test.want) || len(got) > 1000 {
				t.Errorf("%d bytes of report do not hold %q: %.1000s", len(got), test.want, got)
			}
		})
	}
}

func TestRealConfigurationsAreRead(t *testing.T) {
	dir := corpus.Folder(t)
	opened := root.Open(t, filepath.Join(dir, "conf"))
	for _, test := range []struct {
		name  string
		paths map[string]string
		zones int
		aside int
	}{
		{"avar+linode-etc/bind/named.conf", map[string]string{"/etc/bind": "avar+linode-etc/bind"}, 8, 0},
		{"ocf+dns/etc/named.conf.local", map[string]string{"/srv/dns": "ocf+dns"}, 9, 1},
		{"argvc+nsd-zonefiles/nsd.conf", map[string]string{"/etc/nsd3": "argvc+nsd-zonefiles"}, 4, 0},
		{"bsdlp+dns/nsd/nsd.conf", map[string]string{"/srv/nsd": "bsdlp+dns/nsd"}, 0, 0},
	} {
		files := &zonefiles.FileSet{}
		conf, problems, err := ServerOf(test.name).Read(opened, files, test.name, disk.NewFinder(opened, test.paths))
		if err != nil {
			t.Error(err)
			continue
		}
		aside := 0
		for _, n := range conf.SetAside {
			aside += n
		}
		if len(problems) > 0 || len(conf.Zones) != test.zones || aside != test.aside {
			t.Errorf("%s: %d zones and %d set aside, want %d and %d:\n%s", test.name, len(conf.Zones), aside, test.zones, test.aside,
				describeConf(files, conf, problems))
		}
	}
}

func fuzzConf(f *testing.F, main string, server Server, seeds ...string) {
	dir := f.TempDir()
	opened := root.Open(f, dir)
	if err := os.WriteFile(filepath.Join(dir, "inc"), []byte("zone a { type primary; file \"a\"; };"), 0o644); err != nil {
		f.Fatal(err)
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		name := fmt.Sprintf("%s.%d", main, os.Getpid())
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
		files := &zonefiles.FileSet{}
		conf, problems, err := server.Read(opened, files, name, disk.NewFinder(opened, map[string]string{"/etc": ".", "/srv": "../out"}))
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range conf.Zones {
			if !filepath.IsLocal(z.File) || z.At.IsEmpty() || len(z.File) > 2*maxServerPath {
				t.Errorf("zone %+v", z)
			}
		}
		describeConf(files, conf, problems) // panics where a span does not lie in its file
		for _, p := range problems {
			if strings.ContainsFunc(p.Message, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("problem %q", p.Message)
			}
		}
	})
}
