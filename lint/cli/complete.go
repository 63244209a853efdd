package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mx46/rules"
)

// This file completes flags for shells. Cobra makes the scripts for bash, zsh, fish and PowerShell, which ask the
// program.

// completer lists the words that may replace what is typed.
type completer func(typed string) []string

// complete completes the values of a flag, which the command has: there is no error to handle.
func complete(cmd *cobra.Command, flag string, c completer) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(
		_ *cobra.Command, _ []string, typed string,
	) ([]string, cobra.ShellCompDirective) {
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

// completeDomain completes the domain that comes first among arguments, by the zones here, and files after it.
func (f *loadFlags) completeDomain(stdio *Stdio) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		w, err := f.load(cmd.Context(), stdio, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer w.Close()
		return w.MailDomains(), cobra.ShellCompDirectiveNoFileComp
	}
}

// words completes fixed words.
func words(list func() []string) completer { return func(string) []string { return list() } }

// ruleWords are the names of the rules, with their summaries.
func ruleWords(string) []string {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Name+"\t"+r.Summary())
	}
	return names
}

// listOf completes the last word of a comma-separated list.
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

// pairs completes LEFT=RIGHT, or only LEFT= if right is nil.
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
