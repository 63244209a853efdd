package cli_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// limitsBlock is the table of limits in SECURITY.md.
var limitsBlock = regexp.MustCompile("(?s)(<!-- limits -->\n)(.*?)(<!-- end of limits -->)")

func TestSecurityListsTheLimitsOfTheProgram(t *testing.T) {
	t.Chdir("../..")
	var table strings.Builder
	table.WriteString("| limit | value | of what |\n|---|---|---|\n")
	for _, folder := range []string{"zonefiles", "zonefiles/disk", "zonefiles/serverconf", "zonefiles/discover", "lint/config", "lint/baseline", "lint/lock", "lint/live", "lint/mtasts", "lint/spf", "lint/survey"} {
		for _, l := range limitsIn(t, folder+"/limits.go") {
			fmt.Fprintf(&table, "| `%s.%s` | %s | %s |\n", filepath.Base(folder), l.name, l.value, l.comment)
		}
	}
	const name = ".github/SECURITY.md"
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	security := limitsBlock.ReplaceAllStringFunc(string(old), func(block string) string {
		part := limitsBlock.FindStringSubmatch(block)
		return part[1] + table.String() + part[3]
	})
	switch {
	case !strings.Contains(security, table.String()):
		t.Errorf("%s has no place for the limits", name)
	case *update:
		if err := os.WriteFile(name, []byte(security), 0o644); err != nil {
			t.Fatal(err)
		}
	case string(old) != security:
		t.Errorf("%s is out of date; run go test ./lint/cli -update (-old +new):\n%s", name, cmp.Diff(string(old), security))
	}
}

type limit struct{ name, value, comment string }

// limitsIn are the constants of a file, and the values in a struct with the comments of its type. Their names begin
// with max or min.
func limitsIn(t *testing.T, file string) (limits []limit) {
	t.Helper()
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	if _, err := config.Check(file, set, []*ast.File{syntax}, info); err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{} // of fields
	add := func(name string, value ast.Expr, comment string) {
		if !strings.HasPrefix(strings.ToLower(name), "max") && !strings.HasPrefix(strings.ToLower(name), "min") {
			t.Errorf("%s: %s is called neither max nor min", file, name)
		}
		limits = append(limits, limit{name, info.Types[value].Value.String(), comment})
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if len(n.Names) == 1 {
				comments[n.Names[0].Name] = textOf(n.Doc, n.Comment)
			}
		case *ast.KeyValueExpr:
			name := n.Key.(*ast.Ident).Name
			add(name, n.Value, comments[name])
		case *ast.ValueSpec:
			if len(n.Values) == 1 && info.Types[n.Values[0]].Value != nil {
				add(n.Names[0].Name, n.Values[0], textOf(n.Doc, n.Comment))
			}
		}
		return true
	})
	return limits
}

// textOf is the comments of a declaration, above it and beside it, on one line.
func textOf(groups ...*ast.CommentGroup) string {
	var text []string
	for _, g := range groups {
		text = append(text, strings.Fields(g.Text())...)
	}
	return strings.ReplaceAll(strings.Join(text, " "), "|", `\|`)
}
