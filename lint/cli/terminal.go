package cli

import (
	"io"
	"os"
	"strings"
	"unicode"

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

// useColor decides whether to colour what goes to w: the flag, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM, then
// whether w is a terminal.
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

// oneLine makes an error's text safe for a terminal. Errors of several lines, as configuration has, keep their line ends.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r != '\n' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
