//go:build linux

package lab_test

// What becomes of the laboratory when the test is killed.

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/lint/delivery"
	"mx46/testdata/e2e"
)

// guarded names, in the environment of a guard, the process that it guards.
const guarded = "MX46_LAB_GUARDED"

// guard has another process remove the farm as soon as this one is gone, however it ends: that closes the pipe.
func (f *farm) guard() {
	self, err := os.Executable()
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestGuard$")
	cmd.Env = append(os.Environ(), guarded+"="+strconv.Itoa(os.Getpid()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it outlives what ends a whole group of processes
	life, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { life.Close(); cmd.Wait() })
}

// TestGuard is what a guard runs, and no test.
func TestGuard(t *testing.T) {
	pid := os.Getenv(guarded)
	if pid == "" {
		t.Skip("there is nothing to guard: other tests start this one")
	}
	io.Copy(io.Discard, os.Stdin)
	for _, path := range leftovers(t, pid) {
		removeLeftover(t, path)
	}
	os.Remove("/etc/netns") // where nothing else is in it
}

// victim is set in the environment of a process that builds a laboratory and waits to be killed.
const victim = "MX46_LAB_VICTIM"

func TestAKilledLaboratoryIsRemoved(t *testing.T) {
	e2e.Slow(t)
	requireMailers(t)
	if os.Getenv(victim) != "" {
		zone := "$TTL 0\n. SOA ns.test. h.test. 1 2 3 4 5\n. NS ns.test.\nns.test. A 192.0.2.53\n"
		f := build(t, []*host{{name: "mx", number: 20, families: delivery.Dual, mail: true, sends: true}}, zone)
		if err := f.prepare(); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("built\n")
		time.Sleep(time.Minute)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), victim+"=1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	pid := strconv.Itoa(cmd.Process.Pid)
	if text, err := io.ReadAll(io.LimitReader(out, int64(len("built\n")))); err != nil || string(text) != "built\n" {
		cmd.Process.Kill()
		t.Fatalf("the laboratory says %q, %v", text, err)
	}
	if len(leftovers(t, pid)) < 3 {
		t.Errorf("it has built %q alone", leftovers(t, pid))
	}
	cmd.Process.Kill()
	if err := cmd.Wait(); !errors.As(err, new(*exec.ExitError)) {
		t.Errorf("it ends with %v", err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(leftovers(t, pid)) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("half a minute later there is still %q", leftovers(t, pid))
		}
	}
	if running := processesOf(t, namespacePrefix+pid); len(running) > 0 {
		t.Errorf("there still run %q", running)
	}
}

// processesOf are the command lines of processes that have a word.
func processesOf(t *testing.T, word string) (list []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if line, err := os.ReadFile(name); err == nil && strings.Contains(string(line), word) {
			list = append(list, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return list
}
