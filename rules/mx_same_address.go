package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxSameAddress = lint.Rule{
	Name:     "mx-same-address",
	Severity: lint.Warning,
	Only:     mail.SameAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		first := make(map[uint64]int, len(d.Hosts()))
		for i := range d.Hosts() {
			host := &d.Hosts()[i]
			if host.Resolved.Families == delivery.None {
				continue // no usable address: other rules report it
			}
			at, again := first[host.Resolved.Digest]
			if !again {
				first[host.Resolved.Digest] = i
				continue
			}
			before := &d.Hosts()[at]
			// Nobody takes several names of one machine, by alias or by same-host, for redundancy.
			if before.Machine == host.Machine {
				continue
			}
			addresses := addressSet(p, &host.Resolved)
			if !slices.Equal(addresses, addressSet(p, &before.Resolved)) {
				continue
			}
			t := d.TargetOf(i)
			var shown []string
			for _, a := range addresses[:min(len(addresses), maxListed)] {
				shown = append(shown, a.String())
			}
			if more := host.Resolved.Addresses - len(shown); more > 0 && len(shown) == maxListed {
				shown = append(shown, fmt.Sprintf("%d more", more))
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX hosts %s and %s of %s have the same %s, %s", show(before.Name), show(host.Name),
					show(d.Name()), plural(len(shown), "address", "addresses"), text.And(shown)),
				Harm: "when that machine is down, both are, and mail from all senders waits",
				Help: "point one of the MX records at another machine, or remove it",
				Related: append([]lint.Related{{Span: d.TargetOf(at).Record.Field(1), Message: "the other name"}},
					addressLines(p, d, host.Machine)...),
			})
		}
	},
}

// addressSet is a host's addresses, sorted and without duplicates: at most maxCompared.
func addressSet(p *lint.Pass, r *mail.Resolved) []netip.Addr {
	var set []netip.Addr
	for a := range p.Addresses(r) {
		if set = append(set, a.Record.Addr()); len(set) == maxCompared {
			break
		}
	}
	slices.SortFunc(set, netip.Addr.Compare)
	return slices.Compact(set)
}
