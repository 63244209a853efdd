//go:build linux

// Package hostile holds tests alone, which give the program what strangers may and break what it stands on: it must say
// what is wrong, soon, in little memory, and never fall over.
package hostile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mx46/lint/cli"
	"mx46/testdata/e2e"
)

func TestMain(m *testing.M) {
	e2e.Main(m, func() int { return cli.Main(os.Args[1:], cli.System()) })
}

// What one run may cost. The time is that of the processor, which a busy machine changes less; see runAgain.
const (
	mostTime   = 5 * time.Second // see limit
	mostMemory = 400 << 20       // bytes; what is promised is 512 MB
)

// outcome is what a run came to.
type outcome struct {
	code           int
	stdout, stderr string
	time           time.Duration // of the processor
	memory         int64         // bytes, at its peak
}

// run runs the program in a folder, and fails the test where it crashes.
func run(t *testing.T, program, dir string, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	stop := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
	defer stop.Stop()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	state := cmd.ProcessState
	o := outcome{code: state.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), time: state.UserTime() + state.SystemTime()}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		o.memory = usage.Maxrss << 10
	}
	for _, trace := range []string{"goroutine ", "panic:", "fatal error:", "runtime error"} {
		if strings.Contains(o.stderr, trace) {
			t.Fatalf("mx46 %s crashes:\n%.2000s", strings.Join(args, " "), o.stderr)
		}
	}
	if o.code < 0 {
		t.Errorf("mx46 %s ends by %s", strings.Join(args, " "), state)
	}
	return o
}

// runAgain is run, up to three times where it takes too long: the least is what the work takes, and the rest is what
// else the machine did, since processors that others keep busy count more time for the same work.
func runAgain(t *testing.T, program, dir string, args ...string) outcome {
	t.Helper()
	least := run(t, program, dir, args...)
	for range 2 {
		if least.time <= limit() {
			break
		}
		if again := run(t, program, dir, args...); again.time < least.time {
			least = again
		}
	}
	return least
}

// checkCost fails the test where a run cost too much.
func (o outcome) checkCost(t *testing.T) {
	t.Helper()
	t.Logf("%.2f s of processor time, %d MB, exit %d", o.time.Seconds(), o.memory>>20, o.code)
	// A process begins with the peak of the one that starts it, which under the race detector is larger than what is
	// allowed.
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err == nil && o.memory <= own.Maxrss<<10 {
		o.memory = 0
	}
	if o.time > limit() || o.memory > mostMemory {
		t.Errorf("it takes %s and %d MB, want at most %s and %d MB", o.time, o.memory>>20, limit(), mostMemory>>20)
	}
}

// limit is the processor time that a run may take: mostTime, and on a slower machine as much more as it takes for work
// that has nothing to do with mx46, up to three times.
var limit = sync.OnceValue(func() time.Duration {
	const usual = 250 * time.Millisecond // on two cores of an AMD EPYC that do nothing else
	least := time.Hour
	for range 3 {
		var before, after syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
		names := map[string]int{}
		for i := range 300_000 {
			names[fmt.Sprintf("host%d.example.org", i)] = i
		}
		_ = slices.Sorted(maps.Keys(names))
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
		took := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
		least = min(least, time.Duration(took))
	}
	return min(max(mostTime, time.Duration(float64(mostTime)*float64(least)/float64(usual))), 3*mostTime)
})

// head begins a zone in which nothing is wrong.
const head = `$TTL 3600
@ SOA ns hostmaster 1 7200 3600 1209600 300
@ NS ns
ns A 198.41.0.4
ns AAAA 2001:503:ba3e::2:30
`

// text is a part of a file. It is written piece by piece, since what this process holds counts as its children's memory
// too.
type text func(w *bufio.Writer)

func lit(s string) text { return times(1, s) }

func times(n int, s string) text { return each(n, func(int) string { return s }) }

// each is a piece for every number below n.
func each(n int, piece func(i int) string) text {
	return func(w *bufio.Writer) {
		for i := range n {
			w.WriteString(piece(i))
		}
	}
}

// write makes a file of parts.
func write(t *testing.T, name string, parts ...text) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	f, err := os.Create(name)
	must(t, err)
	w := bufio.NewWriter(f)
	for _, part := range parts {
		part(w)
	}
	must(t, errors.Join(w.Flush(), f.Close()))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
