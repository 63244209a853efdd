package config

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

const layered = `stack: ipv6
zones:
  - {files: "zones/**", scope: internal, view: any}
  - {files: zones/db.special, stack: ipv4, view: special, origin: special.example}
  - {files: "zones/db.s*", scope: public}
exclude: ["**/*.bak", zones/old]
rules: {addr-private: warning}
overrides:
  - {zones: ["*"], rules: {mx-target-cname: note}}
  - {zones: ["*.example.org"], stack: dual}
  - {zones: [Example.ORG.], stack: ipv4, rules: {addr-private: off}}
  - {zones: [lab.example.org, '\*.example.net'], scope: public, rules: {addr-private: error}}
paths: {/: ., /etc/bind: bind, /etc/bind/db.root: hints}
`

func TestTheLastEntryOfZonesThatSetsAValueWins(t *testing.T) {
	c := mustLoad(t, layered)
	tests := []struct {
		file                       string
		stack, scope, view, origin string
	}{
		{"other/db.x", "IPv6 .mx46.yaml:1:8", "public default", " ", ". "},
		{"zones/db.x", "IPv6 .mx46.yaml:1:8", "internal .mx46.yaml:3:32", "any .mx46.yaml:3:48", ". "},
		{"zones/a/db.special", "IPv6 .mx46.yaml:1:8", "internal .mx46.yaml:3:32", "any .mx46.yaml:3:48", ". "},
		{"zones/db.special", "IPv4 .mx46.yaml:4:38", "public .mx46.yaml:5:35", "special .mx46.yaml:4:50", "special.example. .mx46.yaml:4:67"},
	}
	for _, test := range tests {
		s := c.For(test.file)
		got := []string{s.Stack.text(), s.Scope.text(), s.View.text(), s.Origin.text()}
		if diff := cmp.Diff([]string{test.stack, test.scope, test.view, test.origin}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.file, diff)
		}
		if s.Origin.IsSet() != (test.origin != ". ") {
			t.Errorf("%s: IsSet of the origin is %v", test.file, s.Origin.IsSet())
		}
	}
}

// text is value and origin, for comparison.
func (s Setting[T]) text() string { return fmt.Sprintf("%v %s", s.Value, s.From) }

