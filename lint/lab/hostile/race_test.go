//go:build linux

package hostile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mx46/testdata/e2e"
)

// This file lets somebody bend links while files are read and written. What is looked at and what is opened must be one
// file. A program that looks first and opens then goes astray here, which shows that the links are bent often enough.

// races is how often each program runs.
const races = 300

// place is a folder "root", in which strangers make links, and one beside it, "outside", which no link must lead to.
type place struct {
	t             *testing.T
	root, outside string
}

func newPlace(t *testing.T) place {
	dir := t.TempDir()
	p := place{t, filepath.Join(dir, "root"), filepath.Join(dir, "outside")}
	for _, folder := range []string{filepath.Join(p.root, ".git"), filepath.Join(p.root, "a"), p.outside} {
		must(t, os.MkdirAll(folder, 0o700))
	}
	return p
}

// bend makes the link name, within the root, lead to each of two targets in turn, until the function that it gives is
// called. At no time is there no link.
func (p place) bend(name string, targets ...string) (stop func()) {
	name = filepath.Join(p.root, name)
	var done sync.WaitGroup
	end := make(chan struct{})
	turn := func(i int) error {
		if err := os.Symlink(targets[i%len(targets)], name+".new"); err != nil {
			return err
		}
		return os.Rename(name+".new", name)
	}
	must(p.t, turn(0))
	done.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-end:
				return
			default:
			}
			if err := turn(i); err != nil {
				p.t.Error(err)
				return
			}
		}
	})
	return func() { close(end); done.Wait() }
}

// isInside is what a careless program asks before it opens a file.
func (p place) isInside(name string) bool {
	real, err := filepath.EvalSymlinks(filepath.Join(p.root, name))
	return err == nil && strings.HasPrefix(real, p.root+string(filepath.Separator))
}

// goesAstray holds a careless program against the same links.
func (p place) goesAstray(what string, careless func() (astray bool)) {
	const most = 1_000_000
	for i := range most {
		if careless() {
			p.t.Logf("a program that looks first and %s then went astray after %d times", what, i+1)
			return
		}
	}
	p.t.Errorf("a program that looks first and %s then did not go astray in %d times: the links are not bent", what, most)
}

// deep is a folder to which there are so many steps that those on the way are kept open.
var deep = strings.Repeat("d/", 12)

const secret = "secret A 198.41.0.66\n"

func TestNoLinkThatIsBentLeadsAReaderOutside(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	for _, tt := range []struct {
		name, include string // of the file that the zone includes
		link          string
		targets       func(p place) []string
	}{
		{"the link is the file", "part", "part", func(p place) []string { return []string{"a/part", p.outside + "/part"} }},
		{"the link is the folder", "zones/part", "zones", func(p place) []string { return []string{"a", p.outside} }},
		{"the link lies deep", deep + "zones/part", deep + "zones", func(p place) []string {
			return []string{strings.Repeat("../", 12) + "a", p.outside}
		}},
		{"the link leads up and down again", "zones/part", "zones", func(place) []string { return []string{"a", "../outside"} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			must(t, os.MkdirAll(filepath.Join(p.root, deep), 0o700))
			must(t, os.WriteFile(filepath.Join(p.root, "a", "part"), []byte("inside A 198.41.0.4\n"), 0o600))
			must(t, os.WriteFile(filepath.Join(p.outside, "part"), []byte(secret), 0o600))
			write(t, filepath.Join(p.root, "db.example.org"), lit(head), lit("$INCLUDE "+tt.include+"\n"))
			defer p.bend(tt.link, tt.targets(p)...)()
			inside, refused := 0, 0
			for range races {
				o := run(t, program, p.root, "records", "db.example.org", "--origin", "example.org")
				switch said := o.stdout + o.stderr; {
				case strings.Contains(said, "secret"):
					t.Fatalf("what lies outside is read:\n%s", said)
				case strings.Contains(said, "inside.example.org"):
					inside++
				case strings.Contains(said, "outside the root"):
					refused++
				default:
					t.Errorf("exit %d:\n%s", o.code, said)
				}
			}
			t.Logf("of %d runs, %d read what lies inside, and %d refused", races, inside, refused)
			if inside == 0 || refused == 0 {
				t.Error("the link led one way only")
			}
			p.goesAstray("opens", func() bool {
				if !p.isInside(tt.include) {
					return false
				}
				text, err := os.ReadFile(filepath.Join(p.root, tt.include))
				return err == nil && bytes.Contains(text, []byte("secret"))
			})
		})
	}
}

func TestNoLinkThatIsBentLeadsAFixOutside(t *testing.T) {
	e2e.Slow(t)
	program := e2e.Program(t)
	faulty := []byte(duplicatesOf(20))
	for _, tt := range []struct {
		name, zone string
		link       string
		targets    func(p place) []string
	}{
		{"the link is the folder", "zones/db.example.org", "zones", func(p place) []string { return []string{"a", p.outside} }},
		{"the link is the zone", "db.example.org", "db.example.org", func(p place) []string {
			return []string{"a/db.example.org", p.outside + "/db.example.org"}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			own, victim := filepath.Join(p.root, "a", "db.example.org"), filepath.Join(p.outside, "db.example.org")
			must(t, os.WriteFile(victim, faulty, 0o600))
			spared := func() bool {
				text, err := os.ReadFile(victim)
				files, err2 := os.ReadDir(p.outside)
				return err == nil && err2 == nil && bytes.Equal(text, faulty) && len(files) == 1
			}
			stop := p.bend(tt.link, tt.targets(p)...)
			defer func() { stop() }()
			fixed, left := 0, 0
			for range races {
				must(t, os.WriteFile(own, faulty, 0o600))
				run(t, program, p.root, "lint", tt.zone, "--fix", "--origin", "example.org")
				if !spared() {
					t.Fatal("what lies outside is changed")
				}
				text, err := os.ReadFile(own)
				must(t, err)
				if bytes.Equal(text, faulty) {
					left++
				} else {
					fixed++
				}
				if info, err := os.Lstat(filepath.Join(p.root, tt.link)); err != nil || info.Mode().IsRegular() {
					t.Fatalf("the link is no longer one: %v, %v", info, err)
				}
			}
			t.Logf("of %d runs, %d made the fix, and %d left the file as it was", races, fixed, left)
			if fixed == 0 || left == 0 {
				t.Error("the link led one way only")
			}
			p.goesAstray("writes", func() bool {
				if !p.isInside(tt.zone) {
					return false
				}
				if f, err := os.OpenFile(filepath.Join(p.root, tt.zone), os.O_WRONLY, 0); err == nil {
					f.WriteString("x")
					f.Close()
				}
				return !spared()
			})
		})
	}
}
