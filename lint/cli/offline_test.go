//go:build linux

package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// This file shows that no commands but resolve and check use the network.

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
	{"lsp"},
}

func TestNoCommandButResolveAndCheckOpensASocket(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "strace")
	program := e2e.Program(t)
	dir := hosting(t)
	put(t, dir, ".mx46.hosts", hostingLock)
	if err := os.Mkdir(filepath.Join(dir, "new"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "new"), "new.example.zone", "$ORIGIN new.example.\n@ 60 MX 10 mx.provider.example.\n")
	calls := func(args ...string) string {
		log := filepath.Join(t.TempDir(), "calls")
		cmd := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=network", "-e", "signal=none", "-o", log, program}, args...)...)
		cmd.Dir = dir
		if args[0] == "lsp" {
			cmd.Stdin = strings.NewReader(editing(dir))
		}
		if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() > 1 && args[0] != "resolve" && args[0] != "check" {
			t.Errorf("mx46 %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		// A thread that ends while strace looks on shows so, and no call.
		return regexp.MustCompile(`(?m)^\d+ \?\?\?\( <detached \.\.\.>\n`).ReplaceAllString(string(text), "")
	}
	for _, args := range offline {
		if got := calls(args...); got != "" {
			t.Errorf("mx46 %s:\n%s", strings.Join(args, " "), got)
		}
	}
	for _, args := range [][]string{{"resolve"}, {"check", "example.org"}} {
		if got := calls(append(args, "--resolver", "127.0.0.1:9", "--timeout", "10ms")...); !strings.Contains(got, "socket(AF_INET") {
			t.Errorf("strace does not see what %s does:\n%s", args[0], got)
		}
	}
}

// editing is what an editor sends that opens a zone and asks about a host.
func editing(dir string) string {
	var out strings.Builder
	uri := "file://" + filepath.ToSlash(dir) + "/example.org.zone"
	for _, message := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"rootUri":"file://` + filepath.ToSlash(dir) + `","capabilities":{}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"` + uri +
			`","languageId":"bindzone","version":1,"text":"@ 60 MX 10 mx.provider.example.\n"}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"` + uri +
			`"},"position":{"line":0,"character":12}}}`,
		`{"jsonrpc":"2.0","id":3,"method":"shutdown"}`,
		`{"jsonrpc":"2.0","method":"exit"}`,
	} {
		fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n%s", len(message), message)
	}
	return out.String()
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
