package cli

import (
	"bufio"
	"fmt"
	"strings"

	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles"

	"github.com/spf13/cobra"
)

func newRecordsCommand(stdio *Stdio) *cobra.Command {
	var flags loadFlags
	cmd := &cobra.Command{
		Use:   "records [PATH...]",
		Short: "Print the records as they were read",
		Long: `records prints every record of the zones, one a line: owner, TTL, class, type and data, names absolute, in the order of the files.
Records outside their zone, which no name server serves, are left out and counted on standard error, as is what cannot be read; the
exit code is 1 then. PATH is as for mx46 lint.`,
		Example: `  mx46 records db.example.org
  mx46 records zone --origin example.org | sort`,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := flags.load(cmd.Context(), stdio, args)
			if err != nil {
				return err
			}
			return printRecords(stdio, w)
		},
	}
	flags.register(cmd)
	return cmd
}

func printRecords(stdio *Stdio, w *workspace.Workspace) error {
	out := bufio.NewWriter(stdio.Out)
	problems, outside := 0, 0
	var line []byte
	report := func(p *zonefiles.Problem) {
		problems++
		fmt.Fprintf(stdio.Err, "%s: error: %s\n", text.Line(w.Position(p.Span).String()), text.Line(p.Message))
	}
	for i := range w.Problems() {
		report(&w.Problems()[i])
	}
	for _, zones := range w.Views() {
		for _, z := range zones {
			for i := range z.Problems {
				report(&z.Problems[i])
			}
			for i := range z.Len() {
				if !z.OriginKnown {
					break
				}
				r := z.Record(i)
				if !z.Names.IsAtOrBelow(r.Owner(), z.Apex()) {
					outside++
					continue
				}
				line = r.OwnerName().AppendText(line[:0])
				line = fmt.Appendf(line, "\t%d\tIN\t%s\t%s\n", r.TTL(), r.Type(), inASCII(r.CanonicalRDATA()))
				if _, err := out.Write(text.Disobeyed(line)); err != nil {
					return err
				}
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if outside > 0 {
		fmt.Fprintf(stdio.Err, "%d records lie outside their zone\n", outside)
	}
	if problems > 0 {
		return exitError(exitFindings)
	}
	return nil
}

// inASCII is RDATA with every octet that is no printable ASCII character as \DDD (RFC 1035 s.5.1). What the arbiter does not know is given as it
// stands, and may hold any.
func inASCII(rdata string) string {
	if !strings.ContainsFunc(rdata, func(r rune) bool { return r < ' ' || r > '~' }) {
		return rdata
	}
	var b strings.Builder
	escaped := false // by a backslash that is written already
	for _, octet := range []byte(rdata) {
		switch {
		case octet >= ' ' && octet <= '~':
			b.WriteByte(octet)
		case escaped:
			fmt.Fprintf(&b, "%03d", octet)
		default:
			fmt.Fprintf(&b, "\\%03d", octet)
		}
		escaped = octet == '\\' && !escaped
	}
	return b.String()
}
