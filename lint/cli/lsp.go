package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"mx46/lint/lsp"
	"mx46/rules"
)

func newLSPCommand(stdio *Stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Show findings in an editor, as a language server",
		Long: `lsp speaks the Language Server Protocol on standard input and output. Editors start it.
They show the findings of all zones of the repository while zones are edited, with the
rules' pages, the fixes, and what is known of the hosts that records name.

It reads .mx46.yaml, .mx46.hosts, the baseline and MTA-STS policies as mx46 lint does, again
whenever they change, and open buffers in place of zone files. It writes no file and opens no
connection.`,
		Example: `  mx46 lsp`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := lsp.Serve(cmd.Context(), stdio.In, writeCloser{stdio.Out}, rules.All(), version())
			if errors.Is(err, lsp.ErrNoShutdown) {
				return exitError(1) // as the protocol says
			}
			return err
		},
	}
}

// writeCloser is a writer that somebody else closes.
type writeCloser struct{ io.Writer }

func (writeCloser) Close() error { return nil }
