package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint/report"
	"mx46/lint/text"
)

// This file fits lines into the width of the terminal.

// proseWidth is the columns of prose that goes to no terminal: to a pager, a hook's output or a log.
const proseWidth = 80

// width is the columns that a writer's lines are to have: COLUMNS, or else the terminal's, or else 0.
func (stdio *Stdio) width(w io.Writer) int {
	if n, err := strconv.ParseUint(stdio.Getenv("COLUMNS"), 10, 15); err == nil && n > 0 {
		return int(n)
	}
	if stdio.Terminal == nil {
		return 0
	}
	width, _ := stdio.Terminal(w)
	return width
}

// fitted writes to standard output, with lines that fit. Otherwise is the width where none is known; 0: any.
func (stdio *Stdio) fitted(otherwise int, write func(io.Writer) error) error {
	width := cmp.Or(stdio.width(stdio.Out), otherwise)
	if width == 0 {
		return write(stdio.Out)
	}
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		for _, part := range report.Fit(strings.TrimRight(line, "\n"), width) {
			if _, err := io.WriteString(stdio.Out, part+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// note writes a sentence beside the report to standard error: a line, or more where it is known how many columns fit.
func (stdio *Stdio) note(sentence string) {
	const prefix = "mx46: "
	width := stdio.width(stdio.Err) - len(prefix)
	lines := report.Wrap(text.Line(sentence), width, width)
	fmt.Fprintf(stdio.Err, "%s%s\n", prefix, strings.Join(lines, "\n"+strings.Repeat(" ", len(prefix))))
}

// fitHelp lets a command and those below it print help that fits.
func fitHelp(stdio *Stdio, root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long = filled(cmd.Long, cmp.Or(stdio.width(stdio.Out), proseWidth))
		_ = stdio.fitted(proseWidth, func(w io.Writer) error { // as cobra, which has no use for an error here
			cmd.SetOut(w)
			help(cmd, args)
			return nil
		})
	})
}

// filled is prose with its paragraphs filled anew, if a line of it does not fit.
func filled(prose string, width int) string {
	var paragraphs []string
	for _, paragraph := range strings.Split(prose, "\n\n") {
		lines := report.Wrap(strings.ReplaceAll(paragraph, "\n", " "), width, width)
		paragraphs = append(paragraphs, strings.Join(lines, "\n"))
	}
	for line := range strings.Lines(prose) {
		if len(line) > width+1 {
			return strings.Join(paragraphs, "\n\n")
		}
	}
	return prose
}
