package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mx46/rules"
)

// This file tells shells how flags go on. Cobra makes the scripts for bash, zsh, fish and PowerShell, which ask the program.

// completer gives the words that may stand where typed stands.
type completer func(typed string) []string

// complete lets a shell complete a flag's value. The flag is the command's own, so there is no error to handle.
func complete(cmd *cobra.Command, flag string, c completer) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		found := c(typed)
		directive := cobra.ShellCompDirectiveNoFileComp
		for _, word := range found {
			if strings.HasSuffix(word, "=") {
				directive |= cobra.ShellCompDirectiveNoSpace
			}
		}
		return found, directive
	})
}

// words completes one of a few words.
func words(list func() []string) completer { return func(string) []string { return list() } }

// ruleWords are the rules' names, each with what it reports.
func ruleWords(string) []string {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Name+"\t"+r.Summary())
	}
	return names
}

// listOf completes the last word of a list with commas.
func listOf(c completer) completer {
	return func(typed string) []string {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		found := c(typed[len(before):])
		for i := range found {
			found[i] = before + found[i]
		}
		return found
	}
}

// pairs completes LEFT=RIGHT. Nil for right leaves it to people.
func pairs(left, right completer) completer {
	return func(typed string) []string {
		before, after, ok := strings.Cut(typed, "=")
		var found []string
		if !ok {
			for _, word := range left(typed) {
				name, about, described := strings.Cut(word, "\t")
				word = name + "="
				if described {
					word += "\t" + about
				}
				found = append(found, word)
			}
			return found
		}
		if right != nil {
			for _, word := range right(after) {
				found = append(found, before+"="+word)
			}
		}
		return found
	}
}
