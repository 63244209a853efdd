package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/rules"
)

func newRulesCommand(stdio *Stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "rules [NAME]",
		Short: "List the rules, or print one rule's page",
		Example: `  mx46 rules
  mx46 rules mx-secondary-stranded`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return ruleWords(typed), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			all := rules.All()
			if len(args) == 0 {
				return printRules(stdio, all)
			}
			var names []string
			for _, r := range all {
				if r.Name == args[0] {
					_, err := fmt.Fprint(stdio.Out, r.Page)
					return err
				}
				names = append(names, r.Name)
			}
			return unknownRule(args[0], names)
		},
	}
}

func printRules(stdio *Stdio, all []*lint.Rule) error {
	table := tabwriter.NewWriter(stdio.Out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, r.Severity, r.Summary())
	}
	return table.Flush()
}
