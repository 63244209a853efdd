package disk

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/testdata/e2e"
	"mx46/testdata/folder"
)

func TestAPathIsTakenFromTheLongestPrefix(t *testing.T) {
	paths := map[string]string{"/": ".", "/etc/bind": "bind", "/etc/bind/db.root": "hints"}
	for server, want := range map[string]string{
		"/etc/bind/db.a":         "bind/db.a",
		"/etc/bind":              "bind",
		"/etc/bind/db.root":      "hints",
		"/etc/binder/x":          "etc/binder/x",
		"/etc/bind/../../root/x": "root/x",
		"/":                      ".",
	} {
		if got, ok := Paths(paths).Local(server); got != want || !ok {
			t.Errorf("%s: %q %v", server, got, ok)
		}
	}
	if got, ok := Paths(paths).Local("db.a"); ok {
		t.Errorf("a relative path leads to %q", got)
	}
	if got, ok := Paths(nil).Local("/etc/bind"); ok {
		t.Errorf("without paths, a path leads to %q", got)
	}
}

func TestFinderLooksForTheLongestEnd(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{
		"bind/named.conf", "bind/zones/db.a", "bind/old/db.a", "bind/db.b", "other/zones/db.a", "other/db.c", "other/x/db.d", "other/y/db.d",
		".git/db.e", "mapped/db.a",
	} {
		files[name] = ""
	}
	root := openRoot(t, folder.New(t, files))
	finder := NewFinder(root, Paths{"/mapped": "mapped"})
	for _, test := range []struct {
		name, server, near string
		want               []string
	}{
		{"what paths say, there or not", "/mapped/none", ".", []string{"mapped/none"}},
		{"as many elements as possible", "/etc/bind/zones/db.a", "bind", []string{"bind/zones/db.a"}},
		{"the last element alone", "/var/lib/db.b", "bind", []string{"bind/db.b"}},
		{"near by before anywhere", "/srv/other/zones/db.a", "bind", []string{"bind/zones/db.a"}},
		{"anywhere", "/etc/bind/db.c", "bind", []string{"other/db.c"}},
		{"two that end alike", "/etc/bind/db.d", "bind", []string{"other/x/db.d", "other/y/db.d"}},
		{"which a longer end tells apart", "/etc/y/db.d", "bind", []string{"other/y/db.d"}},
		{"a folder", "/etc/bind/zones/", "bind", []string{"bind/zones"}},
		{"what a version control system keeps", "/etc/bind/db.e", ".", nil},
		{"nothing", "/etc/bind/db.f", ".", nil},
		{"the root", "/", ".", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := finder.Find(test.server, test.near); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestANameThatVeryManyFilesHaveIsNotGuessedAt(t *testing.T) {
	files := map[string]string{}
	for i := range maxNamesakes + 1 {
		files[fmt.Sprintf("%d/db", i)] = ""
	}
	if got := NewFinder(openRoot(t, folder.New(t, files)), nil).Find("/etc/7/db", "."); got != nil {
		t.Errorf("got %q", got)
	}
}

// TestFinderStaysWithinItsLimits looks for 40,000 paths among 100,000 files far down, some of one name: within five
// seconds of CPU and 512 MB.
func TestFinderStaysWithinItsLimits(t *testing.T) {
	e2e.Slow(t)
	dir := t.TempDir()
	top, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer top.Close()
	at := top
	for range 15 { // names of 3,840 bytes, about as long as the system takes
		name := strings.Repeat("d", 255)
		if err := at.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		if at, err = at.OpenRoot(name); err != nil {
			t.Fatal(err)
		}
		defer at.Close()
	}
	for i := range 100_000 {
		name := fmt.Sprint("db.", i)
		if i < 2*maxNamesakes { // a folder with the one file
			if i%2 == 1 {
				continue
			}
			if err := at.Mkdir(name, 0o755); err != nil {
				t.Fatal(err)
			}
			name += "/db"
		}
		if err := at.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := spent(t)
	finder := NewFinder(openRoot(t, dir), nil)
	for i := range 20_000 {
		if found := finder.Find(fmt.Sprintf("/srv/db.%d/db", i), "."); len(found) == 0 {
			t.Fatal("nothing is found")
		}
		finder.Find(fmt.Sprintf("/srv/db.%d", i), strings.Repeat("d", 255))
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	cpu := spent(t) - before
	t.Logf("%s of CPU, %d MB from the system", cpu, memory.Sys>>20)
	if memory.Sys > 512<<20 || cpu > 5*time.Second {
		t.Errorf("it takes %s and %d MB", cpu, memory.Sys>>20)
	}
}

// spent is the CPU time of this process.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
