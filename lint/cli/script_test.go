package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mx46/lint/cli"
	"mx46/testdata/e2e"
)

func TestMain(m *testing.M) {
	e2e.Main(m, func() int { return cli.Main(os.Args[1:], cli.System()) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Each file of testdata/scripts is what a user does, and what comes of it. $CHECKOUT is the checkout and $ZONES its
// testdata/rfc3974. Beside the commands of
// testscript there is: exits CODE PROGRAM [ARGUMENT...].
func TestScripts(t *testing.T) { runScripts(t, "../../testdata/scripts") }

// Each file of testdata/field is a situation that operators reported, and the right answer.
func TestCasesFromTheField(t *testing.T) { runScripts(t, "../../testdata/field") }

func runScripts(t *testing.T, dir string) {
	t.Helper()
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           dir,
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CHECKOUT", checkout)
			env.Setenv("ZONES", filepath.Join(checkout, "testdata", "rfc3974"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("%s is no exit code", args[0])
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", args[1], got, want)
	}
}
