package workspace

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestSurvey(t *testing.T) {
	w := open(t, map[string]string{
		"bind/named.conf": `options { directory "."; }; zone "a.example" { type primary; file "a"; };`,
		"bind/a":          zone(""),
		"nsd.conf":        `zone: name: gone.example zonefile: gone`, // none of whose files is here
		"zones/db.b":      "$ORIGIN b.example.\n" + zone("@ 60 MX 10 mx.other.example.\n$INCLUDE snippet\n"),
		"zones/db.c":      "$ORIGIN c.example.\n" + zone("@ 60 MX 10 mx\nmx 60 AAAA 2620:0:2d0::1\n"),
		"zones/db.d":      "$ORIGIN d.example.\n" + zone("@ 60 MX 10 mx\nmx 60 A 192.0.32.1\nmx 60 AAAA 2620:0:2d0::1\n"),
		"zones/snippet":   "www 60 A 192.0.32.1\n",
	})
	got, zones, err := w.Survey(context.Background(), ".")
	want := config.Found{
		Zones:        []string{"zones/db.*"},
		Servers:      []string{"bind/named.conf"},
		UnknownHosts: []zonefiles.Name{zonefiles.MustName("mx.other.example.")},
		SingleStack:  []config.FoundDomain{{Name: zonefiles.MustName("c.example."), Stack: delivery.IPv6}},
	}
	if diff := cmp.Diff(want, got); diff != "" || zones != 4 || err != nil {
		t.Errorf("%d zones, %v, -want +got:\n%s", zones, err, diff)
	}
}

func TestGlobsOf(t *testing.T) {
	w := open(t, map[string]string{
		"db.a": "", "db.b": "", "readme": "", "zones/a": "", "zones/b": "", "mixed/a.zone": "", "mixed/b.zone": "", "mixed/c.txt": "",
		"lone/a.zone": "", "lone/c.txt": "",
	})
	for _, test := range []struct{ files, want []string }{
		{[]string{"db.a", "db.b"}, []string{"db.*"}},
		{[]string{"zones/a", "zones/b"}, []string{"zones/*"}},
		{[]string{"zones/a"}, []string{"zones/a"}}, // beside a file that is no zone
		{[]string{"db.a"}, []string{"db.a"}},       // as db.b is none
		{[]string{"mixed/a.zone", "mixed/b.zone"}, []string{"mixed/*.zone"}},
		{[]string{"lone/a.zone"}, []string{"lone/a.zone"}},
		{[]string{"mixed/a.zone", "mixed/b.zone", "mixed/c.txt"}, []string{"mixed/*"}},
	} {
		allowed := map[string]bool{}
		for _, file := range test.files {
			allowed[file] = true
		}
		if diff := cmp.Diff(test.want, w.globsOf(test.files, allowed)); diff != "" {
			t.Errorf("%q, -want +got:\n%s", test.files, diff)
		}
	}
}
