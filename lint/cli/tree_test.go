package cli_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// These tests hold the tree to what CONTRIBUTING says of its files.

// checkout is the folder of the project.
var checkout = filepath.Join("..", "..")

// maxFileLines is how long a file of the program may get.
const maxFileLines = 500

func TestFilesOfTheProgramAreShort(t *testing.T) {
	eachFile(t, parser.PackageClauseOnly, func(name string, _ *ast.File) {
		if lines := bytes.Count(read(t, name), []byte{'\n'}); lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", name, lines, maxFileLines)
		}
	})
}

// maxColumns is how wide a line of the program may get; a tab is one column.
const maxColumns = 120

// TestLinesOfTheProgramAreShort leaves out text between backquotes, whose lines are others' to break.
func TestLinesOfTheProgramAreShort(t *testing.T) {
	eachFile(t, parser.SkipObjectResolution, func(name string, syntax *ast.File) {
		file := syntax.FileStart
		text := read(t, name)
		raw := make([]bool, len(text)+1) // octets of such text
		ast.Inspect(syntax, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Value[0] == '`' {
				for at := literal.Pos(); at < literal.End(); at++ {
					raw[at-file] = true
				}
			}
			return true
		})
		start := 0
		for i, line := range bytes.Split(text, []byte{'\n'}) {
			if columns := utf8.RuneCount(line); columns > maxColumns && !raw[start] {
				t.Errorf("%s:%d has %d columns, more than %d", name, i+1, columns, maxColumns)
			}
			start += len(line) + 1
		}
	})
}

// performanceFlags are what rules may not ask of a domain to save time: Rule.Only says which domains a rule sees.
var performanceFlags = regexp.MustCompile(`\.(Plain|AllDual|Distinct|Healthy|Kinds|HasDeadTarget)\b`)

func TestRulesAskForNoPerformanceFlags(t *testing.T) {
	eachFile(t, parser.PackageClauseOnly, func(name string, _ *ast.File) {
		if flag := performanceFlags.Find(read(t, name)); flag != nil && path.Dir(name) == "rules" {
			t.Errorf("%s asks for %s", name, flag)
		}
	})
}

// elsewhere is a row of CONTRIBUTING's table of tests that are not beside what they test.
type elsewhere struct {
	files []string // patterns
	by    []string // the files that test those, or folders of them
	used  bool
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// TestLogicIsTestedBesideIt wants x_test.go beside each x.go that decides anything, or a row of CONTRIBUTING's table
// that says which test does it. A row that is not needed, or names tests that are not there, is wrong.
func TestLogicIsTestedBesideIt(t *testing.T) {
	_, section, _ := strings.Cut(string(read(t, ".github/CONTRIBUTING.md")), "\n## Where tests are\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var table []elsewhere
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !codeSpan.MatchString(cells[1]) {
			continue
		}
		row := elsewhere{files: codeSpans(cells[1]), by: codeSpans(cells[2])}
		if len(row.by) == 0 {
			t.Errorf("CONTRIBUTING names no test for %q", row.files)
		}
		for _, by := range row.by {
			if _, err := os.Stat(filepath.Join(checkout, filepath.FromSlash(by))); err != nil {
				t.Errorf("CONTRIBUTING has %q tested by %s: %v", row.files, by, err)
			}
		}
		table = append(table, row)
	}
	if len(table) == 0 {
		t.Fatal("CONTRIBUTING has no table of tests")
	}
	eachFile(t, parser.SkipObjectResolution, func(name string, syntax *ast.File) {
		beside := filepath.Join(checkout, filepath.FromSlash(strings.TrimSuffix(name, ".go")+"_test.go"))
		if _, err := os.Stat(beside); err == nil || !decides(syntax) || strings.HasPrefix(name, "testdata/") {
			return
		}
		row := slices.IndexFunc(table, func(row elsewhere) bool {
			return slices.ContainsFunc(row.files, func(pattern string) bool {
				matches, err := path.Match(pattern, name)
				return matches && err == nil
			})
		})
		if row < 0 {
			t.Errorf("%s has neither a test of its name beside it nor a row in CONTRIBUTING's table", name)
			return
		}
		table[row].used = true
	})
	for _, row := range table {
		if !row.used {
			t.Errorf("CONTRIBUTING's row of %q is needed by no file", row.files)
		}
	}
}

func codeSpans(text string) (spans []string) {
	for _, match := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, match[1])
	}
	return spans
}

// decides reports whether a file has logic: a branch or a loop.
func decides(file *ast.File) (found bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			found = true
		}
		return !found
	})
	return found
}

// read is the text of a file of the checkout.
func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
