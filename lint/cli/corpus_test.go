package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mx46/lint/cli"
)

// TestAdoptionOfRealFolders adopts mx46 on copies of folders as people keep them in public: what init writes covers the
// zones that a look without it finds, every file that is set aside is counted and named, and nothing is reported beside
// a baseline.
func TestAdoptionOfRealFolders(t *testing.T) {
	corpus, err := filepath.Abs("../../../shared/corpus/real")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Skip("the corpus of real zones is not beside this checkout")
	}
	var total, aside, adopted int
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		folder := filepath.Join(corpus, entry.Name())
		t.Run(entry.Name(), func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "zones")
			if err := os.CopyFS(root, os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			t.Chdir(root)
			if err := os.Mkdir(".git", 0o777); err != nil {
				t.Fatal(err)
			}
			before, stats := lintJSON(t, "--min-severity", "note", "--stats", "--allow-empty")
			if got := strings.Count("\n"+stats, "\nset aside "); got != before.Summary["set_aside"] {
				t.Errorf("%d files set aside, of which --stats names %d:\n%s", before.Summary["set_aside"], got, stats)
			}
			if before.Summary["zones"] == 0 {
				return
			}
			if code, _, stderr := runMain("init"); code != 0 {
				t.Fatalf("init: exit code %d: %s", code, stderr)
			}
			after, _ := lintJSON(t, "--min-severity", "note")
			// Files that are no zones are asked about where a folder is searched, and not where the configuration names files.
			isUnread := func(f json.RawMessage) bool { return bytes.Contains(f, []byte(`"zone-unread"`)) }
			before.Findings, after.Findings = slices.DeleteFunc(before.Findings, isUnread), slices.DeleteFunc(after.Findings, isUnread)
			if before.Summary["zones"] != after.Summary["zones"] || len(before.Findings) != len(after.Findings) {
				config, _ := os.ReadFile(".mx46.yaml")
				t.Errorf("%d zones with %d findings before init, %d with %d after:\n%s",
					before.Summary["zones"], len(before.Findings), after.Summary["zones"], len(after.Findings), config)
			}
			if code, _, stderr := runMain("lint", "--min-severity", "note", "--write-baseline", "known"); code != 0 {
				t.Fatalf("--write-baseline: exit code %d: %s", code, stderr)
			}
			if code, stdout, stderr := runMain("lint", "--min-severity", "note", "--baseline", "known", "--quiet", "--fail-on", "note"); code != 0 || stdout != "" {
				t.Errorf("beside the baseline: exit code %d:\n%s%s", code, stdout, stderr)
			}
			total += before.Summary["zones"]
			aside += before.Summary["set_aside"]
			adopted++
		})
	}
	t.Logf("%d folders with %d zones adopted; %d files set aside", adopted, total, aside)
}

// lintJSON lints the working folder.
func lintJSON(t *testing.T, flags ...string) (report struct {
	Findings []json.RawMessage `json:"findings"`
	Summary  map[string]int    `json:"summary"`
}, stderr string,
) {
	t.Helper()
	code, stdout, stderr := runMain(append([]string{"lint", "--format", "json"}, flags...)...)
	if code > 1 {
		t.Fatalf("lint: exit code %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	return report, stderr
}

func runMain(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = cli.Main(args, cli.Stdio{
		In: strings.NewReader(""), Out: &out, Err: &errs,
		Getenv:   func(name string) string { return map[string]string{"COLUMNS": "1000"}[name] },
		Terminal: func(io.Writer) (int, bool) { return 0, false },
	})
	return code, out.String(), errs.String()
}
