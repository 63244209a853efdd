//go:build linux

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// This file shows that no command but resolve uses the network.

// offline is what each command does in the folder that hosting makes.
var offline = [][]string{
	{"lint"},
	{"lint", "--min-severity", "note", "--format", "json"},
	{"lint", "--fix", "--diff"},
	{"lint", "--no-lock"},
	{"trace", "example.org"},
	{"trace", "example.org", "--outages"},
	{"map", "example.org"},
	{"records", "example.org.zone"},
	{"rules"},
	{"rules", "lock-invalid"},
	{"config", "show", "example.org.zone"},
	{"config", "schema"},
	{"init", "--root", "new"},
	{"version"},
	{"resolve", "--dry-run"},
	{"completion", "bash"},
}

func TestNoCommandButResolveOpensASocket(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "strace")
	program := mx46(t)
	dir := hosting(t)
	put(t, dir, ".mx46.hosts", hostingLock)
	if err := os.Mkdir(filepath.Join(dir, "new"), 0o755); err != nil {
		t.Fatal(err)
	}
	calls := func(args ...string) string {
		log := filepath.Join(t.TempDir(), "calls")
		cmd := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=network", "-e", "signal=none", "-o", log, program}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() > 1 && args[0] != "resolve" {
			t.Errorf("mx46 %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, args := range offline {
		if got := calls(args...); got != "" {
			t.Errorf("mx46 %s:\n%s", strings.Join(args, " "), got)
		}
	}
	if got := calls("resolve", "--resolver", "127.0.0.1:9", "--timeout", "10ms"); !strings.Contains(got, "socket(AF_INET") {
		t.Errorf("strace does not see what resolve does:\n%s", got)
	}
}

// TestScriptsNeedNoNetwork runs the scripts where there is none, not even a loopback interface that is up.
func TestScriptsNeedNoNetwork(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "unshare")
	if out, err := exec.Command("unshare", "--net", "true").CombinedOutput(); err != nil {
		e2e.Missing(t, "no network namespace: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "--net", self, "-test.run", "^TestScripts$", "-test.v")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "--- PASS: TestScripts/"); n < 10 {
		t.Errorf("%d scripts ran", n)
	}
	if !strings.Contains(string(out), "PASS: TestScripts/lock") {
		t.Error("the scripts have none about the lock")
	}
}
