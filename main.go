// Command mx46 reports whether mail for the domains of DNS zone files arrives from IPv4-only, IPv6-only and dual-stack
// senders.
package main

import (
	"os"

	"mx46/lint/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
