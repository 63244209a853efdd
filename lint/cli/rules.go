package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/rules"
	"mx46/zonefiles"
)

func newRulesCommand(stdio *Stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "rules [NAME]",
		Short: "List the rules, or print one rule's page",
		Example: `  mx46 rules
  mx46 rules mx-secondary-stranded`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, r := range rules.All() {
				names = append(names, r.Name+"\t"+r.Summary())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
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
			return fmt.Errorf("%s", unknownRule(args[0], names))
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

// unknownRule says that there is no rule of a name, and which one may have been meant.
func unknownRule(name string, known []string) string {
	shown := zonefiles.Quote([]byte(name))
	if near, ok := lint.Nearest(name, known); ok {
		return fmt.Sprintf("there is no rule %s; did you mean %s?", shown, near)
	}
	return fmt.Sprintf("there is no rule %s; mx46 rules lists them", shown)
}
