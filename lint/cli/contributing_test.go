package cli_test

import (
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/e2e"
)

// TestContributing does what CONTRIBUTING says, with the code that it shows, in a copy of the checkout.
// One copy serves all, since Go compiles packages anew wherever they lie.
func TestContributing(t *testing.T) {
	rule := stepsOf(t, "Add a rule: two files and one line")
	checkSteps(t, rule, []string{"rules/mx_target_smtp.go", "rules/docs/mx-target-smtp.md"}, 1)
	format := stepsOf(t, "Add a report format: one file and one row")
	checkSteps(t, format, []string{"lint/report/csv.go"}, 1)
	e2e.Slow(t)
	tree := copyTree(t)
	t.Run("a new rule is two files and one line", func(t *testing.T) { addRule(t, tree, rule) })
	t.Run("a new report format is one file and one row", func(t *testing.T) { addFormat(t, tree, format) })
}

// addRule adds the rule that CONTRIBUTING adds.
func addRule(t *testing.T, tree string, steps []step) {
	carryOut(t, tree, steps)
	before := filesOf(t, tree)
	runIn(t, tree, "go", "vet", "./rules")
	runIn(t, tree, "go", "test", "./lint/cli", "-run", "README", "-update")
	runIn(t, tree, "go", "test", "-short", "./rules", "./lint/cli", "./lint/report")
	if changed := changedFiles(before, filesOf(t, tree)); !slices.Equal(changed, []string{"README.md"}) {
		t.Errorf("the tests change %q, want README.md alone", changed)
	}
	if page := runIn(t, tree, "go", "run", ".", "rules", "mx-target-smtp"); !strings.Contains(page, "MX target is called smtp") {
		t.Errorf("mx46 rules shows no page of the rule:\n%s", page)
	}
}

// addFormat adds the format that CONTRIBUTING adds.
func addFormat(t *testing.T, tree string, steps []step) {
	carryOut(t, tree, steps)
	before := filesOf(t, tree)
	runIn(t, tree, "go", "vet", "./lint/report")
	runIn(t, tree, "go", "test", "./lint/report", "-run", "Golden", "-update")
	runIn(t, tree, "go", "test", "-short", "./lint/report", "./lint/cli", "./lint/lab/hostile")
	samples := []string{"testdata/report/empty.csv", "testdata/report/sample.csv"}
	if changed := changedFiles(before, filesOf(t, tree)); !slices.Equal(changed, samples) {
		t.Errorf("the tests change %q, want %q alone", changed, samples)
	}
	zone := "testdata/rfc3974/section-4.2-troublesome.zone"
	report := runIn(t, tree, "go", "run", ".", "lint", zone, "--format", "csv", "--fail-on", "never")
	if !strings.HasPrefix(report, "error,mx-primary-single-stack,"+zone+",8,") {
		t.Errorf("mx46 lint writes no such report:\n%s", report)
	}
}

// step is one numbered step of a section: a file that is new, or the lines that one gains, marked with + among those
// around them.
type step struct{ file, language, text string }

var (
	numbered = regexp.MustCompile("^[0-9]+\\. `([^`]+)`")
	fenced   = regexp.MustCompile("^   (```+)([a-z]+)$")
)

// stepsOf reads the steps of a section of CONTRIBUTING: paragraphs "1. `FILE`...", each followed by an indented block
// of code.
func stepsOf(t *testing.T, title string) []step {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".github", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## "+title+"\n")
	if !found {
		t.Fatalf("CONTRIBUTING has no section %q", title)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var steps []step
	file, fence := "", ""
	for line := range strings.Lines(section) {
		line = strings.TrimSuffix(line, "\n")
		open := fenced.FindStringSubmatch(line)
		switch {
		case fence != "" && line == "   "+fence:
			file, fence = "", ""
		case fence != "":
			steps[len(steps)-1].text += strings.TrimPrefix(line, "   ") + "\n"
		case numbered.MatchString(line):
			if file != "" {
				t.Fatalf("CONTRIBUTING shows nothing of %s", file)
			}
			file = numbered.FindStringSubmatch(line)[1]
		case open != nil && file != "":
			fence = open[1]
			steps = append(steps, step{file: file, language: open[2]})
		}
	}
	if file != "" || len(steps) == 0 {
		t.Fatalf("section %q has %d steps, and shows nothing of %q", title, len(steps), file)
	}
	return steps
}

// checkSteps holds steps against the files that they make, and how many lines they add to files that are there.
func checkSteps(t *testing.T, steps []step, created []string, added int) {
	t.Helper()
	var files []string
	lines := 0
	for _, s := range steps {
		if s.language == "diff" {
			lines += strings.Count("\n"+s.text, "\n+")
			old, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(s.file)))
			if err != nil {
				t.Fatal(err)
			}
			s.addTo(t, string(old))
			continue
		}
		files = append(files, s.file)
		if s.language == "go" {
			if formatted, err := format.Source([]byte(s.text)); err != nil || string(formatted) != s.text {
				t.Errorf("%s is not formatted (%v):\n%s", s.file, err, cmp.Diff(string(formatted), s.text))
			}
		}
	}
	if !slices.Equal(files, created) || lines != added {
		t.Errorf("the steps make %q and add %d lines, want %q and %d", files, lines, created, added)
	}
}

// carryOut makes the steps' changes in a tree, which holds none of their new files.
func carryOut(t *testing.T, tree string, steps []step) {
	t.Helper()
	for _, s := range steps {
		name := filepath.Join(tree, filepath.FromSlash(s.file))
		old, err := os.ReadFile(name)
		text := s.text
		if s.language == "diff" {
			text = s.addTo(t, string(old))
		} else if err == nil {
			t.Fatalf("%s is there already", s.file)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// addTo is the text of a step's file with the step's new lines.
func (s *step) addTo(t *testing.T, old string) string {
	t.Helper()
	var around, all strings.Builder
	for line := range strings.Lines(s.text) {
		all.WriteString(line[1:])
		if line[0] != '+' {
			around.WriteString(line[1:])
		}
	}
	if n := strings.Count(old, around.String()); n != 1 {
		t.Fatalf("%s has the lines around the new ones %d times:\n%s", s.file, n, around.String())
	}
	return strings.Replace(old, around.String(), all.String(), 1)
}

// copyTree copies the checkout, without what git keeps of it.
func copyTree(t *testing.T) string {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "mx46")
	for name, text := range filesOf(t, filepath.Join("..", "..")) {
		at := filepath.Join(tree, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

// filesOf are the texts of a tree's files by name, those of git left out.
func filesOf(t *testing.T, tree string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(tree), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path.Base(name) == ".git" && entry.IsDir():
			return fs.SkipDir
		case !entry.Type().IsRegular() || path.Base(name) == ".git":
			return nil
		}
		text, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(name)))
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// changedFiles are the names of files that came, went or changed.
func changedFiles(before, after map[string]string) []string {
	var changed []string
	for name, text := range after {
		if old, ok := before[name]; !ok || old != text {
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// runIn runs a program in a folder, and wants it to succeed.
func runIn(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "MX46_E2E=0", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}
