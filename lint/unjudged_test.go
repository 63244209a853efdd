package lint

import (
	"testing"

	"mx46/zonefiles"
)

func TestHostsOfOneOperatorCountTogether(t *testing.T) {
	for host, want := range map[string]string{
		".":                                ".",
		"mx.":                              "mx.",
		"mail.example.":                    "mail.example.",
		"aspmx.l.google.com.":              "google.com.",
		"a-b.mail.protection.outlook.com.": "outlook.com.",
		"mx1.mail.provider.co.uk.":         "provider.co.uk.",
		"provider.co.uk.":                  "provider.co.uk.",
		"co.uk.":                           "co.uk.",
		"mx.net.example.":                  "net.example.", // no country
		"mx.strato.de.":                    "strato.de.",
	} {
		if got := suffixOf(zonefiles.MustName(host)); got != zonefiles.MustName(want) {
			t.Errorf("%s counts as %s, want %s", host, got, want)
		}
	}
}
