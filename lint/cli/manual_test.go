package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"mx46/testdata/e2e"
)

// commandsBelow lists a command and all below it.
func commandsBelow(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		all = append(all, commandsBelow(c)...)
	}
	return all
}

func TestManualPagesNameTheVariablesThatAreRead(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented strings.Builder
	for _, term := range manEnvironment() {
		documented.WriteString(term.name + " " + term.text + " ")
	}
	words := regexp.MustCompile(`[A-Z][A-Z0-9_]+`).FindAllString(documented.String(), -1)
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\b(?:Getenv|env)\("([A-Z0-9_]+)"\)`).FindAllSubmatch(source, -1) {
			read++
			if name := string(found[1]); !slices.Contains(words, name) {
				t.Errorf("%s reads %s, of which no manual page speaks", file, name)
			}
		}
	}
	if read < 10 {
		t.Errorf("the commands read %d variables: the test does not see them", read)
	}
}

func TestManualPagesNameTheFilesThatFlagsReplace(t *testing.T) {
	names := map[string]*cobra.Command{}
	for _, cmd := range commandsBelow(newRootCommand(&Stdio{}, nil)) {
		names[commandName(cmd)] = cmd
	}
	for flag, file := range map[string]string{"config": ".mx46.yaml", "lock": ".mx46.hosts", "qps": "/etc/resolv.conf"} {
		at := slices.IndexFunc(manFiles(), func(t manTerm) bool { return t.name == file })
		if at < 0 {
			t.Fatalf("no manual page speaks of %s", file)
		}
		for name, cmd := range names {
			if cmd.Flags().Lookup(flag) != nil && !slices.Contains(manFiles()[at].commands, name) {
				t.Errorf("mx46 %s has --%s, and its page does not speak of %s", name, flag, file)
			}
		}
	}
	for _, term := range slices.Concat(manFiles(), manEnvironment()) {
		for _, name := range term.commands {
			if names[name] == nil {
				t.Errorf("%s is for mx46 %s, which is no command", term.name, name)
			}
		}
	}
}

func TestManualPagesAreWhatFormattersExpect(t *testing.T) {
	e2e.Require(t, "mandoc", "groff")
	folder := t.TempDir()
	stdio := Stdio{Out: os.Stdout, Err: os.Stderr, Getenv: func(name string) string {
		return map[string]string{"SOURCE_DATE_EPOCH": "1795000000"}[name]
	}}
	if code := Main([]string{"man", "--dir", folder}, stdio); code != exitClean {
		t.Fatalf("mx46 man --dir exits with %d", code)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "man?", "*"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, args := range [][]string{
		{"mandoc", "-T", "lint", "-W", "warning"},
		{"groff", "-ww", "-man", "-Tutf8", "-z"},
	} {
		out, err := exec.Command(args[0], append(args[1:], pages...)...).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
