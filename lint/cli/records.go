package cli

import (
	"bufio"
	"fmt"
	"runtime/debug"
	"slices"
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
		Long: `records prints every record of the zones, one a line, in the order of the files: owner,
TTL, class, type and data, with absolute names. PATH is as for mx46 lint --alone.

Standard error counts records outside their zone, which no name server serves, and lists
what cannot be read.

The exit code is 1 where something cannot be read, 2 if mx46 cannot do its work, and 0
otherwise.`,
		Example: `  mx46 records db.example.org
  mx46 records zone --origin example.org | sort`,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := flags.load(cmd.Context(), stdio, args)
			if err != nil {
				return err
			}
			defer w.Close()
			return printRecords(stdio, w)
		},
	}
	flags.register(cmd)
	return cmd
}

// garbage is how much of it there may be while records are printed, in percent of the zones. They hold hardly any
// pointers, so that looking for garbage costs next to nothing, and the text of each record is some.
const garbage = 20

func printRecords(stdio *Stdio, w *workspace.Workspace) error {
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	problems := slices.Clone(w.Problems())
	out := bufio.NewWriter(stdio.Out)
	outside := 0
	for _, zones := range w.Views() {
		for _, z := range zones {
			problems = append(problems, z.Problems...)
			n, err := printZone(out, z)
			if err != nil {
				return err
			}
			outside += n
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(stdio.Err, "%s: error: %s\n", text.Line(w.Position(p.Span).String()), text.Line(p.Message))
	}
	if outside > 0 {
		fmt.Fprintln(stdio.Err, text.Count(outside, "record lies outside its zone", "records lie outside their zones"))
	}
	if len(problems) > 0 {
		return exitError(exitFindings)
	}
	return nil
}

// printZone prints the records of a zone whose origin is known, and counts those outside of it.
func printZone(out *bufio.Writer, z *zonefiles.Zone) (outside int, err error) {
	if !z.OriginKnown {
		return 0, nil
	}
	var line []byte
	for i := range z.Len() {
		r := z.Record(i)
		if !z.Names.IsAtOrBelow(r.Owner(), z.Apex()) {
			outside++
			continue
		}
		line = r.OwnerName().AppendText(line[:0])
		line = fmt.Appendf(line, "\t%d\tIN\t%s\t%s\n", r.TTL(), r.Type(), inASCII(r.CanonicalRDATA()))
		if z.IsTemplate {
			line = []byte(zonefiles.ShowPlaceholders(string(line)))
		}
		if _, err := out.Write(text.Disobeyed(line)); err != nil {
			return 0, err
		}
	}
	return outside, nil
}

// inASCII writes what is not printable ASCII in RDATA as \DDD (RFC 1035 s.5.1).
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
