package workspace

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTouching(t *testing.T) {
	// a.example has its MX host in b.example; c.example has nothing to do with either.
	w := read(t, map[string]string{
		"zones/db.a.example": zone("@ 60 MX 10 mx.b.example.\n$INCLUDE zones/hosts\n"),
		"zones/hosts":        "h 60 MX 10 gone\n",
		"b/db.b.example":     zone("mx 60 A 192.0.32.1\n"),
		"db.c.example":       zone("@ 60 MX 10 gone\n"),
		"db.d.example":       zone(""),
		"named.conf":         "",
		".mx46.yaml":         "zones: [{files: '**/db.*'}, {named-conf: named.conf}]",
	})
	result, err := w.Lint(context.Background(), LintOptions{Rules: named("mx-target-no-address", "mx-primary-single-stack")})
	if err != nil {
		t.Fatal(err)
	}
	ofA := []string{"mx-primary-single-stack a.example.", "mx-target-no-address a.example."}
	ofC := []string{"mx-target-no-address c.example."}
	all := slices.Concat(ofA, ofC)
	for _, test := range []struct {
		files []string
		want  []string
		note  string
	}{
		{[]string{"zones/db.a.example"}, ofA, ""},
		{[]string{"zones/hosts"}, ofA, ""},
		{[]string{"zones"}, ofA, ""},              // a folder
		{[]string{"b/db.b.example"}, ofA[:1], ""}, // through the host
		{[]string{"db.c.example"}, ofC, ""},
		{[]string{"db.d.example"}, nil, ""},
		{[]string{"db.d.example", "db.c.example"}, ofC, ""},
		{[]string{"."}, all, ""},
		{[]string{".mx46.yaml"}, all, ".mx46.yaml"},
		{[]string{"db.d.example", "named.conf"}, all, "named.conf"},
		{[]string{"gone"}, all, "gone"},
	} {
		kept, notes := w.Touching(slices.Clone(result.Findings), test.files)
		got := found(kept)
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(slices.Values(test.want)), got); diff != "" {
			t.Errorf("%q, -want +got:\n%s", test.files, diff)
		}
		if said := strings.Join(notes, " "); (test.note == "") != (said == "") || !strings.Contains(said, test.note) {
			t.Errorf("%q: the notes are %q", test.files, notes)
		}
	}
}

func TestARecordOutsideItsZoneTouchesNoOther(t *testing.T) {
	w := read(t, map[string]string{
		"a.example": "$ORIGIN a.example.\n" + zone("") + "mx.b.example. 60 A 192.0.32.1\n",
		"b.example": "$ORIGIN b.example.\n" + zone("mx 60 A 192.0.32.1\n"),
	})
	result, err := w.Lint(context.Background(), LintOptions{Rules: named("record-outside-zone")})
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int{"a.example": 1, "b.example": 0} {
		if kept, _ := w.Touching(slices.Clone(result.Findings), []string{file}); len(kept) != want {
			t.Errorf("%s: %d findings touch it, want %d: %q", file, len(kept), want, found(kept))
		}
	}
}

func TestTouchingStaysWithinTheView(t *testing.T) {
	w := read(t, map[string]string{
		"in/db.b.example": zone(""), "out/db.b.example": "$ORIGIN b.example.\n" + zone(""), "db.a.example": zone("@ 60 MX 10 mx.b.example.\n"),
		".mx46.yaml": "zones: [{files: 'in/*', view: in}, {files: 'out/*', view: out}, {files: 'db.*', view: out}]",
	})
	result, err := w.Lint(context.Background(), LintOptions{Rules: named("mx-target-no-address")})
	if err != nil || len(result.Findings) != 1 {
		t.Fatal(found(result.Findings), err)
	}
	for file, want := range map[string]int{"in/db.b.example": 0, "out/db.b.example": 1} {
		if kept, _ := w.Touching(slices.Clone(result.Findings), []string{file}); len(kept) != want {
			t.Errorf("%s: %q", file, found(kept))
		}
	}
}
