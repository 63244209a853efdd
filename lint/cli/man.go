package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"mx46/zonefiles/disk"
)

func newManCommand(stdio *Stdio) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print a manual page, or write all of them to a folder",
		Example: `  mx46 man lint | man -l -
  mx46 man --dir /usr/local/share/man/man1`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if at, _, err := cmd.Root().Find(args); err == nil {
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
			root.DisableAutoGenTag = true
			if folder != "" {
				return writeManPages(stdio, root, folder)
			}
			page := root
			for _, name := range args {
				at, rest, err := page.Find([]string{name})
				if err != nil || len(rest) > 0 {
					return noCommand(page, []string{name})
				}
				page = at
			}
			return manPage(page, stdio.Out)
		},
	}
	cmd.Flags().StringVar(&folder, "dir", "", "write the pages of all commands to this `folder`")
	return cmd
}

func writeManPages(stdio *Stdio, cmd *cobra.Command, folder string) error {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			if err := writeManPages(stdio, c, folder); err != nil {
				return err
			}
		}
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := disk.MakeFolder(folder); err != nil {
		return fmt.Errorf("writing manual pages: %w", err)
	}
	return writeFile(stdio, filepath.Join(folder, name), func(w io.Writer) error { return manPage(cmd, w) })
}

// manPage writes one page, with the date of the commit, so that builds are reproducible.
func manPage(cmd *cobra.Command, w io.Writer) error {
	date := time.Unix(0, 0).UTC()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				date = at
			}
		}
	}
	return doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Source: "mx46", Manual: "mx46", Date: &date}, w)
}
