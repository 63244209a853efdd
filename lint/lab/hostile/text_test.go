//go:build linux

package hostile

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mx46/lint/relaymap"
	"mx46/lint/report"
	"mx46/testdata/e2e"
)

// TestNothingOfAZoneReachesATerminalRaw looks at each format of a zone whose names, comments and file name mean
// something to those who show them. What the formats make of it is tested where they are.
func TestNothingOfAZoneReachesATerminalRaw(t *testing.T) {
	program := e2e.Program(t)
	dir := t.TempDir()
	const unseen = "\u3164\u115f\u1160\uffa0\u2800\u034f\ufe0f\U000e0101" // what takes no place, or looks blank
	name := "db\x1b[31m\xff\r::error::<script>`|]]>" + unseen
	write(t, filepath.Join(dir, name), lit(head),
		lit("@ MX 10 mx\x1b[2J ; \x1b]0;title\x07"+unseen+"\n"),
		lit("<script>alert(1)</script> MX 10 ]]>\\010::error::injected\n"),
		lit("a\\013\\010::error::injected MX 10 \"`|<img src=x>\"\n"),
		lit("x A 300.0.0.1\x1b[31m\n"))
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			o := run(t, program, dir, "lint", name, "--origin", "example.org", "--format", format, "--no-config", "--root", ".")
			if o.code != 1 {
				t.Fatalf("exit %d, want 1: %s", o.code, o.stderr)
			}
			text := o.stdout + o.stderr
			if !utf8.ValidString(text) {
				t.Error("the report is not UTF-8")
			}
			for _, r := range text {
				if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || 0x80 <= r && r < 0xa0 || strings.ContainsRune(unseen, r) {
					t.Fatalf("the report holds %U, which nobody sees:\n%q", r, text)
				}
			}
			for _, line := range strings.Split(text, "\n") {
				if strings.HasPrefix(line, "::error::") {
					t.Errorf("a line of the report is a command of the zone's: %q", line)
				}
			}
			if (format == "markdown" || format == "checkstyle" || format == "junit") && strings.Contains(text, "<script") {
				t.Errorf("the report holds an element of the zone's:\n%s", text)
			}
		})
	}
}

func TestRecordsArePrintedInASCII(t *testing.T) {
	program := e2e.Program(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "zone"), lit(head), lit("x WALLET \x1b[31m\\\x1b\x9b\n\x1b[2Jy TXT \"\x1b]0;t\x07\"\n"))
	o := run(t, program, dir, "records", "zone", "--origin", "example.org")
	for _, want := range []string{"x.example.org.\t3600\tIN\tWALLET\t\\027[31m\\027\\155\n", "\\027[2jy.example.org.\t3600\tIN\tTXT\t\"\\027]0;t\\007\"\n"} {
		if o.code != 0 || !strings.Contains(o.stdout, want) {
			t.Errorf("exit %d, and not %q in\n%q", o.code, want, o.stdout)
		}
	}
}

// TestNothingOfAZoneIsACommandToALog runs every command of zones and names that a runner of GitHub Actions would obey.
func TestNothingOfAZoneIsACommandToALog(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	program := e2e.Program(t)
	dir := t.TempDir()
	name := "db\n::error::pwned"
	write(t, filepath.Join(dir, name), lit(head), lit("@ MX 10 .\n::error::x ##[error]y\n::error::owned MX 10 mx\n##[error] TXT \"##[add-mask]a\"\n"),
		lit("b MX 10 b2\nb MX 20 b1\nb1 A 198.41.0.5\nb2 AAAA 2001:503:ba3e::2:30\na MX 10 ##[error]x\nd MX 10 ##[error]y.example.\n::error::b.x MX 10 ::error::c\nv6 AAAA (\n::1 )\n"))
	write(t, filepath.Join(dir, ".mx46.yaml"), lit("relay:\n  links:\n  - {from: b1.example.org, to: b2.example.org, via: '##[error]x'}\n"))
	write(t, filepath.Join(dir, "wrong.yaml"), lit("zones:\n  - {files: \"x\\n::error::pwned\"}\n"))
	write(t, filepath.Join(dir, "wrong2.yaml"), lit("\"::error::y\": 1\n\"##[error]\": 2\n"))
	ours, annotations := regexp.MustCompile("^::(error|warning|notice) file="), 0
	commands := [][]string{
		{"lint", name},
		{"lint", name, "--format", "concise"},
		{"lint", name, "--diff"},
		{"lint", name, "--stats"},
		{"lint", name, "--config", "wrong.yaml"},
		{"lint", name, "--config", "wrong2.yaml"},
		{"lint", name, "gone\n::error::z"},
		{"lint", "--only", "gone\n::error::z"},
		{"records", name},
		{"trace", "a.example.org", name},
		{"trace", "::error::owned.example.org", name},
		{"config", "show", name},
		{"config", "show", name, "--domain", "##[error].example.org"},
		{"resolve", "--dry-run", name, "--origin", "example.org"},
	}
	for _, format := range report.Formats() {
		commands = append(commands, []string{"lint", name, "--origin", "example.org", "--format", format, "--min-severity", "note"})
	}
	for _, format := range relaymap.Formats() {
		commands = append(commands, []string{"map", "b.example.org", name, "--origin", "example.org", "--format", format})
	}
	for _, format := range []string{"text", "json"} {
		commands = append(commands, []string{"trace", "b.example.org", name, "--origin", "example.org", "--outages", "--format", format})
	}
	for _, args := range append(commands, []string{"init"}) {
		o := run(t, program, dir, append(args, "--root", ".")...)
		if slices.Contains(args, "--origin") && o.stdout == "" || strings.Contains(o.stderr, "there is no flag") {
			t.Errorf("mx46 %q: %s", args, o.stderr)
		}
		for _, line := range strings.Split(o.stdout+o.stderr, "\n") {
			switch line := strings.TrimLeft(line, " \t\r"); {
			case ours.MatchString(line):
				annotations++
			case strings.HasPrefix(line, "::"), strings.Contains(line, "##["):
				t.Errorf("mx46 %q says what a log obeys: %q", args, line)
			}
		}
	}
	if annotations == 0 {
		t.Error("there is no annotation of our own")
	}
}
