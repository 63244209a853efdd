package config

import (
	"testing"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestWhatACommandLineSetsHoldsWhateverTheFileSays(t *testing.T) {
	c := mustLoad(t, "stack: ipv4\nzones: [{files: a, scope: public, stack: dual}]\n"+
		"overrides: [{zones: [a.example], stack: dual, scope: public, rules: {addr-private: off}}]\nexclude: [old/*]\n")
	for _, err := range []error{
		c.SetStack("ipv6", "--stack"), c.SetScope("internal", "--scope"), c.Exclude("zones", "../b/*.bak"), c.Exclude(".", "c"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c.SetSeverity("addr-private", lint.Note, "--severity")
	for _, name := range []string{"a.example.", "b.example."} {
		s := c.For("a").In("").At(zonefiles.MustName(name))
		if s.Stack != (Setting[delivery.Families]{delivery.IPv6, "--stack"}) ||
			s.Scope != (Setting[delivery.Scope]{delivery.Internal, "--scope"}) {
			t.Errorf("%s: %+v %+v", name, s.Stack, s.Scope)
		}
		if got := s.Severity(&lint.Rule{Name: "addr-private", Severity: lint.Error}); got.Value != lint.Note {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for file, want := range map[string]bool{"b/x.bak": true, "c": true, "old/a": true, "zones/c": false, "a": false} {
		if c.Excludes(file) != want {
			t.Errorf("%s is excluded: %t, want %t", file, !want, want)
		}
	}
}

func TestWhatACommandLineGetsWrong(t *testing.T) {
	c := New()
	for err, want := range map[error]string{
		c.SetStack("both", ""):    "both is none of dual, ipv4, ipv6",
		c.SetScope("secret", ""):  "secret is none of public, internal",
		c.Exclude("a", "/b"):      `it is "/b"; it must be relative to the configuration, not absolute`,
		c.Exclude("a", "../../b"): `it is "../../b"; it must not lead out of the root with ..`,
		c.Exclude("a", "{b,c}"):   `it is "{b,c}"; braces are not allowed: write one glob for each alternative`,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
