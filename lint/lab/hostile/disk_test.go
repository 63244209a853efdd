//go:build linux

package hostile

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mx46/testdata/e2e"
)

func TestARootThatIsASymbolicLinkIsTheFolderBehindIt(t *testing.T) {
	program := e2e.Program(t)
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	must(t, os.Symlink("real", filepath.Join(dir, "link")))
	write(t, filepath.Join(dir, "outside"), lit("x A 198.41.0.4\n"))
	write(t, filepath.Join(dir, "real", "db.example.org"), lit(head), lit("$INCLUDE ../outside\n"))
	for _, path := range []string{"link/db.example.org", "real/db.example.org"} {
		o := run(t, program, dir, "lint", path, "--root", "link")
		if o.code != 1 || !strings.Contains(o.stdout, "lies outside the root folder") {
			t.Errorf("%s: exit %d: %s%s", path, o.code, o.stdout, o.stderr)
		}
	}
	if o := run(t, program, dir, "lint", "outside", "--root", "link"); o.code != 2 || !strings.Contains(o.stderr, "outside the root folder") {
		t.Errorf("a path outside of the root: exit %d: %s%s", o.code, o.stdout, o.stderr)
	}
}

func TestUnreadableFilesAreTold(t *testing.T) {
	program := e2e.Program(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret"), lit("x A 198.41.0.4\n"))
	must(t, os.Chmod(filepath.Join(dir, "secret"), 0))
	write(t, filepath.Join(dir, "db.example.org"), lit(head), lit("$INCLUDE secret\n"))
	run := func(t *testing.T, program, dir string, args ...string) outcome {
		if os.Geteuid() != 0 {
			return run(t, program, dir, args...)
		}
		// To root, every file can be read: another user has to try.
		for _, open := range []string{filepath.Dir(filepath.Dir(program)), filepath.Dir(program), filepath.Dir(dir), dir} {
			must(t, os.Chmod(open, 0o755))
		}
		return run(t, "setpriv", dir, append([]string{"--reuid", "65534", "--regid", "65534", "--clear-groups", program}, args...)...)
	}
	if o := run(t, program, dir, "lint", "db.example.org"); o.code != 1 || !strings.Contains(o.stdout, "permission denied") {
		t.Errorf("an include: exit %d: %s%s", o.code, o.stdout, o.stderr)
	}
	if o := run(t, program, dir, "lint", "secret"); o.code != 2 || !strings.Contains(o.stderr, "permission denied") {
		t.Errorf("a zone: exit %d: %s%s", o.code, o.stdout, o.stderr)
	}
}

// TestAFileThatChangesWhileItIsRead lets one grow, shrink and vanish all the time.
func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	program := e2e.Program(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "db.example.org")
	text := head + strings.Repeat("x A 198.41.0.4\n", 200_000)
	var done atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; !done.Load(); i++ {
			os.WriteFile(name, []byte(text), 0o600)
			time.Sleep(time.Millisecond)
			os.Truncate(name, int64(len(text)/2))
			if i%3 == 0 {
				os.Remove(name)
			}
		}
	}()
	codes := map[int]int{}
	for range e2e.Sample(make([]int, 40), 8) {
		o := run(t, program, dir, "lint", "db.example.org", "--origin", "example.org")
		codes[o.code]++
		if o.code == 2 && !strings.Contains(o.stderr, "no such file") {
			t.Errorf("exit 2: %s", o.stderr)
		}
	}
	done.Store(true)
	<-ended
	t.Logf("exit codes: %v", codes)
}
