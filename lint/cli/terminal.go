package cli

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// terminalWidth is the width of the terminal that w leads to.
func terminalWidth(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 80, true
	}
	return width, true
}

// useColor reports whether to colour what goes to w: by the flag, the environment, and whether w is a terminal.
func useColor(stdio *Stdio, w io.Writer, flag string) bool {
	env := func(name string) bool { v := stdio.Getenv(name); return v != "" && v != "0" }
	_, terminal := stdio.Terminal(w)
	switch {
	case flag == "always":
		return true
	case flag == "never":
		return false
	case stdio.Getenv("NO_COLOR") != "":
		return false
	case env("FORCE_COLOR"), env("CLICOLOR_FORCE"):
		return true
	case stdio.Getenv("CLICOLOR") == "0", stdio.Getenv("TERM") == "dumb":
		return false
	}
	return terminal
}

func colorWords() []string { return []string{"auto", "always", "never"} }

// hasLinks reports whether the terminal is known to show OSC 8 hyperlinks, which others print as rubbish.
// FORCE_HYPERLINK overrides.
func hasLinks(stdio *Stdio) bool {
	env := stdio.Getenv
	if forced := env("FORCE_HYPERLINK"); forced != "" {
		return forced != "0"
	}
	term := env("TERM")
	if strings.HasPrefix(term, "screen") || strings.HasPrefix(term, "tmux") || env("CI") != "" {
		return false
	}
	if vte, err := strconv.Atoi(env("VTE_VERSION")); err == nil {
		return vte > 5000 // 0.50.0 has the feature, and crashes with it
	}
	return slices.Contains([]string{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"}, env("TERM_PROGRAM")) ||
		slices.Contains([]string{"xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "wezterm"}, term) ||
		env("WT_SESSION") != "" || env("KONSOLE_VERSION") >= "201200"
}
