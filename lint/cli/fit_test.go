package cli_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"mx46/lint/cli"
)

// TestWhatIsPrintedFitsTheTerminal looks at each command's help, and at tables and traces.
func TestWhatIsPrintedFitsTheTerminal(t *testing.T) {
	t.Chdir("../..")
	const zone = "testdata/rfc3974/section-4.2-troublesome.zone"
	commands := []string{
		"trace example.org " + zone, "trace example.org " + zone + " --outages", "config show " + zone, "--help",
		"lint --help", "check --help", "resolve --help", "trace --help", "map --help", "records --help", "rules --help",
		"init --help", "config show --help", "lsp --help",
	}
	for _, width := range []int{60, 80} {
		for _, command := range commands {
			var out bytes.Buffer
			cli.Main(strings.Fields(command), cli.Stdio{
				Out: &out, Err: &out, Getenv: func(string) string { return "" },
				Terminal: func(io.Writer) (int, bool) { return width, true },
			})
			if out.Len() == 0 {
				t.Errorf("mx46 %s prints nothing", command)
			}
			for _, line := range tooLong(out.String(), width) {
				t.Errorf("mx46 %s, %d columns: %q", command, width, line)
			}
		}
	}
}

// TestCOLUMNSIsTheWidth looks at what goes to a terminal, to a pipe and to a file. Without COLUMNS, prose has 80
// columns in a pipe.
func TestCOLUMNSIsTheWidth(t *testing.T) {
	t.Chdir("../..")
	file := filepath.Join(t.TempDir(), "report")
	for _, test := range []struct {
		args     string
		columns  string
		terminal int
		want     int
	}{
		{"lint testdata/rfc3974 --color never", "", 0, 80},
		{"lint testdata/rfc3974 --color never", "no number", 0, 80},
		{"lint testdata/rfc3974 --color never", "60", 0, 60},
		{"lint testdata/rfc3974 --color never", "60", 200, 60},
		{"lint testdata/rfc3974 --output text=" + file, "60", 200, 80},
		{"lint --help", "", 0, 80},
		{"lint --help", "60", 0, 60},
		{"rules", "60", 0, 60},
		{"trace example.org testdata/rfc3974/section-4.2-troublesome.zone", "60", 0, 60},
	} {
		var out bytes.Buffer
		cli.Main(strings.Fields(test.args), cli.Stdio{
			Out: &out, Err: &out, Getenv: func(name string) string { return map[string]string{"COLUMNS": test.columns}[name] },
			Terminal: func(io.Writer) (int, bool) { return test.terminal, test.terminal > 0 },
		})
		text := out.String()
		if strings.Contains(test.args, file) {
			written, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text = string(written)
		}
		for _, line := range tooLong(text, test.want) {
			t.Errorf("mx46 %s, COLUMNS=%s, a terminal of %d columns: %q", test.args, test.columns, test.terminal, line)
		}
		if len(tooLong(text, test.want-15)) == 0 {
			t.Errorf("mx46 %s, COLUMNS=%s: no line has nearly %d columns", test.args, test.columns, test.want)
		}
	}
}

// tooLong are the lines of more columns than width that could have been broken.
func tooLong(text string, width int) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if utf8.RuneCountInString(line) > width && strings.Contains(strings.TrimLeft(line, " "), " ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestNotesFitTheTerminal looks at what goes to standard error beside a report that has no notes.
func TestNotesFitTheTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	zone := "$ORIGIN example.org.\n@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\n@ 60 MX 10 mx.example.net.\n"
	if err := os.WriteFile("example.org.zone", []byte(zone), 0o600); err != nil {
		t.Fatal(err)
	}
	for columns, want := range map[string]int{"60": 60, "": 1000} {
		var out bytes.Buffer
		cli.Main(strings.Fields("lint example.org.zone --format concise"), cli.Stdio{
			Out: io.Discard, Err: &out, Getenv: func(name string) string { return map[string]string{"COLUMNS": columns}[name] },
			Terminal: func(io.Writer) (int, bool) { return 0, false },
		})
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		for i, line := range lines {
			begins := strings.HasPrefix(line, "mx46: ")
			if len(line) > want || i == 0 && !begins || !begins && !strings.HasPrefix(line, "      ") {
				t.Errorf("COLUMNS=%s: %q", columns, line)
			}
		}
		if isWrapped := strings.Contains(out.String(), "\n      "); isWrapped != (columns != "") {
			t.Errorf("COLUMNS=%s:\n%s", columns, out.String())
		}
	}
}
