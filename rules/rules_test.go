package rules_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/lock"
	"mx46/lint/mtasts"
	"mx46/rules"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// update rewrites the expectations of the rule cases with what the rules find; read the difference before committing
// it.
var update = flag.Bool("update", false, "rewrite the want sections of testdata/rules")

func TestCatalogueIsWhole(t *testing.T) {
	all := rules.All()
	known := map[string]bool{}
	for _, r := range all {
		switch {
		case known[r.Name]:
			t.Errorf("rule %s is in the catalogue twice", r.Name)
		case (r.Owner != nil) != (r.Of != 0):
			t.Errorf("rule %s looks at owners of no type, or at none of a type", r.Name)
		case r.Severity == lint.Off:
			t.Errorf("rule %s has no severity", r.Name)
		case !strings.HasPrefix(r.Page(), "# "+r.Name+"\n\n") || r.Summary() == "":
			t.Errorf("rule %s has no page that begins with its name and a summary", r.Name)
		}
		known[r.Name] = true
	}
	for _, r := range all {
		for _, name := range r.Subsumes {
			if !known[name] {
				t.Errorf("rule %s subsumes %s, which is not in the catalogue", r.Name, name)
			}
		}
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
		for line := range strings.Lines(r.Page()) {
			if utf8.RuneCountInString(line) > 121 && line[0] != '|' { // with its end; a row of a table is one line
				t.Errorf("%s: a line of the page is longer than 120 columns: %s", r.Name, line)
			}
		}
		file := "../rules/" + strings.ReplaceAll(r.Name, "-", "_") + ".go"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: the rule is not in a file of its name: %v", r.Name, err)
		}
	}
}

var zoneBlock = regexp.MustCompile("(?ms)^```zone (bad|good)\n(.*?)^```$")

// The examples' addresses are ICANN's, to whom example.org belongs: documentation addresses are a finding of their own.

