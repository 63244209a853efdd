// Package e2e says which tests run. By default those run that are quick and find the programs that they hold mx46
// against; where MX46_E2E is 1, as in .ci/run, all tests run, however long they take, and what a test lacks is a
// failure.
package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// All reports whether all tests are to run, and in full.
func All() bool { return os.Getenv("MX46_E2E") == "1" }

// Sample is every nth of what a test may look at, or all of it where all tests are to run.
func Sample[E any](all []E, n int) []E {
	if All() {
		return all
	}
	var some []E
	for i := 0; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}

// Slow skips a test that takes more than two seconds, unless all tests are to run.
func Slow(t testing.TB) {
	t.Helper()
	if !All() {
		t.Skip("it takes more than two seconds: MX46_E2E=1 runs it")
	}
}

// Require skips a test where a program that it needs is not installed; where all tests are to run, the test fails.
func Require(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			Missing(t, "%s is not installed (.ci/run installs it)", program)
		}
		if program != "knotd" {
			continue
		}
		dir, err := os.MkdirTemp("/tmp", "mx46") // where knotd keeps its configuration, whatever TMPDIR is
		if err != nil {
			Missing(t, "knotd cannot write to /tmp: %v", err)
		}
		os.Remove(dir)
	}
}

// Missing is Require for what is no program: it says what the test lacks.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if All() {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
