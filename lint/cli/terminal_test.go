package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

// fake is a Stdio with these variables in its environment, on a terminal of that width; 0: on none.
func fake(env map[string]string, width int) (*Stdio, *bytes.Buffer) {
	var out bytes.Buffer
	return &Stdio{
		In: strings.NewReader(""), Out: &out, Err: &out,
		Getenv:   func(name string) string { return env[name] },
		Terminal: func(io.Writer) (int, bool) { return width, width > 0 },
	}, &out
}

func TestColoursFollowTheFlagThenTheEnvironmentThenTheTerminal(t *testing.T) {
	tests := []struct {
		name  string
		flag  string
		env   map[string]string
		width int
		want  bool
	}{
		{"a terminal", "auto", nil, 80, true},
		{"no terminal", "auto", nil, 0, false},
		{"the flag always", "always", map[string]string{"NO_COLOR": "1"}, 0, true},
		{"the flag never", "never", map[string]string{"FORCE_COLOR": "1"}, 80, false},
		{"NO_COLOR", "auto", map[string]string{"NO_COLOR": "1"}, 80, false},
		{"NO_COLOR before FORCE_COLOR", "auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, 80, false},
		{"an empty NO_COLOR", "auto", map[string]string{"NO_COLOR": ""}, 80, true},
		{"FORCE_COLOR", "auto", map[string]string{"FORCE_COLOR": "1"}, 0, true},
		{"FORCE_COLOR=0", "auto", map[string]string{"FORCE_COLOR": "0"}, 0, false},
		{"FORCE_COLOR before CLICOLOR", "auto", map[string]string{"FORCE_COLOR": "1", "CLICOLOR": "0"}, 0, true},
		{"CLICOLOR_FORCE", "auto", map[string]string{"CLICOLOR_FORCE": "1"}, 0, true},
		{"CLICOLOR=0", "auto", map[string]string{"CLICOLOR": "0"}, 80, false},
		{"CLICOLOR=1", "auto", map[string]string{"CLICOLOR": "1"}, 0, false},
		{"a dumb terminal", "auto", map[string]string{"TERM": "dumb"}, 80, false},
	}
	for _, test := range tests {
		stdio, _ := fake(test.env, test.width)
		if got := useColor(stdio, stdio.Out, test.flag); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestLinksOnlyWhereTheTerminalNamesItself(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing known", map[string]string{"TERM": "xterm-256color"}, false},
		{"GNOME Terminal", map[string]string{"VTE_VERSION": "7600"}, true},
		{"a VTE that crashes", map[string]string{"VTE_VERSION": "5000"}, false},
		{"iTerm2", map[string]string{"TERM_PROGRAM": "iTerm.app"}, true},
		{"Terminal.app", map[string]string{"TERM_PROGRAM": "Apple_Terminal"}, false},
		{"kitty", map[string]string{"TERM": "xterm-kitty"}, true},
		{"Windows Terminal", map[string]string{"WT_SESSION": "x"}, true},
		{"Konsole", map[string]string{"KONSOLE_VERSION": "220401"}, true},
		{"an old Konsole", map[string]string{"KONSOLE_VERSION": "180400"}, false},
		{"tmux in WezTerm", map[string]string{"TERM": "tmux-256color", "WT_SESSION": "x"}, false},
		{"CI", map[string]string{"CI": "true", "TERM_PROGRAM": "vscode"}, false},
		{"forced", map[string]string{"FORCE_HYPERLINK": "1"}, true},
		{"forbidden", map[string]string{"FORCE_HYPERLINK": "0", "TERM": "xterm-kitty"}, false},
	}
	for _, test := range tests {
		stdio, _ := fake(test.env, 80)
		if got := hasLinks(stdio); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestALongRunSaysWhatItDoesAndWipesItOff(t *testing.T) {
	show := func(env map[string]string, width int, wait time.Duration) string {
		stdio, out := fake(env, width)
		p := startProgress(stdio, wait)
		p.say(func() string { return "reading: 5 files and many more" })
		time.Sleep(20 * time.Millisecond)
		p.stop()
		return out.String()
	}
	if got := show(nil, 20, time.Millisecond); !strings.HasPrefix(got, "\r\x1b[Kmx46: reading: 5 fi") || !strings.HasSuffix(got, "\r\x1b[K") || strings.Contains(got, "5 files") {
		t.Errorf("on a terminal of 20 columns: %q", got)
	}
	for name, got := range map[string]string{
		"a short run":     show(nil, 80, time.Minute),
		"no terminal":     show(nil, 0, time.Millisecond),
		"a dumb terminal": show(map[string]string{"TERM": "dumb"}, 80, time.Millisecond),
	} {
		if got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTextIsAsWideAsTheTerminalAndLinksOnlyThere(t *testing.T) {
	for _, width := range []int{60, 100} {
		stdio, out := fake(map[string]string{"TERM": "xterm-kitty"}, width)
		if code := Main([]string{"lint", "../../testdata/rfc3974/section-4.2-troublesome.zone"}, *stdio); code != exitFindings {
			t.Fatalf("exit code %d: %s", code, out)
		}
		longest := 0
		for line := range strings.Lines(out.String()) {
			if strings.Contains(line, " = h") || strings.HasPrefix(line, "     ") {
				longest = max(longest, len([]rune(strings.TrimRight(stripped(line), "\n"))))
			}
		}
		if longest > width || longest < width-20 {
			t.Errorf("on a terminal of %d columns the longest line has %d", width, longest)
		}
		if !strings.Contains(out.String(), "\x1b]8;;file:///") {
			t.Error("no link on a terminal that has them")
		}
	}
	stdio, out := fake(map[string]string{"TERM": "xterm"}, 80)
	Main([]string{"lint", "../../testdata/rfc3974/section-4.2-troublesome.zone"}, *stdio)
	if strings.Contains(out.String(), "\x1b]8") || !strings.Contains(out.String(), "\x1b[1;31m") {
		t.Error("a terminal that may not have links gets colours, and no links")
	}
}

// stripped is text without its colours.
func stripped(text string) string {
	for {
		from := strings.Index(text, "\x1b[")
		if from < 0 {
			return text
		}
		to := from + strings.IndexByte(text[from:], 'm')
		text = text[:from] + text[to+1:]
	}
}
