package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/mail"
)

var mxManyAddresses = lint.Rule{
	Name:     "mx-many-addresses",
	Severity: lint.Note,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if d.Addresses <= maxTried || d.Implicit {
			return
		}
		addresses := make(map[netip.Addr]bool)
		for i := range d.Hosts() {
			for _, a := range addressSet(p, &d.Hosts()[i].Resolved) {
				addresses[a] = true
			}
		}
		if len(addresses) <= maxTried {
			return
		}
		ipv4 := 0
		for a := range addresses {
			if a.Is4() {
				ipv4++
			}
		}
		counted := fmt.Sprintf("%d addresses (%d IPv4, %d IPv6)", len(addresses), ipv4, len(addresses)-ipv4)
		if d.Addresses > maxCompared {
			counted = fmt.Sprintf("%d address records", d.Addresses)
		}
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: d.Name()},
			Span:    d.Targets()[0].Record.Field(1),
			Message: fmt.Sprintf("the MX records of %s lead to %s", show(d.Name()), counted),
			Harm: fmt.Sprintf("common senders give up after %d, so dual-stack senders may never try the family that works",
				maxTried),
			Help: "nothing needs to be done while the hosts of the lowest preference are up; fewer addresses remove the risk",
		})
	},
}
