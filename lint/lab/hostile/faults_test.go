//go:build linux

package hostile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/lint/report"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// This file breaks what the program stands on: it is killed, the disk is full, the reader of its output goes away. A
// file that it writes is then the old one or the new one, and never another.

// stoppedTries is how often a run is stopped at a random moment, by each signal.
const stoppedTries = 200

// stopAtRandom runs the program again and again, with one list of arguments after the other, sending it a signal at a
// random moment of the time that it takes, and checks what it was to write after each. It tells how often the file was
// the old one and how often the new one.
func stopAtRandom(t *testing.T, sig syscall.Signal, program, dir, file string, before []byte, lists ...[]string) {
	t.Helper()
	name := filepath.Join(dir, file)
	afters, took := make([][]byte, len(lists)), make([]time.Duration, len(lists))
	for i, args := range lists {
		must(t, os.WriteFile(name, before, 0o600))
		start := time.Now()
		run(t, program, dir, args...)
		took[i] = time.Since(start)
		var err error
		afters[i], err = os.ReadFile(name)
		must(t, err)
		if bytes.Equal(before, afters[i]) {
			t.Fatalf("mx46 %s writes nothing", strings.Join(args, " "))
		}
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	counts := map[string]int{}
	for try := range stoppedTries {
		args, after, took := lists[try%len(lists)], afters[try%len(lists)], took[try%len(lists)]
		must(t, os.WriteFile(name, before, 0o600))
		cmd := exec.Command(program, args...)
		var stderr bytes.Buffer
		cmd.Dir, cmd.Stderr = dir, &stderr
		must(t, cmd.Start())
		time.Sleep(time.Duration(rng.Int64N(int64(took) * 5 / 4)))
		cmd.Process.Signal(sig)
		cmd.Wait()
		got, err := os.ReadFile(name)
		must(t, err)
		switch {
		case bytes.Equal(got, before):
			counts["old"]++
		case bytes.Equal(got, after):
			counts["new"]++
		default:
			t.Fatalf("after %v the file of %d octets is neither the old one of %d nor the new one of %d", sig, len(got), len(before), len(after))
		}
		state := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if stopped := state.Signaled() && state.Signal() == sig; stopped {
			counts["stopped"]++
		} else if state.Signaled() || state.ExitStatus() > 1 {
			t.Errorf("%v: mx46 %s: %v", sig, strings.Join(args, " "), cmd.ProcessState)
		}
		if sig == syscall.SIGKILL {
			continue // which leaves a program no time to clean up
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != len(entries) {
			t.Fatalf("%v: mx46 %s leaves behind %v, %v", sig, strings.Join(args, " "), left, err)
		}
		if stderr.Len() > 0 {
			t.Errorf("%v: mx46 %s is not quiet: %q", sig, strings.Join(args, " "), stderr.String())
		}
	}
	t.Logf("%v: %d times, of which %d stopped it: %d times the old file, %d times the new one", sig, stoppedTries, counts["stopped"], counts["old"], counts["new"])
	if counts["new"] == 0 || counts["old"] == 0 || counts["stopped"] == 0 {
		t.Error("the signals never hit both sides of the writing")
	}
}

// everySignal runs a test with each signal that ends programs.
func everySignal(t *testing.T, test func(t *testing.T, sig syscall.Signal)) {
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel() // most of the time is waiting
			test(t, sig)
		})
	}
}

// duplicates is a zone with many findings that have a safe fix.
func duplicates() string { return duplicatesOf(2000) }

func duplicatesOf(domains int) string {
	var b strings.Builder
	b.WriteString(head + "mx A 198.41.0.4\nmx AAAA 2001:503:ba3e::2:30\n")
	for i := range domains {
		fmt.Fprintf(&b, "d%d MX 10 mx\nd%d MX 10 mx\n", i, i)
	}
	return b.String()
}

func TestAReportIsOldOrNewAfterASignal(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	var lists [][]string
	for _, format := range report.Formats() {
		lists = append(lists, []string{"lint", "db.example.org", "--quiet", "--output", format + "=report"})
	}
	everySignal(t, func(t *testing.T, sig syscall.Signal) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "db.example.org"), []byte(duplicatesOf(300)), 0o600))
		stopAtRandom(t, sig, program, dir, "report", []byte("an older report\n"), lists...)
	})
}

func TestAFixedZoneIsOldOrNewAfterASignal(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	everySignal(t, func(t *testing.T, sig syscall.Signal) {
		stopAtRandom(t, sig, program, t.TempDir(), "db.example.org", []byte(duplicatesOf(300)), []string{"lint", "db.example.org", "--fix"})
	})
}

