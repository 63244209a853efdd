package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/lint/cli"
	"mx46/lint/config"
	"mx46/rules"
	"mx46/zonefiles"
)

var update = flag.Bool("update", false, "rewrite what the README shows of runs and rules")

// runBlock is a command's output in the README, below a comment with the command.
var runBlock = regexp.MustCompile("(?s)(<!-- run: mx46 ([^>]*) -->\n```text\n)(.*?)(```\n)")

// rulesBlock is the table of rules.
var rulesBlock = regexp.MustCompile("(?s)(<!-- rules -->\n)(.*?)(<!-- end of rules -->)")

func TestREADMEShowsWhatRunsAndRulesSay(t *testing.T) {
	t.Chdir("../..")
	old, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := runBlock.ReplaceAllStringFunc(string(old), func(block string) string {
		part := runBlock.FindStringSubmatch(block)
		var stdout, stderr bytes.Buffer
		cli.Main(strings.Fields(part[2]), cli.Stdio{
			In: strings.NewReader(""), Out: &stdout, Err: &stderr,
			Getenv:   func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] },
			Terminal: func(io.Writer) (int, bool) { return 110, true },
		})
		if stderr.Len() > 0 {
			t.Errorf("mx46 %s: %s", part[2], stderr.String())
		}
		return part[1] + stdout.String() + part[4]
	})
	readme = rulesBlock.ReplaceAllStringFunc(readme, func(block string) string {
		part := rulesBlock.FindStringSubmatch(block)
		return part[1] + ruleTable() + part[3]
	})
	switch {
	case *update:
		if err := os.WriteFile("README.md", []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	case string(old) != readme:
		t.Errorf("README.md is behind; run go test ./lint/cli -update (-want +got):\n%s", cmp.Diff(string(old), readme))
	}
}

// The configuration in the README is that of the manual page.
func TestREADMEShowsTheExampleOfAConfiguration(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```yaml\n"+config.Example()+"```\n") {
		t.Error("README.md does not show lint/config/example.yaml as it is")
	}
	file := &zonefiles.File{Name: config.FileName, Data: []byte(config.Example())}
	if _, err := config.Load(file, lint.Names(rules.All())); err != nil {
		t.Error(err)
	}
}

func ruleTable() string {
	var b strings.Builder
	b.WriteString("| rule | severity | what it reports |\n|---|---|---|\n")
	for _, r := range rules.All() {
		fmt.Fprintf(&b, "| [%s](rules/docs/%s.md) | %s | %s |\n", r.Name, r.Name, r.Severity, strings.ReplaceAll(r.Summary(), "|", "\\|"))
	}
	return b.String()
}
