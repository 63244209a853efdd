package observed

import (
	"testing"

	"mx46/zonefiles"
)

func TestWhatMailRestsOnInOneForm(t *testing.T) {
	for _, c := range []struct {
		of      zonefiles.Type
		rdata   string
		want    string
		matters bool
	}{
		{zonefiles.TypeMX, "10 MX.example.", "10 mx.example.", true},
		{zonefiles.TypeTXT, `"v=spf1 A -all"`, `"v=spf1 A -all"`, true},
		{zonefiles.TypeTXT, `"V=SPF1 -all"`, `"V=SPF1 -all"`, true},
		{zonefiles.TypeTXT, `"google-site-verification=x"`, `"google-site-verification=x"`, false},
	} {
		if got, matters := Canonical(c.of, c.rdata); got != c.want || matters != c.matters {
			t.Errorf("%s: %s, %v", c.rdata, got, matters)
		}
	}
	for kind := range FaultKind(len(faultWords)) {
		if kind.String() == "" {
			t.Errorf("fault %d has no words", kind)
		}
	}
}