func TestAFullDiskLeavesTheOldFile(t *testing.T) {
	program, dir := e2e.Program(t), t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small file system cannot be mounted, which takes root: %v", err)
	}
	defer syscall.Unmount(dir, 0)
	name := filepath.Join(dir, "db.example.org")
	must(t, os.WriteFile(name, []byte(duplicatesOf(300)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte("old\n"), 0o600))
	filler, err := os.Create(filepath.Join(dir, "filler"))
	must(t, err)
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()
	type written struct{ file, args string }
	tests := []written{{"db.example.org", "lint db.example.org --fix"}, {"report.json", "lint db.example.org --write-baseline new"}}
	for _, format := range report.Formats() {
		tests = append(tests, written{"report.json", "lint db.example.org --output " + format + "=report.json"})
	}
	for _, tt := range tests {
		before, err := os.ReadFile(filepath.Join(dir, tt.file))
		must(t, err)
		o := run(t, program, dir, strings.Fields(tt.args)...)
		after, err := os.ReadFile(filepath.Join(dir, tt.file))
		must(t, err)
		if o.code != 2 || !strings.Contains(o.stderr, "no space left") || !bytes.Equal(before, after) {
			t.Errorf("%s: exit %d, %q, and the file has %d octets instead of %d", tt.args, o.code, o.stderr, len(after), len(before))
		}
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != 3 {
		t.Errorf("something is left behind: %v", entries)
	}
}

func TestAFolderThatCannotBeWrittenLeavesTheOldFile(t *testing.T) {
	program, dir := e2e.Program(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "db.example.org"), []byte(duplicatesOf(300)), 0o600))
	if os.Geteuid() == 0 {
		if err := errors.Join(syscall.Mount(dir, dir, "", syscall.MS_BIND, ""), syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")); err != nil {
			t.Skipf("the folder cannot be mounted read-only, and permissions do not bind root: %v", err)
		}
		defer syscall.Unmount(dir, 0)
	} else {
		must(t, os.Chmod(dir, 0o500))
		defer os.Chmod(dir, 0o700)
	}
	commands := []string{"lint db.example.org --fix", "lint db.example.org --write-baseline new"}
	for _, format := range report.Formats() {
		commands = append(commands, "lint db.example.org --output "+format+"=report")
	}
	for _, args := range commands {
		o := run(t, program, dir, strings.Fields(args)...)
		after, err := os.ReadFile(filepath.Join(dir, "db.example.org"))
		must(t, err)
		if o.code != 2 || o.stderr == "" || string(after) != duplicatesOf(300) {
			t.Errorf("%s: exit %d, %q, and the zone has %d octets", args, o.code, o.stderr, len(after))
		}
	}
}

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	program, dir := e2e.Program(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "db.example.org"), []byte(duplicatesOf(100)), 0o600))
	commands := []string{"lint db.example.org --diff", "trace d1.example.org db.example.org", "map example.org db.example.org", "records db.example.org", "rules", "version", "rules zone-syntax", "config schema"}
	for _, format := range report.Formats() {
		commands = append(commands, "lint db.example.org --format "+format, "lint db.example.org --output "+format+"=/dev/full")
	}
	for _, args := range commands {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skipf("there is no device that is always full: %v", err)
		}
		cmd := exec.Command(program, strings.Fields(args)...)
		var stderr bytes.Buffer
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, full, &stderr
		cmd.Run()
		full.Close()
		if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("mx46 %s with a full standard output: exit %d, %q", args, code, stderr.String())
		}
	}
}

// TestAReaderThatGoesAwayIsNoError closes standard output after one line, as head -1 does.
func TestAReaderThatGoesAwayIsNoError(t *testing.T) {
	program, dir := e2e.Program(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "db.example.org"), []byte(duplicates()), 0o600))
	commands := []string{"records db.example.org"}
	for _, format := range report.Formats() {
		commands = append(commands, "lint db.example.org --format "+format)
	}
	for _, args := range commands {
		cmd := exec.Command(program, strings.Fields(args)...)
		var stderr bytes.Buffer
		cmd.Dir, cmd.Stderr = dir, &stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		line, _ := bufio.NewReaderSize(out, 16).ReadString('\n')
		out.Close()
		cmd.Wait()
		state := cmd.ProcessState.Sys().(syscall.WaitStatus)
		// The kernel's signal, or an exit code that says that the work is not done: both are what other programs do.
		quiet := state.Signaled() && state.Signal() == syscall.SIGPIPE || state.ExitStatus() == 2
		if line == "" || !quiet || stderr.Len() > 0 {
			t.Errorf("mx46 %s | head -1: %v, line %q, stderr %q", args, cmd.ProcessState, line, stderr.String())
		}
	}
}

// TestASignalEndsARunThatWaits has the program wait for a zone on standard input that never comes.
func TestASignalEndsARunThatWaits(t *testing.T) {
	program, dir := e2e.Program(t), t.TempDir()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd := exec.Command(program, "lint", "-", "--origin", "example.org", "--output", "json=report.json")
		var stderr bytes.Buffer
		cmd.Dir, cmd.Stderr = dir, &stderr
		in, err := cmd.StdinPipe()
		must(t, err)
		must(t, cmd.Start())
		time.Sleep(200 * time.Millisecond)
		must(t, cmd.Process.Signal(sig))
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Errorf("%v: the program goes on", sig)
			in.Close()
			<-ended
		}
		if state := cmd.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() || state.Signal() != sig || stderr.Len() > 0 {
			t.Errorf("%v: %v, %q", sig, cmd.ProcessState, stderr.String())
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v: files are left: %v, %v", sig, left, err)
		}
	}
}

func TestALockIsOldOrNewAfterASignal(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	world, _ := resolver.World(t, resolver.Root, resolver.Zone{Origin: "provider.example.", Text: "mx A 203.0.114.1\n"})
	server := resolver.Unbound(t, world, "").String()
	before := []byte("# mx46 hosts v1.\n# seen 2026-11-26\nmx.provider.example. unknown\n")
	everySignal(t, func(t *testing.T, sig syscall.Signal) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "db.example.org"), lit(head), lit("@ MX 10 mx.provider.example.\n"))
		stopAtRandom(t, sig, program, dir, ".mx46.hosts", before, []string{"resolve", "--resolver", server, "--qps", "0"})
	})
}
