package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint/delivery"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
)

func newMapCommand(stdio *Stdio) *cobra.Command {
	var flags loadFlags
	var format, view string
	cmd := &cobra.Command{
		Use:   "map DOMAIN [PATH...]",
		Short: "Draw the MX hosts of a domain and how they relay",
		Long: `map draws the MX hosts of DOMAIN in columns by preference, with their addresses and how
they can relay mail to each other (RFC 3974 section 4.2), and marks the hosts where mail
would be stranded. PATH is as for mx46 lint --alone.

mermaid is for Markdown on GitHub and GitLab, dot for Graphviz, svg for pages and reports:
it is self-contained, follows the reader's light or dark colours, and describes itself to
screen readers.`,
		Example: `  mx46 map example.org zones/
  mx46 map example.org db.example.org --format svg > relay.svg
  mx46 map example.org --format dot | dot -Tpdf > relay.pdf`,
		Args: namesDomain,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, relaymap.Formats()); err != nil {
				return err
			}
			domain, err := trace.ParseName(inDNS(args[0]))
			if err != nil {
				return err
			}
			world, err := flags.world(cmd.Context(), stdio, domain, view, args[1:])
			if err != nil {
				return err
			}
			return relaymap.New(world.Simulation(domain, delivery.RFC3974, delivery.Outage{})).Write(stdio.Out, format)
		},
	}
	flags.register(cmd)
	cmd.ValidArgsFunction = flags.completeDomain(stdio)
	cmd.Flags().StringVar(&view, "view", "", "`view` of the name server's configuration, if several hold the domain")
	cmd.Flags().StringVar(&format, "format", relaymap.Formats()[0], "`format`: "+strings.Join(relaymap.Formats(), ", "))
	complete(cmd, "format", words(relaymap.Formats))
	return cmd
}
