package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint"
	"mx46/rules"
	"mx46/zonefiles"
)

// update rewrites the expectations of the rule cases with what the rules find; read the difference before committing it.
var update = flag.Bool("update", false, "rewrite the want sections of testdata/rules")

func TestCatalogueIsWhole(t *testing.T) {
	all := rules.All()
	if err := lint.Validate(all); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) != len(all) {
		t.Errorf("%d pages for %d rules (%v)", len(pages), len(all), err)
	}
	for _, r := range all {
		for _, title := range []string{"What it reports", "Why it hurts", "Example", "How to configure it", "False positives", "References"} {
			if r.Section(title) == "" {
				t.Errorf("%s: the page has no section %q", r.Name, title)
			}
		}
		file := "../rules/" + strings.ReplaceAll(r.Name, "-", "_") + ".go"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: the rule is not in a file of its name: %v", r.Name, err)
		}
	}
}

var zoneBlock = regexp.MustCompile("(?ms)^```zone (bad|good)\n(.*?)^```$")

// TestExamplesOnPages lints every zone block of every page: a bad one gives the page's finding once and nothing that the page does not
// name, a good one gives nothing, and a bad one with a safe fix is good once it is fixed.
func TestExamplesOnPages(t *testing.T) {
	for _, r := range rules.All() {
		seen := map[string]int{}
		for _, block := range zoneBlock.FindAllStringSubmatch(r.Page, -1) {
			kind, text := block[1], block[2]
			seen[kind]++
			t.Run(fmt.Sprintf("%s/%s %d", r.Name, kind, seen[kind]), func(t *testing.T) {
				found := lintFiles(t, exampleFiles(text))
				own := 0
				for _, f := range found.Findings {
					switch {
					case f.Suppressed != "":
					case f.Rule.Name == r.Name && kind == "bad":
						own++
					case kind == "good", !strings.Contains(r.Page, "`"+f.Rule.Name+"`"):
						t.Errorf("unexpected %s: %s", f.Rule.Name, f.Message)
					}
				}
				if kind == "bad" && own != 1 {
					t.Errorf("%d findings of the rule, want 1", own)
				}
			})
		}
		if seen["bad"] == 0 || seen["good"] == 0 {
			t.Errorf("%s: the page has %d bad and %d good examples, want both", r.Name, seen["bad"], seen["good"])
		}
	}
}

// exampleFiles are the files of an example: those between txtar marks, or else one zone file for example.org.
func exampleFiles(text string) []txtar.File {
	archive := txtar.Parse([]byte(text))
	if len(archive.Files) == 0 {
		return []txtar.File{{Name: "example.org.zone", Data: []byte(text)}}
	}
	return archive.Files
}

// linted is a run over files that were written for a test.
type linted struct {
	lint.Result
	files *zonefiles.FileSet
}

// lintFiles lints every file as a zone that no other one includes.
func lintFiles(t *testing.T, files []txtar.File) linted {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := zonefiles.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := zonefiles.NewLoader(root)
	var zones []*zonefiles.Zone
	for _, f := range files {
		zones = append(zones, loader.Load(f.Name, nil))
	}
	run := lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{zonefiles.Roots(zones)}, Rules: rules.All()}
	return linted{run.Lint(), loader.Files}
}

// lines are the findings as the cases write them: file:line:column-line:column severity rule subject.
func (l linted) lines() string {
	var b strings.Builder
	for _, f := range l.Findings {
		at := l.files.OnDisk(f.Span)
		start, end := l.files.Position(at.File, at.Start), l.files.Position(at.File, at.End)
		suppressed := ""
		if f.Suppressed != "" {
			suppressed = " (" + f.Suppressed + ")"
		}
		fmt.Fprintf(&b, "%s-%d:%d %s %s: %s%s\n", start, end.Line, end.Column, f.Severity, f.Rule.Name, f.Message, suppressed)
	}
	return b.String()
}

// TestCases lints the zones under testdata/rules. A file holds cases, each of zone files and of one file "want NAME" behind them, with
// every finding of the case, at any severity, a line each.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("../testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases under testdata/rules: %v", err)
	}
	cases := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		start := 0
		for i := range archive.Files {
			name, isWant := strings.CutPrefix(archive.Files[i].Name, "want ")
			if !isWant {
				continue
			}
			files := archive.Files[start:i]
			start = i + 1
			cases++
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				got := lintFiles(t, files).lines()
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
			})
		}
		if start != len(archive.Files) {
			t.Errorf("%s: files behind the last want", path)
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d cases", cases)
}
