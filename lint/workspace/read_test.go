package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/zonefiles"
)

func TestReadSortsZonesIntoViews(t *testing.T) {
	w := read(t, map[string]string{
		"db.plain":     zone("$INCLUDE db.snippet\n"),
		"db.snippet":   "a 60 A 192.0.2.1\n",
		"db.in.of":     zone(""),
		"other/db.out": zone(""),
		".mx46.yaml":   "zones: [{files: 'db.*'}, {files: 'db.in.*', view: in}, {files: 'other/*', view: out}]",
	})
	got := map[string]string{}
	for _, view := range w.Views() {
		for _, z := range view {
			got[view[0].View] += z.Path + " "
		}
	}
	want := map[string]string{"": "db.plain ", "in": "db.in.of ", "out": "other/db.out "} // without what another includes
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadReadsEachSourceOnce(t *testing.T) {
	w := open(t, map[string]string{"db.a.example": zone(""), "db.b.example": zone("")})
	a, b := zonefiles.MustName("a."), zonefiles.MustName("b.")
	err := w.Read(context.Background(), []Source{
		{Path: "db.b.example"}, {Path: "db.a.example"}, {Path: "db.b.example"}, // the same again
		{Path: "db.a.example", Origin: &a}, {Path: "db.a.example", Origin: &b}, // which takes precedence over what the file says
		{Path: "db.a.example", Origin: &a, View: "in"}, {Path: "db.a.example", Origin: &a},
	})
	var got []string
	for _, z := range w.Zones() {
		got = append(got, z.Path+" "+z.Origin.String()+" "+z.View)
	}
	want := []string{"db.a.example a. ", "db.a.example b. ", "db.a.example a. in", "db.b.example b.example. "}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestReadThatFailsKeepsTheZonesOfBefore(t *testing.T) {
	w := read(t, map[string]string{
		"db.a.example": zone(""),
		"db.b.example": zone("$INCLUDE big\n$INCLUDE big\n"), "big": strings.Repeat("; text\n", 100),
		"db.large": strings.Repeat(";", 2000),
	})
	before := w.Zones()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	w.loader.Limits.MaxRepeated, w.loader.Limits.MaxFileSize = 100, 1000
	for _, test := range []struct {
		ctx    context.Context
		source Source
		want   string
	}{
		{cancelled, Source{Path: "db.a.example"}, context.Canceled.Error()},
		{context.Background(), Source{Path: "gone", asked: true}, "gone: no such file or directory"},
		{context.Background(), Source{Path: "db.b.example"}, "repeat and generate more than 100 bytes"},
	} {
		if err := w.Read(test.ctx, []Source{test.source}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s", test.source.Path, err, test.want)
		}
		if !slices.Equal(before, w.Zones()) {
			t.Errorf("%s: the zones are others", test.source.Path)
		}
	}
	// What nobody named, or is merely too large, is a finding of the zone.
	for _, s := range []Source{{Path: "gone"}, {Path: "db.large", asked: true}} {
		if err := w.Read(context.Background(), []Source{s}); err != nil || !w.Zones()[0].Missing {
			t.Errorf("%s: %v", s.Path, err)
		}
	}
}

func TestNoZoneIsReadWhereTooManyAreOfOneFile(t *testing.T) {
	w := open(t, map[string]string{"db.a.example": zone("")})
	w.loader.Limits.MaxRepeated = 1000
	var sources []Source
	for i := range 1000 {
		origin := zonefiles.MustName(fmt.Sprintf("z%d.example.", i))
		sources = append(sources, Source{Path: "db.a.example", Origin: &origin})
	}
	_, err := w.Stream(context.Background(), sources, LintOptions{})
	for _, err := range []error{err, w.Read(context.Background(), sources)} {
		if err == nil || !strings.Contains(err.Error(), "repeat and generate more than 1000 bytes") {
			t.Errorf("the error is %v", err)
		}
	}
	if n := w.loader.Files.Len(); n != 0 {
		t.Errorf("%d files are read", n)
	}
}

func TestAMissingFileOfAServerIsAProblemOfItsConfiguration(t *testing.T) {
	w := open(t, map[string]string{"named.conf": `zone "a.example" { type primary; file "db.gone"; };`})
	sources, err := w.Find(Selection{Names: []string{"named.conf"}})
	if err != nil || len(sources) != 1 {
		t.Fatal(sources, err)
	}
	z := w.ReadZone(sources[0])
	if at := w.Position(z.Problems[0].Span).String(); !z.Missing || at != "named.conf:1:39" {
		t.Errorf("the problem lies at %s", at)
	}
}

func TestReplaceReadsAgainTheZonesThatReadTheFiles(t *testing.T) {
	files := map[string]string{
		"db.one.example":   zone("$INCLUDE inc/hosts\n"),
		"db.two.example":   zone("$INCLUDE inc/more\n"),
		"db.three.example": zone("$INCLUDE inc/missing\n"),
		"db.four.example":  zone(""),
		"inc/hosts":        "a 60 A 192.0.2.1\n",
		"inc/more":         "$INCLUDE inc/hosts\n",
		".mx46.yaml":       "zones: [{files: 'db.*'}]",
	}
	for _, test := range []struct {
		name    string
		texts   map[string]string
		changed map[string]int // zones by their number of records, but for the four that each has
	}{
		{"no file", nil, nil},
		{"a zone's own file", map[string]string{"db.four.example": zone("b 60 A 192.0.2.1\n")}, map[string]int{"db.four.example": 1}},
		{"two", map[string]string{"db.four.example": zone(""), "inc/more": ""}, map[string]int{"db.four.example": 0, "db.two.example": 0}},
		{
			"one that several include",
			map[string]string{"inc/hosts": "a 60 A 192.0.2.1\nb 60 A 192.0.2.1\n"},
			map[string]int{"db.one.example": 2, "db.two.example": 2},
		},
		{"one that was missing", map[string]string{"inc/missing": "a 60 A 192.0.2.1\n"}, map[string]int{"db.three.example": 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := read(t, files)
			before := zonesByPath(w)
			texts := map[string][]byte{}
			for name, text := range test.texts {
				texts[name] = []byte(text)
			}
			if err := w.Replace(texts); err != nil {
				t.Fatal(err)
			}
			for name, z := range zonesByPath(w) {
				records, changed := test.changed[name]
				switch isMissing := name == "db.three.example" && !changed; {
				case isMissing: // what it misses may be there by now
				case !changed && z != before[name]:
					t.Errorf("%s is read again", name)
				case changed && (z == before[name] || z.Len() != 4+records || len(z.Problems) > 0):
					t.Errorf("%s has %d records and the problems %v", name, z.Len(), z.Problems)
				}
				if !slices.ContainsFunc(w.Views(), func(view []*zonefiles.Zone) bool { return slices.Contains(view, z) }) {
					t.Errorf("%s is in no view", name)
				}
			}
		})
	}
}

func TestReplaceKeepsSpansOfBefore(t *testing.T) {
	w := read(t, map[string]string{"db.example.org": zone("a 60 A 192.0.2.1\n")})
	span := w.Zones()[0].Record(4).Field(0)
	if err := w.Replace(map[string][]byte{"db.example.org": []byte("; another text\n")}); err != nil {
		t.Fatal(err)
	}
	if got := string(w.Files().Text(span)); got != "192.0.2.1" || w.Position(span).Line != 5 {
		t.Errorf("the span now holds %q at %s", got, w.Position(span))
	}
	if f, err := w.File("db.example.org"); err != nil || string(f.Data) != "; another text\n" {
		t.Errorf("the file holds %q, %v", f.Data, err)
	}
}

func TestReplaceMayGoOnForever(t *testing.T) {
	w := read(t, map[string]string{"db.example.org": zone("$INCLUDE hosts\n"), "hosts": "a 60 A 192.0.2.1\n"})
	w.loader.Limits.MaxRepeated = 100 // bytes that may be read twice
	for range 20 {
		if err := w.Replace(map[string][]byte{"db.example.org": []byte(zone("$INCLUDE hosts\n"))}); err != nil {
			t.Fatal(err)
		}
		if z := w.Zones()[0]; z.Len() != 5 {
			t.Fatalf("the zone has %d records", z.Len())
		}
	}
	before := w.Zones()
	err := w.Replace(map[string][]byte{"db.example.org": []byte(zone(strings.Repeat("$INCLUDE hosts\n", 10)))})
	if err == nil || !slices.Equal(before, w.Zones()) {
		t.Errorf("a text that includes too much: %v", err)
	}
}

func TestStandardInputIsReadAsAFile(t *testing.T) {
	w := open(t, nil)
	origin := zonefiles.MustName("example.org.")
	sources, err := w.Find(Selection{Names: []string{Stdin}, Origin: &origin, Stdin: strings.NewReader(zone(""))})
	if err == nil {
		err = w.Read(context.Background(), sources)
	}
	if err != nil {
		t.Fatal(err)
	}
	if z := w.Zones()[0]; z.Len() != 4 || z.Path != "<stdin>" {
		t.Errorf("%s has %d records", z.Path, z.Len())
	}
}

func TestForEachDoesEachOnceAndStopsWithTheContext(t *testing.T) {
	for _, jobs := range []int{0, 1, 8} {
		done := make([]int, 100)
		forEach(context.Background(), len(done), jobs, func(i int) { done[i]++ })
		if slices.Min(done) != 1 || slices.Max(done) != 1 {
			t.Errorf("%d jobs: %v", jobs, done)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	last := 0
	forEach(ctx, 100, 1, func(i int) {
		if last = i; i == 2 {
			cancel()
		}
	})
	if last != 2 || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("it goes on to %d", last)
	}
}
