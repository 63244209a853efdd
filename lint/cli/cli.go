// Package cli is the commands of mx46: flags, files and exit codes. Other packages do the work.
//
//	load.go        the flags of every command that reads zones
//	lint.go ...    one command in each file
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"mx46/lint/text"

	"github.com/spf13/cobra"
)

// The exit codes, the same for every command and format.
const (
	exitClean    = 0 // nothing at or above what the command fails on
	exitFindings = 1
	exitFailure  = 2 // usage, configuration or I/O error
)

// Stdio is how a command sees the system.
type Stdio struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	// Terminal reports the width in columns of the terminal that a writer leads to, and whether it leads to one.
	Terminal func(io.Writer) (width int, ok bool)
}

// System is the process's own Stdio.
func System() Stdio {
	return Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Terminal: terminalWidth}
}

// Main runs the command that args, without the program's name, ask for. It returns the exit code.
func Main(args []string, stdio Stdio) int {
	root := newRootCommand(&stdio, args)
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	var exit exitError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &exit):
		return int(exit)
	case errors.Is(err, syscall.EPIPE):
		return exitFailure // the reader has gone
	}
	fmt.Fprintf(stdio.Err, "mx46: %s\n", text.Lines(err.Error()))
	return exitFailure
}

// exitError is an exit code after the message has been printed.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// newRootCommand makes the commands that args may mean: lint alone where they begin with it, since the flags of all
// others cost as much as linting a small zone does.
func newRootCommand(stdio *Stdio, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "mx46",
		Short: "Will mail arrive over IPv4 and over IPv6? A linter for DNS zone files",
		Long: `mx46 reads DNS zone files and reports whether mail for their domains arrives from
IPv4-only, IPv6-only and dual-stack senders, now and when something breaks
(RFC 3974).`,
		Example: `  mx46 lint
  mx46 lint db.example.org --origin example.org
  mx46 rules mx-secondary-stranded`,
		Version:       version(),
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(flagError)
	fitHelp(stdio, root)
	root.SetVersionTemplate("mx46 {{.Version}}\n")
	root.SetIn(stdio.In)
	root.SetOut(stdio.Out)
	root.SetErr(stdio.Err)
	root.AddCommand(newLintCommand(stdio))
	if len(args) > 0 && args[0] == "lint" {
		return root
	}
	root.AddCommand(newCheckCommand(stdio), newResolveCommand(stdio), newTraceCommand(stdio), newMapCommand(stdio),
		newRecordsCommand(stdio), newLSPCommand(stdio), newRulesCommand(stdio), newInitCommand(stdio),
		newConfigCommand(stdio), newManCommand(stdio), newVersionCommand(stdio))
	return root
}
