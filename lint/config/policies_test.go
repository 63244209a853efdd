package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/zonefiles"
)

func TestPoliciesAreBelowTheFolderOfTheConfiguration(t *testing.T) {
	c, err := loadText("dns/.mx46.yaml", "mta-sts:\n  Example.org: www/.well-known/mta-sts.txt\n  example.net.: ../sts/net.txt\n", ruleNames)
	if err != nil {
		t.Fatal(err)
	}
	want := map[zonefiles.Name]Policy{
		zonefiles.MustName("example.org."): {Setting[string]{"dns/www/.well-known/mta-sts.txt", "dns/.mx46.yaml:2:16"}, zonefiles.Span{Start: 11, End: 22}},
		zonefiles.MustName("example.net."): {Setting[string]{"sts/net.txt", "dns/.mx46.yaml:3:17"}, zonefiles.Span{Start: 54, End: 66}},
	}
	if diff := cmp.Diff(want, c.Policies); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPoliciesThatAreRefused(t *testing.T) {
	many := "mta-sts:\n" + strings.Repeat("  d: a\n", 1)
	for i := range maxItems {
		many += "  d" + strings.Repeat("x", i%50) + "." + strings.Repeat("y", i/50+1) + ": a\n"
	}
	for text, want := range map[string]string{
		"mta-sts: a\n":                                "f:1:10: mta-sts is text; it must be a mapping",
		"mta-sts: {example.org: /etc/passwd}\n":       `f:1:24: the right side of mta-sts is "/etc/passwd"; it must be relative to the configuration, not absolute`,
		"mta-sts: {example.org: ../a}\n":              `f:1:24: the right side of mta-sts is "../a"; it must not lead out of the root with ..`,
		"mta-sts: {example.org: a, Example.ORG: b}\n": `f:1:27: key "Example.ORG" appears twice, first in line 1`,
		"mta-sts: {'a b': a}\n":                       `f:1:11: a key of mta-sts is "a b"; a space or one of "@$;() in it must be written as \DDD`,
		many:                                          "f:2:3: mta-sts has more than 1000 entries",
	} {
		if _, err := loadText("f", text, ruleNames); err == nil || err.Error() != want {
			t.Errorf("%.60s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
