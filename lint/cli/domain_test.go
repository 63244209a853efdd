package cli

import "testing"

func TestNamesOfOtherScriptsAreLookedForAsTheDNSHasThem(t *testing.T) {
	for word, want := range map[string]string{"Bücher.example": "xn--bcher-kva.example", "ü\u202e": "ü\u202e", "a.example": "a.example"} {
		if got := inDNS(word); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func TestDomainsAsPeopleTypeThem(t *testing.T) {
	for word, want := range map[string]string{
		"example.org":                  "example.org.",
		" Example.ORG. ":               "example.org.",
		"bücher.example":               "xn--bcher-kva.example.",
		"BÜCHER.example":               "xn--bcher-kva.example.",
		"bücher。example":               "xn--bcher-kva.example.",
		"xn--bcher-kva.example":        "xn--bcher-kva.example.",
		"_dmarc.example.org":           "_dmarc.example.org.",
		"":                             `"" is no domain name: it is empty`,
		"org":                          "org has one label; write the whole name, as example.org",
		"localhost":                    "localhost has one label; write the whole name, as example.org",
		"192.0.2.1":                    "192.0.2.1 is an address; name a domain, as example.org",
		"[2001:db8::1]":                "[2001:db8::1] is an address; name a domain, as example.org",
		"user@example.org":             "user@example.org is a mail address; its domain is example.org",
		"https://u@example.org:8443/a": "https://u@example.org:8443/a is a URL; the domain may be example.org",
		"example.org/":                 "example.org/ is more than a domain; the domain may be example.org",
		"example.org/a.html":           "example.org/a.html is more than a domain; the domain may be example.org",
		"example.org:25":               "example.org:25 is more than a domain; the domain may be example.org",
		"192.0.2.1:25":                 "192.0.2.1:25 is an address; name a domain, as example.org",
		"0/26.2.0.192.in-addr.arpa":    "0/26.2.0.192.in-addr.arpa.",
		"example..org":                 "example..org is no domain name: it has an empty label",
		"exam ple.org":                 `"exam ple.org" is no domain name`,
		"a\x1b[31m.org":                `"a\x1b[31m.org" is no domain name`,
		"bü\u202echer.example":         `"bü\u202echer.example" is no domain name: idna: disallowed rune U+202E`,
		`a\.b.example.org`:             `a\.b.example.org is no domain name`,
		"$INCLUDE.example.org":         "$INCLUDE.example.org is no domain name",
	} {
		got, err := parseDomain(word)
		said := got.String()
		if err != nil {
			said = err.Error()
		}
		if said != want {
			t.Errorf("%q: got %s, want %s", word, said, want)
		}
	}
}
