package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// TestNamesThatAreNotThereStandInOnePlace looks for the home and the release that mx46 does not have.
func TestNamesThatAreNotThereStandInOnePlace(t *testing.T) {
	invented := regexp.MustCompile(`\bOWNER\b|\b1\.0\.0\b`)
	for name, text := range filesOf(t, filepath.Join("..", "..")) {
		switch {
		case name == ".github/rename", strings.HasSuffix(name, "_test.go"), strings.HasPrefix(name, "testdata/"), name == "go.sum":
		case name != "README.md":
			if regexp.MustCompile(`\bOWNER/mx46|mx46@v?1\.0\.0`).MatchString(text) {
				t.Errorf("%s names a home or a release that mx46 does not have; README.md explains those", name)
			}
		case invented.MatchString(text) && !strings.Contains(text, "<!-- names -->\n**Names.**"):
			t.Error("README.md names a home or a release that mx46 does not have, and does not explain it")
		}
	}
}

// TestTheModuleGetsItsHomeByOneScript does what the README tells whoever gives mx46 a home.
func TestTheModuleGetsItsHomeByOneScript(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "bash", "find", "sed")
	tree := copyTree(t)
	runIn(t, tree, ".github/rename", "github.com/acme/mx46", "v1.2.3")
	if module := strings.TrimSpace(runIn(t, tree, "go", "list", "-m")); module != "github.com/acme/mx46" {
		t.Errorf("the module is %s", module)
	}
	files := filesOf(t, tree)
	for _, want := range []string{
		"go install github.com/acme/mx46@v1.2.3 ", "uses: acme/mx46@v1\n", "repo: https://github.com/acme/mx46\n", "rev: v1.2.3\n",
		"./mx46_1.2.3_amd64.deb\n",
	} {
		if !strings.Contains(files["README.md"], want) {
			t.Errorf("README.md lacks %q", want)
		}
	}
	for name, text := range files {
		if old := regexp.MustCompile(`"mx46/(lint|rules|zonefiles|testdata)\b|\bOWNER/|<!-- names|\*mx46/`).FindString(text); old != "" &&
			name != ".github/rename" && name != "lint/cli/rename_test.go" {
			t.Errorf("%s still has %q", name, old)
		}
	}
	if unformatted := runIn(t, tree, "gofmt", "-l", "."); unformatted != "" {
		t.Errorf("gofmt differs: %s", unformatted)
	}
	runIn(t, tree, "go", "build", "./...")
	runIn(t, tree, "go", "vet", "./lint/cli", "./rules")
	runIn(t, tree, "go", "test", "-short", "./zonefiles", "./lint/config")
	runIn(t, tree, "go", "test", "-short", "./lint/cli", "-run", "Imports|README|Names")
}
