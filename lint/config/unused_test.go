package config

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/lock"
	"mx46/zonefiles"
)

// Each case is a configuration and all that is reported of it, with the text at its place.
func TestUnused(t *testing.T) {
	loader := zonefiles.NewLoader(nil)
	add := func(name, text string) *zonefiles.File {
		file, err := loader.Files.Add(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	zone := func(path, view, origin, text string) *zonefiles.Zone {
		name := zonefiles.MustName(origin)
		z := loader.Parse(add(path, text), &name)
		z.Path, z.View = path, view
		return z
	}
	views := [][]*zonefiles.Zone{
		{
			zone("zones/db.org", "", "example.org.", "@ MX 10 mx\nshop MX 10 mail.provider.example.\nmx CNAME real\n* CNAME sink\nlost TXT x\n@ A 192.0.2.1\n@ NS ns.example.net.\n"),
			zone("zones/db.web", "", "web.example.", "@ A 192.0.2.1\nx DNAME moved.example.\n"),
		},
		{zone("lab/db.org", "inside", "lab.example.", "a.b MX 10 alias.provider.example.\n")},
	}
	locked, problems := lock.Parse(add(lock.FileName, "# mx46 hosts v1. x\nalias.provider.example. alias=end.provider.example. ipv4\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"names of MX and NS records", "hosts: {mx.example.org: {families: [ipv4]}, ns.example.net: {families: [ipv4]}}", nil},
		{"the ends of aliases", "hosts: {real.example.org: {outbound: [ipv4]}, end.provider.example: {families: [ipv4]}}", nil},
		{"what a wildcard or a DNAME may lead to", "hosts: {sink.example.org: {outbound: [ipv4]}, a.moved.example: {families: [ipv4]}}", nil},
		{"a domain that takes mail at its own addresses", "hosts: {web.example: {families: [ipv4]}}", nil},
		{
			"hosts that nothing leads to", "hosts:\n  'nobody.example.org': {families: [ipv4]}\n  example.org: {families: [ipv4]}\n  lost.example.org.: {families: [ipv4]}\n",
			[]string{
				"2 'nobody.example.org': no MX or NS record here names nobody.example.org",
				"3 example.org: no MX or NS record here names example.org",
				"4 lost.example.org.: no MX or NS record here names lost.example.org",
			},
		},
		{"one machine, by either of its names", "hosts: {nobody.example: {same-host: mx.example.org}, mx.example.org: {same-host: nobody.example}}", nil},
		{
			"one machine of which neither name takes mail", "hosts: {nobody.example: {same-host: other.example}}",
			[]string{"1 nobody.example: no MX or NS record here names nobody.example"},
		},
		{"every name below another", `hosts: {"*.provider.example": {families: [ipv4]}}`, nil},
		{
			"names below another that have facts of their own",
			`hosts: {"*.b.example": {families: [ipv4]}, "*.provider.example": {families: [ipv4]}, mail.provider.example: {families: [ipv4]}, alias.provider.example: {families: [ipv4]}}`,
			[]string{
				`1 "*.b.example": no MX or NS record here names a host below b.example that has no entry of its own`,
			},
		},
		{
			"relay", "relay:\n  links: [{from: mx.example.org, to: gone.example}]\n  final: [gone.example, real.example.org]\n",
			[]string{
				"2 {from: mx.example.org, to: gone.example}]: no MX record here names gone.example, an end of this link",
				"3 gone.example: no MX record here names gone.example",
			},
		},
		{
			"overrides by name", "overrides: [{zones: [example.org, shop.example.org, '*.b.lab.example', '*', gone.example, '*.web.example'], stack: ipv4}]",
			[]string{
				"1 gone.example: no zone and no mail domain here is gone.example",
				"1 '*.web.example': no zone and no mail domain here lies below web.example",
			},
		},
		{
			"overrides by file and view",
			"overrides:\n- {files: ['zones/*'], stack: ipv4}\n- {views: [inside], stack: ipv4}\n- {files: ['zones/*'], views: [inside], stack: ipv4}\n" +
				"- {files: [named.conf], stack: ipv4}\n- {files: ['lab/*'], zones: [example.org, lab.example], stack: ipv4}\n- {files: [x], stack: ipv4}\n- {views: [outside], stack: ipv4}\n",
			[]string{
				"4 {files: ['zones/*'], views: [inside], stack: ipv4}: this override is for files or views of which no zone is here",
				"6 example.org: no zone and no mail domain here is example.org",
				"7 {files: [x], stack: ipv4}: this override is for files or views of which no zone is here",
				"8 {views: [outside], stack: ipv4}: this override is for files or views of which no zone is here",
			},
		},
		{
			"policies of domains that take no mail", "mta-sts: {example.org: a, shop.example.org: b, web.example: c, gone.example: d}",
			[]string{"1 gone.example: no zone and no mail domain here is gone.example"},
		},
		{"what is excluded", "exclude: ['*.bak', db.old, 'é*']", []string{"1 db.old: exclude matches no file of a zone here"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := add(FileName, test.text)
			c, err := Load(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"db.bak", "éa", "db.org"} {
				c.Excludes(name)
			}
			var got []string
			for _, p := range c.Unused(views, locked, "named.conf") {
				line := loader.Files.Position(p.Span.File, p.Span.Start).Line
				got = append(got, fmt.Sprintf("%d %s: %s", line, loader.Files.Text(p.Span), p.Message))
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPlacesAreThoseOfTheText(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeffexclude: [é, a b]":             "a b",
		"exclude:\r\n- é\r\n- \"a\\x62\"\r\n": `"a\x62"`,
		"exclude:\n- é\n- a   b # why\n":      "a   b",
		"exclude:\n- é\n- |-\n  a\n":          "|-",
		"exclude:\n- é\n- 'it''s'\n":          "'it''s'",
	} {
		c, err := loadText(FileName, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := c.excludeAt[1]
		if got := text[at.Start:at.End]; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
