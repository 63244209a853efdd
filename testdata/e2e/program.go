package e2e

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Main is the TestMain of tests that run the program: it lets their binary be mx46. The program's lines are long, so
// that tests can look for sentences.
func Main(m *testing.M, mx46 func() (exitCode int)) {
	if filepath.Base(os.Args[0]) != "mx46" {
		os.Unsetenv("COLUMNS") // of whoever runs the tests
	}
	os.Setenv("COLUMNS", cmp.Or(os.Getenv("COLUMNS"), "1000"))
	testscript.Main(m, map[string]func(){"mx46": func() { os.Exit(mx46()) }})
}

// Program is the path of mx46: the tests' binary under that name; see Main.
func Program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("mx46")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
