package workspace

import (
	"context"
	"slices"
	"strings"
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
		Folders:      []string{"zones"},
		Servers:      []string{"bind/named.conf"},
		UnknownHosts: []zonefiles.Name{zonefiles.MustName("mx.other.example.")},
		SingleStack:  []config.FoundDomain{{Name: zonefiles.MustName("c.example."), Stack: delivery.IPv6}},
	}
	if diff := cmp.Diff(want, got); diff != "" || zones != 4 || err != nil {
		t.Errorf("%d zones, %v, -want +got:\n%s", zones, err, diff)
	}
}

func TestFoldersOf(t *testing.T) {
	for files, want := range map[string]string{
		"":                                "",
		"db.a":                            ".",
		"zones/db.b db.a":                 ".",
		"zones/db.a zones/db.b":           "zones",
		"zones/a/db.a zones/b/db.b":       "zones",
		"zones/a/b/db.a zones/a/b/c/db.b": "zones/a/b",
		"dns/in/db.a dns/inside/db.b":     "dns",
		"zones/a/db.a other/db.b":         "other zones/a",
	} {
		folders := foldersOf(strings.Fields(files))
		slices.Sort(folders)
		if got := strings.Join(folders, " "); got != want {
			t.Errorf("%s: %s, want %s", files, got, want)
		}
	}
}
