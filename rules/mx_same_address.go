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
				continue // no address, or none that is more than a mistake; see the rules about addresses
			}
			at, again := first[host.Resolved.Digest]
			if !again {
				first[host.Resolved.Digest] = i
				continue
			}
			before := &d.Hosts()[at]
			// The names of one machine, be it an alias or the operator's word, are known to be no redundancy.
			if before.Machine == host.Machine {
				continue
			}
			addresses := addressSet(p, &host.Resolved)
			if !slices.Equal(addresses, addressSet(p, &before.Resolved)) {
				continue
			}
			t := d.TargetOf(i)
			var shown []string
			for _, a := range addresses[:min(len(addresses), fewLines)] {
				shown = append(shown, a.String())
			}
			if more := host.Resolved.Addresses - len(shown); more > 0 && len(shown) == fewLines {
				shown = append(shown, fmt.Sprintf("%d more", more))
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX hosts %s and %s of %s have the same %s, %s", show(before.Name), show(host.Name), show(d.Name()),
					plural(len(shown), "address", "addresses"), text.And(shown)),
				Harm: "when that machine is down, both are, and mail from all senders waits",
				Help: "name another machine, or remove one of the two MX records",
				Related: append([]lint.Related{{Span: d.TargetOf(at).Record.Field(1), Message: "the other name"}},
					addressLines(p, d, host.Machine)...),
			})
		}
	},
}

// someAddresses is how many addresses of a host are compared: more than any host has, and few enough for very many domains to use it.
const someAddresses = 64

// addressSet are a host's addresses, each once, in order; of very many, some.
func addressSet(p *lint.Pass, r *mail.Resolved) []netip.Addr {
	var set []netip.Addr
	for a := range p.Addresses(r) {
		if set = append(set, a.Record.Addr()); len(set) == someAddresses {
			break
		}
	}
	slices.SortFunc(set, netip.Addr.Compare)
	return slices.Compact(set)
}