func TestTheLastOverrideThatHoldsWins(t *testing.T) {
	c := mustLoad(t, layered)
	private := &lint.Rule{Name: "addr-private", Severity: lint.Error}
	cname := &lint.Rule{Name: "mx-target-cname", Severity: lint.Error}
	stranger := &lint.Rule{Name: "mx-host-single-stack", Severity: lint.Note}
	tests := []struct {
		name         string
		zone, domain string
		stack, scope string
		private      string
	}{
		{"no override names it", "example.com.", "example.com.", "IPv6 .mx46.yaml:1:8", "internal .mx46.yaml:3:32", "warning .mx46.yaml:7:23"},
		{"a wildcard does not name its own parent", "example.org.", "example.org.", "IPv4 .mx46.yaml:11:36", "internal .mx46.yaml:3:32", "off .mx46.yaml:11:64"},
		{"a wildcard names what is deep below", "a.b.example.org.", "a.b.example.org.", "IPv4 and IPv6 .mx46.yaml:10:39", "internal .mx46.yaml:3:32", "warning .mx46.yaml:7:23"},
		{"a domain follows its zone's override too", "example.org.", "a.example.org.", "IPv4 .mx46.yaml:11:36", "internal .mx46.yaml:3:32", "off .mx46.yaml:11:64"},
		{"a later override wins for the domain it names", "example.org.", "lab.example.org.", "IPv4 .mx46.yaml:11:36", "public .mx46.yaml:12:57", "error .mx46.yaml:12:87"},
		{"the order of the file counts, not that of zone and domain", "lab.example.org.", "example.org.", "IPv4 .mx46.yaml:11:36", "public .mx46.yaml:12:57", "error .mx46.yaml:12:87"},
		{"an escaped asterisk is that owner name alone", "example.net.", `\*.example.net.`, "IPv6 .mx46.yaml:1:8", "public .mx46.yaml:12:57", "error .mx46.yaml:12:87"},
		{"which its siblings are not", "example.net.", "x.example.net.", "IPv6 .mx46.yaml:1:8", "internal .mx46.yaml:3:32", "warning .mx46.yaml:7:23"},
		{"the root", ".", ".", "IPv6 .mx46.yaml:1:8", "internal .mx46.yaml:3:32", "warning .mx46.yaml:7:23"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := c.For("zones/db.x").At(zonefiles.MustName(test.zone)).At(zonefiles.MustName(test.domain))
			got := []string{s.Stack.text(), s.Scope.text(), s.Severity(private).text(), s.Severity(cname).text(), s.Severity(stranger).text()}
			want := []string{test.stack, test.scope, test.private, "note .mx46.yaml:9:45", "note default"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	c.SetSeverity("addr-private", lint.Note, "--severity")
	if got := c.For("zones/db.x").At(zonefiles.MustName("lab.example.org.")).Severity(private).text(); got != "note --severity" {
		t.Errorf("after SetSeverity: %s", got)
	}
}

func TestExcludes(t *testing.T) {
	c := mustLoad(t, layered)
	for file, want := range map[string]bool{
		"db.bak": true, "a/b/db.bak": true, "zones/old": true, "zones/old/x": false, "a/zones/old": false, "db.bak/x": false,
	} {
		if got := c.Excludes(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}

func TestSettingsOfAZoneThatNoOverrideNamesCostNoAllocation(t *testing.T) {
	c := mustLoad(t, "zones: [{files: 'zones/db.*', stack: ipv4}]\noverrides: [{zones: [a.example, '*.b.example'], stack: dual}]\n")
	zone := zonefiles.MustName("www.example.org.")
	rule := &lint.Rule{Name: "addr-private", Severity: lint.Error}
	if n := testing.AllocsPerRun(100, func() { c.For("other/db.x").At(zone).Severity(rule) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSettings(b *testing.B) {
	text := "zones:\n"
	for i := range 5000 {
		text += fmt.Sprintf("- {files: zones/db.%d, origin: z%d.example}\n", i, i)
	}
	text += "overrides:\n"
	for i := range 500 {
		text += fmt.Sprintf("- {zones: [z%d.example, '*.z%d.example'], stack: ipv4}\n", i, i)
	}
	c, err := loadText("f", text, nil)
	if err != nil {
		b.Fatal(err)
	}
	zone := zonefiles.MustName("a.z7.example.")
	for b.Loop() {
		c.For("zones/db.7").At(zone)
	}
}

func TestOverridesWithinAZone(t *testing.T) {
	c := mustLoad(t, layered)
	for zone, want := range map[string]bool{
		"org.": true, "example.org.": true, // names below have overrides of their own
		"lab.example.org.": false, // the wildcard holds for all of the zone
		"net.":             true, "example.com.": false,
	} {
		if got := c.Lint("f", "", zonefiles.MustName(zone)).Domain != nil; got != want {
			t.Errorf("%s: settings of domains of their own: %v", zone, got)
		}
	}
}

// TestRulesAreAsSevereAsTheSettingsSay asks about rules that a file speaks of, that a flag does, and that neither does,
// whichever of them anybody asks about first.
func TestRulesAreAsSevereAsTheSettingsSay(t *testing.T) {
	for _, c := range []*Config{mustLoad(t, layered), New()} {
		c.SetSeverity("mx-target-no-address", lint.Note, "--warn")
		c.SetSeverity("toy", lint.Error, "--warn")
		for _, name := range append(ruleNames, "toy", "another-toy") {
			rule := &lint.Rule{Name: name, Severity: lint.Warning}
			for _, zone := range []string{"org.", "example.org.", "lab.example.org.", "example.com."} {
				zone := zonefiles.MustName(zone)
				if got, want := c.Lint("f", "", zone).Severity(rule), c.For("f").At(zone).Severity(rule).Value; got != want {
					t.Errorf("%s in %s: %v, want %v", name, zone, got, want)
				}
			}
		}
	}
}

func TestSetPathLeavesTheFilesWord(t *testing.T) {
	c := mustLoad(t, layered)
	c.SetPath("/etc/bind/", ".")
	c.SetPath("/srv/", ".")
	if got := c.Paths(); got["/etc/bind"] != "bind" || got["/srv"] != "." {
		t.Errorf("%v", got)
	}
}

func TestNamesThatAreInternalByDefinition(t *testing.T) {
	for _, test := range []struct{ name, text, zone, want string }{
		{"by default", "", "corp.internal.", "internal default below internal"},
		{"at the name itself", "", "local.", "internal default below local"},
		{"home.arpa", "", "a.home.arpa.", "internal default below home.arpa"},
		{"arpa is public", "", "arpa.", "public default"},
		{"test stands for a public name", "", "example.test.", "public default"},
		{"the file's word counts", "scope: public", "corp.internal.", "public .mx46.yaml:1:8"},
		{"an override's word counts", "overrides: [{zones: [corp.internal], scope: public}]", "corp.internal.", "public .mx46.yaml:1:45"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := mustLoad(t, test.text).For("x").At(zonefiles.MustName(test.zone)).Scope.text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
