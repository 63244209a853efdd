package config

import (
	"fmt"
	"strings"
	"testing"

	"mx46/zonefiles"
)

const reaching = `overrides:
- {files: ["lab/**", one], scope: internal}
- {views: [in, lan], stack: ipv4}
- {zones: [a.example, "*.b.example"], files: ["lab/*"], views: [in], stack: ipv6}
- {zones: [c.example], scope: public}
`

func TestOverridesReachFilesAndViews(t *testing.T) {
	c := mustLoad(t, reaching)
	for _, test := range []struct{ file, view, name, want string }{
		{"db", "", "a.example.", "dual public"},
		{"lab/x/db", "", "a.example.", "dual internal"},
		{"one", "", "x.", "dual internal"},
		{"db", "lan", "a.example.", "ipv4 public"},
		{"lab/db", "lan", "a.example.", "ipv4 internal"},
		{"lab/db", "in", "a.example.", "ipv6 internal"}, // the last one wins
		{"lab/db", "in", "b.example.", "ipv4 internal"},
		{"lab/db", "in", "x.b.example.", "ipv6 internal"},
		{"lab/x/db", "in", "a.example.", "ipv4 internal"},
		{"lab/db", "in", "c.example.", "ipv4 public"},
	} {
		s := c.For(test.file).In(test.view).At(zonefiles.MustName(test.name))
		if got := s.Stack.Value.Word() + " " + s.Scope.Value.String(); got != test.want {
			t.Errorf("%s in view %q of %s: %s, want %s", test.name, test.view, test.file, got, test.want)
		}
	}
}

func TestOverridesReachMailDomainsOfSomeFiles(t *testing.T) {
	c := mustLoad(t, reaching)
	own := func(file, view, zone, domain string) bool {
		settings := c.Lint(file, view, zonefiles.MustName(zone))
		return settings.For(zonefiles.MustName(domain)) != settings
	}
	if !own("lab/db", "in", "b.example.", "x.b.example.") {
		t.Error("a mail domain below a name that an override of its file and view names has the settings of its zone")
	}
	if own("lab/db", "", "b.example.", "x.b.example.") || own("db", "in", "b.example.", "x.b.example.") {
		t.Error("a mail domain in another file or view has settings of its own")
	}
}

func TestOverridesOfFilesAreFew(t *testing.T) {
	var text strings.Builder
	text.WriteString("overrides:\n")
	for i := range maxLocal + 1 {
		fmt.Fprintf(&text, "- {files: [f%d], stack: dual}\n", i)
	}
	if _, err := loadText(FileName, text.String(), nil); err == nil || !strings.Contains(err.Error(), ":102:3: more than 100 overrides are for some files or views") {
		t.Errorf("the error is %v", err)
	}
}
