package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZoneFilesThatNoEntryCoversAreFound(t *testing.T) {
	const listed = "zones: [{files: \"zones/*\"}, {named-conf: named.conf}]\nexclude: [drafts/**]\n"
	files := map[string]string{
		".mx46.yaml": listed, "zones/db.a.example": zone("$INCLUDE ../parts/www\n"), "parts/www": zone(""),
		"named.conf":          `zone "b.example" { type primary; file "odd"; }; zone "c.example" { type secondary; file "db.c.example"; };`,
		"odd":                 zone(""),
		"db.c.example":        zone(""), // of another server
		"drafts/db.d.example": zone(""), "README.md": "text", "db.e.example.bak": zone(""),
		"zones/db.a.example.signed": zone(""),
		"more/db.f.example":         zone(""), "more/db.g.example": zone(""), "db.h.example": zone(""), "db.i.example": zone(""),
	}
	for _, test := range []struct{ config, want, said string }{
		{
			listed, "db.h.example db.i.example more/db.f.example more/db.g.example",
			"No entry of zones in .mx46.yaml covers db.h.example, db.i.example, more/db.f.example and 1 more.",
		},
		{"exclude: [drafts/**]\n", "", ""},
	} {
		files[".mx46.yaml"] = test.config
		w := open(t, files)
		if err := os.Symlink("zones/db.a.example", filepath.Join(w.RootPath(), "db.link.example")); err != nil {
			t.Fatal(err)
		}
		sources, err := w.Find(Selection{})
		if err == nil {
			err = w.Read(t.Context(), sources)
		}
		if err != nil {
			t.Fatal(err)
		}
		names, err := w.Uncovered()
		if got := strings.Join(names, " "); got != test.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", test.config, got, err, test.want)
		}
		if test.said != "" && !strings.HasSuffix(strings.ReplaceAll(w.SayUncovered(names), strings.TrimSuffix(w.Shown("x"), "x"), ""), test.said) {
			t.Errorf("%s", w.SayUncovered(names))
		}
	}
}
