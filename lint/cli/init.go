package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"mx46/lint/config"
	"mx46/lint/text"
	"mx46/zonefiles/disk"
)

func newInitCommand(stdio *Stdio) *cobra.Command {
	flags := loadFlags{noConfig: true}
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first " + config.FileName + " from what is found",
		Long: `init looks for zones and configurations of name servers, and writes a first .mx46.yaml
into the root folder: the repository, or the working folder. What only you can know is
left to you in comments, such as whether a domain is meant to have a single address
family. For MX hosts that are in none of these zones, it points to mx46 resolve. An
existing file is never changed.`,
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
	name, err := config.Find(w.Root(), w.Folder())
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
	err = stdio.signals.finish(func() error { return w.Root().CreateFile(config.FileName, config.Init(found)) })
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; init writes a first configuration and never changes one", w.Shown(config.FileName))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.Shown(config.FileName), disk.Reason(err))
	}
	_, err = fmt.Fprintf(stdio.Out, "wrote %s, which covers %s\n", w.Shown(config.FileName),
		text.Count(zones, "zone", "zones"))
	return err
}
