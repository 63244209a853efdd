package workspace

import (
	"context"
	"errors"
	"slices"
	"testing"

	"mx46/lint"
	"mx46/rules"
	"mx46/zonefiles"
)

// found are the rules of findings and their zones, in order.
func found(findings []lint.Finding) (names []string) {
	for _, f := range findings {
		names = append(names, f.Rule.Name+" "+f.Zone.String())
	}
	return names
}

// named are rules of the catalogue.
func named(names ...string) []*lint.Rule {
	return slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return !slices.Contains(names, r.Name) })
}

func TestLint(t *testing.T) {
	w := read(t, map[string]string{
		"db.a.example": zone("@ 60 MX 10 gone\n@ 60 MX 10 gone ; mx46:ignore mx-duplicate -- it stays\n"),
		"db.b.example": zone("@ 60 MX 10 gone\n"),
		"named.conf":   `zone "x" { type secondary; file "x"; }; zone "y" { type hint; file "y"; };`,
		"db.j2":        zone(""),
		".mx46.yaml": "zones: [{named-conf: named.conf}, {files: 'db.*'}]\nexclude: [db.j2]\n" +
			"overrides: [{zones: [b.example], rules: {mx-target-no-address: off}}]",
	})
	const duplicate, noAddress = "mx-duplicate a.example.", "mx-target-no-address a.example."
	for _, test := range []struct {
		options LintOptions
		want    []string // among the findings
		absent  []string // from them
	}{
		{LintOptions{}, []string{noAddress}, []string{duplicate, "mx-target-no-address b.example."}},
		{LintOptions{Rules: named("mx-duplicate")}, nil, []string{noAddress, duplicate}},
		{LintOptions{NoIgnores: true}, []string{noAddress, duplicate}, nil},
	} {
		result, err := w.Lint(context.Background(), test.options)
		if err != nil {
			t.Fatal(err)
		}
		got := found(slices.DeleteFunc(result.Findings, func(f lint.Finding) bool { return f.Suppressed != "" }))
		for _, name := range test.want {
			if !slices.Contains(got, name) {
				t.Errorf("%+v: no %s in %q", test.options, name, got)
			}
		}
		for _, name := range test.absent {
			if slices.Contains(got, name) {
				t.Errorf("%+v: %s in %q", test.options, name, got)
			}
		}
		if n := result.Summary.NotPrimary; n != 1 {
			t.Errorf("%d zones are secondary, want the one that is no hint zone", n)
		}
	}
}

func TestLintEndsWithItsLimitAndItsContext(t *testing.T) {
	w := read(t, map[string]string{"db.a.example": zone("a 60 MX 10 gone\nb 60 MX 10 gone\n")})
	if _, err := w.Lint(context.Background(), LintOptions{MaxFindings: 1}); !errors.Is(err, lint.ErrTooMany) {
		t.Errorf("beyond the limit: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Lint(ctx, LintOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func TestSettingsAreThoseOfTheFileAndTheZone(t *testing.T) {
	w := open(t, map[string]string{".mx46.yaml": "zones: [{files: 'lab/*', stack: ipv6}]\noverrides: [{zones: [old.example], stack: ipv4}]"})
	for _, test := range []struct{ file, origin, want string }{
		{"db.a", "a.example.", "dual"}, {"lab/db.a", "a.example.", "ipv6"}, {"lab/db.old", "old.example.", "ipv4"},
	} {
		if got := w.Settings(test.file, "", zonefiles.MustName(test.origin)).Stack.Word(); got != test.want {
			t.Errorf("%s in %s: %s, want %s", test.origin, test.file, got, test.want)
		}
	}
}

func TestJudged(t *testing.T) {
	w := read(t, map[string]string{
		"db.whole.example":  zone(""),
		"db.broken.example": zone("a 60 MX\n"),
		"db.off.example":    zone(""),
		".mx46.yaml":        "zones: [{files: 'db.*'}]\noverrides: [{zones: [off.example], rules: {mx-duplicate: off}}]",
	})
	one, all := w.Judged(named("mx-duplicate", "mx-no-ipv4")), w.Judged(rules.All())
	for _, test := range []struct {
		zone, rule string
		one, all   bool
	}{
		{"whole.example.", "mx-duplicate", true, true},
		{"whole.example.", "mx-target-cname", false, true}, // which did not run
		{"whole.example.", "no-such-rule", true, true},     // any more
		{"broken.example.", "mx-duplicate", false, false},  // where a part cannot be read
		{"off.example.", "mx-duplicate", false, false},
		{"off.example.", "mx-no-ipv4", true, true},
		{"gone.example.", "mx-duplicate", true, true}, // which is no more
	} {
		if got := one(test.zone, test.rule); got != test.one {
			t.Errorf("some rules: %s in %s: %t", test.rule, test.zone, got)
		}
		if got := all(test.zone, test.rule); got != test.all {
			t.Errorf("all rules: %s in %s: %t", test.rule, test.zone, got)
		}
	}
}
