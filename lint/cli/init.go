package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mx46/lint/config"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles/disk"
)

func newInitCommand(stdio *Stdio) *cobra.Command {
	flags := loadFlags{noConfig: true}
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first " + config.FileName + " from what is found",
		Long: `init looks for zones and configurations of name servers, and writes a first .mx46.yaml
into the root folder: the repository, or the working folder. It lists folders, so that zones
that are added later are linted, too. What only you can know is left to you in comments, such
as whether a domain is meant to have a single address family. For MX hosts that are in none
of these zones, it points to mx46 resolve. An existing file is never changed, and without a
zone none is written.`,
		Example: `  mx46 init
  mx46 init zones/ --root .`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.init(cmd.Context(), stdio, args) },
	}
	cmd.Flags().StringVar(&flags.root, "root", "",
		"`folder` that the file is written to (default: the repository, or the working folder)")
	return cmd
}

func (f *loadFlags) init(ctx context.Context, stdio *Stdio, paths []string) error {
	w, names, err := f.open(paths)
	if err != nil {
		return err
	}
	defer w.Close()
	name, err := w.FindConfig()
	if err != nil {
		return err
	}
	if name != "" {
		return fmt.Errorf("%s exists; init writes a first configuration and never changes one", w.Shown(name))
	}
	folder := "."
	if len(names) > 0 {
		folder = names[0]
	}
	found, zones, err := w.Survey(ctx, folder)
	if err != nil {
		return err
	}
	if zones == 0 {
		return fmt.Errorf("nothing was written: there is no zone in %s%s", w.Shown(folder), outsideHelp(w))
	}
	err = finish(func() error { return w.Root().CreateFile(config.FileName, config.Init(found)) })
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; init writes a first configuration and never changes one", w.Shown(config.FileName))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.Shown(config.FileName), disk.Reason(err))
	}
	fmt.Fprintf(stdio.Out, "wrote %s, which covers %s\n", w.Shown(config.FileName), text.Count(zones, "zone", "zones"))
	return stdio.fitted(0, func(out io.Writer) error { return printNext(out, w, found) })
}

// printNext says what to do after init.
func printNext(out io.Writer, w *workspace.Workspace, found config.Found) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	step := func(command, does string) { fmt.Fprintf(table, "  %s\t%s\n", command, does) }
	fmt.Fprintln(table, "next:")
	if root := w.Shown("."); root != "." {
		step("cd "+shellWord(root), "is where the files below belong")
	}
	if n := len(found.SingleStack); n > 0 {
		step("edit "+config.FileName,
			text.Count(n, "mail domain has", "mail domains have")+" one address family: is that meant?")
	}
	if n := len(found.UnknownHosts); n > 0 {
		step("mx46 resolve", fmt.Sprintf("asks DNS about %s of other people", text.Count(n, "MX host", "MX hosts")))
	}
	step("mx46 lint", "reports what keeps mail from arriving")
	step("mx46 lint --write-baseline .mx46-baseline", "remembers what is left")
	step("echo 'baseline: .mx46-baseline' >>"+config.FileName, "has only what is new reported")
	step("mx46 config schema >mx46.schema.json", "lets editors complete the configuration")
	return table.Flush()
}

// shellWord is text as one word for a POSIX shell.
func shellWord(word string) string {
	isOdd := func(r rune) bool {
		isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !isLetter && !strings.ContainsRune("0123456789./_-+,@%", r)
	}
	if word != "" && !strings.ContainsFunc(word, isOdd) && word[0] != '-' {
		return word
	}
	return text.Line("'" + strings.ReplaceAll(word, "'", `'\''`) + "'")
}
