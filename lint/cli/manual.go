package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// This file is what the manual pages of commands say beyond --help.

// manTerm is a file or a variable, and what it is for.
type manTerm struct {
	name, text string
	commands   []string // without the program's name; the program's own page has all terms
}

// manFiles are the files that commands read and write without being told their names.
func manFiles() []manTerm {
	return []manTerm{
		{
			".mx46.yaml", "The configuration, in the working folder or above it, up to the root: see mx46.yaml(5).",
			[]string{"lint", "check", "resolve", "trace", "map", "records", "config show", "init", "lsp"},
		},
		{
			".mx46.hosts", "What DNS said of hosts outside the zones, next to the configuration or in the root. " +
				"mx46 resolve writes it, for you to commit.",
			[]string{"lint", "resolve", "trace", "map", "records", "config show", "lsp"},
		},
		{
			"/etc/resolv.conf", "The system's resolvers, which are asked where --resolver names none.",
			[]string{"resolve", "check"},
		},
	}
}

// manEnvironment are the variables that commands read.
func manEnvironment() []manTerm {
	reports := []string{"lint", "check"}
	return []manTerm{
		{
			"COLUMNS", "The width that lines are fitted into, in place of the terminal's. Without either, the prose of " +
				"text and of help has 80 columns.",
			[]string{"lint", "check", "trace", "rules", "config show"},
		},
		{"NO_COLOR", "If it is set and not empty, text has no colours unless --color asks for them.", reports},
		{
			"FORCE_COLOR, CLICOLOR_FORCE",
			"If one of them is neither empty nor 0, text has colours even where it goes to no terminal.", reports,
		},
		{"CLICOLOR", "If it is 0, text has no colours.", reports},
		{"TERM", "If it is dumb, text has no colours and no progress is shown.", []string{"lint", "check", "resolve"}},
		{
			"FORCE_HYPERLINK",
			"Whether the names of rules in coloured text link to what they cite: 0 for no, anything else for yes. If it is " +
				"not set, they do in terminals that are known to show such links, by CI, TERM, TERM_PROGRAM, VTE_VERSION, " +
				"WT_SESSION and KONSOLE_VERSION.", reports,
		},
		{
			"GITHUB_ACTIONS", "If it is true, annotations are printed with the text unless a format is chosen, and no line " +
				"of a diff is a command to the runner.", reports,
		},
		{
			"SOURCE_DATE_EPOCH", "Seconds since 1970 that stand for the present, so that the same input makes the same file.",
			[]string{"resolve", "man"},
		},
	}
}

// termsOf are the terms for a command's page.
func termsOf(all []manTerm, cmd *cobra.Command) []manTerm {
	if !cmd.HasParent() {
		return all
	}
	name := commandName(cmd)
	return slices.DeleteFunc(all, func(t manTerm) bool { return !slices.Contains(t.commands, name) })
}

// commandName is a command's name without the program's.
func commandName(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// aboutAndStatus are the paragraphs of a command's help, those about its exit code apart.
func aboutAndStatus(cmd *cobra.Command) (about, status []string) {
	long := cmd.Long
	if long == "" {
		long = cmd.Short + "."
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(long), "\n\n") {
		if strings.HasPrefix(paragraph, "The exit code ") {
			status = append(status, paragraph)
		} else {
			about = append(about, paragraph)
		}
	}
	switch {
	case len(status) > 0:
	case cmd.HasParent():
		status = []string{"The exit code is 0, or 2 if mx46 cannot do its work."}
	default:
		status = []string{
			"The exit codes of all commands are 0 where all is well, 1 where something was found, and 2 for a usage, " +
				"configuration or I/O error, or where there was nothing to check.",
		}
	}
	return about, status
}
