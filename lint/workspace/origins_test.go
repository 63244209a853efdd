package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles"
)

func TestAnUnknownOriginSaysWhichConfigurationDidNotHelp(t *testing.T) {
	const mail = "@ 60 MX 10 mx\n"
	const served = `zone "a.example" { type primary; file "/srv/dns/data"; };`
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string // the help begins so
	}{
		{"none is there", map[string]string{"data": zone(mail)}, "give --origin"},
		{"it names no such file", map[string]string{"data": zone(mail), "etc/named.conf": ""}, "etc/named.conf does not name the file; give --origin"},
		{
			"two name no such file",
			map[string]string{"data": zone(mail), "nsd.conf": "", "named.conf.local": `zone "a.example" { type primary; file "other"; };`},
			"named.conf.local and nsd.conf do not name the file; give --origin",
		},
		{
			"the path that it names may mean two files",
			map[string]string{"a/data": zone(mail), "b/data": zone(mail), "named.conf": served},
			"named.conf:1 says which zone a file of that name is, but \"/srv/dns/data\" may be \"a/data\" or \"b/data\" here",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder.New(t, test.files)
			t.Chdir(dir)
			w := openAt(t, Options{Root: dir})
			sources, err := w.Find(Selection{})
			if err == nil {
				err = w.Read(t.Context(), sources)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, z := range w.Zones() {
				if p := z.Problems[0]; p.Kind != zonefiles.OriginProblem || !strings.HasPrefix(p.Help, test.want) {
					t.Errorf("%s: the help is %q, want %q", z.Path, p.Help, test.want)
				}
			}
		})
	}
}

func TestAnUnknownOriginSaysThatAConfigurationCannotBeRead(t *testing.T) {
	dir := folder.New(t, map[string]string{"data": zone("@ 60 MX 10 mx\n"), "named.conf": ""})
	if err := os.Truncate(filepath.Join(dir, "named.conf"), 1<<40); err != nil {
		t.Skip("the file system has no files with holes")
	}
	t.Chdir(dir)
	w := openAt(t, Options{Root: dir})
	sources, err := w.Find(Selection{})
	if err == nil {
		err = w.Read(t.Context(), sources)
	}
	if err != nil {
		t.Fatal(err)
	}
	if help := w.Zones()[0].Problems[0].Help; !strings.HasPrefix(help, "named.conf cannot be read: it is larger than the limit; give --origin") {
		t.Errorf("the help is %q", help)
	}
}