// TestExamplesOnPages lints every zone block of every page: a bad one gives the page's finding once and nothing that
// the page does not name, a good one gives nothing, and a bad one with a safe fix is good once it is fixed.
func TestExamplesOnPages(t *testing.T) {
	for _, r := range rules.All() {
		seen := map[string]int{}
		for _, block := range zoneBlock.FindAllStringSubmatch(r.Page(), -1) {
			kind, text := block[1], block[2]
			seen[kind]++
			t.Run(fmt.Sprintf("%s/%s %d", r.Name, kind, seen[kind]), func(t *testing.T) {
				found := lintFiles(t, r.Name, exampleFiles(text))
				own := 0
				for _, f := range found.Findings {
					switch {
					case f.Suppressed != "":
					case f.Rule.Name == r.Name && kind == "bad":
						own++
					case kind == "good", !strings.Contains(r.Page(), "`"+f.Rule.Name+"`"):
						t.Errorf("unexpected %s: %s", f.Rule.Name, f.Message)
					}
				}
				if kind == "bad" && own != 1 {
					t.Errorf("%d findings of the rule, want 1", own)
				}
				if len(found.safeEdits(r.Name)) == 0 {
					return
				}
				for _, f := range lintFiles(t, r.Name, found.fixed(t, r.Name)).Findings {
					if f.Rule.Name == r.Name {
						t.Errorf("the safe fix leaves %s", f.Message)
					}
				}
			})
		}
		if (seen["bad"] == 0 || seen["good"] == 0) && r.Needs != lint.Servers {
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
	files   *zonefiles.FileSet
	sources []txtar.File
}

// lintFiles lints every file as a zone that no other one includes. A file .mx46.yaml is the configuration, and
// .mx46.hosts the lock. The files are about one rule: others that have a note for nearly every short example are off.
func lintFiles(t *testing.T, about string, files []txtar.File) linted {
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
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := zonefiles.NewLoader(root)
	catalogue := func() []*lint.Rule {
		return slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool {
			return about != r.Name && (r.Name == "spf-absent" || r.Name == "ns-family-single")
		})
	}
	run := lint.Run{Files: loader.Files, Rules: catalogue()}
	var zones []*zonefiles.Zone
	configuration := config.New()
	for _, f := range files {
		if f.Name == config.FileName {
			configuration = configure(t, &run, loader)
			continue
		}
		if isPolicy(&run, loader, f.Name) {
			continue
		}
		if f.Name == lock.FileName {
			file, err := loader.Open(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			run.Facts.Lock, run.Problems = lock.Parse(file)
			continue
		}
		zones = append(zones, loader.Load(f.Name, nil, zonefiles.Served{}))
	}
	run.Views = [][]*zonefiles.Zone{zonefiles.Roots(zones, func(*zonefiles.Zone) bool { return false })}
	run.Problems = append(run.Problems, configuration.Unused(run.Views, run.Facts.Lock)...)
	result := linted{lintAll(t, &run), loader.Files, files}
	// No rule loses a finding by what its Only leaves out.
	run.Rules = catalogue()
	for _, r := range run.Rules {
		r.Only = 0
	}
	if diff := cmp.Diff(result.lines(), linted{lintAll(t, &run), loader.Files, files}.lines()); diff != "" {
		t.Errorf("findings change where every rule sees every domain (-traits +all):\n%s", diff)
	}
	return result
}

// lintAll runs the rules to the end.
func lintAll(t testing.TB, run *lint.Run) lint.Result {
	t.Helper()
	result, err := run.Lint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// isPolicy reports whether a file is one of the MTA-STS policies that the configuration names.
func isPolicy(run *lint.Run, loader *zonefiles.Loader, name string) bool {
	for _, policy := range run.Facts.Policies {
		if loader.Files.File(policy.Place.File).Name == name {
			return true
		}
	}
	return false
}

// configure gives a run what a configuration says.
func configure(t *testing.T, run *lint.Run, loader *zonefiles.Loader) *config.Config {
	t.Helper()
	file, err := loader.Open(config.FileName)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, lint.Names(rules.All()))
	if err != nil {
		t.Fatal(err)
	}
	run.Settings = func(file, view string, origin zonefiles.Name) *lint.Settings {
		return c.Lint(file, view, origin)
	}
	locked := run.Facts.Lock
	run.Facts = c.Facts()
	run.Facts.Lock, run.Facts.Policies = locked, map[zonefiles.Name]*mtasts.Policy{}
	for domain, at := range c.Policies {
		file, err := loader.Open(at.Value)
		if err != nil {
			t.Fatal(err)
		}
		run.Facts.Policies[domain] = mtasts.Parse(file)
	}
	return c
}

// safeEdits are those of a rule's safe fixes, by file.
func (l linted) safeEdits(rule string) map[string][]lint.Edit {
	edits := map[string][]lint.Edit{}
	for _, f := range l.Findings {
		for _, fix := range f.Fixes {
			if f.Rule.Name == rule && fix.Safe {
				for _, e := range fix.Edits {
					name := l.files.File(e.Span.File).Name
					edits[name] = append(edits[name], e)
				}
			}
		}
	}
	return edits
}

// fixed are the files after a rule's safe fixes.
func (l linted) fixed(t *testing.T, rule string) []txtar.File {
	t.Helper()
	edits := l.safeEdits(rule)
	var out []txtar.File
	for _, f := range l.sources {
		text, err := lint.ApplyEdits(f.Data, edits[f.Name])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, txtar.File{Name: f.Name, Data: text})
	}
	return out
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

// TestCases lints the zones under testdata/rules. A file holds cases, each of zone files and of one file "want NAME"
// after them, with every finding of the case, at any severity, a line each. Where a file has the name of a rule, some
// of its cases have a finding of that rule, and some have none.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("../testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases under testdata/rules: %v", err)
	}
	catalogue := map[string]bool{}
	for _, r := range rules.All() {
		catalogue[r.Name] = true
	}
	cases := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		own := strings.TrimSuffix(filepath.Base(path), ".txtar")
		found, silent, skipped := 0, 0, 0
		start := 0
		for i := range archive.Files {
			name, isWant := strings.CutPrefix(archive.Files[i].Name, "want ")
			if !isWant {
				continue
			}
			files := archive.Files[start:i]
			start = i + 1
			cases++
			skipped++
			t.Run(own+"/"+name, func(t *testing.T) {
				skipped--
				result := lintFiles(t, own, files)
				if slices.ContainsFunc(result.Findings, func(f lint.Finding) bool { return f.Rule.Name == own }) {
					found++
				} else {
					silent++
				}
				got := result.lines()
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
			})
		}
		if catalogue[own] && skipped == 0 && (found == 0 || silent == 0) {
			t.Errorf("%s: %d cases have a finding of the rule and %d have none, want both", own, found, silent)
		}
		if start != len(archive.Files) {
			t.Errorf("%s: files after the last want", path)
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d cases", cases)
}

// TestEachReferenceIsAnAddress looks at the addresses that reports link to.
func TestEachReferenceIsAnAddress(t *testing.T) {
	address := regexp.MustCompile(`^https://www\.rfc-editor\.org/rfc/rfc\d+(#section-\d+(\.\d+)*|#appendix-[A-Z](\.\d+)*)?$`)
	for _, r := range rules.All() {
		if got := r.Reference(); got != "" && !address.MatchString(got) {
			t.Errorf("%s: %s", r.Name, got)
		}
	}
}
