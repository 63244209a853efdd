//go:build linux

package cli_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mx46/testdata/e2e"
)

// writeFaulty writes zones in which every one of so many mail domains has a finding: of its own host, or of one that
// they share.
func writeFaulty(t *testing.T, dir string, zones, domains int, share bool) {
	t.Helper()
	conf, err := os.Create(filepath.Join(dir, "named.conf"))
	must(t, err)
	defer conf.Close()
	for z := range zones {
		fmt.Fprintf(conf, "zone \"z%d.example\" { type primary; file \"z%d\"; };\n", z, z)
		file, err := os.Create(filepath.Join(dir, fmt.Sprintf("z%d", z)))
		must(t, err)
		w := bufio.NewWriter(file)
		w.WriteString("$TTL 3600\n@ SOA ns h 1 7200 900 1209600 300\n@ NS ns\nns A 198.41.0.4\nns AAAA 2001:503:ba3e::2:30\n")
		if share {
			w.WriteString("mx A 198.41.0.5\n")
		}
		for d := range domains {
			if share {
				fmt.Fprintf(w, "d%d MX 10 mx\n", d)
				continue
			}
			fmt.Fprintf(w, "d%d MX 10 mx.d%d\nmx.d%d A 10.%d.%d.%d\nmx.d%d AAAA 2620:0:2d0:%x::%x\n", d, d, d, z>>8, z&255,
				d%250+1, d, z, d+1)
		}
		must(t, w.Flush())
		must(t, file.Close())
	}
}

// TestMemoryDoesNotGrowWithFindings lints as many zones with four times as many findings, in the formats that write one
// after the other, or one of each cause.
func TestMemoryDoesNotGrowWithFindings(t *testing.T) {
	e2e.Slow(t)
	const zones, few, many = 200, 100, 400
	program := e2e.Program(t)
	for _, format := range []string{"concise", "jsonl", "text", "github"} {
		byCause := format == "text" || format == "github"
		var peaks [2]int64
		for i, domains := range []int{few, many} {
			dir := t.TempDir()
			writeFaulty(t, dir, zones, domains, byCause)
			cmd := exec.Command(program, "lint", "--no-config", "--max-findings", "0", "--select",
				"addr-private,mx-primary-single-stack", "-f", format, "named.conf")
			cmd.Dir = dir
			out, err := cmd.StdoutPipe()
			must(t, err)
			must(t, cmd.Start())
			findings, want := 0, zones*domains
			if byCause {
				want = zones
			}
			for scanner := bufio.NewScanner(out); scanner.Scan(); {
				if line := scanner.Text(); format != "text" || strings.HasPrefix(line, "error[") {
					findings++
				}
			}
			if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || findings != want {
				t.Fatalf("%s: %d findings of %d, exit code %d", format, findings, want, cmd.ProcessState.ExitCode())
			}
			peaks[i] = maxRSS(cmd)
		}
		t.Logf("%s: %d findings %d KB, %d findings %d KB", format, zones*few, peaks[0], zones*many, peaks[1])
		var own syscall.Rusage // a process begins with the peak of the one that starts it
		must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &own))
		if peaks[1] > own.Maxrss && peaks[1] > peaks[0]*5/4+8<<10 {
			t.Errorf("%s: %d findings take %d KB, and %d take %d KB", format, zones*few, peaks[0], zones*many, peaks[1])
		}
	}
}
