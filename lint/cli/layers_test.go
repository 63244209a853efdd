package cli_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows are the packages of this module that each may import. They point one way: main -> cli -> rules -> lint -> mail ->
// delivery -> dns -> zonefiles.
var arrows = map[string][]string{
	"mx46":               {"mx46/lint/cli"},
	"mx46/lint/cli":      {"mx46/rules", "mx46/lint", "mx46/lint/", "mx46/zonefiles", "mx46/zonefiles/"},
	"mx46/rules":         {"mx46/lint", "mx46/lint/mail", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/text", "mx46/zonefiles"},
	"mx46/lint":          {"mx46/lint/mail", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/text", "mx46/zonefiles"},
	"mx46/lint/mail":     {"mx46/lint/delivery", "mx46/lint/dns", "mx46/zonefiles"},
	"mx46/lint/delivery": {"mx46/lint/dns", "mx46/zonefiles"},
	"mx46/lint/dns":      {"mx46/zonefiles", "mx46/zonefiles/pages"},
	"mx46/lint/text":     {},
	"mx46/lint/workspace": {
		"mx46/lint", "mx46/lint/config", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/mail", "mx46/lint/text", "mx46/lint/trace",
		"mx46/zonefiles", "mx46/zonefiles/",
	},
	"mx46/lint/config": {"mx46/lint", "mx46/lint/", "mx46/zonefiles", "mx46/zonefiles/disk"},
	"mx46/lint/":       {"mx46/lint", "mx46/lint/", "mx46/zonefiles"},
	"mx46/zonefiles":   {"mx46/zonefiles/disk", "mx46/zonefiles/pages"},
	"mx46/zonefiles/":  {"mx46/zonefiles", "mx46/zonefiles/disk", "mx46/zonefiles/pages"},
	"mx46/testdata/":   {"mx46/testdata/", "mx46/zonefiles/disk"},

	"mx46/zonefiles/discover": {"mx46/zonefiles", "mx46/zonefiles/disk", "mx46/zonefiles/serverconf"},
}

// owners are the only places that may import a library.
var owners = map[string]func(file string) bool{
	"github.com/miekg/dns": func(file string) bool { return strings.HasPrefix(file, "zonefiles/rdata") },
	"gopkg.in/yaml.v3":     func(file string) bool { return strings.HasPrefix(file, "lint/config/") },
}

func TestImportsPointOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		from := path.Join("mx46", path.Dir(rel))
		for _, spec := range syntax.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if allowed, ok := owners[imported]; ok && !allowed(rel) {
				t.Errorf("%s imports %s, which is another file's to know", rel, imported)
			}
			if strings.HasPrefix(imported, "mx46") && !allows(from, imported) {
				t.Errorf("%s imports %s against the arrows", rel, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were looked at", files)
	}
}

// allows looks a package up, or else the folder that it lies in.
func allows(from, imported string) bool {
	targets, ok := arrows[from]
	for folder := path.Dir(from); !ok && folder != "."; folder = path.Dir(folder) {
		targets, ok = arrows[folder+"/"]
	}
	return slices.Contains(targets, imported) || slices.ContainsFunc(targets, func(t string) bool {
		return strings.HasSuffix(t, "/") && strings.HasPrefix(imported, t)
	})
}
