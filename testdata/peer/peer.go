// Package peer finds the programs that tests compare this one with, and says how much a test may ask of them.
package peer

import (
	"os"
	"os/exec"
	"testing"
)

// All reports whether MX46_E2E is 1: all peers are installed, and a test may take its time.
func All() bool { return os.Getenv("MX46_E2E") == "1" }

// Find is the path of a program, out of a package of Debian. Without it the test is skipped, or fails where all are installed.
func Find(t testing.TB, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	switch {
	case err == nil:
	case All():
		t.Fatalf("MX46_E2E is 1, but %s is not installed", program)
	default:
		t.Skipf("%s is not installed (Debian: %s)", program, debian)
	}
	return path
}

// Sample is every nth of what a test may look at, or all of it where a test may take its time.
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
