package lock_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx46/lint/lock"
)

func git(t *testing.T, dir string, args ...string) error {
	t.Helper()
	cmd := exec.Command("git", append([]string{
		"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main",
		"-c", "commit.gpgsign=false", "-c", "core.autocrlf=false",
	}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("git %v: %w: %s", args, err, out)
	}
	return nil
}

// TestGitMerges: two branches that each learn of hosts.
func TestGitMerges(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	const base = "# seen 2026-11-20\nmx.a.example. ipv4\nmx.g.example. ipv4\nmx.m.example. ipv4\n"
	for _, c := range []struct {
		name, attributes, ours, theirs string
		want, seen                     string
	}{
		{
			name:   "hosts at different places, on one day",
			ours:   "# seen 2026-11-20\nmx.a.example. ipv4\nmx.b.example. ipv6\nmx.g.example. ipv4\nmx.m.example. ipv4\n",
			theirs: "# seen 2026-11-20\nmx.a.example. ipv4\nmx.g.example. ipv4\nmx.h.example. nodata\nmx.m.example. ipv4\n",
			want:   "mx.a.example. mx.b.example. mx.g.example. mx.h.example. mx.m.example.", seen: "2026-11-20",
		},
		{
			name: "hosts at one place, on different days, with the attribute of the README", attributes: ".mx46.hosts merge=union\n",
			ours:   "# seen 2026-11-26\nmx.a.example. ipv4\nmx.b.example. ipv6\nmx.g.example. ipv4\nmx.m.example. ipv4\n",
			theirs: "# seen 2026-11-24\nmx.a.example. ipv4\nmx.c.example. nodata\nmx.g.example. ipv4\nmx.m.example. ipv4\n",
			want:   "mx.a.example. mx.b.example. mx.c.example. mx.g.example. mx.m.example.", seen: "2026-11-24",
		},
		{
			name: "a host that each has seen otherwise", attributes: ".mx46.hosts merge=union\n",
			ours:   "# seen 2026-11-26\nmx.a.example. ipv4 ipv6\nmx.g.example. ipv4\nmx.m.example. ipv4\n",
			theirs: "# seen 2026-11-24\nmx.a.example. nodata\nmx.g.example. ipv4\nmx.m.example. ipv4\n",
			want:   "mx.g.example. mx.m.example.", seen: "2026-11-24",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, lock.FileName)
			write := func(name, text string) {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			steps := func(all ...[]string) {
				for _, args := range all {
					if err := git(t, dir, args...); err != nil {
						t.Fatal(err)
					}
				}
			}
			steps([]string{"init", "-q"})
			if c.attributes != "" {
				write(filepath.Join(dir, ".gitattributes"), c.attributes)
			}
			write(file, header+base)
			steps([]string{"add", "-A"}, []string{"commit", "-qm", "base"}, []string{"checkout", "-qb", "theirs"})
			write(file, header+c.theirs)
			steps([]string{"commit", "-qam", "theirs"}, []string{"checkout", "-q", "main"})
			write(file, header+c.ours)
			steps([]string{"commit", "-qam", "ours"}, []string{"merge", "-q", "-m", "both", "theirs"})
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			l, problems, _ := parse(t, string(data))
			var names []string
			for _, h := range l.Hosts() {
				names = append(names, h.Name.String())
			}
			disputed := len(strings.Fields(c.want)) < 3
			if got := strings.Join(names, " "); got != c.want || (len(problems) > 0) != disputed {
				t.Errorf("hosts %s, want %s; %v", got, c.want, problems)
			}
			if got := l.Seen.Format(time.DateOnly); got != c.seen {
				t.Errorf("seen %s, want %s", got, c.seen)
			}
		})
	}
}
