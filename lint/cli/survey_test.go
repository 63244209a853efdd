//go:build unix

package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// crowd is a world of n mail domains of four kinds, and the list of them.
func crowd(n int) (zones []resolver.Zone, list string) {
	var text, names strings.Builder
	for i := range n {
		fmt.Fprintf(&names, "d%d.crowd.example\n", i)
		switch i % 4 {
		case 0:
			fmt.Fprintf(&text, "d%d MX 10 mx.provider.example.\n", i)
		case 1:
			fmt.Fprintf(&text, "d%d MX 10 mx.d%[1]d\nmx.d%[1]d A 203.0.114.%d\n", i, i%250+1)
		case 2:
			fmt.Fprintf(&text, "d%d MX 0 .\n", i)
		}
	}
	return []resolver.Zone{resolver.Root, {Origin: "provider.example.", Text: providerZone}, {Origin: "crowd.example.", Text: text.String()}}, names.String()
}

// TestSurveyOfManyDomains kills a survey again and again, and wants what one that is left alone writes.
func TestSurveyOfManyDomains(t *testing.T) {
	e2e.Slow(t)
	const n = 100_000
	zones, list := crowd(n)
	world, _ := resolver.World(t, zones...)
	at := resolver.Unbound(t, world, "").String()
	dir := t.TempDir()
	put(t, dir, "domains", "# a list\n\n"+list)
	program := e2e.Program(t)
	survey := func(file string) *exec.Cmd {
		cmd := exec.Command(program, "check", "--from", "domains", "--resume", file, "--resolver", at, "--qps", "0", "--fail-on", "never")
		cmd.Dir = dir
		return cmd
	}
	start := time.Now()
	cmd := survey("whole")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(start)
	whole := get(t, dir, "whole")
	if got := strings.Count(whole, "\n"); got != n {
		t.Errorf("%d lines", got)
	}
	t.Logf("%d domains in %s: %.0f a second, %d MB\n%s", n, took.Round(time.Millisecond), n/took.Seconds(), maxRSS(cmd)>>10, out)

	kills := 0
	for done := false; !done && kills < 50; {
		cmd := survey("killed")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		case <-time.After(took/8 + time.Duration(rand.Int64N(int64(took/4)))):
			cmd.Process.Kill()
			<-ended
			kills++
		}
	}
	if killed := get(t, dir, "killed"); killed != whole || kills == 0 {
		t.Errorf("after %d kills the file has %d lines; want the same as in one go: %v", kills, strings.Count(killed, "\n"), killed == whole)
	}
	t.Logf("killed %d times", kills)

	// Ten times as many domains take no more memory.
	put(t, dir, "domains", strings.Join(strings.SplitAfter(list, "\n")[:n/10], ""))
	few := survey("few")
	if out, err := few.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if a, b := maxRSS(few), maxRSS(cmd); b > a+a/2 {
		t.Errorf("%d KB for a tenth, %d KB for all", a, b)
	}
}

// line is what tests look at of a survey's line.
type line struct {
	Asked, Domain, State, Families, Provider string
	Findings                                 []struct{ Rule string }
}

func TestSurveyLines(t *testing.T) {
	e2e.Slow(t)
	zones, _ := crowd(8)
	world, _ := resolver.World(t, zones...)
	at := resolver.Unbound(t, world, "").String()
	dir := t.TempDir()
	put(t, dir, "domains", "d0.crowd.example\nD1.crowd.example.\nnot a domain\nd2.crowd.example\nd3.crowd.example\n")
	args := []string{"check", "--from", "domains", "--resolver", at, "--qps", "0"}
	got := runOn(t, dir, today, args...)
	var said []string
	for text := range strings.Lines(got.out) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		rules := ""
		for _, f := range l.Findings {
			rules += " " + f.Rule
		}
		said = append(said, strings.Join([]string{l.Domain, l.State, l.Families, l.Provider}, "|")+rules)
	}
	want := []string{
		"d0.crowd.example|judged|dual|provider.example", "d1.crowd.example|judged|ipv4|own mx-primary-single-stack",
		"|no-domain||", "d2.crowd.example|no-mail||", "d3.crowd.example|not-found|| domain-not-found",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") || got.code != 1 {
		t.Errorf("exit code %d, got\n%s", got.code, strings.Join(said, "\n"))
	}
	for _, row := range []string{"domains  5", "state judged  2", "families dual  1", "rule mx-primary-single-stack  1", "provider own  1"} {
		if flat := strings.Join(strings.Fields(got.err), " "); !strings.Contains(flat, strings.Join(strings.Fields(row), " ")) {
			t.Errorf("no %q in\n%s", row, got.err)
		}
	}

	put(t, dir, "other", "d1.crowd.example\n")
	for _, c := range []struct{ file, want string }{
		{`{"asked":"d1.crowd.example","state":"judged","findings":[]}` + "\n", "it was made from another list of domains"},
		{"not JSON\n", "line 1 is none of a survey"},
	} {
		put(t, dir, "lines", c.file)
		if got := runOn(t, dir, today, append(args, "--resume", "lines")...); got.code != 2 || !strings.Contains(got.err, c.want) || get(t, dir, "lines") != c.file {
			t.Errorf("%+v", got)
		}
	}
	put(t, dir, "lines", strings.SplitAfter(got.out, "\n")[0]+got.out[:20])
	if again := runOn(t, dir, today, append(args, "--resume", "lines")...); again.code != 1 || get(t, dir, "lines") != got.out || again.err != got.err {
		t.Errorf("%+v\n%s", again, get(t, dir, "lines"))
	}
	if got := runOn(t, dir, today, append(args, "--max-time", "1ns")...); got.code != 2 {
		t.Errorf("--max-time: %+v", got)
	}
	if got := runOn(t, dir, today, append(args, "example.org")...); got.code != 2 {
		t.Errorf("--from and a domain: %+v", got)
	}
}

// maxRSS is the most memory that a process had, in KB.
func maxRSS(cmd *exec.Cmd) int64 { return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss }
