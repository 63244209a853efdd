package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mx46/lint/cli"
)

// TestMain lets this binary be mx46 for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mx46": func() { os.Exit(cli.Main(os.Args[1:], cli.System())) },
	})
}

// Each file of testdata/scripts is what a user does, and what comes of it. $ZONES is testdata/rfc3974.
func TestScripts(t *testing.T) {
	zones, err := filepath.Abs("../../testdata/rfc3974")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/scripts",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ZONES", zones)
			return nil
		},
	})
}
