package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func newManCommand(stdio *Stdio) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "man [COMMAND...|" + configPage + "]",
		Short: "Print a manual page, or write all of them to a folder",
		Example: `  mx46 man lint | man -l -
  mx46 man mx46.yaml | man -l -
  mx46 man --dir /usr/local/share/man`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if at, _, err := cmd.Root().Find(args); err == nil {
				if at == cmd.Root() {
					names = append(names, configPage+"\tThe configuration")
				}
				for _, c := range at.Commands() {
					if c.IsAvailableCommand() {
						names = append(names, c.Name()+"\t"+c.Short)
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			date, err := manDate(stdio)
			if err != nil {
				return err
			}
			if folder != "" {
				return writeManPages(stdio, root, folder, date)
			}
			if slices.Equal(args, []string{configPage}) {
				return writeConfigPage(stdio.Out, date)
			}
			page := root
			for _, name := range args {
				at, rest, err := page.Find([]string{name})
				if err != nil || len(rest) > 0 {
					return noCommand(page, []string{name})
				}
				page = at
			}
			return writeRoff(stdio.Out, page, date)
		},
	}
	cmd.Flags().StringVar(&folder, "dir", "", "write all pages to the folders man1 and man5 in this `folder`")
	return cmd
}

// writeManPages writes the pages of a command and of those below it, and at last that of the configuration.
func writeManPages(stdio *Stdio, cmd *cobra.Command, folder string, date time.Time) error {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			if err := writeManPages(stdio, c, folder, date); err != nil {
				return err
			}
		}
	}
	file := filepath.Join("man1", manName(cmd)+".1")
	if err := writeManPage(stdio, folder, file, func(to io.Writer) error { return writeRoff(to, cmd, date) }); err != nil {
		return err
	}
	if cmd.HasParent() {
		return nil
	}
	file = filepath.Join("man5", configPage+".5")
	return writeManPage(stdio, folder, file, func(to io.Writer) error { return writeConfigPage(to, date) })
}

func writeManPage(stdio *Stdio, folder, file string, write func(io.Writer) error) error {
	file = filepath.Join(folder, file)
	if err := disk.MakeFolder(filepath.Dir(file)); err != nil {
		return fmt.Errorf("writing manual pages: %w", err)
	}
	return stdio.write(disk.WritePath, file, write)
}

// manDate is the day of the pages: that of SOURCE_DATE_EPOCH, or else of the commit that the program was built from, so
// that one commit makes the same pages. It is zero if neither is known.
func manDate(stdio *Stdio) (time.Time, error) {
	if at, ok, err := sourceDate(stdio); ok || err != nil {
		return at, err
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return at, nil
			}
		}
	}
	return time.Time{}, nil
}

// sourceDate is the time of SOURCE_DATE_EPOCH, if it is set: the clock of what is to be reproducible.
func sourceDate(stdio *Stdio) (at time.Time, set bool, err error) {
	epoch := stdio.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Time{}, false, nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("SOURCE_DATE_EPOCH %s is no number of seconds", zonefiles.Quote(epoch))
	}
	return time.Unix(seconds, 0), true, nil
}
