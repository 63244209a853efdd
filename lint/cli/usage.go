package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mx46/lint/text"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file says what is wrong with a command line, and which word may have been meant.

// oneOf refuses a word that is not known. What names its kind, such as "format".
func oneOf(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return unknownWord(what, word, known, strings.Join(known, ", ")+" are known")
}

// unknownWord says which word may have been meant, or else where to look.
func unknownWord(what, word string, known []string, look string) error {
	if near, ok := text.Nearest(word, known); ok {
		look = "did you mean " + near + "?"
	}
	return fmt.Errorf("there is no %s %s; %s", what, zonefiles.Quote(word), look)
}

func unknownRule(name string, known []string) error {
	return unknownWord("rule", name, known, "mx46 rules lists them")
}

// noCommand refuses the arguments of a command that only has subcommands.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := disk.StatPath(args[0]); err == nil && !cmd.HasParent() {
		return fmt.Errorf("%s is not a command; to lint it: mx46 lint %[1]s", args[0])
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return unknownWord("command", args[0], names, cmd.CommandPath()+" --help lists them")
}

// flagError adds the nearest flag to the error about one that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	given, found := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !found {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	for i := range names {
		names[i] = "--" + names[i]
	}
	return unknownWord("flag", "--"+given, names, cmd.CommandPath()+" --help lists them")
}
