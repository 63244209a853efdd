package workspace

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/zonefiles"
)

// describe writes sources down: path, origin and view of each.
func describe(sources []Source) (lines []string) {
	for _, s := range sources {
		line := s.Path
		if s.Origin != nil {
			line += " " + s.Origin.String()
		}
		if s.View != "" {
			line += " view " + s.View
		}
		lines = append(lines, line)
	}
	return lines
}

// repository has zones that a name server's configuration knows, and others.
func repository(config string) map[string]string {
	return map[string]string{
		".mx46.yaml":      config,
		".gitignore":      "build/\n",
		".git/db.git.org": zone(""),
		"build/db.made":   zone(""),
		"db.example.org":  zone(""),
		"db.shared":       zone(""),
		"old/db.example":  zone(""),
		"db.net.bak":      zone(""),
		"named.conf": `view "in" { zone "a.example" { type primary; file "db.shared"; }; };
view "out" { zone "b.example" { type primary; file "db.shared"; }; zone "c.example" { type secondary; file "c"; }; };`,
	}
}

func TestFind(t *testing.T) {
	given := zonefiles.MustName("given.example.")
	const noConfig = "{}"
	discovered := []string{"db.example.org", "db.shared a.example. view in", "db.shared b.example. view out", "old/db.example"}
	for _, test := range []struct {
		name, config string
		selection    Selection
		want         []string
	}{
		{"the zones of the working folder", noConfig, Selection{}, discovered},
		{"those of another folder", noConfig, Selection{Folder: "old"}, []string{"old/db.example"}},
		{"what is left out", "exclude: ['old/*']", Selection{}, discovered[:3]},
		{
			"what the configuration says of a file that is found", "zones: [{files: 'db.s*', origin: s.example}]\n",
			Selection{Names: []string{"."}},
			[]string{"db.example.org", "db.shared s.example.", "old/db.example"},
		},
		{
			"the files of the configuration, each once, and none of git's",
			"zones: [{files: '**/db.e*'}, {files: 'old/*', origin: old.example, view: in}, {files: '.git/*'}]",
			Selection{},
			[]string{"db.example.org", "old/db.example old.example. view in"},
		},
		{
			"a name server's configuration, once", "zones: [{named-conf: named.conf}, {named-conf: named.conf}]",
			Selection{},
			[]string{"db.shared a.example. view in", "db.shared b.example. view out"},
		},
		{"one that is named", noConfig, Selection{Names: []string{"named.conf"}}, discovered[1:3]},
		{"names come before the configuration", "zones: [{files: 'old/*'}]", Selection{Names: []string{"db.shared"}}, []string{"db.shared"}},
		{"a file of the given origin", noConfig, Selection{Names: []string{"named.conf"}, Origin: &given}, []string{"named.conf given.example."}},
		{
			"standard input", noConfig,
			Selection{Names: []string{Stdin}, Origin: &given, Stdin: strings.NewReader("x")},
			[]string{"<stdin> given.example."},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := open(t, repository(test.config)).Find(test.selection)
			if diff := cmp.Diff(test.want, describe(got)); diff != "" || err != nil {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestFindFails(t *testing.T) {
	given := zonefiles.MustName("given.example.")
	for _, test := range []struct {
		name, config string
		selection    Selection
		want         string
	}{
		{"on a name of nothing", "{}", Selection{Names: []string{"db.shared", "gone"}}, "gone: no such file or directory"},
		{"on a folder without zones", "{}", Selection{Names: []string{"empty"}}, "there is no zone in"},
		{"on one origin for several zones", "{}", Selection{Origin: &given}, "--origin is for one zone"},
		{"on a pattern of nothing", "zones: [{files: 'x*'}]", Selection{}, ".mx46.yaml:1:9: no file matches x* below"},
		{"on a missing configuration", "zones: [{nsd-conf: x}]", Selection{}, ".mx46.yaml:1:9: read x: no such file"},
		{"on an endless standard input", "{}", Selection{Names: []string{Stdin}, Stdin: strings.NewReader(strings.Repeat("x", 1001))}, "larger than 1000 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := repository(test.config)
			files["empty/readme"] = "no zone"
			w := open(t, files)
			w.loader.Limits.MaxFileSize = 1000
			if got, err := w.Find(test.selection); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("it finds %q, %v", describe(got), err)
			}
		})
	}
}

func TestFindKnowsWhatItMakesNoSourcesOf(t *testing.T) {
	w := open(t, repository("{}"))
	for _, name := range []string{".", "named.conf"} {
		if _, err := w.Find(Selection{Names: []string{name}}); err != nil {
			t.Fatal(err)
		}
	}
	got := w.Unchecked()
	if len(got.SetAside) != 1 || got.SetAside[0].Path != "db.net.bak" {
		t.Errorf("set aside: %v", got.SetAside)
	}
	if !slices.Equal(got.Configs, []string{"named.conf"}) || !maps.Equal(got.Secondary, map[string]int{"secondary": 1}) || got.Ignored != 1 {
		t.Errorf("configurations %q, secondary zones %v, %d ignored", got.Configs, got.Secondary, got.Ignored)
	}
}

func TestFindFileFindsTheZonesOfOneFile(t *testing.T) {
	given := zonefiles.MustName("given.example.")
	const served = "zones: [{files: 'db.*'}, {named-conf: named.conf}]"
	for _, test := range []struct {
		config string
		names  string
		origin *zonefiles.Name
		want   []string
	}{
		{"{}", "db.shared", nil, []string{"db.shared"}},
		{served, "db.shared", nil, []string{"db.shared a.example. view in", "db.shared b.example. view out"}},
		{served, "db.shared", &given, []string{"db.shared given.example."}},
		{served, "db.example.org", nil, []string{"db.example.org"}},
		{served, "old/db.example", nil, []string{"old/db.example"}},
		{served, "old", nil, nil},
		{served, "named.conf", nil, nil},
		{served, "gone", nil, nil},
	} {
		got, err := open(t, repository(test.config)).FindFile(Selection{Names: []string{test.names}, Origin: test.origin})
		if diff := cmp.Diff(test.want, describe(got)); diff != "" || (err == nil) != (test.want != nil) {
			t.Errorf("%s of %s: %v, -want +got:\n%s", test.names, test.config, err, diff)
		}
	}
}

func TestAConfigurationThatAnotherIncludesIsNotReadAgain(t *testing.T) {
	w := open(t, map[string]string{
		"named.conf":       `include "named.conf.local";`,
		"named.conf.local": `zone "example.org" { type primary; file "db"; };`,
	})
	confs, err := w.readConfs([]string{"named.conf", "named.conf.local"})
	if err != nil || len(confs) != 1 || len(confs[0].Zones) != 1 || w.repeated != 0 {
		t.Errorf("%d configurations, %d bytes read beyond their files, %v", len(confs), w.repeated, err)
	}
}

func TestConfigurationsThatShareTooMuchAreGivenUp(t *testing.T) {
	files := map[string]string{"shared": strings.Repeat("# shared\n", 1<<20)}
	for i := range 5 {
		files[fmt.Sprint("named.conf.", i)] = `include "shared";`
	}
	w := open(t, files)
	if _, err := w.Find(Selection{}); err == nil || !strings.Contains(err.Error(), "repeat more than") {
		t.Errorf("the error is %v", err)
	}
}
