//go:build linux

package hostile

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mx46/lint/report"
	"mx46/testdata/e2e"
)

// broken is a zone with a fault that every run must tell.
const broken = head + "@ MX 10 gone\n"

// TestNothingInARepositoryHidesAFault adds to a repository what once made mx46 pass over a zone with a fault.
func TestNothingInARepositoryHidesAFault(t *testing.T) {
	program := e2e.Program(t)
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T) // beside zones/db.victim.example, or in place of it
		args  []string
	}{
		{"nothing", func(*testing.T) {}, nil},
		{"a zone that includes it", includeVictim, nil},
		{"a zone that includes it, and it alone is asked for", includeVictim, []string{"--only", "zones/db.victim.example"}},
		{"a zone that includes it, and a configuration that serves both", func(t *testing.T) {
			includeVictim(t)
			write(t, "named.conf", lit(`zone "victim.example" { type primary; file "zones/db.victim.example"; };`+"\n"+
				`zone "evil.example" { type primary; file "zones/db.evil.example"; };`+"\n"))
		}, []string{"named.conf"}},
		{"a zone that includes it, where it has no SOA record and its origin is configured", func(t *testing.T) {
			includeVictim(t)
			write(t, "zones/db.victim.example", lit("$TTL 1h\n@ NS ns.example.net.\n@ MX 10 gone\n"))
			write(t, ".mx46.yaml", lit("zones:\n- {files: zones/db.victim.example, origin: victim.example}\n- {files: zones/db.evil.example}\n"))
		}, nil},
		{"a NUL in a comment", victim(broken + ";\x00\n"), nil},
		{"a mark of other formats", victim(broken + "-- TXT --\n"), nil},
		{"70 kB of comments before it", victim(";" + strings.Repeat("x", 70_000) + "\n" + broken), nil},
		{"many strings without quotes", victim(broken + strings.Repeat("x TXT a b c\n", 9)), nil},
		{"a .gitignore that names a file which git tracks", func(t *testing.T) {
			for _, args := range [][]string{{"init", "--quiet"}, {"add", "zones"}} {
				if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
					t.Skipf("git %s: %v: %s", args[0], err, out)
				}
			}
			write(t, ".gitignore", lit("zones/\n*\n"))
		}, nil},
		{"a zone without a fault of the same name in a folder of backups", func(t *testing.T) {
			write(t, "old/db.victim.example", lit(head), lit("@ MX 10 ns\n"))
		}, nil},
		{"a comment that silences nothing", victim(broken + "; mx46:ignore-file mx-target-no-address\n"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, ".git/HEAD", lit("ref: refs/heads/main\n"))
			write(t, "zones/db.victim.example", lit(broken))
			tt.setup(t)
			o := run(t, program, ".", append([]string{"lint", "--format", "concise"}, tt.args...)...)
			if o.code != 1 || !strings.Contains(o.stdout, "MX target gone.victim.example does not exist") {
				t.Errorf("exit %d: %s%s", o.code, o.stdout, o.stderr)
			}
		})
	}
}

// includeVictim adds a zone that includes the one with the fault, and has what that one lacks.
func includeVictim(t *testing.T) {
	write(t, "zones/db.evil.example", lit(head), lit("gone A 198.41.0.9\ngone AAAA 2001:503:ba3e::9\n$INCLUDE db.victim.example\n"))
}

func victim(text string) func(t *testing.T) {
	return func(t *testing.T) { write(t, "zones/db.victim.example", lit(text)) }
}

// TestWhatIsNotReadIsNamedInEveryFormat hides a zone in a way that the repository may choose: every report names it.
func TestWhatIsNotReadIsNamedInEveryFormat(t *testing.T) {
	program := e2e.Program(t)
	for _, tt := range []struct {
		name, hidden string // the file that must be named
		setup        func(t *testing.T)
	}{
		{"the configuration excludes it", "zones/db.victim.example", func(t *testing.T) {
			write(t, ".mx46.yaml", lit("exclude: [\"zones/db.v*\"]\n"))
		}},
		{"it has an SOA record, another name, and a mark of other formats", "zones/victim", func(t *testing.T) {
			must(t, os.Remove("zones/db.victim.example"))
			write(t, "zones/victim", lit(broken), lit("-- TXT --\n"))
		}},
		{"it is a zone in another form", "zones/db.victim.example", func(t *testing.T) {
			write(t, "zones/db.victim.example", lit(`{"Type": "A", "Name": "gone"}`+"\n"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			must(t, os.Mkdir(".git", 0o700))
			write(t, "zones/db.ok.example", lit(head), lit("@ MX 10 ns\n"))
			write(t, "zones/db.victim.example", lit(broken))
			tt.setup(t)
			for _, format := range report.Formats() {
				o := run(t, program, ".", "lint", "--format", format)
				if o.code != 0 || !strings.Contains(o.stdout+o.stderr, filepath.Base(tt.hidden)) {
					t.Errorf("%s: exit %d, and %s is not named:\n%.3000s%s", format, o.code, tt.hidden, o.stdout, o.stderr)
				}
			}
			var whole struct {
				Unread   []string
				Settings struct{ Excluded []string }
			}
			must(t, json.Unmarshal([]byte(run(t, program, ".", "lint", "--format", "json").stdout), &whole))
			if got := strings.Join(append(whole.Unread, whole.Settings.Excluded...), " "); got != tt.hidden {
				t.Errorf("JSON names %q, want %q", got, tt.hidden)
			}
		})
	}
}
