package cli_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// command runs a program in the working folder and gives its output.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	return string(data)
}

// unsigned is a zone in which something has a fix.
const unsigned = `$TTL 3600
@    SOA  ns hostmaster 2026010101 7200 3600 1209600 300
     NS   ns
ns   A    192.0.32.53
     AAAA 2620:0:2d0::53
@    MX   10 mx1
mx1  A    192.0.32.1
     AAAA 2620:0:2d0::1
null MX   10 .
`

// TestSignedZonesVerifyAfterFix signs zones that have something to fix, lets mx46 fix them in every way it can, and has
// each verified. The control makes the edit that mx46 does not make, and the zone no longer verifies.
func TestSignedZonesVerifyAfterFix(t *testing.T) {
	e2e.Require(t, "dnssec-keygen", "dnssec-signzone", "dnssec-verify")
	for _, test := range []struct {
		name string
		sign []string
		more string // at the end of the zone
	}{
		{"NSEC", nil, ""},
		{"NSEC3", []string{"-3", "-"}, ""},
		{"NSEC3 with opt-out", []string{"-3", "-", "-A"}, ""},
		{"signatures in a file of their own", []string{"-D"}, "$INCLUDE db.example.org.signed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			must(t, os.WriteFile("db.example.org", []byte(unsigned), 0o644))
			for _, flags := range [][]string{nil, {"-f", "KSK"}} {
				command(t, "dnssec-keygen", slices.Concat([]string{"-q", "-a", "ECDSAP256SHA256"}, flags, []string{"example.org"})...)
			}
			command(t, "dnssec-signzone", slices.Concat([]string{"-q", "-S", "-o", "example.org"}, test.sign, []string{"db.example.org"})...)
			file := "db.example.org.signed"
			if test.more != "" {
				file = "db.example.org"
				must(t, os.WriteFile(file, []byte(unsigned+test.more), 0o644))
			}
			before := readFile(t, file)
			verify := func(file string) error { return exec.Command("dnssec-verify", "-q", "-o", "example.org", file).Run() }
			must(t, verify(file))
			must(t, os.WriteFile("control", edited(t, file), 0o644))
			if verify("control") == nil {
				t.Error("an edited zone verifies, so this test shows nothing")
			}
			must(t, os.Remove("control"))

			for _, flags := range [][]string{{"--fix"}, {"--fix", "--unsafe-fixes"}, {"--fix", "--bump-serial"}, {"--diff", "--unsafe-fixes", "--bump-serial"}} {
				args := slices.Concat([]string{"lint", "--fail-on", "warning"}, flags, []string{file})
				code, stdout, stderr := runMain(args...)
				if want := "Not fixed: 1 finding in " + file + ": zone example.org holds DNSSEC signatures, "; code != 1 || !strings.Contains(stdout+stderr, want) {
					t.Errorf("%s: exit code %d\n%s%s", args, code, stdout, stderr)
				}
				if flags[0] == "--diff" && stdout != "" {
					t.Errorf("%s: %s", args, stdout)
				}
				if readFile(t, file) != before {
					t.Fatalf("%s: the file has changed", args)
				}
			}
			must(t, verify(file))
		})
	}
}

// edited is the text of a zone file with the edit made that mx46 makes in the unsigned one.
func edited(t *testing.T, file string) []byte {
	t.Helper()
	text := readFile(t, file)
	null := regexp.MustCompile(`MX(\s+)10 \.\n`)
	if len(null.FindAllString(text, -1)) != 1 {
		t.Fatalf("there is no null MX:\n%s", text)
	}
	return []byte(null.ReplaceAllString(text, "MX${1}0 .\n"))
}
