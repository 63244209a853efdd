package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/zonefiles"
)

var mxTargetIsAddress = lint.Rule{
	Name:     "mx-target-is-address",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address"},
	Domain: func(p *lint.Pass, d *lint.Domain) {
		if d.Plain {
			return
		}
		for i := range d.Targets() {
			t := &d.Targets()[i]
			written, ok := writtenAddress(t)
			// A host may bear its address as its name, as pools of addresses do; then it has records of its own.
			if !ok || t.Host >= 0 && !d.Hosts()[t.Host].Resolved.A.Wildcard && d.Hosts()[t.Host].Resolved.Known {
				continue
			}
			p.Report(lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s is an address; an MX record takes the name of a host", written),
				Harm:    "senders look for a host of that name and find none: they cannot use this MX record",
				Help:    "give the host a name with A and AAAA records, and put that name here",
			})
		}
	},
}

// writtenAddress is the text of a target that is an address, with or without the final dot.
func writtenAddress(t *lint.Target) (string, bool) {
	name := t.Name
	if !lint.IsAddressLiteral(name) {
		return "", false // nearly always; what follows reads the record again
	}
	if t.Record.IsRelative(1) {
		name = relativePart(name, t.Record.Origin())
	}
	return t.Record.Text(1), lint.IsAddressLiteral(name) && (name.Labels() == 4 || name.Labels() == 1)
}

// relativePart is a name without the origin that was added to it.
func relativePart(name, origin zonefiles.Name) zonefiles.Name {
	return name[:len(name)-len(origin)]
}
