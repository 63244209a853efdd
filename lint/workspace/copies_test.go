package workspace

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/zonefiles"
)

func TestOneOfSeveralFilesOfAZoneCounts(t *testing.T) {
	serial := func(n string) string { return strings.Replace(zone(""), " 1 7200", " "+n+" 7200", 1) }
	const served = `zone "a.example" { type primary; file "%s"; };`
	for _, test := range []struct {
		name  string
		files map[string]string
		paths []string // none: the folder
		read  string   // by view
		said  string
	}{
		{
			"that in no backup's folder",
			map[string]string{"db.a.example": zone(""), "zones-OLD/db.a.example": zone(""), "_deleted/x/db.a.example": zone("")},
			nil, "db.a.example",
			"a.example is read from db.a.example and not from zones-OLD/db.a.example and _deleted/x/db.a.example (that is a backup by its name).",
		},
		{
			"that which a name server serves, though it is a backup by its name",
			map[string]string{"db.a.example": zone(""), "old/db.a.example": zone(""), "named.conf": strings.Replace(served, "%s", "old/db.a.example", 1)},
			nil, "old/db.a.example",
			"a.example is read from old/db.a.example and not from db.a.example (that is what a configuration says).",
		},
		{
			"those which a name server serves in views",
			map[string]string{
				"db.a.example": zone(""), "in": zone(""), "out": zone(""),
				"named.conf": `view i { zone "a.example" { type primary; file "in"; }; }; view o { zone "a.example" { type primary; file "out"; }; };`,
			},
			nil, "i:in o:out",
			"a.example is read from in and out and not from db.a.example (that is what a configuration says).",
		},
		{
			"that which was named",
			map[string]string{"db.a.example": zone(""), "old/db.a.example": zone("")},
			[]string{"old/db.a.example", "."},
			"old/db.a.example",
			"a.example is read from old/db.a.example and not from db.a.example (that was named).",
		},
		{
			"where nothing tells, each, the last serial first",
			map[string]string{"a/db.a.example": serial("1"), "b/db.a.example": serial("3"), "c/db.a.example": serial("2")},
			nil, "b/db.a.example c/db.a.example a/db.a.example",
			"3 files claim to be the zone a.example: b/db.a.example, c/db.a.example and a/db.a.example. Each is judged by itself, " +
				"other zones see what all of them say, and simulations go by the first; give each a view, or exclude all but one.",
		},
		{
			"and before that the file that is named after the zone",
			map[string]string{"a": "$ORIGIN a.example.\n" + serial("3"), "z/a.example.zone": serial("1")},
			nil, "z/a.example.zone a",
			"2 files claim to be the zone a.example: z/a.example.zone and a. Each is judged by itself, " +
				"other zones see what all of them say, and simulations go by the first; give each a view, or exclude all but one.",
		},
		{
			"a template after what may be made from it",
			map[string]string{"db.a.example": zone(""), "a.j2": "$ORIGIN a.example.\n" + serial("9") + "x A {{ address }}\n"},
			nil, "db.a.example a.j2",
			"2 files claim to be the zone a.example: db.a.example and a.j2 (a template). Each is judged by itself, " +
				"other zones see what all of them say, and simulations go by the first; exclude the template, or what is made from it.",
		},
		{
			"in each view its own",
			map[string]string{"in": zone(""), "out": zone(""), ".mx46.yaml": "zones: [{files: in, view: i, origin: a.example}, {files: out, view: o, origin: a.example}]"},
			nil, "i:in o:out", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := open(t, test.files)
			sources, err := w.Find(Selection{Names: test.paths})
			if err == nil {
				err = w.Read(t.Context(), sources)
			}
			if err != nil {
				t.Fatal(err)
			}
			var read, said []string
			for _, view := range w.Views() {
				for _, z := range view {
					read = append(read, strings.TrimPrefix(z.View+":"+z.Path, ":"))
				}
			}
			copies := w.Copies()
			for i := range copies {
				said = append(said, copies[i].String())
			}
			if diff := cmp.Diff([]string{test.read, test.said}, []string{strings.Join(read, " "), strings.Join(said, "\n")}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, zone, err := w.World(zonefiles.MustName("a.example."), w.Views()[0][0].View); err != nil || zone != w.Views()[0][0] {
				t.Errorf("a simulation goes by %v, %v", zone, err)
			}
		})
	}
}
