package survey

import (
	"testing"

	"mx46/zonefiles"
)

func TestProviders(t *testing.T) {
	for host, want := range map[string]string{
		"mx.example.org.": "own", "example.org.": "own", "aspmx.l.provider.example.": "provider.example", "provider.example.": "provider.example",
		"mx.": "mx", "mx.notexample.org.": "notexample.org",
	} {
		if got := providerOf(zonefiles.MustName(host), zonefiles.MustName("example.org.")); got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
	}
}
