package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/report"
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
					_, err := fmt.Fprint(stdio.Out, fitPage(r.Page(), stdio.width(stdio.Out)))
					return err
				}
				names = append(names, r.Name)
			}
			return unknownRule(args[0], names)
		},
	}
}

// fitPage wraps the paragraphs of a page to a width, except between fences. A width of 0 is no terminal's: it stays as
// it is.
func fitPage(page string, width int) string {
	if width <= 0 {
		return page
	}
	blocks := strings.Split(page, "\n\n")
	fenced := false
	for i, block := range blocks {
		if strings.Count(block, "```")%2 == 1 {
			fenced = !fenced
		} else if !fenced && !strings.Contains(block, "```") {
			blocks[i] = strings.Join(report.Wrap(strings.Join(strings.Fields(block), " "), width, width), "\n")
		}
	}
	return strings.TrimRight(strings.Join(blocks, "\n\n"), "\n") + "\n"
}

func printRules(stdio *Stdio, all []*lint.Rule) error {
	longest := 0
	for _, r := range all {
		longest = max(longest, len(r.Name))
	}
	room := stdio.width(stdio.Out) - longest - len("  warning  ")
	for _, r := range all {
		name, severity := r.Name, r.Severity.String()
		for _, line := range report.Wrap(r.Summary(), room, room) {
			if _, err := fmt.Fprintf(stdio.Out, "%-*s  %-7s  %s\n", longest, name, severity, line); err != nil {
				return err
			}
			name, severity = "", ""
		}
	}
	return nil
}
