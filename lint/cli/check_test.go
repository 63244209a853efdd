package cli_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mx46/lint/report"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// checked is the world of the tests of check.
var checked = []resolver.Zone{
	resolver.Root,
	{Origin: "provider.example.", Text: providerZone},
	{Origin: "example.org.", Text: `@	NS ns.provider.example.
@ MX 10 v6.provider.example.
@ MX 20 v4.provider.example.
@ MX 30 gone
@ TXT "v=spf1 mx -all"
www A 203.0.114.80
`},
	{Origin: "fine.example.", Text: "@	NS ns.provider.example.\n@ MX 10 mx.provider.example.\n"},
}

func TestCheckJudgesWhatARealResolverSays(t *testing.T) {
	e2e.Slow(t)
	world, _ := resolver.World(t, checked...)
	at := resolver.Unbound(t, world, "").String()
	dir := t.TempDir()
	got := runOn(t, dir, today, "check", "example.org", "--resolver", at)
	for _, text := range []string{
		"error[mx-primary-single-stack]: the primary MX of example.org, v6.provider.example, has only IPv6 addresses",
		"error[mx-secondary-stranded]: ", "error[mx-target-no-address]: MX target gone.example.org does not exist",
		fmt.Sprintf(" --> dns://%s/example.org?type=MX:1:27\n", at),
		fmt.Sprintf("1 | example.org. 300 IN MX 10 v6.provider.example. ; from %s over IPv4, UDP\n", at),
		"Not tried: the name servers themselves (--authoritative) and port 25 of the MX hosts (--connect).",
		"Not checked, since it takes a zone's file: ", " answers, 1 mail domain and ",
	} {
		if !strings.Contains(got.out, text) {
			t.Errorf("no %q in\n%s", text, got.out)
		}
	}
	if got.code != 1 || strings.Count(got.out, "Not checked, since") != 1 {
		t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	if got := runOn(t, dir, today, "check", "fine.example", "--resolver", at); got.code != 0 || !strings.HasPrefix(got.out, "Nothing found in ") {
		t.Errorf("of a domain where all is well: %+v", got)
	}
	if got := runOn(t, dir, today, "check", "example.org", "--trace", "--resolver", at); !strings.Contains(got.out, "Mail to example.org") {
		t.Errorf("the trace: %+v", got)
	}
	dumped := runOn(t, dir, today, "check", "example.org", "--dump", "--resolver", at)
	if dumped.code != 0 || !strings.Contains(dumped.out, "; What was seen of zone example.org.\nexample.org. ") {
		t.Errorf("the dump: %+v", dumped)
	}
	put(t, dir, ".mx46.yaml", "stack: ipv6\n")
	if got := runOn(t, dir, today, "check", "example.org", "--resolver", at); strings.Contains(got.out, "mx-primary-single-stack") {
		t.Errorf("the configuration does not count:\n%s", got.out)
	}
}

func TestCheckWritesEveryFormat(t *testing.T) {
	e2e.Slow(t)
	world, _ := resolver.World(t, checked...)
	at := resolver.Unbound(t, world, "").String()
	for _, format := range report.Formats() {
		got := runOn(t, t.TempDir(), today, "check", "example.org", "--format", format, "--resolver", at)
		if got.code != 1 || !strings.Contains(got.out, "mx-secondary-stranded") {
			t.Errorf("%s: %+v", format, got)
		}
		if isJSON := slices.Contains([]string{"json", "sarif", "rdjson", "gitlab"}, format); isJSON && !json.Valid([]byte(got.out)) {
			t.Errorf("%s is no JSON:\n%s", format, got.out)
		}
	}
	got := runOn(t, t.TempDir(), today, "check", "example.org", "--format", "sarif", "--resolver", at)
	if uri := fmt.Sprintf(`"uri": "dns://%s/example.org?type=MX"`, at); !strings.Contains(got.out, uri) {
		t.Errorf("no %s in\n%s", uri, got.out)
	}
}

func TestCheckOfWhatIsNotThere(t *testing.T) {
	e2e.Slow(t)
	world, stop := resolver.World(t, checked...)
	at := resolver.Unbound(t, world, "\tserve-expired: no\n").String()
	got := runOn(t, t.TempDir(), today, "check", "nobody.example.org", "--resolver", at)
	if got.code != 1 || !strings.Contains(got.out, "error[domain-not-found]: nobody.example.org does not exist") {
		t.Errorf("%+v", got)
	}
	ask := []string{"check", "fine.example", "--resolver", at, "--assume-honest", "--timeout", "300ms"}
	stop()
	if got := runOn(t, t.TempDir(), today, ask...); got.code != 0 || !strings.Contains(got.out, "No answer: fine.example. MX: ") {
		t.Errorf("%+v", got)
	}
	if got := runOn(t, t.TempDir(), today, append(ask, "--strict")...); got.code != 2 {
		t.Errorf("--strict: %+v", got)
	}
	if got := runOn(t, t.TempDir(), today, "check", "https://fine.example/"); got.code != 2 || !strings.Contains(got.err, "the domain may be fine.example") {
		t.Errorf("%+v", got)
	}
}
